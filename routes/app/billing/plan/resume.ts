import { newsPath } from "../../../../components/billing/PlanNews.tsx";
import { resumePlan } from "../../../../domain/billing/cancel-plan.ts";
import { AppError } from "../../../../domain/errors.ts";
import { localePath } from "../../../../locales/mod.ts";
import { handler } from "./$resume.ts";

/** Takes a cancellation back. If there is nothing to take back any more, the overview shows why. */
export const handlers = handler({
  GET: ({ state: { services, locale } }) =>
    Response.redirect(new URL(localePath(locale, "/app/billing"), services.config.webUrl), 303),

  POST: async ({ state: { services, session, locale } }) => {
    const to = (path: string) => Response.redirect(new URL(localePath(locale, path), services.config.webUrl), 303);
    try {
      await resumePlan(services, session);
      return to(newsPath({ kind: "resumed" }));
    } catch (error) {
      if (error instanceof AppError && error.code === "conflict") return to("/app/billing");
      throw error;
    }
  },
});
