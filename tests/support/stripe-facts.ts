/**
 * Stripe reduced to answers: objects that a test puts in, served over HTTP in the shapes of Stripe's API, each for as long
 * held back as the test wants. For what comes after the asking; what leads to such objects is the stand-in's part.
 */
import Stripe from "stripe";

export interface StripeFacts {
  url: string;
  /** From now on this is what Stripe says. */
  put(...objects: { id: string }[]): void;
  /** Ids that were asked for, in order. */
  asked: string[];
  /** Keeps back the answers about an object, from when they are asked for until `release`. */
  hold(id: string): { reached: Promise<void>; release(): void };
  close(): Promise<void>;
}

/** @param make objects that nobody put in, by their id. */
export function startStripeFacts({ port = 0, make }: { port?: number; make?(id: string): unknown } = {}): StripeFacts {
  const objects = new Map<string, Record<string, unknown>>();
  const asked: string[] = [];
  const holds = new Map<string, { reach(): void; released: Promise<void> }>();

  const about = (kind: string, payment: string | null) =>
    [...objects.values()].filter((object) => object.object === kind && object.payment_intent === payment);

  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/v1/disputes") return list(about("dispute", searchParams.get("payment_intent")));
    if (pathname === "/v1/invoice_payments") {
      return list(about("invoice_payment", searchParams.get("payment[payment_intent]")));
    }
    const id = pathname.slice(pathname.lastIndexOf("/") + 1);
    asked.push(id);
    const hold = holds.get(id);
    hold?.reach();
    await hold?.released;
    const object = objects.get(id) ?? make?.(id);
    return object ? Response.json(object) : missing(id);
  });

  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    put(...given) {
      for (const object of given) objects.set(object.id, object as { id: string } & Record<string, unknown>);
    },
    hold(id) {
      const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      holds.set(id, { reach: reached.resolve, released: released.promise });
      return {
        reached: reached.promise,
        release() {
          holds.delete(id);
          released.resolve();
        },
      };
    },
    close: () => server.shutdown(),
  };
}

const list = (data: unknown[]) => Response.json({ object: "list", data, has_more: false });

const missing = (id: string) =>
  Response.json(
    { error: { type: "invalid_request_error", code: "resource_missing", message: `No such object: '${id}'` } },
    { status: 404 },
  );

const signer = new Stripe("sk_test_signs_only");

/** The `stripe-signature` of a body, now or so many seconds ago. */
export const signatureOf = (payload: string, secret: string, age = 0): Promise<string> =>
  signer.webhooks.generateTestHeaderStringAsync({
    payload,
    secret,
    timestamp: Math.floor(Date.now() / 1000) - age,
  });

/** An event as Stripe would send it. */
export function eventAbout(
  object: Record<string, unknown>,
  changes: Record<string, unknown> = {},
): { id: string; text: string } {
  const id = `evt_${crypto.randomUUID().replaceAll("-", "")}`;
  const event = {
    id,
    object: "event",
    api_version: "2026-10-28.endive",
    type: "checkout.session.completed",
    livemode: false,
    created: Math.floor(Date.now() / 1000),
    data: { object },
    ...changes,
  };
  return { id: event.id as string, text: JSON.stringify(event, null, 2) };
}
