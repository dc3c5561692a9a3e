/**
 * What can become of an invoice: draft, open, then paid, void or uncollectible; and how its money is collected.
 * Call these inside a transaction.
 */
import {
  type Account,
  type Cause,
  type Invoice,
  type InvoicePayment,
  noRequest,
  type PaymentIntent,
  type PaymentMethod,
} from "../account.ts";
import { day } from "../../calendar.ts";
import { changeBalance } from "../customer.ts";
import { newId } from "../ids.ts";
import { cancelIntent, chargeCard, createIntent, requireAction } from "../intents.ts";
import { authenticationRequired, objection, type Presence } from "../cards.ts";
import { invoiceFailed, invoicePaid } from "../subscriptions/standing.ts";
import { settledBy } from "./compose.ts";

/** Seconds from one automatic try to the next: 1, 3 and 5 days after the first. */
const retryGaps = [1 * day, 2 * day, 2 * day];
/** How long a renewal's invoice stays a draft that the merchant may still add to. */
const draftFor = 60 * 60;

export function addDraft(account: Account, invoice: Invoice, cause = noRequest): Invoice {
  account.invoices.put(invoice.id, invoice);
  for (const { parent, ...line } of invoice.lines.data) {
    const waiting = parent?.subscription_item_details?.invoice_item ?? parent?.invoice_item_details?.invoice_item;
    const item = account.invoiceItems.get(String(waiting));
    if (item) account.invoiceItems.put(item.id, { ...item, invoice: line.invoice });
  }
  account.emit("invoice.created", invoice, cause);
  return invoice;
}

/** Leaves the draft to be finalized by itself, as renewals are. */
export function finalizeLater(account: Account, invoice: Invoice): Invoice {
  const automatically_finalizes_at = account.now() + draftFor;
  const waiting = { ...invoice, automatically_finalizes_at };
  account.invoices.put(waiting.id, waiting);
  account.appoint({
    id: `finalize ${invoice.id}`,
    subject: invoice.id,
    act: "finalize_invoice",
    due_ms: automatically_finalizes_at * 1000,
  });
  return waiting;
}

/** Gives the invoice its number, takes the customer's balance in and asks for what is left. */
export function finalize(account: Account, draft: Invoice, cause = noRequest): Invoice {
  const { balance } = account.customers.get(draft.customer!)!;
  const { amount_due, ending_balance } = settledBy(balance, draft.total, draft.currency);
  if (ending_balance !== balance) {
    changeBalance(account, draft.customer!, {
      amount: ending_balance - balance,
      currency: draft.currency,
      invoice: draft.id,
      type: draft.total > 0 && amount_due === 0 && ending_balance > 0 ? "invoice_too_small" : "applied_to_invoice",
    }, cause);
  }
  const open = numbered(account, { ...draft, amount_due, ending_balance, starting_balance: balance }, cause);
  if (amount_due === 0) return paid(account, { ...open, attempted: true }, cause);
  const intent = createIntent(account, {
    amount: amount_due,
    currency: open.currency,
    customer: open.customer,
    description: open.billing_reason === "subscription_create" ? "Subscription creation" : "Subscription update",
    setup_future_usage: open.parent ? "off_session" : null,
  }, cause);
  linkPayment(account, open, intent);
  return open;
}

/** The invoice of what has been paid already, by a checkout: it leaves the customer's balance alone. */
export function recordPaid(account: Account, draft: Invoice, intent: PaymentIntent, cause = noRequest): Invoice {
  addDraft(account, draft, cause);
  const balance = draft.starting_balance;
  const open = numbered(account, { ...draft, amount_due: draft.total, ending_balance: balance }, cause);
  linkPayment(account, open, intent);
  return paid(
    account,
    { ...open, amount_paid: open.total, amount_remaining: 0, attempt_count: 1, attempted: true },
    cause,
  );
}

function numbered(account: Account, draft: Invoice, cause: Cause): Invoice {
  const customer = account.customers.get(draft.customer!)!;
  const sequence = customer.next_invoice_sequence ?? 1;
  account.customers.put(customer.id, { ...customer, next_invoice_sequence: sequence + 1 });
  const url = `${account.baseUrl}/invoice/${draft.id}`;
  const open: Invoice = {
    ...draft,
    amount_remaining: draft.amount_due,
    automatically_finalizes_at: null,
    effective_at: account.now(),
    hosted_invoice_url: url,
    invoice_pdf: `${url}/pdf`,
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, "0")}`,
    status: "open",
    status_transitions: { ...draft.status_transitions, finalized_at: account.now() },
  };
  account.invoices.put(open.id, open);
  account.appointments.delete(`finalize ${open.id}`);
  account.emit("invoice.finalized", open, cause);
  return open;
}

export const finalizeAndPay = (account: Account, draft: Invoice, how: Payment, cause = noRequest): Invoice => {
  const open = finalize(account, draft, cause);
  return open.status === "open" ? pay(account, open, how, cause) : open;
};

/** Its hour as a draft is over. */
export function finalizeDue(account: Account, id: string): void {
  const draft = account.invoices.get(id);
  if (draft?.status === "draft") finalizeAndPay(account, draft, { automatic: true });
}

/** One of the tries to collect what an earlier one did not. */
export function retryDue(account: Account, id: string): void {
  const open = account.invoices.get(id);
  if (open?.status === "open") pay(account, open, { automatic: true });
}

export interface Payment extends Presence {
  /** The card to charge; the subscription's, then the customer's, without it. */
  method?: PaymentMethod;
  /** The schedule's own try, not somebody's press of a button. */
  automatic?: boolean;
}

/** Charges an open invoice. What it becomes says whether that worked: paid, or still open. */
export function pay(account: Account, invoice: Invoice, how: Payment, cause = noRequest): Invoice {
  const method = how.method ?? defaultMethod(account, invoice);
  const asked = { ...intentOf(account, invoice), payment_method: method?.id ?? null };
  if (!method) return failed(account, invoice, how, cause);
  if (objection(method, how)?.code === authenticationRequired.code) {
    requireAction(account, asked, cause);
    const open = failed(account, invoice, how, cause);
    account.emit("invoice.payment_action_required", open, cause);
    return open;
  }
  const intent = chargeCard(account, asked, how, cause);
  if (intent.status !== "succeeded") return failed(account, invoice, how, cause);
  account.appointments.delete(`retry ${invoice.id}`);
  return paid(account, {
    ...invoice,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempt_count: attempts(invoice, how),
    attempted: true,
    next_payment_attempt: null,
  }, cause);
}

/** Everything that was due has been paid, be it by a card, by the balance, or because nothing was due. */
export function paid(account: Account, invoice: Invoice, cause: Cause): Invoice {
  const done: Invoice = {
    ...invoice,
    auto_advance: false,
    status: "paid",
    status_transitions: { ...invoice.status_transitions, paid_at: account.now() },
  };
  account.invoices.put(done.id, done);
  account.emit("invoice.paid", done, cause);
  account.emit("invoice.payment_succeeded", done, cause);
  const payment = paymentOf(account, done);
  if (payment) {
    const settled = {
      ...payment,
      amount_paid: done.amount_paid,
      status: "paid",
      status_transitions: { ...payment.status_transitions, paid_at: account.now() },
    };
    account.invoicePayments.put(settled.id, settled);
    account.emit("invoice_payment.paid", settled, cause);
  }
  invoicePaid(account, done, cause);
  return done;
}

function failed(account: Account, invoice: Invoice, how: Payment, cause: Cause): Invoice {
  const attempt_count = attempts(invoice, how);
  // Presses of a button leave the schedule alone; a first invoice has none, its subscription just never begins.
  const gap = invoice.billing_reason === "subscription_create" ? undefined : retryGaps[attempt_count - 1];
  const first = how.automatic || !invoice.attempted;
  const next_payment_attempt = !first ? invoice.next_payment_attempt : gap ? account.now() + gap : null;
  const open: Invoice = { ...invoice, attempt_count, attempted: true, next_payment_attempt };
  account.invoices.put(open.id, open);
  if (first && next_payment_attempt !== null) {
    account.appoint({
      id: `retry ${open.id}`,
      subject: open.id,
      act: "retry_invoice",
      due_ms: next_payment_attempt * 1000,
    });
  }
  account.emit("invoice.payment_failed", open, cause);
  invoiceFailed(account, open, cause);
  return open;
}

/** The first try counts whoever makes it, then only those of the schedule. */
const attempts = ({ attempt_count }: Invoice, { automatic }: Payment) =>
  attempt_count === 0 || automatic ? attempt_count + 1 : attempt_count;

/** Nobody has to pay it any more; what it took of the customer's balance goes back. */
export function voidInvoice(account: Account, invoice: Invoice, cause = noRequest): Invoice {
  const taken = (invoice.ending_balance ?? 0) - invoice.starting_balance;
  if (taken !== 0 && invoice.status !== "draft") {
    changeBalance(account, invoice.customer!, {
      amount: -taken,
      currency: invoice.currency,
      invoice: invoice.id,
      type: "unapplied_from_invoice",
    }, cause);
  }
  const voided: Invoice = {
    ...stopped(account, invoice),
    amount_remaining: 0,
    status: "void",
    status_transitions: { ...invoice.status_transitions, voided_at: account.now() },
  };
  account.invoices.put(voided.id, voided);
  const intent = account.paymentIntents.get(String(paymentOf(account, voided)?.payment.payment_intent));
  if (intent && intent.status !== "succeeded") cancelIntent(account, intent, "void_invoice", cause);
  account.emit("invoice.voided", voided, cause);
  return voided;
}

export function markUncollectible(account: Account, invoice: Invoice, cause = noRequest): Invoice {
  const given: Invoice = {
    ...stopped(account, invoice),
    status: "uncollectible",
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: account.now() },
  };
  account.invoices.put(given.id, given);
  account.emit("invoice.marked_uncollectible", given, cause);
  return given;
}

/** Leaves an unpaid invoice as it is, with no more tries by itself. */
export function stopCollecting(account: Account, invoice: Invoice, cause = noRequest): void {
  account.update("invoice.updated", account.invoices, stopped(account, invoice), cause);
}

function stopped(account: Account, invoice: Invoice): Invoice {
  account.appointments.delete(`retry ${invoice.id}`);
  account.appointments.delete(`finalize ${invoice.id}`);
  return { ...invoice, auto_advance: false, automatically_finalizes_at: null, next_payment_attempt: null };
}

function linkPayment(account: Account, invoice: Invoice, intent: PaymentIntent) {
  const payment: InvoicePayment = {
    id: newId("inpay_1"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: account.now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: "payment_intent", payment_intent: intent.id },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  };
  account.invoicePayments.put(payment.id, payment);
}

export const paymentOf = (account: Account, { id }: Invoice): InvoicePayment | undefined =>
  account.invoicePayments.list().find(({ invoice }) => invoice === id);

const intentOf = (account: Account, invoice: Invoice): PaymentIntent =>
  account.paymentIntents.get(paymentOf(account, invoice)!.payment.payment_intent!)!;

/** Whom an invoice is charged to by itself: its own card, its subscription's, its customer's. */
export function defaultMethod(account: Account, invoice: Invoice): PaymentMethod | undefined {
  const subscription = account.subscriptions.get(String(invoice.parent?.subscription_details?.subscription));
  const customer = account.customers.get(String(invoice.customer));
  const id = invoice.default_payment_method ?? subscription?.default_payment_method ??
    customer?.invoice_settings.default_payment_method;
  return account.paymentMethods.get(String(id));
}
