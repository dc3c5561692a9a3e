/** What the webhook does not act on: an exact answer, no trace in the books, and never an error of ours. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { stack, type StackInfo } from "../support/stack.ts";
import { eventAbout } from "../support/stripe-facts.ts";
import { startWebhookFunction, type WebhookFunction } from "../support/webhook-function.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

let info: StackInfo;
let sql: postgres.Sql;
let customer: Customer;
/** A session of theirs that is open at Stripe. */
let session: { id: string; checkout: string };

before(async () => {
  info = await stack();
  sql = postgres(info.dbAdmin, { max: 2 });
  customer = await newCustomer();
  session = (await ask("/api/billing/checkout-session", { json: { pack: "pack_10" }, token: customer.token })).body;
});
after(() => sql.end());

const now = () => Math.floor(Date.now() / 1000);
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Over the very bytes, so that a body in any encoding can be signed. */
function sign(body: Uint8Array | string, { secret = info.stripeWebhookSecret, at = now() } = {}): string {
  const mac = createHmac("sha256", secret).update(`${at}.`).update(body).digest("hex");
  return `t=${at},v1=${mac}`;
}

const post = (body: BodyInit, signature?: string, url = `${info.api}/functions/v1/stripe-webhook`) =>
  fetch(url, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...signature !== undefined && { "stripe-signature": signature } },
  });
const answerTo = async (body: BodyInit, signature?: string) => {
  const answer = await post(body, signature);
  return [answer.status, await answer.json()];
};

/** News of the open session that says it was paid. */
const lie = (changes: Record<string, unknown> = {}) =>
  eventAbout({
    id: session.id,
    object: "checkout.session",
    status: "complete",
    payment_status: "paid",
    amount_total: 900,
    currency: "usd",
    metadata: { user_id: customer.id, checkout_id: session.checkout },
  }, changes);

const inbox = async (id: string) => {
  const [row] = await sql`
    select type, verdict, effect, error, attempts from private.webhook_events where source = 'stripe' and event_id = ${id}`;
  return row && { ...row };
};
async function assertUntouched(): Promise<void> {
  const { available } = (await ask("/api/credits/balance", { token: customer.token })).body;
  const { status } = (await ask(`/api/billing/checkout-session/${session.id}`, { token: customer.token })).body;
  assert.deepEqual([available, status], [10, "open"]);
}

/** Early in a second, so that what is 301 seconds away is still so on arrival. */
const startOfSecond = () => new Promise((resolve) => setTimeout(resolve, 1_010 - Date.now() % 1_000));

const REFUSED = [400, { error: "invalid_signature" }];
const RECEIVED = [200, { received: true }];

describe("the webhook believes nothing that Stripe did not sign", () => {
  it("unsigned, forged, or signed with another secret", async () => {
    const { id, text } = lie();
    const at = now();
    const [, mac] = sign(text, { at }).split("v1=");
    const cases: [string, string | undefined][] = [
      ["without a signature", undefined],
      ["with an empty one", ""],
      ["with something else", "hello"],
      ["without a time", `v1=${mac}`],
      ["without a hash", `t=${at}`],
      ["with an empty hash", `t=${at},v1=`],
      ["with another scheme", `t=${at},v0=${mac}`],
      ["with a hash of the right length", `t=${at},v1=${"0".repeat(64)}`],
      ["with the time in words", `t=now,v1=${mac}`],
      ["with the hash of another second", `t=${at - 1},v1=${mac}`],
      ["with a guessed secret", sign(text, { secret: "whsec_guess" })],
      ["with an empty secret", sign(text, { secret: "" })],
      ["with the other provider's secret", sign(text, { secret: info.replicateWebhookSecret })],
      ["with the API key for a secret", sign(text, { secret: info.env.functions.STRIPE_SECRET_KEY })],
    ];
    for (const [what, signature] of cases) assert.deepEqual(await answerTo(text, signature), REFUSED, what);
    assert.equal(await inbox(id), undefined);
    await assertUntouched();
  });

  it("altered after it was signed", async () => {
    const { id, text } = lie();
    const signature = sign(text);
    const cases: [string, string][] = [
      ["a letter", text.replace("paid", "p@id")],
      ["the amount", text.replace("900", "901")],
      ["a byte more", `${text}\n`],
      ["a byte less", text.slice(0, -1)],
      ["indented otherwise", JSON.stringify(JSON.parse(text))],
      ["twice", text + text],
    ];
    for (const [what, body] of cases) assert.deepEqual(await answerTo(body, signature), REFUSED, what);
    assert.equal(await inbox(id), undefined);
    await assertUntouched();
  });

  it("more than five minutes ago, or ahead; a second inside is good", async () => {
    for (const away of [-301, 301, -86_400, 86_400, -1e9, 1e9]) {
      const { id, text } = lie();
      await startOfSecond();
      assert.deepEqual(await answerTo(text, sign(text, { at: now() + away })), REFUSED, `${away} s`);
      assert.equal(await inbox(id), undefined);
    }
    for (const away of [-299, 299]) {
      const { id, text } = lie();
      await startOfSecond();
      assert.deepEqual(await answerTo(text, sign(text, { at: now() + away })), RECEIVED, `${away} s`);
      assert.equal((await inbox(id))?.attempts, 1);
    }
    await assertUntouched();
  });

  it("in an encoding that is not UTF-8, even signed byte for byte", async () => {
    const { id, text } = lie({ account: "Zoë" });
    const utf16 = (little: boolean, bom: boolean) => {
      const view = new DataView(new ArrayBuffer(2 * (text.length + Number(bom))));
      [...(bom ? "\uFEFF" : "") + text].forEach((unit, at) => view.setUint16(2 * at, unit.charCodeAt(0), little));
      return new Uint8Array(view.buffer);
    };
    const cases: [string, Uint8Array<ArrayBuffer>][] = [
      ["UTF-16LE", utf16(true, false)],
      ["UTF-16LE with its mark", utf16(true, true)],
      ["UTF-16BE with its mark", utf16(false, true)],
      ["latin-1", Uint8Array.from(text, (letter) => letter.charCodeAt(0))],
      ["UTF-8 with a byte order mark", bytesOf(`\uFEFF${text}`)],
      ["half a character", bytesOf(text).slice(0, bytesOf(text).indexOf(0xc3) + 1)],
    ];
    for (const [what, body] of cases) assert.deepEqual(await answerTo(body, sign(body)), REFUSED, what);
    // What stands for unreadable bytes is a character too: bytes that were not signed must not be read as it.
    const marked = text.replace("Zoë", "Zo\uFFFD");
    const raw = Uint8Array.from([...bytesOf(marked)].filter((byte) => byte !== 0xbf && byte !== 0xbd));
    assert.deepEqual(await answerTo(raw, sign(marked)), REFUSED, "bytes that only look the same when they are read");
    assert.equal(await inbox(id), undefined);
    await assertUntouched();
  });
});

describe("the webhook, of what was signed but is no event", () => {
  it("refuses what is not JSON", async () => {
    for (const body of ["", " ", "hello", "null", "{", "{'id': 'evt_1'}", "\0", "id=evt_1&type=invoice.paid"]) {
      assert.deepEqual(await answerTo(body, sign(body)), REFUSED, JSON.stringify(body));
    }
  });

  it("refuses JSON that holds none", async () => {
    const { text } = lie();
    const event = JSON.parse(text);
    const cases = [
      true,
      17,
      "evt_1",
      [],
      [event],
      {},
      { ...event, id: undefined },
      { ...event, id: "" },
      { ...event, id: 17 },
      { ...event, id: "evt\0" },
      { ...event, id: "e".repeat(256) },
      { ...event, type: undefined },
      { ...event, type: { name: "invoice.paid" } },
      { ...event, livemode: undefined },
      { ...event, livemode: "false" },
      { ...event, created: "today" },
      { ...event, created: 1e300 },
      { ...event, data: undefined },
      { ...event, data: null },
      { ...event, data: {} },
      { ...event, data: { object: null } },
      { ...event, data: { object: "cs_test_1" } },
    ];
    for (const document of cases) {
      const body = JSON.stringify(document);
      assert.deepEqual(await answerTo(body, sign(body)), [400, { error: "invalid_event" }], body.slice(0, 80));
    }
    assert.equal(await inbox(event.id), undefined);
    await assertUntouched();
  });

  it("refuses what is too large, and what is not posted", async () => {
    const large = "x".repeat(1024 * 1024);
    assert.deepEqual(await answerTo(large, sign(large)), [413, { error: "payload_too_large" }]);
    const padded = lie({ account: "x".repeat(300 * 1024) });
    assert.deepEqual(await answerTo(padded.text, sign(padded.text)), [413, { error: "payload_too_large" }]);
    assert.equal(await inbox(padded.id), undefined);

    for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
      const answer = await fetch(`${info.api}/functions/v1/stripe-webhook`, { method });
      assert.deepEqual(
        [answer.status, answer.headers.get("allow"), await answer.json()],
        [405, "POST", { error: "method_not_allowed" }],
        method,
      );
    }
  });
});

describe("the webhook writes down, answers well, and does nothing", () => {
  it("for types it does not act on", async () => {
    for (const type of ["invoice.from_the_future", "customer.created", "balance.available", "constructor"]) {
      const { id, text } = lie({ type });
      assert.deepEqual(await answerTo(text, sign(text)), RECEIVED);
      assert.deepEqual(await inbox(id), { type, verdict: "ignored", effect: null, error: null, attempts: 1 });
    }
    await assertUntouched();
  });

  it("for real money while our key is a test key", async () => {
    const { id, text } = lie({ livemode: true });
    assert.deepEqual(await answerTo(text, sign(text)), RECEIVED);
    const row = await inbox(id);
    assert.deepEqual([row?.verdict, row?.effect, row?.attempts], ["ignored", null, 1]);
    assert.match(row?.error, /mode/);
    await assertUntouched();
  });

  it("for objects that Stripe does not have, or that cannot be objects", async () => {
    const ids = ["cs_test_nobody_has_this", "", "../customers/cus_1", "a b", "x".repeat(5_000), 17, { id: "cs" }, null];
    for (const objectId of ids) {
      const { id, text } = eventAbout({ id: objectId, object: "checkout.session" });
      assert.deepEqual(await answerTo(text, sign(text)), RECEIVED, String(objectId).slice(0, 40));
      const row = await inbox(id);
      assert.deepEqual([row?.verdict, row?.effect], ["ignored", null], String(objectId).slice(0, 40));
    }
  });

  it("for a payment that only the event tells of: Stripe is asked", async () => {
    const { id, text } = lie();
    assert.deepEqual(await answerTo(text, sign(text)), RECEIVED);
    assert.equal((await inbox(id))?.verdict, "ignored");
    await assertUntouched();
  });
});

describe("while its secret is rotated", () => {
  const [old, fresh] = ["whsec_the_old_one", "whsec_the_new_one"];
  let rotating: WebhookFunction;
  before(async () => {
    rotating = await startWebhookFunction({ databaseUrl: info.db, stripeUrl: info.stripeApi, secrets: [old, fresh] });
  });
  after(() => rotating.close());

  it("the webhook takes both secrets, and no third", async () => {
    const statusOf = async (signature: (text: string) => string) => {
      const { text } = eventAbout({ id: "x" }, { type: "nothing.happened" });
      const answer = await post(text, signature(text), rotating.url);
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await statusOf((text) => sign(text, { secret: old })), 200);
    assert.equal(await statusOf((text) => sign(text, { secret: fresh })), 200);
    // Stripe signs with both for a day.
    assert.equal(
      await statusOf((text) => `${sign(text, { secret: fresh })},${sign(text, { secret: old }).split(",")[1]}`),
      200,
    );
    assert.equal(await statusOf((text) => sign(text, { secret: `${old},${fresh}` })), 400);
    assert.equal(await statusOf((text) => sign(text)), 400);
  });
});
