/** The sandbox's port: console, inbox and fault switches, as a person and as a script use them. */
import assert from "node:assert/strict";
import { seededRandom } from "../../sandbox/faults/random.ts";
import { story } from "../support/sandbox.ts";
import { receiveWebhooks } from "../support/stripe-stand-in.ts";
import { until } from "../support/until.ts";

const baseUrl = "http://127.0.0.1:22100";
const hostile = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;
const form = (fields: Record<string, string>) => new URLSearchParams(fields);

story("one port leads to Stripe, Replicate, the API and the page", async ({ ask, text }) => {
  assert.equal((await ask("/v1/events")).status, 401);
  assert.equal(await text("/replicate/v1/anything"), "replicate");
  assert.equal((await ask("/api/state")).headers.get("content-type"), "application/json");
  assert.equal((await ask("/nothing")).status, 404);
  const page = await ask("/");
  assert.match(page.headers.get("content-security-policy")!, /script-src 'self'/);
  const shown = await page.text();
  for (const word of ["ada@example.com", "a password", "seed-1", "The database is not running."]) {
    assert.ok(shown.includes(word), word);
  }
  assert.equal((await ask("/console/console.js")).status, 200);
  assert.equal((await ask("/console/console.css")).status, 200);
});

story("the inbox keeps the newest messages and finds them by address", async ({ ask, mail }) => {
  for (const n of [1, 2, 3, 4]) await mail.driver.send({ to: "Ada@Example.com", subject: `Number ${n}`, text: "Hi" });
  mail.deliver({ to: "bob@example.com", subject: "For Bob" });
  const all = await (await ask("/api/mail")).json();
  assert.deepEqual(all.messages.map(({ subject }: { subject: string }) => subject), [
    "For Bob",
    "Number 4",
    "Number 3",
  ]);
  const ada = await (await ask("/api/mail?to=ada@example.com")).json();
  assert.deepEqual(ada.messages.map(({ subject }: { subject: string }) => subject), ["Number 4", "Number 3"]);
  const one = await (await ask(`/api/mail/${ada.messages[0].id}`)).json();
  assert.equal(one.subject, "Number 4");
  assert.equal((await ask("/api/mail/mail_0")).status, 404);
  assert.equal((await ask("/api/mail", { method: "DELETE" })).status, 204);
  assert.deepEqual((await (await ask("/api/mail")).json()).messages, []);
});

story("a message's links are read out of it", async ({ ask, mail }) => {
  mail.deliver({
    to: "ada@example.com",
    subject: "Confirm",
    html:
      `<a href="http://127.0.0.1/auth/confirm?token_hash=a&amp;type=email">Yes</a> <a href='javascript:alert(1)'>No</a>
      or open http://127.0.0.1/auth/confirm?token_hash=a&amp;type=email.`,
  });
  const [message] = (await (await ask("/api/mail")).json()).messages;
  assert.deepEqual(message.links, ["http://127.0.0.1/auth/confirm?token_hash=a&type=email"]);
});

story("a hostile message is text in the console, and in its own frame it may run nothing", async (scene) => {
  const { id } = scene.mail.deliver({ to: hostile, subject: hostile, html: `<p>Hello</p>${hostile}`, text: hostile });
  for (const path of ["/", `/mail/${id}`]) {
    const shown = await scene.text(path);
    assert.ok(!shown.includes("<script>") && !shown.includes("<img"), path);
    assert.ok(shown.includes("&lt;script&gt;"), path);
  }
  assert.match(await scene.text(`/mail/${id}`), /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
  const body = await scene.ask(`/mail/${id}/body`);
  const policy = body.headers.get("content-security-policy")!;
  assert.match(policy, /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
  assert.doesNotMatch(policy, /allow-scripts|script-src|allow-same-origin/);
  const plain = scene.mail.deliver({ to: "ada@example.com", subject: "Text", text: hostile });
  assert.ok(!(await scene.text(`/mail/${plain.id}/body`)).includes("<script>"));
});

story("a hostile prompt is text in the console and in what the console fetches", async ({ text, predictions }) => {
  predictions.push({
    id: "p1",
    model: hostile,
    status: hostile,
    input: { prompt: hostile },
    error: hostile,
    created_at: new Date().toISOString(),
  });
  for (const path of ["/", "/api/console"]) {
    const shown = await text(path);
    assert.ok(!shown.includes("<script>") && !shown.includes("<img"), path);
  }
});

story("what Replicate would bill stands beside each prediction that has ended", async ({ ask, text, predictions }) => {
  const at = { status: "succeeded", created_at: new Date().toISOString() };
  const charge = { charged: true, predict_seconds: 0.3, outputs: 2, input_tokens: 0, output_tokens: 0 };
  predictions.push(
    { ...at, id: "p1", model: "a/painter", input: { prompt: "two kites" }, charge },
    { ...at, id: "p2", model: "a/writer", input: { prompt: "a kite" }, charge: { ...charge, output_tokens: 80 } },
    { ...at, id: "p3", model: "a/painter", input: { prompt: "a moth" }, charge: { ...charge, charged: false } },
    { ...at, id: "p4", model: "a/painter", input: { prompt: "a hill" }, charge: null },
  );
  const page = await text("/");
  for (const words of ["billed: 2 × output", "billed: 0 + 80 tokens", "not billed"]) {
    assert.equal(page.split(words).length, 2, words);
  }
  const { charges } = await (await ask("/api/charges")).json();
  assert.deepEqual(charges[0], { id: "p1", ...charge });
  assert.equal(charges.length, 3);
  assert.equal((await ask("/api/charges", { method: "POST" })).status, 405);
});

const off = {
  duplicate: 0,
  delay_ms: 0,
  drop: 0,
  reorder: false,
  wrong_signature: 0,
  api_errors: 0,
  api_lost: 0,
  api_delay_ms: 0,
};

story("faults are set, read and reset as JSON", async ({ ask, faults }) => {
  const set = (body: unknown) => ask("/api/faults", { method: "POST", body: JSON.stringify(body) });
  const answer = await (await set({ source: "stripe", duplicate: 2, drop: 1, reorder: true })).json();
  assert.deepEqual(answer, { ...off, duplicate: 2, drop: 1, reorder: true });
  await set({ source: "replicate", wrong_signature: 3, delay_ms: 50 });
  const read = await (await ask("/api/faults")).json();
  assert.deepEqual([read.seed, read.stripe.duplicate, read.replicate.wrong_signature], ["seed-1", 2, 3]);
  for (
    const wrong of [
      { source: "paypal", drop: 1 },
      { source: "stripe", drop: -1 },
      { source: "stripe", drop: 1.5 },
      { source: "stripe", delay_ms: 600_001 },
      { source: "stripe", reorder: "yes" },
      { source: "stripe", api_errors: -1 },
      { source: "stripe", explode: true },
      { drop: 1 },
      null,
    ]
  ) assert.equal((await set(wrong)).status, 400, JSON.stringify(wrong));
  assert.equal((await ask("/api/faults", { method: "POST", body: "not json" })).status, 400);
  assert.equal((await ask("/api/faults/reset", { method: "POST" })).status, 200);
  assert.deepEqual(faults.get().stripe, off);
});

story("the page's form sets them too, and a banner says so", async ({ ask, text, faults }) => {
  const send = (fields: Record<string, string>) =>
    ask("/console/faults", { method: "POST", body: new URLSearchParams(fields) });
  const set = await send({ source: "stripe", duplicate: "3", delay_ms: "", drop: "0", wrong_signature: "0" });
  assert.deepEqual([set.status, set.headers.get("location")], [303, "/#faults"]);
  assert.equal(faults.get().stripe.duplicate, 3);
  assert.match(await text("/"), /Faults are on\..*stripe: duplicate ×3/s);
  const wrong = await send({ source: "stripe", duplicate: "many" });
  assert.equal(wrong.status, 400);
  assert.equal(faults.get().stripe.duplicate, 3);
  await ask("/console/faults/reset", { method: "POST" });
  assert.doesNotMatch(await text("/"), /Faults are on/);
});

story("a page of another site can neither write nor, under another name, read", async ({ ask, faults, clock }) => {
  const body = JSON.stringify({ source: "stripe", drop: 5 });
  for (
    const headers of [
      { origin: "https://elsewhere.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:9999" },
      { "sec-fetch-site": "cross-site" },
    ] as Record<string, string>[]
  ) {
    assert.equal((await ask("/api/faults", { method: "POST", headers, body })).status, 403, JSON.stringify(headers));
    assert.equal((await ask("/api/mail", { method: "DELETE", headers })).status, 403);
    assert.equal((await ask("/console/faults/reset", { method: "POST", headers })).status, 403);
    assert.equal((await ask("/api/clock", { method: "POST", headers, body: '{"advance":"1 day"}' })).status, 403);
    assert.equal(
      (await ask("/console/clock", { method: "POST", headers, body: form({ advance: "1 day" }) })).status,
      403,
    );
  }
  assert.equal(faults.get().stripe.drop, 0);
  assert.equal(clock.offsetMs(), 0);
  assert.equal((await ask("/api/mail", { headers: { host: "rebound.example" } })).status, 403);
  assert.equal((await ask("/", { headers: { host: "127.0.0.1.evil.example:22100" } })).status, 403);
  const own = { origin: baseUrl, "sec-fetch-site": "same-origin" };
  assert.equal((await ask("/api/faults", { method: "POST", headers: own, body })).status, 200);
});

story("a delivery can be sent again from the page and the API", async ({ ask, text, deliveries }) => {
  const webhooks = receiveWebhooks();
  try {
    deliveries.signWith("replicate", () => ({}));
    const id = deliveries.deliver({
      source: "replicate",
      event: "msg_1",
      type: hostile,
      url: webhooks.url,
      body: "{}",
    });
    await until(() => webhooks.received.length === 1, "the delivery");
    assert.ok((await text("/")).includes(`/console/deliveries/${id}/resend`));
    assert.equal((await ask(`/console/deliveries/${id}/resend`, { method: "POST" })).status, 303);
    await until(() => webhooks.received.length === 2, "the second time");
    assert.equal((await ask(`/api/deliveries/${id}/resend`, { method: "POST" })).status, 202);
    await until(() => webhooks.received.length === 3, "the third time");
    await until(() => deliveries.journal()[0].tried === 3, "the journal");
    const listed = await (await ask("/api/deliveries?source=replicate")).json();
    assert.deepEqual([listed.deliveries.length, listed.deliveries[0].log.length], [1, 3]);
    assert.deepEqual((await (await ask("/api/deliveries?source=stripe")).json()).deliveries, []);
    assert.equal((await ask("/api/deliveries/dlv_0/resend", { method: "POST" })).status, 404);
    assert.ok(!(await text("/")).includes("<script>"));
  } finally {
    await webhooks.close();
  }
});

Deno.test("sandbox randomness: a seed replays a run, another seed does not, and a shuffle moves something", () => {
  const draw = (seed: string) => {
    const random = seededRandom(seed);
    return [...Array.from({ length: 20 }, () => random.next()), random.shuffle([1, 2, 3, 4, 5, 6, 7, 8])];
  };
  assert.deepEqual(draw("a"), draw("a"));
  assert.notDeepEqual(draw("a"), draw("b"));
  const random = seededRandom("shuffles");
  for (let n = 0; n < 200; n++) assert.notDeepEqual(random.shuffle([1, 2]), [1, 2]);
  for (let n = 0; n < 2_000; n++) {
    const drawn = random.next();
    assert.ok(drawn >= 0 && drawn < 1);
  }
});
