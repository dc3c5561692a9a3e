import { EmailField } from "../../components/auth/EmailField.tsx";
import { formFailure } from "../../components/auth/form-failure.ts";
import { FormProblem } from "../../components/auth/FormProblem.tsx";
import { AuthLayout } from "../../components/layout/AuthLayout.tsx";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { Button } from "../../components/ui/Button.tsx";
import { Notice } from "../../components/ui/Notice.tsx";
import { requestPasswordReset } from "../../domain/accounts/request-password-reset.ts";
import { fill, localePath, messages } from "../../locales/mod.ts";
import { readForm } from "../../platform/http/body.ts";
import { handler, page } from "./$forgot-password.ts";

export const handlers = handler({
  GET({ state }) {
    return { data: { email: state.session?.email ?? "", sent: false, failure: null } };
  },

  async POST({ req, state }) {
    const { services, locale, address } = state;
    const email = (await readForm(req)).get("email") ?? "";
    try {
      await requestPasswordReset(services, { email, locale, address });
      return { data: { email, sent: true, failure: null } };
    } catch (error) {
      const { failure, ...answer } = formFailure(error);
      return { data: { email, sent: false, failure }, ...answer };
    }
  },
});

export default page(({ data: { email, sent, failure }, state: { locale, session } }) => {
  const t = messages(locale).auth;
  const to = (path: string) => localePath(locale, path);
  return (
    <AuthLayout
      title={t.forgot.title}
      lead={sent ? undefined : t.forgot.lead}
      aside={
        <p>
          {session
            ? <a href={to("/app/settings")}>{t.forgot.backToSettings}</a>
            : <a href={to("/log-in")}>{t.forgot.back}</a>}
        </p>
      }
    >
      <PageHead title={t.forgot.pageTitle} />
      {sent && (
        <Notice tone="success" role="status" focused title={t.forgot.sent} class="mb-6">
          <p>{fill(t.forgot.sentText, { email })}</p>
          <p class="mt-2">{t.forgot.again}</p>
        </Notice>
      )}
      {failure && <FormProblem failure={failure} labels={{ email: t.email }} locale={locale} />}
      <form method="post" action={to("/forgot-password")} novalidate class="flex flex-col gap-5">
        <EmailField value={email} failure={failure} autocomplete="username" locale={locale} />
        <Button type="submit" size="lg" variant={sent ? "secondary" : "primary"} class="w-full">
          {t.forgot.submit}
        </Button>
      </form>
    </AuthLayout>
  );
});
