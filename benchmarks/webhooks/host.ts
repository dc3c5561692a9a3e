/**
 * The process that hosts the gateway and Stripe's part, as the supervisor of the stack does: our function and the peer's
 * behind one gateway. Prints the gateway's address, and ends with its standard input.
 */
import { fileURLToPath } from "node:url";
import { createGateway, serve } from "../../sandbox/gateway.ts";
import { startFunctions } from "../../sandbox/functions/mod.ts";
import { root } from "../../tests/support/stack.ts";
import { startStripeFacts } from "../../tests/support/stripe-facts.ts";
import { paidSession, SECRET } from "./purchases.ts";

const { databaseUrl, port, log } = JSON.parse(Deno.args[0]);
const stripe = startStripeFacts({ make: paidSession });
const shared = {
  open: ["stripe-webhook", "bare-webhook"],
  jwtSecret: "nobody is asked for a token here",
  watch: false,
  output: () => ({ file: log }),
  report: console.error,
  onPid: () => {},
  env: {
    ...Deno.env.toObject(),
    KREDO_ENV: "sandbox",
    KREDO_WEB_URL: "http://127.0.0.1:8000",
    SUPABASE_URL: "http://127.0.0.1:54321",
    SUPABASE_SECRET_KEY: "unused",
    SUPABASE_DB_URL: databaseUrl,
    STRIPE_SECRET_KEY: "sk_test_0123456789",
    STRIPE_API_URL: stripe.url,
    STRIPE_WEBHOOK_SECRET: SECRET,
    REPLICATE_API_TOKEN: "unused",
    REPLICATE_WEBHOOK_SECRET: "unused",
    // As many as ours has.
    BENCH_CONNECTIONS: "4",
  },
};
const [ours, peer] = await Promise.all([
  startFunctions({ ...shared, root, only: ["stripe-webhook"] }),
  startFunctions({ ...shared, root: fileURLToPath(new URL(".", import.meta.url)) }),
]);
const nobody = { fetch: () => new Response(null, { status: 404 }) };
const functions = {
  fetch: (request: Request) => (new URL(request.url).pathname.endsWith("/bare-webhook") ? peer : ours).fetch(request),
};
serve(port, createGateway({ auth: nobody, storage: nobody, functions }), console.error);
console.log(`http://127.0.0.1:${port}/functions/v1`);

for await (const _ of Deno.stdin.readable);
await Promise.all([ours.stop(), peer.stop()]);
Deno.exit(0);
