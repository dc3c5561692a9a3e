import { AdminLayout, type AdminPage } from "../../components/layout/AdminLayout.tsx";
import LocalTimes from "../../islands/time/local-times.tsx";
import { layout } from "./$_layout.ts";

/** The more exact one first. */
const PAGES: [prefix: string, page: AdminPage][] = [
  ["/admin/ledger/accounts", "accounts"],
  ["/admin/ledger/adjustments", "adjustments"],
  ["/admin/ledger", "ledger"],
  ["/admin/billing", "billing"],
  ["/admin/webhooks", "webhooks"],
  ["/admin/jobs", "jobs"],
  ["/admin/dead-letters", "jobs"],
  ["/admin/audit", "audit"],
];

export default layout(({ Component, state }) => (
  <AdminLayout active={PAGES.find(([prefix]) => state.path.startsWith(prefix))?.[1]}>
    <Component />
    <LocalTimes />
  </AdminLayout>
));
