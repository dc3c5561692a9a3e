import { requestEmailConfirmation } from "../../domain/accounts/request-email-confirmation.ts";
import { safeNext } from "../../domain/accounts/safe-next.ts";
import { AppError } from "../../domain/errors.ts";
import { readForm } from "../../platform/http/body.ts";
import { handler } from "./$confirm-email.ts";

/** "Send it again" in the banner: back to the page it was pressed on, which says what came of it. */
export const handlers = handler({
  POST: async ({ state: { services, session, locale }, req }) => {
    const back = new URL(safeNext((await readForm(req)).get("next")), services.config.webUrl);
    try {
      await requestEmailConfirmation(services, session, { locale });
      back.searchParams.set("confirmation", "sent");
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "rate_limited") throw error;
      back.searchParams.set("confirmation", "later");
    }
    return Response.redirect(back, 303);
  },
});
