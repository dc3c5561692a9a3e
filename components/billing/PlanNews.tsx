import type { PlanState } from "../../domain/billing/read-plan.ts";
import { fill, formatTime, type Locale, messages } from "../../locales/mod.ts";
import { Notice } from "../ui/Notice.tsx";
import { priceWords } from "./plan-words.ts";

/** What somebody has just done to their plan, as the address of the page after it says. */
export type News = { kind: "canceled" | "resumed" } | { kind: "changed"; plan: string; interval: string };

export function readNews(query: URLSearchParams): News | null {
  const kind = query.get("plan");
  if (kind === "canceled" || kind === "resumed") return { kind };
  return kind === "changed" ? { kind, plan: query.get("to") ?? "", interval: query.get("interval") ?? "" } : null;
}

/** The address that tells it. */
export function newsPath(news: News): string {
  const query: Record<string, string> = news.kind === "changed"
    ? { plan: news.kind, to: news.plan, interval: news.interval }
    : { plan: news.kind };
  return `/app/billing?${new URLSearchParams(query)}`;
}

/** Said only if it is so: Stripe's word for it may still be on the way, and addresses can be typed. */
export function PlanNews({ news, state: { plan, subscription }, class: place, locale }: {
  news: News;
  state: PlanState;
  class?: string;
  locale: Locale;
}) {
  const { app: { plan: { done: t } }, plans: { names } } = messages(locale);
  const arrived = subscription !== null && plan !== "free" &&
    (news.kind === "changed"
      ? subscription.plan === news.plan && subscription.interval === news.interval
      : (subscription.cancelAt !== null) === (news.kind === "canceled"));
  if (!arrived) {
    return <Notice tone="info" role="status" title={t.slow.title} class={place}>{t.slow.text}</Notice>;
  }
  const values = {
    plan: names[subscription.plan],
    price: priceWords(subscription.priceCents, subscription.interval, locale),
    date: formatTime(subscription.cancelAt ?? subscription.currentPeriodEnd, locale, { dateOnly: true }),
  };
  return (
    <Notice tone="success" role="status" title={fill(t[news.kind].title, values)} class={place}>
      {fill(t[news.kind].text, values)}
    </Notice>
  );
}
