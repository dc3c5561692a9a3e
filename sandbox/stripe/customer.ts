/** What can become of a customer: their balance, their tax ids, the card they pay with. */
import {
  type Account,
  type BalanceTransaction,
  type Cause,
  type Customer,
  noRequest,
  type PaymentMethod,
  type TaxId,
} from "./account.ts";
import { newId } from "./ids.ts";

export function newCustomer(account: Account, fields: Partial<Customer>): Customer {
  return {
    id: newId("cus_", 14),
    object: "customer",
    address: null,
    balance: 0,
    created: account.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: newId("", 8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
    ...fields,
  };
}

export function createCustomer(account: Account, fields: Partial<Customer>, cause = noRequest): Customer {
  const customer = newCustomer(account, fields);
  account.customers.put(customer.id, customer);
  account.emit("customer.created", customer, cause);
  return customer;
}

export const updateCustomer = (account: Account, customer: Customer, cause?: Cause): Customer =>
  account.update("customer.updated", account.customers, customer, cause);

/** Adds to what the customer owes (positive) or has to their credit (negative); returns the balance after. */
export function changeBalance(
  account: Account,
  id: string,
  change: Pick<BalanceTransaction, "amount" | "currency" | "type"> & Partial<BalanceTransaction>,
  cause = noRequest,
): BalanceTransaction {
  const customer = account.customers.get(id)!;
  const ending_balance = customer.balance + change.amount;
  const transaction: BalanceTransaction = {
    id: newId("cbtxn_1"),
    object: "customer_balance_transaction",
    checkout_session: null,
    created: account.now(),
    credit_note: null,
    customer: id,
    customer_account: null,
    description: null,
    ending_balance,
    invoice: null,
    livemode: false,
    metadata: {},
    ...change,
  };
  account.balanceTransactions.put(transaction.id, transaction);
  updateCustomer(account, { ...customer, balance: ending_balance, currency: change.currency }, cause);
  return transaction;
}

export const taxIdsOf = (account: Account, customer: string): TaxId[] =>
  account.taxIds.list().reverse().filter((taxId) => taxId.customer === customer);

export function addTaxId(
  account: Account,
  customer: string,
  { type, value }: { type: string; value: string },
  cause = noRequest,
): TaxId {
  const taxId: TaxId = {
    id: newId("txi_1"),
    object: "tax_id",
    country: /^[A-Z]{2}/.exec(value)?.[0] ?? null,
    created: account.now(),
    customer,
    customer_account: null,
    livemode: false,
    owner: { type: "customer", customer, customer_account: null },
    type,
    value,
    verification: { status: "pending", verified_address: null, verified_name: null },
  };
  account.taxIds.put(taxId.id, taxId);
  account.emit("customer.tax_id.created", taxId, cause);
  return taxId;
}

/** The cards of a customer, newest first. */
export const cardsOf = (account: Account, customer: string): PaymentMethod[] =>
  account.paymentMethods.list().filter((method) => method.customer === customer);
