import type { StripeObject } from "../../domain/ops/webhook-event.ts";
import { formatMoney, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Mono } from "./Facts.tsx";
import { wordFor } from "./words.ts";

/** Shown by other means. */
const HIDDEN = new Set(["noun", "id", "user_id"]);
/** Fields whose values are words of a closed list. */
const WORDS = new Set(["status", "state", "kind", "cycle", "dispute", "off_reason"]);

/** Names of fields, in the order of the words for them. */
function namesIn(object: StripeObject, locale: Locale, wanted: (name: string) => boolean): string[] {
  const order = Object.keys(messages(locale).admin.webhooks.fields);
  return Object.keys(object).filter((name) => !HIDDEN.has(name) && wanted(name))
    .toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
}

/** Nothing and zero say nothing by themselves. */
const says = (object: StripeObject) => (name: string) => object[name] !== null && object[name] !== 0;

/** Rows of ours as they stand: what they are, and what they say. */
export function StripeObjects({ objects, locale }: { objects: StripeObject[]; locale: Locale }) {
  const t = messages(locale).admin.webhooks;
  return (
    <ul class="divide-y divide-line">
      {objects.map((object) => (
        <li key={`${object.noun} ${object.id}`} class="px-4 py-4 sm:px-6">
          <p>
            <span class="font-semibold">{t.nouns[object.noun]}</span>{" "}
            <ObjectId id={object.id} noun={object.noun} locale={locale} />
          </p>
          <dl class="mt-2 grid gap-x-8 gap-y-2 text-sm sm:grid-cols-2 lg:grid-cols-4">
            {namesIn(object, locale, says(object)).map((name) => (
              <div key={name}>
                <dt class="text-muted">{wordFor(t.fields, name)}</dt>
                <dd class="wrap-anywhere">
                  <FieldValue name={name} value={object[name]} locale={locale} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** What would change of a row, field by field; of a new row, all that it would say. */
export function ObjectChanges({ noun, id, before, after, locale }: {
  noun: StripeObject["noun"];
  id: string;
  before: StripeObject | null;
  after: StripeObject;
  locale: Locale;
}) {
  const t = messages(locale).admin.webhooks;
  const changed = namesIn(after, locale, before ? (name) => after[name] !== before[name] : says(after));
  return (
    <section aria-label={`${t.nouns[noun]} ${id}`}>
      <h3 class="px-4 pt-4 sm:px-6">
        <span class="font-semibold">{t.nouns[noun]}</span> <ObjectId id={id} noun={noun} locale={locale} />
        {!before && <span class="ml-2 text-sm text-muted">{t.preview.newRow}</span>}
      </h3>
      <Table
        caption={`${t.nouns[noun]} ${id}`}
        head={
          <>
            <Th>{t.preview.field}</Th>
            {before && <Th>{t.preview.now}</Th>}
            <Th>{t.preview.then}</Th>
          </>
        }
      >
        {changed.map((name) => (
          <Tr key={name}>
            <Td header>{wordFor(t.fields, name)}</Td>
            {before && (
              <Td class="wrap-anywhere">
                <FieldValue name={name} value={before[name]} locale={locale} />
              </Td>
            )}
            <Td class="font-semibold wrap-anywhere">
              <FieldValue name={name} value={after[name]} locale={locale} />
            </Td>
          </Tr>
        ))}
      </Table>
    </section>
  );
}

/** Leads to the events about it, where Stripe knows it by this id. */
function ObjectId({ id, noun, locale }: Pick<StripeObject, "id" | "noun"> & { locale: Locale }) {
  if (noun === "auto_topup") return null;
  if (noun === "purchase") return <Mono class="text-muted">{id}</Mono>;
  const path = `/admin/webhooks?${new URLSearchParams({ object: id })}`;
  return <a href={localePath(locale, path)} class="prose-link figures text-sm wrap-anywhere">{id}</a>;
}

/** A value as its name says it is meant. */
function FieldValue({ name, value, locale }: { name: string; value: unknown; locale: Locale }) {
  if (value === null || value === undefined) return <span class="text-muted">–</span>;
  if (typeof value === "number") {
    return <>{name.endsWith("_cents") ? formatMoney(value, locale) : formatNumber(value, locale)}</>;
  }
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return <Time at={value} locale={locale} />;
  if (WORDS.has(name)) return <>{wordFor(messages(locale).admin.webhooks.values, String(value))}</>;
  return <Mono>{String(value)}</Mono>;
}
