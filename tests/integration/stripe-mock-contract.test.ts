/**
 * The Stripe stand-in beside Stripe's own mock: what Kredo calls is accepted by both, what is wrong is refused by both,
 * and no field of Stripe's objects is missing.
 */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import Stripe from "stripe";
import type { Ids, Outside } from "../support/stripe-calls.ts";
import { calls } from "../support/stripe-calls-billing.ts";
import { root } from "../support/stack.ts";
import { startStripe } from "../support/stripe-stand-in.ts";
import { send, type WrongCall, wrongCalls } from "../support/stripe-wrong-calls.ts";
import { startStripeMock, stripeMock } from "../support/stripe-mock.ts";

const mock = await stripeMock();
if ("missing" in mock) console.log(`Left out: the contract with stripe-mock, for ${mock.missing}.`);

/** The mock takes any id; these are for what only a history brings about. */
const anyIds: Ids = {
  charge: "ch_1",
  dispute: "du_1",
  draft: "in_3",
  event: "evt_1",
  invoice: "in_1",
  invoicePayment: "pi_1",
  item: "si_1",
  setupIntent: "seti_1",
  subscription: "sub_1",
  taxRate: "txr_1",
  voidedInvoice: "in_2",
};

/** Fields of the mock's answers that the stand-in's lack, and why. */
const lacking: Record<string, string[]> = {
  // Since version 2022-11-15 only with `expand`.
  charge: ["refunds"],
};

if ("binary" in mock) {
  Deno.test("stripe contract: Stripe's mock accepts every call that Kredo makes, and so does the stand-in", async (t) => {
    const stripe = startStripe({ stripe: { latencyMs: 0 } });
    const official = await startStripeMock(mock.binary);
    const client = stripe.client();
    const outside: Outside = {
      client,
      async pay(url) {
        const answer = await stripe.press(url, "paid");
        assert.equal(answer.status, 303, await answer.text());
      },
      dispute: (payment) => stripe.bank.dispute(payment).id,
      giveCard: (customer, card) => void stripe.bank.giveCard(customer, card),
      advance: (days) => stripe.clock.advanceTo(stripe.clock.nowMs() + days * 86_400_000),
    };
    const ids: Ids = { taxRate: "txr_1DemoVatPL" };
    const theirs: Ids = { ...anyIds };
    try {
      for (const { name, before, make, keep } of calls) {
        await t.step(name, async () => {
          await before?.(outside, ids);
          const [ours, mocks] = await Promise.all([make(client, ids), make(official.client, theirs)]);
          if (keep) {
            ids[keep] = (ours as { id: string }).id;
            theirs[keep] = (mocks as { id: string }).id;
          }
          assert.deepEqual(missing(ours, mocks), [], name);
        });
      }
    } finally {
      await official.stop();
      await stripe.close();
    }
  });
}

if ("binary" in mock) {
  Deno.test("stripe contract: what Stripe's mock refuses, the stand-in refuses, and blames the same parameter", async (t) => {
    const stripe = startStripe({ stripe: { latencyMs: 0 } });
    const official = await startStripeMock(mock.binary);
    try {
      for (const wrong of wrongCalls) {
        const name = `${wrong.what} ${wrong.path} ${wrong.param}`;
        await t.step(name, async () => {
          const [ours, theirs] = await Promise.all([verdict(stripe.client(), wrong), verdict(official.client, wrong)]);
          assert.equal(theirs?.type, "StripeInvalidRequestError", "the mock");
          assert.equal(ours?.type, "StripeInvalidRequestError", "the stand-in");
          assert.equal(ours!.param?.split("[")[0], wrong.param, ours!.message);
          const blamed = /object property '(\w+)'/.exec(theirs?.message ?? "")?.[1];
          if (blamed) assert.equal(blamed, wrong.param, theirs!.message);
        });
      }
    } finally {
      await official.stop();
      await stripe.close();
    }
  });
}

/** Null when the call was accepted. */
async function verdict(client: Stripe, wrong: WrongCall): Promise<Stripe.errors.StripeError | null> {
  const outcome = await send(client, wrong).then(() => null, (error) => error);
  if (outcome !== null) assert.ok(outcome instanceof Stripe.errors.StripeError, String(outcome));
  return outcome;
}

Deno.test("stripe contract: no call that Kredo makes is left out", async () => {
  const listed = new Set(calls.map(({ name }) => name.split(",")[0]));
  const made = new Set<string>();
  for (const folder of ["domain", "platform", "routes", "scripts", "supabase/functions"]) {
    for (const path of await filesUnder(join(root, folder))) {
      const code = await Deno.readTextFile(path);
      for (const [, name] of code.matchAll(/\bstripe\s*\.((?:\w+\s*\.\s*)+\w+)\(/g)) made.add(name.replace(/\s/g, ""));
    }
  }
  // A calculation: nothing is called.
  made.delete("webhooks.constructEvent");
  assert.ok(made.size > 20, `found ${made.size} calls`);
  assert.deepEqual([...made].filter((name) => !listed.has(name)), []);
});

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

type Plain = Record<string, unknown>;

/** Which top-level keys of the mock's object ours lacks; of lists, those of their first items. */
function missing(ours: object, mocks: object): string[] {
  const [mine, its] = [ours, mocks].map((answer) => {
    const { object, data } = answer as Plain;
    return (object === "list" ? (data as Plain[])[0] ?? {} : answer) as Plain;
  });
  const excused = lacking[String(its.object)] ?? [];
  return Object.keys(its).filter((key) =>
    key !== "lastResponse" && !Object.hasOwn(mine, key) && !excused.includes(key)
  );
}
