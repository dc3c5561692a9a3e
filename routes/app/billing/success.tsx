import { NotFoundError } from "fresh/errors";
import { Head } from "fresh/runtime";
import { CheckoutSheet } from "../../../components/billing/CheckoutSheet.tsx";
import { statusNow } from "../../../components/billing/CheckoutStatus.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Region } from "../../../components/live/Region.tsx";
import { type CheckoutStatus, readCheckout } from "../../../domain/billing/read-checkout.ts";
import FollowCheckout from "../../../islands/billing/follow-checkout.tsx";
import { messages, plural } from "../../../locales/mod.ts";
import { handler, page } from "./$success.ts";

/** How often the page reloads itself where there is no JavaScript, in seconds. */
const RELOAD = 3;

/** Where Stripe sends people back to. That proves nothing: what we say is what the webhook has told us so far. */
export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const id = url.searchParams.get("session_id") ?? "";
    const checkout = await services.db.asUser(session.claims, (sql) => readCheckout(sql, id));
    if (!checkout) throw new NotFoundError();
    return { data: { checkout, status: statusNow(checkout) } };
  },
});

export default page(({ data: { checkout, status }, state: { balance, locale } }) => {
  const t = messages(locale).app.checkout;
  const titles: Record<CheckoutStatus, string> = {
    creating: t.waiting.title,
    open: t.waiting.title,
    processing: t.processing.title,
    paid: plural(t.paid.title, checkout.credits, locale),
    failed: t.failed.title,
    expired: t.expired.title,
  };
  const waiting = status === "creating" || status === "open";
  return (
    <>
      <PageHead title={`${titles[status]} · Kredo`} />
      {waiting && (
        <Head>
          {/* As text: Fresh would lift a <meta> element out of the <noscript> and reload the page for everybody. */}
          <noscript dangerouslySetInnerHTML={{ __html: `<meta http-equiv="refresh" content="${RELOAD}">` }} />
        </Head>
      )}
      <Region
        id="checkout"
        version={status}
        live={waiting || status === "processing"}
        announce={status === "paid" ? t.announcePaid : titles[status]}
      >
        <CheckoutSheet checkout={checkout} status={status} available={balance.available} locale={locale} />
      </Region>
      {(waiting || status === "processing") && (
        <FollowCheckout
          checkout={checkout.id}
          status={checkout.status}
          region="checkout"
          slow={waiting ? t.waiting.slow : ""}
        />
      )}
    </>
  );
});
