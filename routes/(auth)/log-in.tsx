import { EmailField } from "../../components/auth/EmailField.tsx";
import { formFailure } from "../../components/auth/form-failure.ts";
import { FormProblem } from "../../components/auth/FormProblem.tsx";
import { AuthLayout } from "../../components/layout/AuthLayout.tsx";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { Button } from "../../components/ui/Button.tsx";
import { Field } from "../../components/ui/Field.tsx";
import { Notice } from "../../components/ui/Notice.tsx";
import { logIn } from "../../domain/accounts/log-in.ts";
import { safeNext } from "../../domain/accounts/safe-next.ts";
import { localePath, messages } from "../../locales/mod.ts";
import { readForm } from "../../platform/http/body.ts";
import { keepSession } from "../../platform/http/session.ts";
import { handler, page } from "./$log-in.ts";

export const handlers = handler({
  GET({ url, state, redirect }) {
    const studio = localePath(state.locale, "/app");
    const next = safeNext(url.searchParams.get("next"), studio);
    if (state.session) return redirect(next, 303);
    const asked = url.searchParams.has("next") && next !== studio;
    const notice = url.searchParams.has("signed-out") ? "signedOut" as const : asked ? "next" as const : null;
    return { data: { email: "", next, notice, failure: null } };
  },

  async POST({ req, state, redirect }) {
    const { services, locale, address } = state;
    const form = await readForm(req);
    const email = form.get("email") ?? "";
    const next = safeNext(form.get("next"), localePath(locale, "/app"));
    try {
      const { session } = await logIn(services, { email, password: form.get("password") ?? "", address });
      keepSession(session);
      return redirect(next, 303);
    } catch (error) {
      const { failure, ...answer } = formFailure(error);
      return { data: { email, next, notice: null, failure }, ...answer };
    }
  },
});

export default page(({ data: { email, next, notice, failure }, state: { locale } }) => {
  const t = messages(locale).auth;
  const to = (path: string) => localePath(locale, path);
  const forgot = <a href={to("/forgot-password")}>{t.logIn.forgot}</a>;
  return (
    <AuthLayout
      title={t.logIn.title}
      aside={
        <p>
          {t.logIn.other} <a href={`${to("/sign-up")}?next=${encodeURIComponent(next)}`}>{t.logIn.otherLink}</a>
        </p>
      }
    >
      <PageHead title={t.logIn.pageTitle} />
      {notice === "signedOut" && <Notice tone="success" role="status" title={t.logIn.signedOut} class="mb-6" />}
      {notice === "next" && <Notice title={t.logIn.next} class="mb-6">{t.logIn.nextText}</Notice>}
      {failure?.code === "invalid_credentials"
        ? <FormProblem failure={failure} locale={locale} title={t.logIn.wrong}>{t.logIn.wrongText}</FormProblem>
        : failure && (
          <FormProblem failure={failure} labels={{ email: t.email, password: t.password }} locale={locale} />
        )}
      <form method="post" action={to("/log-in")} novalidate class="flex flex-col gap-5">
        <input type="hidden" name="next" value={next} />
        <EmailField value={email} failure={failure} autocomplete="username" locale={locale} />
        <Field
          label={t.password}
          name="password"
          type="password"
          autocomplete="current-password"
          required
          error={failure?.fields.includes("password") ? t.fields.passwordMissing : undefined}
        />
        <Button type="submit" size="lg" class="w-full">{t.logIn.submit}</Button>
        <p class="prose text-center">{forgot}</p>
      </form>
    </AuthLayout>
  );
});
