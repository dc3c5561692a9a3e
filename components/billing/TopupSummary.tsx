import type { Pack } from "../../domain/billing/list-packs.ts";
import type { AutoTopup } from "../../domain/billing/read-auto-topup.ts";
import { fill, formatCredits, formatMoney, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { Bar } from "./Bar.tsx";

export const TOPUP_TONES: Record<AutoTopup["state"], Tone> = { off: "neutral", needs_card: "warning", on: "success" };

/** Auto top-up in a few lines; its page has the rest. */
export function TopupSummary({ topup, packs, locale }: { topup: AutoTopup | null; packs: Pack[]; locale: Locale }) {
  const t = messages(locale).app.topup;
  return (
    <Card
      title={t.title}
      actions={topup && <Badge tone={TOPUP_TONES[topup.state]}>{t.states[topup.state]}</Badge>}
    >
      <div class="flex flex-wrap items-center justify-between gap-x-8 gap-y-4">
        <div class="min-w-0 flex-1 basis-72">
          <p>{summary(topup, packs, locale)}</p>
          {topup?.state === "on" && <SpentBar topup={topup} class="mt-3 max-w-md" locale={locale} />}
        </div>
        <Button variant="secondary" href={localePath(locale, "/app/billing/auto-topup")} class="max-sm:w-full">
          {topup ? t.summary.change : t.summary.set}
        </Button>
      </div>
    </Card>
  );
}

/** What of the month's limit is spent. */
export function SpentBar({ topup: { spentCents, capCents }, class: place = "", locale }: {
  topup: Pick<AutoTopup, "spentCents" | "capCents">;
  class?: string;
  locale: Locale;
}) {
  const t = messages(locale).app.topup;
  return (
    <div class={place}>
      <p class="mb-1 flex flex-wrap items-baseline justify-between gap-x-4">
        <span class="text-muted">{t.spent}</span>
        <span class="tabular-nums">
          {fill(t.spentOf, { spent: formatMoney(spentCents, locale), cap: formatMoney(capCents, locale) })}
        </span>
      </p>
      <Bar used={spentCents} limit={capCents} tone={spentCents >= capCents * 0.8 ? "warning" : "success"} />
    </div>
  );
}

function summary(topup: AutoTopup | null, packs: Pack[], locale: Locale): string {
  const t = messages(locale).app.topup;
  if (!topup) return t.summary.never;
  if (topup.offReason) return t.offReasons[topup.offReason].title;
  const pack = packs.find(({ id }) => id === topup.pack);
  if (topup.state !== "on" || !pack) return t.summary[topup.state === "needs_card" ? "needs_card" : "off"];
  return fill(t.summary.on, {
    threshold: formatCredits(topup.threshold, locale),
    pack: formatCredits(pack.credits, locale),
    price: formatMoney(pack.price_cents, locale),
    cap: formatMoney(topup.capCents, locale),
  });
}
