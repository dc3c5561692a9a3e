import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { isFromReplicate } from "../../../platform/replicate-webhook.ts";

const secret = `whsec_${btoa("a secret of Replicate, 32 bytes.")}`;
const other = `whsec_${btoa("another secret, also of 32 bytes")}`;
const body = '{"id":"p1","status":"succeeded"}';

function signed({ key = secret, at = new Date(), id = "msg_1", text = body } = {}): Headers {
  return new Headers({
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(key).sign(id, at, text),
  });
}

Deno.test("a delivery signed with one of our secrets is genuine", () => {
  assert.equal(isFromReplicate(body, signed(), [secret]), true);
  assert.equal(isFromReplicate(body, signed(), [other, secret]), true, "while secrets rotate");
  const headers = signed();
  headers.set("webhook-signature", `v1,AAAA v2,BBBB ${headers.get("webhook-signature")}`);
  assert.equal(isFromReplicate(body, headers, [secret]), true, "several signatures");
});

Deno.test("anything else is not: another secret, another body, another id, a missing header", () => {
  assert.equal(isFromReplicate(body, signed({ key: other }), [secret]), false);
  assert.equal(isFromReplicate(`${body} `, signed(), [secret]), false);
  const renamed = signed();
  renamed.set("webhook-id", "msg_2");
  assert.equal(isFromReplicate(body, renamed, [secret]), false);
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
    const headers = signed();
    headers.delete(name);
    assert.equal(isFromReplicate(body, headers, [secret]), false, name);
  }
  for (const signature of ["", "v1,", "v1", "nonsense", "v1a,abc"]) {
    const headers = signed();
    headers.set("webhook-signature", signature);
    assert.equal(isFromReplicate(body, headers, [secret]), false, signature);
  }
});

Deno.test("a recorded delivery expires", () => {
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);
  assert.equal(isFromReplicate(body, signed({ at: minutes(-4) }), [secret]), true);
  assert.equal(isFromReplicate(body, signed({ at: minutes(-6) }), [secret]), false);
  assert.equal(isFromReplicate(body, signed({ at: minutes(6) }), [secret]), false);
});
