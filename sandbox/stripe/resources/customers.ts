import { noSuch } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { email, list, metadata, object, string } from "../api/params.ts";
import { endpoint } from "../api/resource.ts";
import type { Customer } from "../account.ts";
import { newId } from "../ids.ts";

const createParams = object({
  description: string({ max: 350 }),
  email,
  expand,
  metadata,
  name: string({ max: 256 }),
  phone: string({ max: 20 }),
  preferred_locales: list(string({ max: 10 })),
}, [
  "address",
  "balance",
  "business_name",
  "cash_balance",
  "individual_name",
  "invoice_prefix",
  "invoice_settings",
  "next_invoice_sequence",
  "payment_method",
  "shipping",
  "source",
  "tax",
  "tax_exempt",
  "tax_id_data",
  "test_clock",
  "validate",
]);

export const customers = [
  endpoint("POST", "/v1/customers", createParams, ({ account, cause }, params) => {
    const customer: Customer = {
      id: newId("cus_", 14),
      object: "customer",
      address: null,
      balance: 0,
      created: account.now(),
      currency: null,
      default_source: null,
      delinquent: false,
      description: params.description ?? null,
      discount: null,
      email: params.email ?? null,
      invoice_prefix: newId("", 8).toUpperCase(),
      invoice_settings: {
        custom_fields: null,
        default_payment_method: null,
        footer: null,
        rendering_options: null,
      },
      livemode: false,
      metadata: params.metadata ?? {},
      name: params.name ?? null,
      next_invoice_sequence: 1,
      phone: params.phone ?? null,
      preferred_locales: params.preferred_locales ?? [],
      shipping: null,
      tax_exempt: "none",
      test_clock: null,
    };
    account.customers.put(customer.id, customer);
    account.emit("customer.created", customer, cause);
    return expanded(account, customer, params.expand);
  }),

  endpoint("GET", "/v1/customers/:id", object({ expand }), ({ account, id }, params) => {
    const customer = account.customers.get(id);
    if (!customer) throw noSuch("customer", id, "id");
    return expanded(account, customer, params.expand);
  }),
];
