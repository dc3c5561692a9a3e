import { EmailField } from "../../components/auth/EmailField.tsx";
import { NewPasswordField } from "../../components/auth/NewPasswordField.tsx";
import { formFailure, passwordWords } from "../../components/auth/form-failure.ts";
import { FormProblem } from "../../components/auth/FormProblem.tsx";
import { WelcomeLine } from "../../components/auth/WelcomeLine.tsx";
import { AuthLayout } from "../../components/layout/AuthLayout.tsx";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { Button } from "../../components/ui/Button.tsx";
import { register } from "../../domain/accounts/register.ts";
import { safeNext } from "../../domain/accounts/safe-next.ts";
import { readOffer } from "../../domain/catalogue/read-offer.ts";
import { type Locale, localePath, messages } from "../../locales/mod.ts";
import { readForm } from "../../platform/http/body.ts";
import { keepSession } from "../../platform/http/session.ts";
import { handler, page } from "./$sign-up.ts";

/** The dashboard of a new account offers the first picture at one click: that is what people signed up for. */
const firstPage = (locale: Locale) => localePath(locale, "/app");

export const handlers = handler({
  async GET({ url, state, redirect }) {
    const next = safeNext(url.searchParams.get("next"), firstPage(state.locale));
    if (state.session) return redirect(next, 303);
    const { welcome } = await readOffer(state.services);
    return { data: { email: "", next, failure: null, words: passwordWords(""), welcome } };
  },

  async POST({ req, state, redirect }) {
    const { services, locale, address } = state;
    const form = await readForm(req);
    const email = form.get("email") ?? "";
    const password = form.get("password") ?? "";
    const next = safeNext(form.get("next"), firstPage(locale));
    try {
      const { session } = await register(services, { email, password, locale, address });
      keepSession(session);
      return redirect(next, 303);
    } catch (error) {
      const { failure, ...answer } = formFailure(error);
      const { welcome } = await readOffer(services);
      return { data: { email, next, failure, words: passwordWords(password), welcome }, ...answer };
    }
  },
});

export default page(({ data: { email, next, failure, words, welcome }, state: { locale } }) => {
  const t = messages(locale).auth;
  const to = (path: string) => localePath(locale, path);
  const withNext = (path: string) => `${to(path)}?next=${encodeURIComponent(next)}`;
  return (
    <AuthLayout
      title={t.signUp.title}
      lead={t.signUp.lead}
      aside={
        <p>
          {t.signUp.other} <a href={withNext("/log-in")}>{t.signUp.otherLink}</a>
        </p>
      }
    >
      <PageHead title={t.signUp.pageTitle} />
      <WelcomeLine credits={welcome} locale={locale} />
      {failure?.code === "account_exists"
        ? (
          <FormProblem failure={failure} locale={locale} title={t.signUp.exists}>
            <a href={withNext("/log-in")}>{t.signUp.otherLink}</a> ·{" "}
            <a href={to("/forgot-password")}>{t.logIn.forgot}</a>
          </FormProblem>
        )
        : failure && (
          <FormProblem failure={failure} labels={{ email: t.email, password: t.password }} locale={locale} />
        )}
      <form method="post" action={to("/sign-up")} novalidate class="flex flex-col gap-5">
        <input type="hidden" name="next" value={next} />
        <EmailField value={email} failure={failure} autocomplete="email" locale={locale} />
        <NewPasswordField label={t.password} failure={failure} words={words} locale={locale} />
        <Button type="submit" size="lg" class="w-full">{t.signUp.submit}</Button>
      </form>
    </AuthLayout>
  );
});
