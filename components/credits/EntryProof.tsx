import type { Entry } from "../../domain/credits/list-entries.ts";
import type { Anchor } from "../../domain/credits/read-anchor.ts";
import { fill, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Time } from "../ui/Time.tsx";

/** The entry's place in the chain, and whether a published checkpoint fixes it there. */
export function EntryProof({ entry: { seq }, hash, previousHash, intact, anchor, locale }: {
  entry: Entry;
  hash: string;
  previousHash: string;
  intact: boolean;
  anchor: Anchor | null;
  locale: Locale;
}) {
  const t = messages(locale).app.entry;
  const anchored = anchor !== null && seq <= anchor.seq;
  return (
    <Card title={t.proof}>
      <dl>
        <dt class="text-sm text-muted">{t.hash}</dt>
        <dd class="figures text-sm wrap-anywhere">{hash}</dd>
        <dt class="mt-3 text-sm text-muted">{seq > 1 ? fill(t.previous, { seq: seq - 1 }) : t.first}</dt>
        <dd class="figures text-sm wrap-anywhere">
          {seq > 1
            ? <a href={localePath(locale, `/app/credits/${seq - 1}`)} class="prose-link">{previousHash}</a>
            : previousHash}
        </dd>
      </dl>
      <p class="mt-3 text-sm text-muted">{t.proofText}</p>
      {intact
        ? (
          <p class="mt-2 flex gap-2 text-sm">
            <Icon name="check" size={18} class="mt-px text-success" />
            {t.fits}
          </p>
        )
        : <Notice tone="danger" title={t.broken.title} class="mt-3">{t.broken.text}</Notice>}
      <div class="mt-4 flex gap-3 border-t border-line pt-4">
        <Icon name={anchored ? "check" : "clock"} class={`mt-0.5 ${anchored ? "text-success" : "text-muted"}`} />
        <div>
          {anchored
            ? (
              <p>
                {fill(t.anchored, { number: anchor.checkpoint })} <Time at={anchor.taken_at} locale={locale} />.{" "}
                {t.anchoredText}
              </p>
            )
            : (
              <>
                <p class="font-semibold">{t.waiting}</p>
                <p>{t.waitingText}</p>
              </>
            )}
          <p class="mt-2 flex flex-wrap gap-x-4 text-sm">
            <a href={localePath(locale, "/verify")} class="prose-link">{t.verify}</a>
            <a href={localePath(locale, "/checkpoints")} class="prose-link">{t.checkpoints}</a>
          </p>
        </div>
      </div>
    </Card>
  );
}
