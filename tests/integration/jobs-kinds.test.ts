/** Videos and texts take the same way as pictures, over HTTP. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Job } from "../../domain/jobs/types.ts";
import { balanceOf, createJob, inDatabase, prompt, startJob, untilEnded, untilJob } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();

/** An output as bytes. */
async function load({ token }: Customer, path: string, headers: Record<string, string> = {}) {
  const { web } = await stack();
  const response = await fetch(web + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
  return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
}

describe("a video", () => {
  let customer: Customer;
  let job: Job;
  before(async () => {
    customer = await newCustomer();
    const input = { prompt: "Waves on a beach", aspect_ratio: "16:9", duration: 4 };
    job = await untilEnded(customer, (await startJob(customer, { model: "seedance-1-5-pro", input })).id);
  });

  it("is stored, measured and charged once", async () => {
    assert.equal(job.status, "succeeded", JSON.stringify(job.error));
    const [output] = job.outputs;
    assert.equal(output.content_type, "video/mp4");
    assert.ok(output.width! > output.height!, "16:9 lies");
    assert.ok(output.duration_ms! >= 1_000 && output.duration_ms! <= 10_000, `${output.duration_ms} ms`);
    assert.equal(output.thumb_url, null);
    assert.deepEqual(await balanceOf(customer), { available: 2, held: 0, debt: 0 });
  });

  it("comes whole, byte for byte what its fingerprint says", async () => {
    const { status, headers, bytes } = await load(customer, job.outputs[0].url);
    assert.deepEqual([status, headers.get("content-type"), headers.get("accept-ranges")], [200, "video/mp4", "bytes"]);
    assert.equal(headers.get("content-length"), String(job.outputs[0].bytes));
    assert.equal(headers.get("etag"), `"${await sha256(bytes)}"`);
    assert.equal(new TextDecoder().decode(bytes.subarray(4, 8)), "ftyp");
  });

  it("comes in parts, as a player asks for it", async () => {
    const { url, bytes: size } = job.outputs[0];
    const { bytes: whole } = await load(customer, url);
    const etag = `"${await sha256(whole)}"`;
    const parts: [string, number, number][] = [["bytes=0-1", 0, 2], ["bytes=100-", 100, size], [
      "bytes=-50",
      size - 50,
      size,
    ]];
    for (const [range, from, to] of parts) {
      const { status, headers, bytes } = await load(customer, url, { range });
      assert.equal(status, 206, range);
      assert.equal(headers.get("content-range"), `bytes ${from}-${to - 1}/${size}`);
      assert.equal(headers.get("content-length"), String(to - from));
      assert.deepEqual(bytes, whole.slice(from, to), range);
    }
    assert.equal((await load(customer, url, { range: "bytes=0-1", "if-range": etag })).status, 206);
    assert.equal((await load(customer, url, { range: "bytes=0-1", "if-range": '"other"' })).status, 200);
    const beyond = await load(customer, url, { range: `bytes=${size}-` });
    assert.deepEqual([beyond.status, beyond.headers.get("content-range")], [416, `bytes */${size}`]);
  });

  it("is nobody else's, in parts or whole", async () => {
    const stranger = await newCustomer();
    for (const range of ["bytes=0-1", ""]) {
      assert.equal((await load(stranger, job.outputs[0].url, range ? { range } : {})).status, 404);
    }
  });

  it("of a length that the model does not make is refused, and nothing is held", async () => {
    const other = await newCustomer();
    const { status, body } = await createJob(other, { model: "kling", input: { prompt: prompt(), duration: 10 } });
    assert.deepEqual([status, Object.keys(body.errors)], [422, ["duration"]]);
    assert.deepEqual(await balanceOf(other), { available: 10, held: 0, debt: 0 });
  });
});

describe("a text", () => {
  let customer: Customer;
  let job: Job;
  before(async () => {
    customer = await newCustomer();
    const input = { prompt: "Write about lighthouses", max_output_tokens: 256 };
    job = await untilEnded(customer, (await startJob(customer, { model: "gemini-flash", input })).id);
  });

  it("is its words joined, stored and charged once, and what it cost us is counted by its tokens", async () => {
    assert.equal(job.status, "succeeded", JSON.stringify(job.error));
    const [output] = job.outputs;
    const { status, headers, bytes } = await load(customer, output.url);
    assert.deepEqual([status, headers.get("content-type")], [200, "text/plain; charset=utf-8"]);
    assert.equal(headers.get("etag"), `"${await sha256(bytes)}"`);
    assert.ok(new TextDecoder("utf-8", { fatal: true }).decode(bytes).split(" ").length > 20);
    assert.deepEqual([output.bytes, output.width, output.height, output.duration_ms], [bytes.length, null, null, null]);
    assert.equal((await balanceOf(customer)).available, 9);
    const [{ cost }] = await inDatabase((sql) =>
      sql<{ cost: number }[]>`
      select cost_micros::int as cost from private.job_attempts where job_id = ${job.id}`
    );
    assert.ok(cost > 0, "a text costs by the token");
  });

  it("is saved under a readable name", async () => {
    const { headers } = await load(customer, `${job.outputs[0].url}?download`);
    assert.equal(
      headers.get("content-disposition"),
      'attachment; filename="kredo-gemini-flash-write-about-lighthouses-1.txt"',
    );
  });
});

describe("a text while it is written", () => {
  interface Heard {
    event: string;
    id: string;
    data: unknown;
  }

  async function* listen({ token }: Customer, id: string, lastEventId?: string): AsyncGenerator<Heard, void> {
    const { web } = await stack();
    const headers = { authorization: `Bearer ${token}`, ...lastEventId ? { "last-event-id": lastEventId } : {} };
    const response = await fetch(`${web}/api/jobs/${id}/tokens`, { headers });
    assert.equal(response.status, 200);
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const fields = Object.fromEntries(
          text.slice(0, end).split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2)),
        );
        text = text.slice(end + 2);
        if (fields.event) yield { event: fields.event, id: fields.id, data: JSON.parse(fields.data) };
      }
    }
  }
  const begin = async (directives = "") => {
    const customer = await newCustomer();
    const job = await startJob(customer, { model: "gemini-flash", input: { prompt: prompt(directives) } });
    return { customer, job };
  };
  const textOf = (heard: Heard[]) => heard.filter(({ event }) => event === "token").map(({ data }) => data).join("");

  it("is heard piece by piece, and is what is stored in the end", async () => {
    const { customer, job } = await begin("[slow:10]");
    const heard = await Array.fromAsync(listen(customer, job.id));
    assert.deepEqual([heard[0].event, heard.at(-1)?.event], ["start", "end"]);
    assert.ok(heard.filter(({ event }) => event === "token").length > 5);
    const { outputs } = await untilEnded(customer, job.id);
    assert.equal(textOf(heard), new TextDecoder().decode((await load(customer, outputs[0].url)).bytes));
  });

  it("goes on where the connection was lost", async () => {
    const { customer, job } = await begin("[slow:10]");
    const first: Heard[] = [];
    for await (const news of listen(customer, job.id)) {
      first.push(news);
      if (textOf(first).length > 20) break;
    }
    const second = await Array.fromAsync(listen(customer, job.id, first.at(-1)!.id));
    assert.ok(second.every(({ event }) => event !== "start"), "it began anew");
    const { outputs } = await untilEnded(customer, job.id);
    const whole = new TextDecoder().decode((await load(customer, outputs[0].url)).bytes);
    assert.equal(textOf(first) + textOf(second), whole);
  });

  it("begins anew with each try", async () => {
    const { customer, job } = await begin("[flaky:1]");
    const heard = await Array.fromAsync(listen(customer, job.id));
    const starts = heard.filter(({ event }) => event === "start").map(({ data }) =>
      (data as { attempt: number }).attempt
    );
    assert.equal(starts.at(-1), 2);
    const { outputs } = await untilEnded(customer, job.id);
    const ofLastTry = textOf(heard.slice(heard.findLastIndex(({ event }) => event === "start")));
    assert.equal(ofLastTry, new TextDecoder().decode((await load(customer, outputs[0].url)).bytes));
  });

  it("is over once the job has ended, and is there for its owner alone", async () => {
    const { customer, job } = await begin();
    const path = `/api/jobs/${job.id}/tokens`;
    const stranger = await newCustomer();
    assert.equal((await ask(path, { token: stranger.token })).status, 404);
    assert.equal((await ask(path)).status, 401);
    await untilEnded(customer, job.id);
    assert.equal((await ask(path, { token: customer.token })).status, 204);
  });

  it("is nothing that a picture has", async () => {
    const customer = await newCustomer();
    const job = await startJob(customer);
    assert.equal((await ask(`/api/jobs/${job.id}/tokens`, { token: customer.token })).status, 404);
    assert.equal((await ask("/api/jobs/not-a-job/tokens", { token: customer.token })).status, 404);
  });

  it("that is canceled leaves nothing in storage and costs nothing", async () => {
    const { customer, job } = await begin("[slow:20]");
    await untilJob(customer, job.id, ({ status }) => status === "running");
    await ask(`/api/jobs/${job.id}/cancel`, { method: "POST", token: customer.token });
    assert.equal((await untilEnded(customer, job.id)).status, "canceled");
    assert.deepEqual(await balanceOf(customer), { available: 10, held: 0, debt: 0 });
    const objects = await inDatabase((sql) =>
      sql`select name from storage.objects where name like ${`${customer.id}/%`}`
    );
    assert.deepEqual([...objects], []);
  });
});

describe("a picture's thumbnail", () => {
  it("is a small WebP, for the picture's owner alone and for ever", async () => {
    const customer = await newCustomer();
    const { outputs: [output] } = await untilEnded(customer, (await startJob(customer)).id);
    assert.equal(output.thumb_url, `${output.url}?thumb`);
    const { status, headers, bytes } = await load(customer, output.thumb_url!);
    assert.deepEqual([status, headers.get("content-type")], [200, "image/webp"]);
    assert.equal(headers.get("content-length"), String(bytes.length));
    assert.match(headers.get("cache-control") ?? "", /^private,.*immutable/);
    assert.ok(bytes.length < output.bytes / 4, `${bytes.length} of ${output.bytes} bytes`);
    const etag = headers.get("etag")!;
    assert.equal((await load(customer, output.thumb_url!, { "if-none-match": etag })).status, 304);
    assert.equal((await load(customer, output.url, { "if-none-match": etag })).status, 200);
    assert.equal((await load(await newCustomer(), output.thumb_url!)).status, 404);
  });
});
