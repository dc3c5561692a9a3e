import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";

/** @throws {AppError} validation_failed {display_name, locale} */
export async function updateProfile(
  { db }: { db: Database },
  session: Session,
  { displayName, locale }: { displayName: string; locale: string },
): Promise<void> {
  await db.asUser(session.claims, (sql) => sql`select public.update_profile(${displayName.trim()}, ${locale})`);
}
