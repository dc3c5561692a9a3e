import type { Browser, Page } from "playwright-core";
import { messages, plural } from "../../locales/mod.ts";
import type { Visit } from "./browser.ts";
import { type Customer, newCustomer } from "./customer.ts";
import { type PlanFacts, tellOfPlan } from "./plan-facts.ts";
import type { StackInfo } from "./stack.ts";

/** The button under Pro for whoever never had a plan. */
export const tryPro = plural(messages("en").plans.trial.start, 7, "en", { plan: "Pro" });

/** A new customer whose plan stands in a certain way. */
export async function customerOnPlan(
  browser: Browser,
  info: StackInfo,
  facts: PlanFacts,
  visit?: Visit,
): Promise<Customer> {
  const customer = await newCustomer(browser, info.web, visit);
  await tellOfPlan(info, customer.email, facts);
  return customer;
}

/** From the plans to Stripe's page, and back with a card, until the news of it has come. */
export async function subscribe(page: Page, button = tryPro, card: "visa" | "fails_later" = "visa"): Promise<void> {
  await page.goto("/app/billing/plan");
  await page.getByRole("button", { name: button }).click();
  await page.locator(`[name=card][value=${card}]`).check({ force: true });
  await page.locator("button[value=paid]").click();
  await page.waitForURL("**/app/billing/success**");
  await page.locator("#checkout:not([data-live])").waitFor();
}

/** The heading of the page, once it is there. */
export async function headed(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name }).waitFor();
}
