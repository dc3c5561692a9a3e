import { PageHead } from "../components/layout/PageHead.tsx";
import { SiteLayout } from "../components/layout/SiteLayout.tsx";
import { BlankFrame } from "../components/marketing/BlankFrame.tsx";
import { Button } from "../components/ui/Button.tsx";
import type { AppError } from "../domain/errors.ts";
import { fill, type Locale, localePath, type Messages, messages, plural } from "../locales/mod.ts";
import { commonHeaders } from "../platform/http/answer.ts";
import { createRequestContext } from "../platform/http/context.ts";
import { toAppError } from "../platform/http/problem.ts";
import { resumeRequest } from "../platform/request.ts";
import { services } from "../platform/services.ts";
import { handler, page } from "./$_error.ts";

/**
 * What people see when a page cannot be shown. Its answer does not pass through main.ts again, so it
 * takes the request back and puts the common headers on by itself.
 */
export const handlers = handler((ctx) => {
  const { config } = services();
  const context = resumeRequest(ctx.req, () => createRequestContext(ctx.req, config));
  const error = toAppError(ctx.error);
  const headers = commonHeaders(config, context);
  const { locale, path, search, session, requestId } = context;

  // Somebody whose session has ended, or who was sent a link, comes back here after logging in.
  if (error.code === "unauthenticated" && ctx.req.method === "GET") {
    const next = encodeURIComponent(localePath(locale, path + search));
    headers.push(["location", `${localePath(locale, "/log-in")}?next=${next}`]);
    return new Response(null, { status: 303, headers });
  }
  if (error.retryAfter !== undefined) headers.push(["retry-after", String(Math.max(1, Math.ceil(error.retryAfter)))]);
  if (error.allow) headers.push(["allow", error.allow.join(", ")]);
  headers.push(["cache-control", "no-store"]);
  // What is not there, or takes no such request, will not be any different the second time.
  const final = error.code === "not_found" || error.code === "method_not_allowed";
  const again = final ? null : localePath(locale, path + search);
  const signedIn = session !== null;
  return {
    data: { ...explain(error, locale), status: error.status, locale, signedIn, requestId, again },
    status: error.status,
    headers,
  };
});

export default page(({ data: { title, text, status, locale, signedIn, requestId, again } }) => {
  const { errors: t } = messages(locale);
  return (
    <SiteLayout>
      <PageHead title={`${title} – ${messages(locale).brand}`} />
      <section class="mx-auto grid max-w-page items-start gap-12 px-4 py-14 sm:px-6 sm:py-24 lg:grid-cols-[3fr_2fr]">
        <div>
          <p class="figures text-muted">{fill(t.eyebrow, { status })}</p>
          <h1 class="mt-2 max-w-[20ch] font-display text-display font-extrabold">{title}</h1>
          <p class="mt-5 max-w-prose text-lead">{text}</p>
          <div class="mt-8 flex flex-wrap gap-3">
            {again && <Button href={again}>{t.back}</Button>}
            <Button variant={again ? "secondary" : "primary"} href={localePath(locale, signedIn ? "/app" : "/")}>
              {signedIn ? t.studio : t.home}
            </Button>
          </div>
          <p class="ledger-margin mt-12 max-w-prose py-1 pl-5 text-sm text-muted">
            {t.requestId} <span class="figures break-all text-ink">{requestId}</span>
            <br />
            {t.requestHint}
          </p>
        </div>
        <BlankFrame number={status} class="max-lg:hidden" />
      </section>
    </SiteLayout>
  );
});

type ErrorPages = Messages["errors"]["pages"];
const PAGES: Partial<Record<AppError["code"], keyof ErrorPages>> = {
  not_found: "notFound",
  method_not_allowed: "method",
  rate_limited: "tooMany",
  forbidden_origin: "refused",
  internal: "internal",
  provider_unavailable: "unavailable",
  unavailable: "unavailable",
};

function explain(error: AppError, locale: Locale): { title: string; text: string } {
  const t = messages(locale).errors;
  const which = PAGES[error.code];
  if (!which) return { title: t.pages.refused.title, text: t.codes[error.code] };
  const { seconds, aMoment } = t.pages.tooMany;
  const wait = error.retryAfter ? plural(seconds, Math.ceil(error.retryAfter), locale) : aMoment;
  return { title: t.pages[which].title, text: fill(t.pages[which].text, { wait }) };
}
