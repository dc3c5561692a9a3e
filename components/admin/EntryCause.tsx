import type { EntryFacts } from "../../domain/ops/read-entry.ts";
import { fill, formatCredits, formatMoney, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { AdjustmentFacts } from "./AdjustmentFacts.tsx";
import { Sentence } from "./Breaches.tsx";
import { CheckoutCause } from "./CheckoutCause.tsx";
import { Fact, Facts, Raw } from "./Facts.tsx";
import { JobCause } from "./JobCause.tsx";
import { Lots } from "./Lots.tsx";
import { personName } from "./words.ts";

/** What is behind an entry: its rule and price, and whatever its reference names. */
export function EntryCause({ facts, locale }: { facts: EntryFacts; locale: Locale }) {
  const t = messages(locale).admin.entry;
  const { entry, price, job, checkout, adjustment, transfer, lots } = facts;
  const { rule, reason } = entry.cause;
  const noun = entry.ref.split(":")[0];
  const expected = ["job", "checkout", "adjustment"].includes(noun);
  const resolved = job ?? checkout ?? adjustment ?? transfer;
  return (
    <>
      <Card title={t.why}>
        <div class="flex flex-col gap-4">
          {(typeof rule === "string" || typeof reason === "string" || price) && (
            <Facts>
              {typeof rule === "string" && <Fact name={t.rule}>{rule}</Fact>}
              {typeof reason === "string" && <Fact name={t.reason} wide>{reason}</Fact>}
              {price && <Price price={price} locale={locale} />}
            </Facts>
          )}
          {!resolved && <p class="text-muted">{expected ? t.gone : t.plain}</p>}
          <Raw name={t.cause} value={entry.cause} />
        </div>
      </Card>
      {job && <JobCause job={job} linked locale={locale} />}
      {checkout && <CheckoutCause checkout={checkout} locale={locale} />}
      {adjustment && (
        <Card
          title={t.adjustment.title}
          actions={
            <a href={localePath(locale, `/admin/ledger/adjustments/${adjustment.id}`)} class="prose-link">
              {t.adjustment.open}
            </a>
          }
        >
          <AdjustmentFacts adjustment={adjustment} locale={locale} />
        </Card>
      )}
      {transfer && (
        <Card title={t.transfer.title}>
          <Facts>
            <Fact name={entry.amount < 0 ? t.transfer.to : t.transfer.from}>
              <a href={localePath(locale, `/admin/ledger/accounts/${transfer.user_id}`)} class="prose-link">
                {personName(transfer.email, transfer.user_id, locale)}
              </a>
            </Fact>
            {transfer.seq !== null && (
              <Fact name={t.transfer.other}>
                <a
                  href={localePath(locale, `/admin/ledger/accounts/${transfer.user_id}/${transfer.seq}`)}
                  class="prose-link"
                >
                  {fill(t.title, { seq: transfer.seq })}
                </a>
              </Fact>
            )}
          </Facts>
        </Card>
      )}
      {lots.length > 0 && (
        <Card title={entry.kind === "expiry" ? t.lot.ended : t.lot.made} padded={false}>
          <Lots lots={lots} account={entry.user_id} locale={locale} />
        </Card>
      )}
    </>
  );
}

function Price({ price, locale }: { price: NonNullable<EntryFacts["price"]>; locale: Locale }) {
  const t = messages(locale).admin.entry.price;
  const { subject, version, credits, price_cents, valid_from, valid_to } = price;
  const values = { subject, version, credits: formatCredits(credits, locale) };
  return (
    <Fact name={t.title} wide>
      {price_cents === null
        ? fill(t.model, values)
        : fill(t.pack, { ...values, price: formatMoney(price_cents, locale) })}
      <span class="block text-sm text-muted">
        {valid_to
          ? <Between template={t.past} from={valid_from} to={valid_to} locale={locale} />
          : <Sentence template={t.current.replace("{from}", "{time}")} at={valid_from} locale={locale} />}
      </span>
    </Fact>
  );
}

/** A sentence with two moments in it. */
function Between({ template, from, to, locale }: { template: string; from: string; to: string; locale: Locale }) {
  const [before, after] = template.split("{to}");
  return (
    <>
      <Sentence template={before.replace("{from}", "{time}")} at={from} locale={locale} />
      <Sentence template={`{time}${after}`} at={to} locale={locale} />
    </>
  );
}
