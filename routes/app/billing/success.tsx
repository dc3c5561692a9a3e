import { NotFoundError } from "fresh/errors";
import { Head } from "fresh/runtime";
import { CheckoutSheet } from "../../../components/billing/CheckoutSheet.tsx";
import { statusNow } from "../../../components/billing/CheckoutStatus.tsx";
import { OrderSheet, orderTitle } from "../../../components/billing/OrderSheet.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Region } from "../../../components/live/Region.tsx";
import { readAutoTopup } from "../../../domain/billing/read-auto-topup.ts";
import { type Checkout, type CheckoutStatus, readCheckout } from "../../../domain/billing/read-checkout.ts";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import FollowCheckout from "../../../islands/billing/follow-checkout.tsx";
import { type Locale, messages, plural } from "../../../locales/mod.ts";
import { handler, page } from "./$success.ts";

/** How often the page reloads itself where there is no JavaScript, in seconds. */
const RELOAD = 3;

/** Where Stripe sends people back to. That proves nothing: what we say is what the webhook has told us so far. */
export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const id = url.searchParams.get("session_id") ?? "";
    const [checkout, topup] = await services.db.asUser(
      session.claims,
      (sql) => Promise.all([readCheckout(sql, id), readAutoTopup(sql)]),
    );
    if (!checkout) throw new NotFoundError();
    const { plans } = await readOffer(services);
    return { data: { checkout, status: statusNow(checkout), topup, plans } };
  },
});

export default page(({ data: { checkout, status, topup, plans }, state: { balance, plan, locale } }) => {
  const { checkout: t, ordered } = messages(locale).app;
  const buys = checkout.kind === "pack" || checkout.kind === "auto";
  const title = buys ? packTitle(checkout, status, locale) : orderTitle(checkout, status, plan, locale);
  const done = buys ? t.announcePaid : checkout.kind === "plan" ? ordered.plan.announce : ordered.card.announce;
  const waiting = status === "creating" || status === "open";
  const follows = waiting || status === "processing";
  return (
    <>
      <PageHead title={`${title} · Kredo`} />
      {waiting && (
        <Head>
          {/* As text: Fresh would lift a <meta> element out of the <noscript> and reload the page for everybody. */}
          <noscript dangerouslySetInnerHTML={{ __html: `<meta http-equiv="refresh" content="${RELOAD}">` }} />
        </Head>
      )}
      <Region id="checkout" version={status} live={follows} announce={status === "paid" ? done : title}>
        {buys
          ? <CheckoutSheet checkout={checkout} status={status} available={balance.available} locale={locale} />
          : (
            <OrderSheet
              checkout={checkout}
              status={status}
              state={plan}
              offers={plans}
              topup={topup}
              available={balance.available}
              locale={locale}
            />
          )}
      </Region>
      {follows && (
        <FollowCheckout
          checkout={checkout.id}
          status={checkout.status}
          region="checkout"
          slow={!waiting ? "" : buys ? t.waiting.slow : ordered.slow}
        />
      )}
    </>
  );
});

function packTitle(checkout: Checkout, status: CheckoutStatus, locale: Locale): string {
  const t = messages(locale).app.checkout;
  switch (status) {
    case "creating":
    case "open":
      return t.waiting.title;
    case "paid":
      return plural(t.paid.title, checkout.credits, locale);
    default:
      return t[status].title;
  }
}
