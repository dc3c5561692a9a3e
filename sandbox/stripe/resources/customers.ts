import type { Customer } from "../account.ts";
import { currencies } from "../api/currencies.ts";
import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import {
  currency,
  email,
  emptyable,
  integer,
  list,
  metadata,
  metadataChange,
  object,
  oneOf,
  type ReadShape,
  required,
  string,
} from "../api/params.ts";
import { type Call, endpoint, found, named } from "../api/resource.ts";
import { attach, payerCard } from "../cards.ts";
import { addTaxId, cardsOf, changeBalance, createCustomer, taxIdsOf, updateCustomer } from "../customer.ts";
import { address, filledAddress } from "./address-params.ts";

const fields = {
  address: emptyable(address),
  balance: integer(),
  description: emptyable(string({ max: 350 })),
  email: emptyable(email),
  expand,
  invoice_settings: object(
    { default_payment_method: emptyable(string()) },
    ["custom_fields", "footer", "rendering_options"],
  ),
  name: emptyable(string({ max: 256 })),
  phone: emptyable(string({ max: 20 })),
  preferred_locales: list(string({ max: 10 })),
  tax_exempt: oneOf(["exempt", "none", "reverse"]),
};

const lacking = [
  "business_name",
  "cash_balance",
  "default_source",
  "individual_name",
  "invoice_prefix",
  "next_invoice_sequence",
  "shipping",
  "source",
  "tax",
  "validate",
];

const taxIdParams = {
  type: required(oneOf(["ae_trn", "au_abn", "ca_bn", "ch_vat", "eu_vat", "gb_vat", "no_vat", "pl_nip", "us_ein"])),
  value: required(string({ max: 40 })),
};

const createParams = object({
  ...fields,
  metadata,
  payment_method: string(),
  tax_id_data: list(object(taxIdParams)),
  test_clock: string(),
}, lacking);

export const customers = [
  endpoint("POST", "/v1/customers", createParams, (call, params) => {
    const { account, cause } = call;
    const { expand, invoice_settings, metadata, payment_method, tax_id_data, test_clock, ...rest } = params;
    if (test_clock) named(account.testClocks, test_clock, "testclock", "test_clock");
    const customer = createCustomer(account, {
      ...changesOf(rest),
      balance: rest.balance ?? 0,
      metadata: metadata ?? {},
      test_clock: test_clock ?? null,
    }, cause);
    if (payment_method) attach(account, payerCard(account, payment_method, "payment_method"), customer, cause);
    for (const taxId of tax_id_data ?? []) addTaxId(account, customer.id, taxId, cause);
    return expanded(account, withSettings(call, customer, invoice_settings), expand);
  }),

  endpoint("GET", "/v1/customers/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, find(account, id), params.expand);
  }),

  endpoint(
    "POST",
    "/v1/customers/:id",
    object({ ...fields, metadata: metadataChange }, lacking),
    (call, { expand, metadata, balance, invoice_settings, ...rest }) => {
      const { account, id, cause } = call;
      const customer = find(account, id);
      const changed = updateCustomer(account, {
        ...customer,
        ...changesOf(rest),
        metadata: metadata ? metadata(customer.metadata) : customer.metadata,
      }, cause);
      if (balance !== undefined && balance !== customer.balance) {
        const amount = balance - customer.balance;
        changeBalance(account, id, { amount, currency: customer.currency ?? "usd", type: "adjustment" }, cause);
      }
      const current = account.customers.get(id) ?? changed;
      return expanded(account, withSettings(call, current, invoice_settings), expand);
    },
  ),

  endpoint(
    "GET",
    "/v1/customers",
    object({ ...pageParams, created, email, expand, test_clock: string() }),
    ({ account }, params) => {
      const listed = page(account.customers, params, {
        url: "/v1/customers",
        noun: "customer",
        // Case counts here, as it does at Stripe.
        where: (customer) =>
          (!params.email || customer.email === params.email) &&
          (!params.test_clock || customer.test_clock === params.test_clock) &&
          (!params.created || params.created(customer.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint(
    "GET",
    "/v1/customers/:id/payment_methods",
    object({ ...pageParams, expand, type: string() }, ["allow_redisplay"]),
    ({ account, id }, params) => {
      find(account, id);
      const cards = cardsOf(account, id).filter(({ type }) => !params.type || type === params.type);
      const listed = page({ get: account.paymentMethods.get, list: () => cards }, params, {
        url: `/v1/customers/${id}/payment_methods`,
        noun: "PaymentMethod",
        where: () => true,
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint("GET", "/v1/customers/:id/payment_methods/:item", object({ expand }), ({ account, id, item }, params) => {
    find(account, id);
    const method = account.paymentMethods.get(item);
    return expanded(
      account,
      found({ get: () => method?.customer === id ? method : undefined }, item, "PaymentMethod", "payment_method"),
      params.expand,
    );
  }),

  endpoint(
    "POST",
    "/v1/customers/:id/tax_ids",
    object({ ...taxIdParams, expand }),
    ({ account, id, cause }, params) => {
      find(account, id);
      return expanded(account, addTaxId(account, id, params, cause), params.expand);
    },
  ),

  endpoint("GET", "/v1/customers/:id/tax_ids", object({ ...pageParams, expand }), ({ account, id }, params) => {
    find(account, id);
    const listed = page(account.taxIds, params, {
      url: `/v1/customers/${id}/tax_ids`,
      noun: "tax_id",
      where: ({ customer }) => customer === id,
    });
    return expanded(account, listed, params.expand);
  }),

  endpoint("DELETE", "/v1/customers/:id/tax_ids/:item", object({}), ({ account, id, item, cause }) => {
    const taxId = found({ get: () => taxIdsOf(account, id).find((taxId) => taxId.id === item) }, item, "tax_id");
    account.taxIds.delete(item);
    account.emit("customer.tax_id.deleted", taxId, cause);
    return { id: item, object: "tax_id", deleted: true };
  }),

  endpoint(
    "POST",
    "/v1/customers/:id/balance_transactions",
    object({
      amount: required(integer()),
      currency: required(currency(currencies)),
      description: string({ max: 350 }),
      expand,
      metadata,
    }),
    ({ account, id, cause }, { expand, ...change }) => {
      find(account, id);
      return expanded(account, changeBalance(account, id, { type: "adjustment", ...change }, cause), expand);
    },
  ),

  endpoint(
    "GET",
    "/v1/customers/:id/balance_transactions",
    object({ ...pageParams, created, expand, invoice: string() }),
    ({ account, id }, params) => {
      find(account, id);
      const listed = page(account.balanceTransactions, params, {
        url: `/v1/customers/${id}/balance_transactions`,
        noun: "customer_balance_transaction",
        where: ({ customer, created, invoice }) =>
          customer === id && (!params.invoice || invoice === params.invoice) &&
          (!params.created || params.created(created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),
];

const find = (account: Call["account"], id: string) => found(account.customers, id, "customer");

/** What was given, without what was not. */
function changesOf(
  { address, expand: _, ...rest }: ReadShape<Omit<typeof fields, "invoice_settings">>,
): Partial<Customer> {
  return { ...rest, ...(address !== undefined && { address: address && filledAddress(address) }) };
}

function withSettings(
  { account, cause }: Call,
  customer: Customer,
  settings: { default_payment_method?: string | null } | undefined,
): Customer {
  const method = settings?.default_payment_method;
  if (method === undefined) return customer;
  if (method !== null && account.paymentMethods.get(method)?.customer !== customer.id) {
    throw invalid(
      `No such PaymentMethod: '${method}'; a default payment method must be attached to the customer.`,
      "invoice_settings[default_payment_method]",
      "resource_missing",
    );
  }
  const invoice_settings = { ...customer.invoice_settings, default_payment_method: method };
  return updateCustomer(account, { ...customer, invoice_settings }, cause);
}
