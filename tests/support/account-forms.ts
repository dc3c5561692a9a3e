import type { Page } from "playwright-core";
import { localePath } from "../../locales/mod.ts";
import { follow } from "./browser.ts";

export const PASSWORD = "four unrelated quiet words";

export const someone = () => `e2e-${crypto.randomUUID()}@kredo.test`;

/** Fills in the page's form and sends it. */
export async function fillIn(page: Page, fields: { email?: string; password?: string }): Promise<void> {
  for (const [name, value] of Object.entries(fields)) await page.locator(`main [name=${name}]:visible`).fill(value);
  await follow(page, page.locator("main form button[type=submit]").first());
}

/** Opens an account and returns its address; the page is then the first one of the studio. */
export async function signUp(page: Page, locale: "en" | "pl" = "en"): Promise<string> {
  const email = someone();
  await page.goto(localePath(locale, "/sign-up"));
  await fillIn(page, { email, password: PASSWORD });
  await page.waitForURL((url) => url.pathname === localePath(locale, "/app"));
  return email;
}
