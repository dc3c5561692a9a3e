/** The webhook's function as a process of its own behind the gateway, on a database and a Stripe that the test brings. */
import { createGateway, serve } from "../../sandbox/gateway.ts";
import { startFunctions } from "../../sandbox/functions/mod.ts";
import { root } from "./stack.ts";
import { eventAbout, signatureOf } from "./stripe-facts.ts";
import { until } from "./until.ts";

export const SECRET = "whsec_of_the_test";

export interface WebhookFunction {
  /** Of the function, as Stripe would call it. */
  url: string;
  post(body: BodyInit, signature?: string): Promise<Response>;
  /** Signs and sends an event; its status, or 0 when the connection broke. */
  deliver(event: { text: string }, secret?: string): Promise<number>;
  /** `kill -9`, and back again once it serves. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export async function startWebhookFunction(
  { databaseUrl, stripeUrl, secrets = [SECRET] }: { databaseUrl: string; stripeUrl: string; secrets?: string[] },
): Promise<WebhookFunction> {
  const log = await Deno.makeTempFile({ prefix: "kredo-webhook-", suffix: ".log" });
  let pid: number | undefined;
  const functions = await startFunctions({
    root,
    only: ["stripe-webhook"],
    open: ["stripe-webhook"],
    jwtSecret: "nobody is asked for a token here",
    env: {
      ...Deno.env.toObject(),
      KREDO_ENV: "sandbox",
      KREDO_WEB_URL: "http://127.0.0.1:8000",
      SUPABASE_URL: "http://127.0.0.1:54321",
      SUPABASE_SECRET_KEY: "unused",
      SUPABASE_DB_URL: databaseUrl,
      STRIPE_SECRET_KEY: "sk_test_0123456789",
      STRIPE_API_URL: stripeUrl,
      STRIPE_WEBHOOK_SECRET: secrets.join(","),
      REPLICATE_API_TOKEN: "unused",
      REPLICATE_WEBHOOK_SECRET: "unused",
    },
    watch: false,
    output: () => ({ file: log }),
    report: () => {},
    onPid: (_, running) => pid = running,
    // A test that kills it often must not wait longer than what it left in Postgres does.
    longestPause: 100,
  });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const nobody = { fetch: () => new Response(null, { status: 404 }) };
  const gateway = serve(port, createGateway({ auth: nobody, storage: nobody, functions }), console.error);
  const url = `http://127.0.0.1:${port}/functions/v1/stripe-webhook`;

  const post = (body: BodyInit, signature?: string) =>
    fetch(url, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...signature !== undefined && { "stripe-signature": signature } },
    });
  return {
    url,
    post,
    async deliver({ text }, secret = secrets[0]) {
      try {
        const answer = await post(text, await signatureOf(text, secret));
        await answer.body?.cancel();
        return answer.status;
      } catch (error) {
        // As the network tells it; a mistake of the test's own is no such thing.
        if (error instanceof TypeError) return 0;
        throw error;
      }
    },
    async crash() {
      Deno.kill(pid!, "SIGKILL");
      const nothing = eventAbout({ id: "nothing" }, { type: "nothing.happened" }).text;
      await until(async () => {
        const { status, body } = await post(nothing);
        await body?.cancel();
        return status === 400;
      }, "the function serves again");
    },
    async close() {
      await gateway.close();
      await functions.stop();
      await Deno.remove(log);
    },
  };
}
