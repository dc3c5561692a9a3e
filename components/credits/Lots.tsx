import type { ComponentChildren } from "preact";
import type { Grant, GrantState } from "../../domain/credits/list-grants.ts";
import { fill, formatCredits, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";
import { Time } from "../ui/Time.tsx";
import { sourceWords } from "./grant-words.ts";
import { LotBar } from "./LotBar.tsx";

const TONES: Record<GrantState, Tone> = { scheduled: "info", active: "success", spent: "neutral", expired: "neutral" };

/** A list of lots. `next` is the number of the one that is drawn on first, if it is known to be among them. */
export function Lots({ grants, next, locale }: { grants: Grant[]; next?: number; locale: Locale }) {
  const t = messages(locale).app.lots;
  return (
    <ul aria-label={t.list} class="rounded-lg border border-line bg-raised shadow-card">
      {grants.map((grant) => (
        <li
          key={grant.number}
          class="grid gap-x-8 gap-y-3 border-b border-line px-4 py-4 last:border-b-0 sm:px-6 lg:grid-cols-[minmax(0,15rem)_minmax(0,1fr)_minmax(0,13rem)]"
        >
          <Origin grant={grant} isNext={grant.number === next} locale={locale} />
          <Content grant={grant} locale={locale} />
          <Ends grant={grant} locale={locale} />
        </li>
      ))}
    </ul>
  );
}

function Origin({ grant, isNext, locale }: { grant: Grant; isNext: boolean; locale: Locale }) {
  const t = messages(locale).app.lots;
  const name = sourceWords(grant, locale);
  return (
    <div>
      <div class="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <h2 class="font-semibold">
          {grant.entry_seq === null
            ? name
            : <a href={localePath(locale, `/app/credits/${grant.entry_seq}`)} class="prose-link">{name}</a>}
        </h2>
        {isNext
          ? <Badge tone="success" class="lg:hidden">{t.next}</Badge>
          : <State grant={grant} class="lg:hidden" locale={locale} />}
      </div>
      <p class="text-sm text-muted">
        {fill(t.lot, { number: grant.number })} · {fill(t.priority, { n: grant.priority })}
      </p>
      <p class="text-sm text-muted">
        {grant.state === "scheduled" ? t.begins : t.since} <Time at={grant.effective_at} locale={locale} />
      </p>
      {isNext && <Badge tone="success" class="mt-2 max-lg:hidden">{t.next}</Badge>}
    </div>
  );
}

/** The numbers say what the bar shows. */
function Content({ grant: { state, amount, remaining, held }, locale }: { grant: Grant; locale: Locale }) {
  const t = messages(locale).app.lots;
  const credits = formatCredits(amount, locale);
  if (state === "scheduled") return <p class="font-semibold">{fill(t.ofComing, { credits })}</p>;
  const n = (count: number) => formatNumber(count, locale);
  const used = amount - remaining - held;
  return (
    <div>
      <p class="mb-1.5 flex flex-wrap gap-x-4 text-sm tabular-nums">
        {state !== "expired" && (
          <span>
            <b class="text-success">{fill(t.left, { n: n(remaining) })}</b> {fill(t.of, { credits })}
          </span>
        )}
        {state === "expired" && <span>{credits}</span>}{" "}
        {held > 0 && <span class="text-warning">{fill(t.held, { n: n(held) })}</span>}{" "}
        {state !== "expired" && used > 0 && <span class="text-muted">{fill(t.used, { n: n(used) })}</span>}
      </p>
      <LotBar remaining={state === "expired" ? 0 : remaining} held={held} amount={amount} />
    </div>
  );
}

function State({ grant: { state, remaining }, class: place, locale }: { grant: Grant; class: string; locale: Locale }) {
  const t = messages(locale).app.lots;
  // Nothing can be spent of it just now, and something may come back.
  if (state === "active" && remaining === 0) return <Badge tone="warning" class={place}>{t.allHeld}</Badge>;
  return <Badge tone={TONES[state]} class={place}>{t.states[state]}</Badge>;
}

function Ends({ grant, locale }: { grant: Grant; locale: Locale }) {
  const t = messages(locale).app.lots;
  const { state, expires_at, held } = grant;
  const end: ComponentChildren = expires_at
    ? (
      <>
        {state === "expired" ? t.ended : t.ends} <Time at={expires_at} locale={locale} />
      </>
    )
    : t.never;
  return (
    <div class="text-sm lg:text-right">
      <State grant={grant} class="mb-1 max-lg:hidden" locale={locale} />
      <p class={expires_at && state === "active" ? "font-semibold" : "text-muted"}>{end}</p>
      {state === "expired" && <p class="text-muted">{t.endedText}</p>}
      {expires_at && held > 0 && <p class="text-muted">{t.heldText}</p>}
    </div>
  );
}
