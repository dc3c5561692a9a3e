import { Actions, Sheet } from "../../../components/billing/CheckoutSheet.tsx";
import { statusNow } from "../../../components/billing/CheckoutStatus.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { readCheckout } from "../../../domain/billing/read-checkout.ts";
import { localePath, messages } from "../../../locales/mod.ts";
import { handler, page } from "./$cancel.ts";

/** Where Stripe's page leads when it is left without paying. While it is open, one can go back to it. */
export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const id = url.searchParams.get("checkout");
    const checkout = id ? await services.db.asUser(session.claims, (sql) => readCheckout(sql, id)) : null;
    return { data: { resume: checkout && statusNow(checkout) === "open" ? checkout.url : null } };
  },
});

export default page(({ data: { resume }, state: { locale } }) => {
  const t = messages(locale).app.checkout.canceled;
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <Sheet icon="close" tone="text-muted" title={t.title}>
        <p>{t.text}</p>
        <Actions>
          {resume && <Button href={resume}>{t.resume}</Button>}
          <Button variant={resume ? "secondary" : "primary"} href={localePath(locale, "/app/billing")}>
            {t.again}
          </Button>
          {!resume && <Button variant="ghost" href={localePath(locale, "/app")}>{t.studio}</Button>}
        </Actions>
      </Sheet>
    </>
  );
});
