import { AuthApiError } from "@supabase/supabase-js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AccountServices } from "../../../domain/accounts/account.ts";
import { confirmEmail } from "../../../domain/accounts/confirm-email.ts";

/** A limit that lets `hits` through, before an Auth that answers every link with `status`. */
function services({ hits, status, code }: { hits: number; status: number; code: string }) {
  const asked: string[] = [];
  const sql = () => Promise.resolve([{ allowed: hits-- > 0, retry_after_seconds: 9 }]);
  const verifyOtp = ({ token_hash }: { token_hash: string }) => {
    asked.push(token_hash);
    return Promise.resolve({ data: {}, error: new AuthApiError("", status, code) });
  };
  return {
    asked,
    auth: { client: () => ({ auth: { verifyOtp } }) },
    config: { production: true },
    db: { asWeb: (run: (sql: unknown) => unknown) => run(sql) },
  } as unknown as AccountServices & { asked: string[] };
}

const link = (tokenHash: string) => ({ tokenHash, type: "email", address: "192.0.2.1" });

describe("a mailed link", () => {
  it("is looked up only so often for one address, for Auth counts all of them as ours", async () => {
    const world = services({ hits: 2, status: 403, code: "otp_expired" });
    assert.deepEqual(await confirmEmail(world, link("a")), { ok: false });
    assert.deepEqual(await confirmEmail(world, link("b")), { ok: false });
    await assert.rejects(confirmEmail(world, link("c")), { code: "rate_limited", retryAfter: 9 });
    assert.deepEqual(world.asked, ["a", "b"]);
  });

  it("is not called used up because Auth has had enough of us", async () => {
    const world = services({ hits: 1, status: 429, code: "over_request_rate_limit" });
    await assert.rejects(confirmEmail(world, link("a")), { code: "rate_limited" });
  });
});
