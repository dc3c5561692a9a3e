import assert from "node:assert/strict";
import { createReplicateClient, ProviderError } from "../../../platform/replicate.ts";

const created_at = "2026-01-01T12:00:00Z";
const prediction = {
  id: "p1",
  created_at,
  status: "starting",
  model: "a/b",
  input: {},
  output: null,
  error: null,
  urls: {},
};
const request = {
  model: "a/b",
  version: null,
  input: { prompt: "a lamp" },
  webhook: "https://kredo.dev/w",
  cancelAfterSeconds: 300,
};

/** A client whose requests get the given answers, one after another, the last one for ever. */
function clientOf(...answers: (() => Response | Promise<Response>)[]) {
  const requests: Request[] = [];
  const client = createReplicateClient({
    token: "r8_test",
    timeoutMs: 50,
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      return await answers[Math.min(requests.length, answers.length) - 1]();
    },
  });
  return { client, requests };
}
const json = (body: unknown, status = 200, headers = {}) => () => Response.json(body, { status, headers });

async function failureOf(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(() => null, (error) => error);
  assert.ok(error instanceof ProviderError, `expected a ProviderError, got ${error}`);
  return error;
}

Deno.test("a prediction is created with its webhook and a time limit at the provider", async () => {
  const { client, requests } = clientOf(json(prediction, 201));
  const created = await client.createPrediction(request);
  assert.deepEqual([created.id, created.status, created.outputs], ["p1", "starting", []]);
  assert.equal(requests[0].url, "https://api.replicate.com/v1/models/a/b/predictions");
  assert.equal(requests[0].headers.get("cancel-after"), "300s");
  assert.equal(requests[0].headers.get("prefer"), null, "nobody waits inside the request");
  assert.deepEqual(await requests[0].json(), {
    input: { prompt: "a lamp" },
    webhook: "https://kredo.dev/w",
    webhook_events_filter: ["completed"],
  });
});

Deno.test("a pinned version is created by version", async () => {
  const { client, requests } = clientOf(json(prediction, 201));
  await client.createPrediction({ ...request, version: "v".repeat(64) });
  assert.equal(requests[0].url, "https://api.replicate.com/v1/predictions");
  assert.equal((await requests[0].json()).version, "v".repeat(64));
});

Deno.test("no request is repeated behind our back: a repeated create is paid twice", async () => {
  const broken: (() => Response | Promise<Response>)[] = [
    json({ detail: "slow down" }, 429),
    json({ detail: "oops" }, 500),
    () => Promise.reject(new TypeError("connection reset")),
  ];
  for (const answer of broken) {
    const { client, requests } = clientOf(answer);
    await failureOf(client.createPrediction(request));
    await failureOf(client.getPrediction("p1"));
    assert.equal(requests.length, 2);
  }
});

Deno.test("each refusal says whose fault it is, whether a retry helps, and whether something may have happened", async () => {
  const cases: [() => Response | Promise<Response>, Partial<ProviderError>][] = [
    [json({ detail: "input.prompt is required" }, 422), {
      code: "provider_rejected_input",
      retry: false,
      mayHaveActed: false,
    }],
    [json({}, 429, { "retry-after": "7" }), {
      code: "provider_limited",
      retry: true,
      retryAfterSeconds: 7,
      mayHaveActed: false,
    }],
    [json({}, 429), { code: "provider_limited", retry: true, retryAfterSeconds: 10 }],
    [json({}, 401), { code: "internal", retry: false, mayHaveActed: false }],
    [json({}, 402), { code: "internal", retry: false, mayHaveActed: false }],
    [json({}, 404), { code: "internal", retry: false, mayHaveActed: false }],
    [json({}, 500), { code: "provider_unavailable", retry: true, mayHaveActed: true }],
    [json({}, 503), { code: "provider_unavailable", retry: true, mayHaveActed: true }],
    [() => Promise.reject(new TypeError("reset")), { code: "provider_unavailable", retry: true, mayHaveActed: true }],
    [() => new Response("<html>not json"), { code: "provider_unavailable", retry: true, mayHaveActed: true }],
    [json({ id: "p1", status: "dancing" }), { code: "provider_unavailable", retry: true, mayHaveActed: true }],
    [json({ status: "starting" }), { code: "provider_unavailable", retry: true, mayHaveActed: true }],
  ];
  for (const [answer, expected] of cases) {
    const error = await failureOf(clientOf(answer).client.createPrediction(request));
    for (const [key, value] of Object.entries(expected)) {
      assert.equal(error[key as keyof ProviderError], value, `${key} of ${error.message}`);
    }
  }
});

Deno.test("a provider that never answers is given up", async () => {
  const client = createReplicateClient({
    token: "r8_test",
    timeoutMs: 20,
    fetch: (_input, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))),
  });
  const error = await failureOf(client.createPrediction(request));
  assert.deepEqual([error.code, error.mayHaveActed], ["provider_unavailable", true]);
});

Deno.test("outputs come as one address, a list, or in a form we do not use", async () => {
  const outputsOf = async (output: unknown) =>
    (await clientOf(json({ ...prediction, status: "succeeded", output })).client.getPrediction("p1"))?.outputs;
  assert.deepEqual(await outputsOf("https://replicate.delivery/a.png"), ["https://replicate.delivery/a.png"]);
  assert.deepEqual(await outputsOf(["https://a", "https://b"]), ["https://a", "https://b"]);
  assert.deepEqual(await outputsOf([]), []);
  assert.equal(await outputsOf({ image: "https://a" }), null);
  assert.equal(await outputsOf(["https://a", 7]), null);
});

Deno.test("an unknown prediction is null, and cancelling what has ended is fine", async () => {
  assert.equal(await clientOf(json({}, 404)).client.getPrediction("p1"), null);
  for (const status of [200, 404, 422]) await clientOf(json(prediction, status)).client.cancelPrediction("p1");
  await failureOf(clientOf(json({}, 500)).client.cancelPrediction("p1"));
});

Deno.test("predictions are listed page by page until a time, and one odd among them does not hide the others", async () => {
  const page2 = "https://api.replicate.com/v1/predictions?cursor=2";
  const { client, requests } = clientOf(
    json({ results: [{ id: "odd", status: "dancing" }, { ...prediction, webhook: "https://w" }], next: page2 }),
    json({
      results: [{ ...prediction, id: "p0", created_at: "2026-01-01T11:00:00Z" }, { ...prediction, id: "p-1" }],
      next: page2,
    }),
  );
  const listed = await Array.fromAsync(client.listSince(new Date("2026-01-01T11:30:00Z")));
  assert.deepEqual(listed.map(({ id }) => id), ["p1", "p0"]);
  assert.deepEqual(requests.map(({ url }) => url), ["https://api.replicate.com/v1/predictions", page2]);
});

Deno.test("a next page elsewhere is not asked for, since the request would carry our token", async () => {
  const { client, requests } = clientOf(json({ results: [prediction], next: "https://evil.example/v1/predictions" }));
  await failureOf(Array.fromAsync(client.listSince(new Date(0))));
  assert.equal(requests.length, 1);
});

Deno.test("a list without an end is no answer, for who is not found in it may be there all the same", async () => {
  const next = "https://api.replicate.com/v1/predictions?cursor=on";
  const { client } = clientOf(...Array.from({ length: 60 }, () => json({ results: [prediction], next })));
  const error = await failureOf(Array.fromAsync(client.listSince(new Date(0))));
  assert.deepEqual([error.code, error.retry], ["provider_unavailable", true]);
});
