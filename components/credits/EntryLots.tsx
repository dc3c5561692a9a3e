import type { Entry } from "../../domain/credits/list-entries.ts";
import type { EntryLot } from "../../domain/credits/read-entry.ts";
import { fill, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Credits } from "../ui/Credits.tsx";
import { Time } from "../ui/Time.tsx";
import { sourceWords } from "./grant-words.ts";

/** Which lots an entry made or drew on. Each leads to the entry that brought it in. */
export function EntryLots({ entry, lots, locale }: { entry: Entry; lots: EntryLot[]; locale: Locale }) {
  const { entry: t, lots: words } = messages(locale).app;
  const title = entry.amount > 0 ? t.lotsMade : entry.kind === "expiry" ? t.lotsExpired : t.lotsDrawn;
  return (
    <Card title={title} padded={false}>
      {lots.length > 0
        ? (
          <ul>
            {lots.map((lot) => (
              <li
                key={lot.number}
                class="flex items-baseline justify-between gap-x-6 border-b border-line px-4 py-3 last:border-b-0 sm:px-6"
              >
                <span>
                  {lot.entry_seq === null || lot.entry_seq === entry.seq
                    ? <span class="font-semibold">{sourceWords(lot, locale)}</span>
                    : (
                      <a href={localePath(locale, `/app/credits/${lot.entry_seq}`)} class="prose-link">
                        {sourceWords(lot, locale)}
                      </a>
                    )}
                  <span class="block text-sm text-muted">
                    {fill(words.lot, { number: lot.number })} · {lot.expires_at
                      ? (
                        <>
                          {entry.kind === "expiry" ? words.ended : words.ends}{" "}
                          <Time at={lot.expires_at} locale={locale} />
                        </>
                      )
                      : words.never}
                  </span>
                </span>
                <Credits amount={lot.credits} locale={locale} class="font-semibold" />
              </li>
            ))}
          </ul>
        )
        : <p class="px-4 py-3 text-muted sm:px-6">{Array.isArray(entry.cause.drawn) ? t.lotsOwed : t.lotsNone}</p>}
      <p class="border-t border-line px-4 py-3 text-sm sm:px-6">
        <a href={localePath(locale, "/app/credits/grants")} class="prose-link">
          {messages(locale).app.credits.expiring.lots}
        </a>
      </p>
    </Card>
  );
}
