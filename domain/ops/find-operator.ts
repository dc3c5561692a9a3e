import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { type Profile, readProfile } from "../accounts/read-profile.ts";

/** The same rule as `private.require_operator`, which decides whenever something is read or done. */
export function isOperator({ role, status }: Pick<Profile, "role" | "status">): boolean {
  return role === "operator" && status === "active";
}

/** The operator who asks; null for everybody else, signed in or not. */
export async function findOperator({ db }: { db: Database }, session: Session | null): Promise<Profile | null> {
  const profile = session && await db.asUser(session.claims, readProfile);
  return profile && isOperator(profile) ? profile : null;
}
