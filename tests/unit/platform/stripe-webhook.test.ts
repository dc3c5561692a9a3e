import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createStripe } from "../../../platform/stripe.ts";
import { verifyStripeEvent } from "../../../platform/stripe-webhook.ts";

const stripe = createStripe({ secretKey: "sk_test_x", livemode: false, tax: false });
const NOW = 1_790_000_000;
const BODY = JSON.stringify({ id: "evt_1", object: "event", type: "checkout.session.completed" });

const sign = (secret = "whsec_a", timestamp = NOW, payload = BODY) =>
  stripe.webhooks.generateTestHeaderStringAsync({ payload, secret, timestamp });
const verify = (signature: string | null, { body = BODY, secrets = ["whsec_a"] } = {}) =>
  verifyStripeEvent(stripe, new TextEncoder().encode(body), signature, secrets, NOW * 1000)?.id ?? null;

describe("a webhook of Stripe", () => {
  it("is believed if Stripe signed these bytes, under any of the secrets in use", async () => {
    assert.equal(verify(await sign()), "evt_1");
    assert.equal(verify(await sign("whsec_new"), { secrets: ["whsec_old", "whsec_new"] }), "evt_1");
  });

  it("is not believed if it is forged, altered or unsigned", async () => {
    assert.equal(verify(await sign("whsec_other")), null);
    assert.equal(verify(await sign(), { body: BODY.replace("evt_1", "evt_2") }), null);
    assert.equal(verify(await sign(), { body: `${BODY} ` }), null);
    for (const signature of [null, "", "t=", "nonsense", `t=${NOW}`, `t=${NOW},v1=`, `t=${NOW},v0=abc`]) {
      assert.equal(verify(signature), null, String(signature));
    }
    assert.equal(verify(await sign("whsec_a", NOW, ""), { body: "" }), null);
    assert.equal(verify(await sign("whsec_a", NOW, "not json"), { body: "not json" }), null);
  });

  it("is believed for five minutes, and not from further in the future either", async () => {
    for (const [seconds, id] of [[300, "evt_1"], [301, null], [-300, "evt_1"], [-301, null]] as const) {
      assert.equal(verify(await sign("whsec_a", NOW - seconds)), id, `${seconds} s ago`);
    }
    const future = await sign("whsec_a", NOW + 9000);
    assert.equal(verify(`t=${NOW},${future}`), null, "nor with a second, honest looking time before it");
  });
});
