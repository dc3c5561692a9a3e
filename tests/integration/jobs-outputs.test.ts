/** The pictures of a job, over HTTP. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Job } from "../../domain/jobs/types.ts";
import { startJob, untilEnded } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

describe("an output", () => {
  let customer: Customer;
  let job: Job;
  before(async () => {
    customer = await newCustomer();
    job = await untilEnded(
      customer,
      (await startJob(customer, { input: { prompt: "Zażółć gęślą jaźń! <b>", aspect_ratio: "16:9" } })).id,
    );
  });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await ask(path, { token: customer.token, headers });
    return answer;
  };

  it("is the picture itself, for its owner alone and for ever", async () => {
    const [{ url, bytes, width, height, content_type }] = job.outputs;
    const { status, headers } = await get(url);
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), content_type);
    assert.equal(headers.get("content-length"), String(bytes));
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("cache-control") ?? "", /^private,.*immutable/);
    assert.match(headers.get("content-disposition") ?? "", /^inline/);
    assert.ok(width! > height!, "16:9 lies");

    const { web } = await stack();
    const response = await fetch(web + url, { headers: { authorization: `Bearer ${customer.token}` } });
    const data = new Uint8Array(await response.arrayBuffer());
    assert.deepEqual([...data.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    assert.equal(data.byteLength, bytes);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();
    assert.equal(headers.get("etag"), `"${digest}"`);
  });

  it("is not sent again to who has it", async () => {
    const etag = (await get(job.outputs[0].url)).headers.get("etag")!;
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const { status, text } = await get(job.outputs[0].url, { "if-none-match": header });
      assert.deepEqual([status, text], [304, ""], header);
    }
    assert.equal((await get(job.outputs[0].url, { "if-none-match": '"other"' })).status, 200);
  });

  it("is saved under a readable name", async () => {
    const { headers } = await get(`${job.outputs[0].url}?download`);
    assert.equal(
      headers.get("content-disposition"),
      'attachment; filename="kredo-seedream-4-5-zazolc-gesla-jazn-b-1.png"',
    );
  });

  it("is reached by a session cookie as well, as a page's picture is", async () => {
    const { status } = await ask(job.outputs[0].url, { cookie: customer.cookie });
    assert.equal(status, 200);
  });

  it("is described without being sent", async () => {
    const { status, text, headers } = await ask(job.outputs[0].url, { method: "HEAD", token: customer.token });
    assert.deepEqual([status, text, headers.get("content-type")], [200, "", "image/png"]);
  });

  it("that does not exist is not found", async () => {
    for (const position of ["1", "-1", "0x0", "99999999999", "a", "0.0"]) {
      assert.equal((await get(`/api/jobs/${job.id}/outputs/${position}`)).status, 404, position);
    }
  });
});
