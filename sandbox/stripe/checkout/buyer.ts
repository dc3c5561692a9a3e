/** The person at the hosted page: who they become as a customer, and what the session says of them. */
import type { Account, Customer, Session } from "../account.ts";
import { addTaxId, createCustomer, taxIdsOf, updateCustomer } from "../customer.ts";
import { filledAddress } from "../resources/address-params.ts";
import { asksCountry, type CheckoutRecord, customerOf, savesCard } from "./record.ts";

/**
 * The record once the buyer is a customer, where they have to be one: to subscribe, to keep a card, to get an
 * invoice. What they typed becomes the customer's own as far as `customer_update` allows.
 */
export function buyerOf(account: Account, record: CheckoutRecord): CheckoutRecord {
  const { session, typed, customer_update } = record;
  const known = customerOf(account, record);
  const needed = session.customer_creation === "always" || session.mode === "subscription" || savesCard(record) ||
    record.invoice !== null;
  if (!known && !needed) return record;
  const address = asksCountry(record) && typed.country ? filledAddress({ country: typed.country }) : null;
  const customer = known
    ? updateCustomer(account, {
      ...known,
      address: customer_update.address && address && address.country !== known.address?.country
        ? address
        : known.address,
      name: customer_update.name && typed.name ? typed.name : known.name,
      email: known.email ?? typed.email,
    })
    : createCustomer(account, {
      address,
      email: session.customer_email ?? typed.email,
      name: typed.name,
      preferred_locales: session.locale && session.locale !== "auto" ? [session.locale] : [],
    });
  const taxId = typed.tax_id;
  if (taxId && !taxIdsOf(account, customer.id).some(({ value }) => value === taxId.value)) {
    addTaxId(account, customer.id, taxId);
  }
  return { ...record, session: { ...session, customer: customer.id } };
}

export function customerDetails(account: Account, record: CheckoutRecord): NonNullable<Session["customer_details"]> {
  const { session, typed } = record;
  const customer: Partial<Customer> = customerOf(account, record) ?? {};
  const typedAddress = asksCountry(record) && typed.country ? filledAddress({ country: typed.country }) : null;
  return {
    address: typedAddress ?? customer.address ?? null,
    business_name: null,
    email: session.customer_email ?? customer.email ?? typed.email,
    individual_name: null,
    name: typed.name ?? customer.name ?? null,
    phone: null,
    tax_exempt: customer.tax_exempt ?? "none",
    tax_ids: typed.tax_id ? [typed.tax_id] : [],
  };
}
