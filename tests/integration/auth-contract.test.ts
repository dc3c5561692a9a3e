import assert from "node:assert/strict";
import { newEmail, supabase } from "../support/supabase.ts";

const target = await supabase();
const PASSWORD = "correct-horse-battery";

/** Somebody who has just signed up, with a client that is logged in as them. */
async function somebody(name = "ada") {
  const client = target.client();
  const email = newEmail(name);
  const { data, error } = await client.auth.signUp({ email, password: PASSWORD, options: { data: { locale: "en" } } });
  assert.equal(error, null);
  return { client, email, user: data.user!, session: data.session! };
}

Deno.test("Auth: signing up logs in at once", async () => {
  const { user, email, session } = await somebody();
  assert.equal(user.email, email);
  assert.ok(session.access_token);
  assert.ok(session.expires_in > 0);
});

Deno.test("Auth: the token says who, in which role and which session, and its signature verifies", async () => {
  const { user, email, session } = await somebody();
  const claims = await target.verify(session.access_token);
  assert.equal(claims.sub, user.id);
  assert.equal(claims.role, "authenticated");
  assert.equal(claims.aud, "authenticated");
  assert.equal(claims.email, email);
  assert.match(String(claims.session_id), /^[0-9a-f-]{36}$/);
  assert.equal(claims.exp! - claims.iat!, 3600);
});

Deno.test("Auth: an address signs up once", async () => {
  const { email } = await somebody();
  const { error } = await target.client().auth.signUp({ email, password: PASSWORD });
  assert.equal(error?.code, "user_already_exists");
  assert.equal(error?.status, 422);
});

Deno.test("Auth: a password of seven characters is too weak", async () => {
  const { error } = await target.client().auth.signUp({ email: newEmail("ada"), password: "1234567" });
  assert.equal(error?.code, "weak_password");
  assert.equal(error?.status, 422);
});

Deno.test("Auth: logging in needs the right password", async () => {
  const { email, user } = await somebody();
  const wrong = await target.client().auth.signInWithPassword({ email, password: "wrong-password" });
  assert.equal(wrong.error?.code, "invalid_credentials");
  assert.equal(wrong.error?.status, 400);
  assert.equal(wrong.data.session, null);

  const right = await target.client().auth.signInWithPassword({ email, password: PASSWORD });
  assert.equal(right.error, null);
  assert.equal(right.data.user?.id, user.id);
});

Deno.test("Auth: an unknown address and a wrong password get the same answer", async () => {
  const { email } = await somebody();
  const wrong = await target.client().auth.signInWithPassword({ email, password: "wrong-password" });
  const unknown = await target.client().auth.signInWithPassword({ email: newEmail("nobody"), password: PASSWORD });
  assert.deepEqual(
    [unknown.error?.code, unknown.error?.status, unknown.error?.message],
    [wrong.error?.code, wrong.error?.status, wrong.error?.message],
  );
});

Deno.test("Auth: refreshing gives a new pair and the same session", async () => {
  const { client, session } = await somebody();
  const { data, error } = await client.auth.refreshSession();
  assert.equal(error, null);
  assert.notEqual(data.session?.refresh_token, session.refresh_token);
  const [before, after] = await Promise.all([session, data.session!].map((each) => target.verify(each.access_token)));
  assert.equal(after.session_id, before.session_id);
});

Deno.test("Auth: a refresh token that was never given out is refused", async () => {
  const { error } = await target.client().auth.refreshSession({ refresh_token: crypto.randomUUID() });
  assert.equal(error?.code, "refresh_token_not_found");
});

Deno.test("Auth: getUser answers for a good token and not for a forged one", async () => {
  const { user, session } = await somebody();
  const { data } = await target.client().auth.getUser(session.access_token);
  assert.equal(data.user?.id, user.id);
  assert.equal(data.user?.user_metadata.locale, "en");

  const forged = session.access_token.slice(0, -4) + (session.access_token.endsWith("AAAA") ? "BBBB" : "AAAA");
  const { error } = await target.client().auth.getUser(forged);
  assert.equal(error?.code, "bad_jwt");
});

Deno.test("Auth: logging out ends the session, so its refresh token is worth nothing", async () => {
  const { client, session } = await somebody();
  assert.equal((await client.auth.signOut()).error, null);
  const { error } = await target.client().auth.refreshSession({ refresh_token: session.refresh_token });
  assert.ok(error, "the refresh token must be refused");
});

Deno.test("Auth: a forgotten password is replaced through the mailed link, once", async () => {
  const { email, user } = await somebody();
  const asked = await target.client().auth.resetPasswordForEmail(email, {
    redirectTo: `${target.siteUrl}/new-password`,
  });
  assert.equal(asked.error, null);

  const link = await target.mailedLink(email);
  assert.equal(link.origin + link.pathname, `${target.siteUrl}/auth/confirm`);
  assert.equal(link.searchParams.get("type"), "recovery");
  assert.equal(link.searchParams.get("next"), `${target.siteUrl}/new-password`);

  const client = target.client();
  const token_hash = link.searchParams.get("token_hash")!;
  const verified = await client.auth.verifyOtp({ type: "recovery", token_hash });
  assert.equal(verified.error, null);
  assert.equal(verified.data.user?.id, user.id);
  assert.equal((await client.auth.updateUser({ password: "another-good-password" })).error, null);

  const old = await target.client().auth.signInWithPassword({ email, password: PASSWORD });
  assert.equal(old.error?.code, "invalid_credentials");
  const fresh = await target.client().auth.signInWithPassword({ email, password: "another-good-password" });
  assert.equal(fresh.error, null);

  const again = await target.client().auth.verifyOtp({ type: "recovery", token_hash });
  assert.equal(again.error?.code, "otp_expired");
});

Deno.test("Auth: asking for an unknown address's password is answered like any other", async () => {
  const { error } = await target.client().auth.resetPasswordForEmail(newEmail("nobody"));
  assert.equal(error, null);
});

Deno.test("Auth: a link to confirm the address logs in whoever opens it", async () => {
  const { email, user } = await somebody();
  const { error } = await target.client().auth.signInWithOtp({
    email,
    options: { shouldCreateUser: false, emailRedirectTo: `${target.siteUrl}/app?from=mail&x=1` },
  });
  assert.equal(error, null);

  const link = await target.mailedLink(email);
  assert.equal(link.searchParams.get("type"), "email");
  assert.equal(link.searchParams.get("next"), `${target.siteUrl}/app?from=mail&x=1`);
  const verified = await target.client().auth.verifyOtp({
    type: "email",
    token_hash: link.searchParams.get("token_hash")!,
  });
  assert.equal(verified.error, null);
  assert.equal(verified.data.user?.id, user.id);
  assert.ok(verified.data.session);
});

Deno.test("Auth: no link leads away from our own site", async () => {
  const { email } = await somebody();
  await target.client().auth.resetPasswordForEmail(email, { redirectTo: "https://evil.example/new-password" });
  const link = await target.mailedLink(email);
  assert.equal(link.origin, target.siteUrl);
  assert.equal(new URL(link.searchParams.get("next")!).origin, target.siteUrl);
});

Deno.test("Auth: people who chose Polish get Polish e-mails and Polish links", async () => {
  const email = newEmail("zofia");
  await target.client().auth.signUp({ email, password: PASSWORD, options: { data: { locale: "pl" } } });
  await target.client().auth.resetPasswordForEmail(email);
  const link = await target.mailedLink(email);
  assert.equal(link.pathname, "/pl/auth/confirm");
});

Deno.test("Auth: nobody gets in without an API key", async () => {
  const response = await fetch(`${target.url}/auth/v1/user`);
  await response.body?.cancel();
  assert.equal(response.status, 401);
});
