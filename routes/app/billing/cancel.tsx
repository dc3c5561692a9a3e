import { Actions, Sheet } from "../../../components/billing/CheckoutSheet.tsx";
import { statusNow } from "../../../components/billing/CheckoutStatus.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { readCheckout } from "../../../domain/billing/read-checkout.ts";
import { localePath, messages } from "../../../locales/mod.ts";
import { handler, page } from "./$cancel.ts";

/** Where Stripe's page leads when it is left without confirming. While it is open, one can go back to it. */
export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const id = url.searchParams.get("checkout");
    const checkout = id ? await services.db.asUser(session.claims, (sql) => readCheckout(sql, id)) : null;
    return {
      data: {
        kind: checkout?.kind ?? "pack",
        resume: checkout && statusNow(checkout) === "open" ? checkout.url : null,
      },
    };
  },
});

export default page(({ data: { kind, resume }, state: { locale } }) => {
  const { checkout: { canceled }, ordered } = messages(locale).app;
  const words = {
    pack: { ...canceled, home: "/app/billing#packs" },
    plan: {
      title: ordered.plan.canceled,
      text: ordered.plan.canceledText,
      again: ordered.plan.again,
      home: "/app/billing/plan",
    },
    card: {
      title: ordered.card.canceled,
      text: ordered.card.canceledText,
      again: ordered.card.see,
      home: "/app/billing/auto-topup",
    },
  };
  const t = words[kind === "auto" ? "pack" : kind];
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <Sheet icon="close" tone="text-muted" title={t.title}>
        <p>{t.text}</p>
        <Actions>
          {resume && <Button href={resume}>{canceled.resume}</Button>}
          <Button variant={resume ? "secondary" : "primary"} href={localePath(locale, t.home)}>{t.again}</Button>
          {!resume && <Button variant="ghost" href={localePath(locale, "/app")}>{canceled.studio}</Button>}
        </Actions>
      </Sheet>
    </>
  );
});
