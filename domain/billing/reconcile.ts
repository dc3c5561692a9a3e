import Stripe from "stripe";
import type { FunctionServices } from "../../platform/function-services.ts";
import { storableJson } from "../../platform/storable-json.ts";
import { AppError } from "../errors.ts";
import { applyFromStripe } from "./stripe/apply-answer.ts";
import { idOf, type Subject } from "./stripe/gather-facts.ts";

export interface Repair extends Subject {
  effects: string[];
  error: string | null;
}

export interface ReconciliationReport {
  /** Objects that Stripe lists and that were compared with ours. */
  compared: number;
  /** Those that we knew less of, and what came of it. */
  repaired: Repair[];
  /** Those that the books would not take. */
  refused: Subject[];
}

type ReconcileServices = Pick<FunctionServices, "config" | "db" | "stripe" | "log">;
/** How an object is told apart from what we have of it; `private.unknown_at_ours` reads these. */
type Mark = { id: string } & Record<string, unknown>;
type List = { kind: Subject["kind"]; marks: () => AsyncIterable<Mark> };

/** What finds nothing to do says one of these. */
const NOTHING = new Set(["nothing_new", "older_than_known", "already_credited", "ignored", "waiting"]);
const PAGE = 100;
/** Of each list, the newest; with a run an hour, what is older was among them before. */
const AT_MOST = 2_000;
/** So many refusals are not about single objects any more. */
const REFUSED_AT_MOST = 20;

/**
 * Compares Stripe's lists of the last days with what we have, and gives what no webhook brought the effect that the
 * webhook would have had. Safe at any time and any number of times.
 *
 * @throws what Stripe's client throws; the report says how far it came
 */
export async function reconcileStripe(
  services: ReconcileServices,
  { days }: { days: number },
): Promise<ReconciliationReport> {
  const { db, log } = services;
  const since = new Date(Date.now() - days * 86_400_000);
  const [{ id }] = await db.asService((sql) =>
    sql<{ id: number }[]>`select private.begin_reconciliation(${since}) as id`
  );
  const report: ReconciliationReport = { compared: 0, repaired: [], refused: [] };
  let problem: string | null = null;
  try {
    for (const list of lists(services.stripe, Math.floor(since.getTime() / 1_000))) {
      await compare(services, list, report);
    }
    for (const overdue of await overdueSubscriptions(services)) {
      await repair(services, { kind: "subscription", id: overdue }, report);
    }
    if (report.refused.length > 0) {
      problem = `The books refused ${report.refused.map(({ kind, id }) => `${kind} ${id}`).join(", ")}.`;
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    await db.asService((sql) =>
      sql`select private.finish_reconciliation(${id}, ${report.compared}, ${
        storableJson(report.repaired)
      }::text::jsonb, ${problem})`
    );
    if (report.repaired.length > 0) log.warn("stripe was ahead of us", { repaired: report.repaired });
  }
  return report;
}

/** In the order in which one needs the other. */
function lists(stripe: Stripe, since: number): List[] {
  const created = { gte: since };
  const page = { limit: PAGE, created };
  return [
    {
      kind: "session",
      marks: () =>
        map(stripe.checkout.sessions.list(page), ({ id, status, mode, payment_status }) => ({
          id,
          status,
          mode,
          payment_status,
        })),
    },
    {
      kind: "subscription",
      marks: () =>
        map(
          stripe.subscriptions.list({ ...page, status: "all" }),
          ({ id, status, items, cancel_at, cancel_at_period_end }) => ({
            id,
            status,
            price: items.data[0]?.price.id,
            current_period_end: items.data[0]?.current_period_end,
            canceling: cancel_at_period_end || cancel_at !== null,
          }),
        ),
    },
    {
      kind: "invoice",
      marks: () =>
        filter(
          map(stripe.invoices.list(page), ({ id, status }) => ({ id, status })),
          ({ status }) => status !== "draft",
        ),
    },
    {
      kind: "payment",
      marks: () =>
        filter(
          map(stripe.charges.list(page), (charge) => ({
            id: idOf(charge.payment_intent) ?? "",
            refunded: charge.amount_refunded,
            paid: charge.status === "succeeded",
          })),
          ({ id, paid }) => paid && id !== "",
        ),
    },
    {
      kind: "refund",
      marks: () =>
        filter(
          map(stripe.refunds.list({ ...page, expand: ["data.charge"] }), ({ payment_intent, charge }) => ({
            id: idOf(payment_intent) ?? "",
            refunded: typeof charge === "object" ? charge?.amount_refunded : undefined,
          })),
          ({ id }) => id !== "",
        ),
    },
    {
      kind: "dispute",
      marks: () =>
        map(stripe.disputes.list(page), ({ id, payment_intent, status }) => ({
          id,
          payment: idOf(payment_intent),
          state: DISPUTE_STATES[status] ?? null,
        })),
    },
  ];
}

const DISPUTE_STATES: Record<string, string> = {
  needs_response: "open",
  under_review: "open",
  lost: "lost",
  won: "won",
};

async function compare(
  services: ReconcileServices,
  { kind, marks }: List,
  report: ReconciliationReport,
): Promise<void> {
  let batch: Mark[] = [];
  const flush = async () => {
    report.compared += batch.length;
    // A refund is compared by the payment that it lowered.
    const subject = kind === "refund" ? "payment" : kind;
    for (const id of await unknown(services, subject, batch)) await repair(services, { kind: subject, id }, report);
    batch = [];
  };
  let seen = 0;
  for await (const mark of marks()) {
    batch.push(mark);
    if (batch.length === PAGE) await flush();
    if (++seen === AT_MOST) break;
  }
  if (batch.length > 0) await flush();
}

async function unknown({ db }: ReconcileServices, kind: string, marks: Mark[]): Promise<string[]> {
  const rows = await db.asService((sql) =>
    sql<{ id: string }[]>`select private.unknown_at_ours(${kind}, ${storableJson(marks)}::text::jsonb) as id`
  );
  return [...new Set(rows.map(({ id }) => id))];
}

async function overdueSubscriptions({ db }: ReconcileServices): Promise<string[]> {
  const rows = await db.asService((sql) => sql<{ id: string }[]>`select private.overdue_subscriptions(${PAGE}) as id`);
  return rows.map(({ id }) => id);
}

/** One that cannot be given its effect must not keep all that come after it from theirs. */
async function repair(
  { config, db, stripe, log }: ReconcileServices,
  subject: Subject,
  report: ReconciliationReport,
): Promise<void> {
  let result: Awaited<ReturnType<typeof applyFromStripe>>;
  try {
    result = await applyFromStripe({ db, stripe, livemode: config.stripe.livemode }, subject);
  } catch (error) {
    if (isOfStripe(error) || report.refused.length === REFUSED_AT_MOST) throw error;
    log.error("the books refused what stripe has", { ...subject, error });
    report.refused.push(subject);
    return;
  }
  if (!result || result.effects.every((effect) => NOTHING.has(effect))) return;
  report.repaired.push({ ...subject, ...result });
}

/** Stripe, which does not answer, would not answer to the next question either. */
const isOfStripe = (error: unknown) =>
  error instanceof Stripe.errors.StripeError || error instanceof AppError && error.code === "provider_unavailable";

async function* map<T, U>(items: AsyncIterable<T>, to: (item: T) => U): AsyncIterable<U> {
  for await (const item of items) yield to(item);
}

async function* filter<T>(items: AsyncIterable<T>, keep: (item: T) => boolean): AsyncIterable<T> {
  for await (const item of items) if (keep(item)) yield item;
}
