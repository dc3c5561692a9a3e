import type { ComponentChildren } from "preact";
import type { Entry } from "../../domain/credits/list-entries.ts";
import type { EntryDetails, PriceVersion } from "../../domain/credits/read-entry.ts";
import { fill, formatCredits, formatMoney, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Time } from "../ui/Time.tsx";
import { entryStory, originOf } from "./entry-words.ts";
import type { KnownModels } from "./made-words.ts";

/** What happened, by which rule, at which price, for what reason. */
export function EntryWhy({ entry, price, models, locale }: {
  entry: Entry;
  price: EntryDetails["price"];
  models: KnownModels;
  locale: Locale;
}) {
  const t = messages(locale).app.entry;
  const { event, rule, reason } = entryStory(entry, locale);
  const link = linkOf(entry, locale);
  const sum = sumOf(entry, locale);
  const { payment } = entry.cause;
  return (
    <Card title={t.why} padded={false} class="min-w-0 self-start">
      <dl class="px-4 sm:px-6">
        <Line name={t.event}>
          {event}
          {link && <Link href={localePath(locale, link.path)}>{link.name}</Link>}
        </Line>
        {reason && <Line name={t.reason}>{reason}</Line>}
        <Line name={t.rule}>{rule}</Line>
        {price && (
          <Line name={t.price}>
            <Price price={price} models={models} locale={locale} />
          </Line>
        )}
        {sum && <Line name={t.sum}>{sum}</Line>}
        {typeof payment === "string" && (
          <Line name={t.payment}>
            <code class="figures text-sm wrap-anywhere">{payment}</code>
          </Line>
        )}
        <Line name={t.reference}>
          <code class="figures text-sm wrap-anywhere">{entry.ref}</code>
        </Line>
      </dl>
    </Card>
  );
}

function Line({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="gap-x-6 border-b border-line py-3 last:border-b-0 sm:grid sm:grid-cols-[9rem_minmax(0,1fr)]">
      <dt class="text-sm text-muted sm:pt-0.5">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Link({ href, children }: { href: string; children: string }) {
  return <a href={href} class="prose-link ml-2 whitespace-nowrap">{children}</a>;
}

/** Where more of it is to be seen: the job, the purchase, the invoice. */
function linkOf(entry: Entry, locale: Locale): { path: string; name: string } | null {
  const t = messages(locale).app.entry;
  const { ref, cause: { checkout, invoice } } = entry;
  const [noun, id] = ref.split(":");
  if (noun === "job") return { path: `/app/jobs/${id}`, name: t.job };
  if (/^(plan|house):job:/.test(ref)) return { path: `/app/jobs/${ref.split(":")[2]}`, name: t.job };
  if (noun === "invoice" || typeof invoice === "string") return { path: "/app/billing/invoices", name: t.invoices };
  if (originOf(entry) === "free") return { path: "/app/billing", name: t.allowances };
  const purchase = noun === "checkout" ? id : checkout;
  return typeof purchase === "string"
    ? { path: `/app/billing/success?session_id=${purchase}`, name: t.checkout }
    : null;
}

/** Then, and now if it is another one. */
function Price({ price: { then, now }, models, locale }: {
  price: NonNullable<EntryDetails["price"]>;
  models: KnownModels;
  locale: Locale;
}) {
  const t = messages(locale).app.entry;
  const [kind, name] = then.subject.split(":");
  return (
    <>
      <p class="font-semibold">
        {kind === "model" && `${models[name]?.name ?? name}: `}
        {priceWords(then, locale)}
      </p>
      <p class="text-sm text-muted">
        {fill(t.version, { version: then.version })} <Time at={then.valid_from} locale={locale} />
      </p>
      {then.version === now.version ? <p class="mt-1">{t.unchanged}</p> : (
        <p class="mt-1">
          {fill(t.changed, { price: priceWords(now, locale), version: now.version })}{" "}
          <Time at={now.valid_from} locale={locale} />. {t.kept}
        </p>
      )}
    </>
  );
}

function priceWords({ credits, price_cents }: PriceVersion, locale: Locale): string {
  const t = messages(locale).app.entry;
  const words = formatCredits(credits, locale);
  return price_cents === null
    ? fill(t.perOutput, { credits: words })
    : fill(t.pack, { credits: words, price: formatMoney(price_cents, locale) });
}

/** The arithmetic behind the amount, where there is any. */
function sumOf({ kind, amount, cause }: Entry, locale: Locale): string | null {
  const t = messages(locale).app.entry;
  if (kind === "settle" && typeof cause.outputs === "number" && typeof cause.credits_per_output === "number") {
    return fill(t.total, {
      count: cause.outputs,
      price: formatCredits(cause.credits_per_output, locale),
      total: formatCredits(-amount, locale),
    });
  }
  if ((kind !== "refund" && kind !== "dispute") || amount > 0) return null;
  const { owed, back_cents: back, amount_cents: paid, brought } = cause;
  const sums = [
    ...typeof back === "number" && typeof paid === "number" && typeof brought === "number"
      ? [fill(t.share, {
        back: formatMoney(back, locale),
        price: formatMoney(paid, locale),
        brought: formatCredits(brought, locale),
      })]
      : [],
    ...typeof owed === "number" && owed > 0
      ? [fill(t.owed, { taken: formatCredits(-amount - owed, locale), owed: formatCredits(owed, locale) })]
      : [],
  ];
  return sums.join(" ") || null;
}
