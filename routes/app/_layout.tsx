import { AccountBanners } from "../../components/accounts/AccountBanners.tsx";
import { AppLayout, type AppPage } from "../../components/layout/AppLayout.tsx";
import { isOperator } from "../../domain/ops/find-operator.ts";
import { layout } from "./$_layout.ts";

const PAGES: [prefix: string, page: AppPage][] = [
  ["/app/create", "create"],
  ["/app/batches/new", "create"],
  ["/app/batches", "history"],
  ["/app/jobs", "history"],
  ["/app/credits", "credits"],
  ["/app/billing", "billing"],
];

export default layout(({ Component, state, url }) => {
  const active = PAGES.find(([prefix]) => state.path.startsWith(prefix))?.[1] ??
    (state.path === "/app" ? "dashboard" : undefined);
  const banners = (
    <AccountBanners
      situation={state}
      locale={state.locale}
      path={state.path}
      search={url.search}
      confirmation={url.searchParams.get("confirmation")}
    />
  );
  return (
    <AppLayout active={active} balance={state.balance} banner={banners} operator={isOperator(state.profile)}>
      <Component />
    </AppLayout>
  );
});
