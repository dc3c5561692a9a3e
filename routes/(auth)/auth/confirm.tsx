import { formFailure } from "../../../components/auth/form-failure.ts";
import { FormProblem } from "../../../components/auth/FormProblem.tsx";
import { AuthLayout } from "../../../components/layout/AuthLayout.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { confirmEmail } from "../../../domain/accounts/confirm-email.ts";
import { requestEmailConfirmation } from "../../../domain/accounts/request-email-confirmation.ts";
import { safeNext } from "../../../domain/accounts/safe-next.ts";
import { fill, localePath, messages } from "../../../locales/mod.ts";
import { keepSession, requireSession } from "../../../platform/http/session.ts";
import { handler, page } from "./$confirm.ts";

export const handlers = handler({
  /** Mail scanners ask like this whether a link is alive. It works once, and is not theirs. */
  HEAD: () => new Response(null),

  /** Where every mailed link lands: `?token_hash=&type=&next=`. */
  async GET({ url, state, redirect }) {
    const { services, locale, session, address } = state;
    const type = url.searchParams.get("type");
    const tokenHash = url.searchParams.get("token_hash");
    const confirmation = await confirmEmail(services, { tokenHash, type, address });
    if (!confirmation.ok) {
      return { data: { recovery: type === "recovery", sent: false, failure: null }, status: 410 };
    }
    // A link to somebody else's account leaves a session alone. It could have been sent by that somebody, to
    // have a customer of ours buy credits for them. A new password has to be for the account of the link.
    const { user, session: tokens } = confirmation.signedIn;
    const own = !session || session.userId === user.id;
    if (own || confirmation.recovery) keepSession(tokens);
    if (confirmation.recovery) return redirect(localePath(locale, "/new-password"), 303);
    const next = safeNext(url.searchParams.get("next"), localePath(locale, "/app"), services.config.webUrl);
    // Auth fills in the bare address of the site where nobody asked for a page.
    const page = new URL(next === "/" ? localePath(locale, "/app") : next, services.config.webUrl);
    if (own) page.searchParams.set("confirmation", "done");
    return redirect(page.pathname + page.search, 303);
  },

  /** "Send a new link", for somebody whose session is still open. */
  async POST({ state }) {
    try {
      await requestEmailConfirmation(state.services, requireSession(), { locale: state.locale });
      return { data: { recovery: false, sent: true, failure: null } };
    } catch (error) {
      const { failure, ...answer } = formFailure(error);
      return { data: { recovery: false, sent: false, failure }, ...answer };
    }
  },
});

export default page(({ data: { recovery, sent, failure }, state: { locale, session } }) => {
  const t = messages(locale).auth;
  const to = (path: string) => localePath(locale, path);
  if (sent) {
    return (
      <AuthLayout title={t.forgot.sent} lead={fill(t.confirm.sent, { email: session?.email ?? "" })}>
        <PageHead title={t.confirm.pageTitle} />
        <p class="text-muted">{t.confirm.sentText}</p>
        <Button href={to("/app")} variant="secondary" size="lg" class="mt-6 w-full">
          {messages(locale).nav.openStudio}
        </Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t.confirm.failed} lead={t.confirm.failedText}>
      <PageHead title={t.confirm.pageTitle} />
      {failure && <FormProblem failure={failure} locale={locale} />}
      {recovery
        ? <Button href={to("/forgot-password")} size="lg" class="w-full">{t.confirm.sendAgain}</Button>
        : session
        ? (
          <form method="post" action={to("/auth/confirm")}>
            <Button type="submit" size="lg" class="w-full">{t.confirm.sendAgain}</Button>
          </form>
        )
        : (
          <>
            <p class="mb-4 text-muted">{t.confirm.logIn}</p>
            <Button href={to("/log-in")} size="lg" class="w-full">{messages(locale).nav.logIn}</Button>
          </>
        )}
    </AuthLayout>
  );
});
