import { readProfile } from "../../../domain/accounts/read-profile.ts";
import { AppError } from "../../../domain/errors.ts";
import { requireSession } from "../../../platform/http/session.ts";
import { handler } from "./$me.ts";

/** 200 `{user}` */
export const handlers = handler({
  async GET({ state }) {
    const session = requireSession();
    const profile = await state.services.db.asUser(session.claims, readProfile);
    if (!profile) throw new AppError("unauthenticated", { detail: "The account of this token no longer exists." });
    return Response.json({
      user: {
        id: profile.id,
        email: profile.email,
        display_name: profile.displayName,
        locale: profile.locale,
        role: profile.role,
        status: profile.status,
        email_confirmed: profile.emailConfirmed,
        created_at: profile.createdAt,
      },
    });
  },
});
