import assert from "node:assert/strict";
import type { Session } from "../../../platform/request.ts";
import { rememberVerified } from "../../../platform/verified-tokens.ts";

function verifier(exp: number) {
  const asked: string[] = [];
  const verify = (accessToken: string): Promise<Session | null> => {
    asked.push(accessToken);
    const claims = { exp };
    return Promise.resolve(
      accessToken.startsWith("forged") ? null : { userId: accessToken, email: "", accessToken, claims },
    );
  };
  return { asked, verify };
}

Deno.test("verified tokens: a token is checked once while it is fresh, and each token is its own", async () => {
  const { asked, verify } = verifier(1_000);
  const remembered = rememberVerified(verify, () => 0);
  assert.equal((await remembered("a"))?.userId, "a");
  assert.equal((await remembered("a"))?.userId, "a");
  assert.equal((await remembered("b"))?.userId, "b");
  assert.deepEqual(asked, ["a", "b"]);
});

Deno.test("verified tokens: a refused token is never remembered", async () => {
  const { asked, verify } = verifier(1_000);
  const remembered = rememberVerified(verify, () => 0);
  assert.equal(await remembered("forged"), null);
  assert.equal(await remembered("forged"), null);
  assert.deepEqual(asked, ["forged", "forged"]);
});

Deno.test("verified tokens: a token is checked again after a minute, and at its own end if that is sooner", async () => {
  let now = 0;
  const long = verifier(1_000);
  const short = verifier(10);
  const rememberedLong = rememberVerified(long.verify, () => now);
  const rememberedShort = rememberVerified(short.verify, () => now);
  await rememberedLong("t"), await rememberedShort("t");
  now = 10_000;
  await rememberedLong("t"), await rememberedShort("t");
  assert.deepEqual([long.asked.length, short.asked.length], [1, 2]);
  now = 60_000;
  await rememberedLong("t");
  assert.equal(long.asked.length, 2);
});

Deno.test("verified tokens: memory is bounded, the oldest goes first", async () => {
  const { asked, verify } = verifier(1_000);
  const remembered = rememberVerified(verify, () => 0);
  for (let i = 0; i <= 5_000; i++) await remembered(`t${i}`);
  await remembered("t5000");
  assert.equal(asked.length, 5_001);
  await remembered("t0");
  assert.equal(asked.length, 5_002);
});
