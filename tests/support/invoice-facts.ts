import { randomUUID } from "node:crypto";
import type postgres from "postgres";

/** Seconds since 1970, as Stripe writes times. */
export const seconds = (iso: string) => Date.parse(iso) / 1000;

export interface InvoiceFacts {
  id?: string;
  number?: string | null;
  status?: "draft" | "open" | "paid" | "void" | "uncollectible";
  issued?: string;
  /** Of 30 days each, unless it is bought `once`. */
  lines?: { description: string; amount: number; once?: boolean }[];
  tax?: number;
  tax_ids?: { type: string; value: string }[];
  /** Of its payment, in cents. */
  refunded?: number;
  disputes?: { id: string; amount: number; status: string }[];
}

/**
 * What Stripe would say about people's invoices, given its effect in the stack's database. None of the lines is of a plan, so
 * that no allowance comes with them.
 */
export function invoiceScene(sql: postgres.Sql) {
  const customerOf = (user: string) => `cus_${user.replaceAll("-", "")}`;

  /** Also gives what a subscription is: any facts with this person's customer in them. */
  async function apply(user: string, facts: (customer: string) => Record<string, unknown>): Promise<void> {
    await sql`select private.note_stripe_customer(false, ${user}, ${customerOf(user)})`;
    const [{ error }] = await sql`
      select error from private.reconcile_stripe_facts(false, private.take_stripe_ticket(), ${
      sql.json(facts(customerOf(user)) as never)
    })`;
    if (error) throw new Error(error);
  }

  return {
    apply,

    /** @returns the invoice's id */
    async invoice(user: string, fields: InvoiceFacts = {}): Promise<string> {
      const { id = `in_${randomUUID()}`, status = "paid", lines = [{ description: "1 × Kredo Pro", amount: 2900 }] } =
        fields;
      const { tax = 667, issued = "2026-11-26T10:00:00Z", tax_ids = [] } = fields;
      const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
      const total = subtotal + tax;
      const isPaid = status === "paid";
      const intent = `pi_${id}`;
      await apply(user, (customer) => ({
        invoice: {
          id,
          customer,
          number: fields.number === undefined ? `T-${id.slice(-6)}` : fields.number,
          status,
          billing_reason: "manual",
          currency: "usd",
          subtotal,
          total,
          total_taxes: tax ? [{ amount: tax }] : [],
          kredo_taxes: tax
            ? [{ name: "VAT", percent: 23, amount_cents: tax, reverse_charge: false, included: false }]
            : [],
          amount_paid: isPaid ? total : 0,
          amount_remaining: isPaid ? 0 : total,
          attempt_count: 1,
          next_payment_attempt: status === "open" ? seconds("2026-11-29T10:00:00Z") : null,
          hosted_invoice_url: `https://stripe.example/i/${id}`,
          customer_name: "Zażółć Sp. z o.o.",
          customer_email: "ann@example.test",
          customer_address: {
            line1: "Łąkowa 12",
            line2: null,
            city: "Łódź",
            postal_code: "90-562",
            state: null,
            country: "PL",
          },
          customer_tax_ids: tax_ids,
          created: seconds(issued),
          status_transitions: { finalized_at: seconds(issued), paid_at: isPaid ? seconds(issued) + 5 : null },
          parent: null,
          lines: {
            data: lines.map(({ once, ...line }) => ({
              ...line,
              quantity: 1,
              period: { start: seconds(issued), end: seconds(issued) + (once ? 0 : 30 * 86_400) },
              parent: { type: "invoice_item_details" },
            })),
          },
          payments: {
            data: isPaid && total > 0
              ? [{ status: "paid", amount_paid: total, payment: { payment_intent: intent } }]
              : [],
          },
        },
        ...(fields.refunded !== undefined || fields.disputes) && {
          payment_intent: {
            id: intent,
            customer,
            status: "succeeded",
            currency: "usd",
            amount_received: total,
            metadata: {},
            latest_charge: { amount_refunded: fields.refunded ?? 0 },
          },
          disputes: fields.disputes ?? [],
        },
      }));
      return id;
    },
  };
}
