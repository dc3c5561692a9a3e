import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import type { AutoTopup } from "../../domain/billing/read-auto-topup.ts";
import type { Checkout, CheckoutStatus } from "../../domain/billing/read-checkout.ts";
import type { PlanState } from "../../domain/billing/read-plan.ts";
import { fill, formatCredits, formatTime, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Progress } from "../ui/Progress.tsx";
import { Actions, Sheet } from "./CheckoutSheet.tsx";
import { priceWords } from "./plan-words.ts";

/** How long the news about a plan may stay behind the news about its payment before it is taken for something else. */
const NEWS_MS = 10 * 60_000;

/** Whether an order for a plan, once confirmed, is what the person is on. */
type Arrival = "began" | "later" | "over";

function arrivalOf({ plan, credited_at }: Checkout, state: PlanState): Arrival {
  if (state.plan !== "free" && state.subscription?.plan === plan) return "began";
  return credited_at && state.now.getTime() - credited_at.getTime() < NEWS_MS ? "later" : "over";
}

/** The heading of the page, which is its title too. */
export function orderTitle(checkout: Checkout, status: CheckoutStatus, state: PlanState, locale: Locale): string {
  const { app: { checkout: t, ordered }, plans: { names } } = messages(locale);
  switch (status) {
    case "creating":
    case "open":
    case "processing":
      return t.waiting.title;
    case "failed":
      return t.failed.title;
    case "expired":
      return t.expired.title;
    case "paid": {
      if (!checkout.plan) return ordered.card.saved;
      const arrival = arrivalOf(checkout, state);
      if (arrival !== "began") return ordered.plan[arrival];
      const trial = state.subscription?.status === "trialing";
      return fill(trial ? ordered.plan.trial : ordered.plan.began, { plan: names[checkout.plan] });
    }
  }
}

/** An order for a plan, or for keeping a card, and the next step. */
export function OrderSheet(props: {
  checkout: Checkout;
  status: CheckoutStatus;
  state: PlanState;
  offers: PlanOffer[];
  topup: AutoTopup | null;
  /** Credits that can be spent. */
  available: number;
  locale: Locale;
}) {
  const { checkout, status, state, locale } = props;
  const { app: { checkout: t, ordered }, plans: { names } } = messages(locale);
  const title = orderTitle(checkout, status, state, locale);
  const [words, home] = checkout.plan
    ? [ordered.plan, "/app/billing/plan"] as const
    : [ordered.card, "/app/billing/auto-topup"] as const;
  const plan = checkout.plan ? names[checkout.plan] : "";
  switch (status) {
    case "creating":
    case "open":
    case "processing":
      return (
        <Sheet icon="clock" tone="text-info" title={title}>
          <Progress label={t.progress} class="mb-5" />
          <p>{fill(words.waiting, { plan })}</p>
          <p class="mt-3 text-muted">{words.waitingNote}</p>
          {status === "open" && checkout.url && (
            <p class="mt-3 text-sm text-muted">
              {t.waiting.unpaid} <a href={checkout.url} class="prose-link">{t.waiting.back}</a>
            </p>
          )}
        </Sheet>
      );
    case "failed":
    case "expired": {
      const failed = status === "failed" && checkout.plan !== null;
      return (
        <Sheet icon={failed ? "error" : "close"} tone={failed ? "text-danger" : "text-muted"} title={title}>
          <p>{failed ? ordered.plan.failed : words.expired}</p>
          <Actions>
            <Button href={localePath(locale, home)}>{failed ? t.failed.again : t.expired.again}</Button>
          </Actions>
        </Sheet>
      );
    }
    case "paid":
      return (
        <Sheet icon="check" tone="text-success" title={title}>
          {checkout.plan ? <Began {...props} /> : <CardSaved topup={props.topup} locale={locale} />}
        </Sheet>
      );
  }
}

function Began({ checkout, state, offers, available, locale }: Parameters<typeof OrderSheet>[0]) {
  const { app: { checkout: { paid }, ordered: { plan: t } } } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  const arrival = arrivalOf(checkout, state);
  const { subscription } = state;
  if (arrival !== "began" || !subscription) {
    return (
      <>
        <p>{arrival === "later" ? t.laterText : t.overText}</p>
        <Actions>
          <Button href={to("/app/billing")}>{t.see}</Button>
        </Actions>
      </>
    );
  }
  const trial = subscription.status === "trialing";
  const offer = offers.find(({ plan }) => plan === subscription.plan);
  const credits = trial ? offer?.trialGenerations : offer?.includes.generations;
  const values = {
    date: formatTime(subscription.currentPeriodEnd, locale, { dateOnly: true }),
    price: priceWords(subscription.priceCents, subscription.interval, locale),
  };
  return (
    <>
      <p>{fill(trial ? t.trialText : t.text, values)}</p>
      {offer && (
        <p class="mt-3">
          {credits
            ? fill(t.brought, {
              credits: formatCredits(credits, locale),
              available: formatCredits(available, locale),
            })
            : t.unlimited}
        </p>
      )}
      <Actions>
        <Button href={to("/app/create")}>
          <Icon name="wand" />
          {paid.create}
        </Button>
        <Button variant="ghost" href={to("/app/billing")}>{t.see}</Button>
      </Actions>
    </>
  );
}

function CardSaved({ topup, locale }: { topup: AutoTopup | null; locale: Locale }) {
  const t = messages(locale).app.ordered.card;
  return (
    <>
      <p>
        {topup?.card
          ? fill(t.savedText, { brand: cardBrand(topup.card.brand), last4: topup.card.last4 })
          : t.savedPlain}
      </p>
      <Actions>
        <Button href={localePath(locale, "/app/billing/auto-topup")}>{t.see}</Button>
      </Actions>
    </>
  );
}

const BRANDS: Record<string, string> = {
  amex: "American Express",
  diners: "Diners Club",
  jcb: "JCB",
  mastercard: "Mastercard",
  unionpay: "UnionPay",
  visa: "Visa",
};

/** As the card has it printed on it; Stripe writes it in small letters. */
export function cardBrand(brand: string): string {
  return BRANDS[brand] ?? brand.charAt(0).toUpperCase() + brand.slice(1);
}
