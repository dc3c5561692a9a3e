import type postgres from "postgres";
import type { Service } from "./gateway.ts";
import type { Login } from "./info.ts";
import { Problem } from "./problem.ts";

/**
 * Makes the two people of the sandbox, through Auth's own sign-up so that whatever a sign-up does happens to
 * them too. Keeps those who are there.
 */
export async function ensureDemoUsers(
  { auth, sql, publishableKey, users }: {
    auth: Service;
    sql: postgres.Sql;
    publishableKey: string;
    users: { customer: Login; operator: Login };
  },
): Promise<void> {
  for (const [name, { email, password }] of Object.entries(users)) {
    const [known] = await sql`select from auth.users where email = ${email}`;
    if (known) continue;
    const response = await auth.fetch(
      new Request("http://127.0.0.1/auth/v1/signup", {
        method: "POST",
        headers: { apikey: publishableKey, "content-type": "application/json" },
        body: JSON.stringify({ email, password, data: { locale: "en" } }),
      }),
    );
    if (!response.ok) throw new Problem(`The demo ${name} could not sign up: ${await response.text()}`);
    await response.body?.cancel();
    await sql`select private.confirm_email(id) from auth.users where email = ${email}`;
  }
  await sql`update public.profiles set role = 'operator' where email = ${users.operator.email} and role <> 'operator'`;
}
