/** The REST side of the stand-in: who may call, what counts as a request, idempotency, and errors as JSON. */
import type { Account } from "../account.ts";
import { charges } from "../resources/charges.ts";
import { checkoutSessions } from "../resources/checkout-sessions.ts";
import { customers } from "../resources/customers.ts";
import { disputes } from "../resources/disputes.ts";
import { events } from "../resources/events.ts";
import { paymentIntents } from "../resources/payment-intents.ts";
import { refunds } from "../resources/refunds.ts";
import { coupons } from "../resources/coupons.ts";
import { paymentMethods } from "../resources/payment-methods.ts";
import { prices } from "../resources/prices.ts";
import { products } from "../resources/products.ts";
import { promotionCodes } from "../resources/promotion-codes.ts";
import { setupIntents } from "../resources/setup-intents.ts";
import { invoicePayments, invoices } from "../resources/invoices.ts";
import { subscriptions } from "../resources/subscriptions.ts";
import { taxRates } from "../resources/tax-rates.ts";
import { testClocks } from "../resources/test-clocks.ts";
import { portalConfigurations, portalSessions } from "../resources/portal.ts";
import { newId } from "../ids.ts";
import { ApiError, CardError } from "./errors.ts";
import { parseForm } from "./form.ts";
import { createIdempotency } from "./idempotency.ts";

const endpoints = [
  ...checkoutSessions,
  ...paymentIntents,
  ...charges,
  ...customers,
  ...events,
  ...refunds,
  ...disputes,
  ...coupons,
  ...paymentMethods,
  ...prices,
  ...products,
  ...promotionCodes,
  ...setupIntents,
  ...invoices,
  ...invoicePayments,
  ...subscriptions,
  ...taxRates,
  ...testClocks,
  ...portalConfigurations,
  ...portalSessions,
];
const mostBytes = 1_000_000;

export interface ApiOptions {
  secretKey: string;
  apiVersion: string;
  /** How long an answer takes; a stand-in that answers at once hides what happens in between. */
  latencyMs: number;
}

export function createApi(account: Account, options: ApiOptions): (request: Request) => Promise<Response> {
  const idempotency = createIdempotency(account.store, account.nowMs);

  return async function answer(request) {
    const requestId = newId("req_", 14);
    const headers = new Headers({
      "content-type": "application/json",
      "request-id": requestId,
      "stripe-version": request.headers.get("stripe-version") ?? options.apiVersion,
      "cache-control": "no-cache, no-store",
    });
    try {
      const { status, body, replayOf } = await perform(request, requestId);
      if (replayOf) {
        headers.set("idempotent-replayed", "true");
        headers.set("original-request", replayOf);
      }
      const key = request.headers.get("idempotency-key");
      if (key) headers.set("idempotency-key", key);
      return new Response(body, { status, headers });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return new Response(JSON.stringify(error, null, 2), { status: error.status, headers });
    }
  };

  async function perform(
    request: Request,
    requestId: string,
  ): Promise<{ status: number; body: string; replayOf?: string }> {
    const url = new URL(request.url);
    authenticate(request, options.secretKey);
    checkVersion(request.headers.get("stripe-version"));
    const encoded = request.method === "POST" ? await formOf(request) : url.search.slice(1);
    const called = find(request.method, url.pathname);
    // GET is idempotent by itself: Stripe ignores a key there.
    const key = request.method === "POST" ? request.headers.get("idempotency-key") : null;
    const cause = { id: requestId, idempotency_key: key };
    const run = () => {
      try {
        const result = called.endpoint.run({ account, id: called.id, item: called.item, cause }, parseForm(encoded));
        return { status: 200, body: JSON.stringify(result, null, 2) };
      } catch (error) {
        if (!(error instanceof CardError)) throw error;
        return { status: error.status, body: JSON.stringify(error, null, 2) };
      }
    };
    if (!key) {
      await pause(options.latencyMs);
      return account.store.transaction(run);
    }
    const fingerprint = `${request.method} ${url.pathname} ${encoded}`;
    const before = idempotency.enter(key, fingerprint);
    if (before) return { status: before.status, body: before.body, replayOf: before.request_id };
    try {
      await pause(options.latencyMs);
      return account.store.transaction(() => {
        const answer = run();
        idempotency.keep(key, fingerprint, { ...answer, request_id: requestId });
        return answer;
      });
    } finally {
      idempotency.release(key);
    }
  }
}

function find(method: string, path: string) {
  for (const endpoint of endpoints) {
    const match = endpoint.method === method && endpoint.path.exec(path);
    if (match) return { endpoint, id: decode(match[1]), item: decode(match[2]) };
  }
  throw new ApiError(
    404,
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  );
}

const decode = (part = "") => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

function authenticate(request: Request, secretKey: string) {
  const given = keyOf(request.headers.get("authorization") ?? "");
  if (given === secretKey) return;
  if (!given) {
    throw new ApiError(
      401,
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  const shown = given.length > 12 ? `${given.slice(0, 8)}${"*".repeat(given.length - 12)}${given.slice(-4)}` : "****";
  throw new ApiError(401, `Invalid API Key provided: ${shown}`);
}

/** Bearer, or Basic with the key as the user name. */
function keyOf(authorization: string): string {
  const [scheme, credentials = ""] = authorization.split(/\s+/, 2);
  if (/^bearer$/i.test(scheme)) return credentials;
  if (!/^basic$/i.test(scheme)) return "";
  try {
    return atob(credentials).split(":")[0];
  } catch {
    return "";
  }
}

function checkVersion(version: string | null) {
  if (version === null || /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) return;
  throw new ApiError(400, `Invalid Stripe API version: ${version}`);
}

async function formOf(request: Request): Promise<string> {
  const type = request.headers.get("content-type");
  const body = await request.text();
  if (body.length > mostBytes) throw new ApiError(413, "Request body too large.");
  if (body !== "" && !type?.startsWith("application/x-www-form-urlencoded")) {
    throw new ApiError(
      400,
      "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.",
    );
  }
  return body;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
