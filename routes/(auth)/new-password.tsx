import { NewPasswordField } from "../../components/auth/NewPasswordField.tsx";
import { formFailure, passwordWords } from "../../components/auth/form-failure.ts";
import { FormProblem } from "../../components/auth/FormProblem.tsx";
import { AuthLayout } from "../../components/layout/AuthLayout.tsx";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { Button } from "../../components/ui/Button.tsx";
import { setNewPassword } from "../../domain/accounts/set-new-password.ts";
import { fill, localePath, messages } from "../../locales/mod.ts";
import { readForm } from "../../platform/http/body.ts";
import { handler, page } from "./$new-password.ts";

/** For whoever the mailed link has signed in, and for anybody else who is. */
export const handlers = handler({
  GET({ url }) {
    return { data: { done: url.searchParams.has("done"), failure: null, words: passwordWords("") } };
  },

  async POST({ req, state, redirect }) {
    const { services, session, locale } = state;
    const here = localePath(locale, "/new-password");
    if (!session) return redirect(here, 303);
    const password = (await readForm(req)).get("password") ?? "";
    try {
      await setNewPassword(services, session, { password });
      return redirect(`${here}?done`, 303);
    } catch (error) {
      const { failure, ...answer } = formFailure(error);
      return { data: { done: false, failure, words: passwordWords(password) }, ...answer };
    }
  },
});

export default page(({ data: { done, failure, words }, state: { locale, session } }) => {
  const t = messages(locale).auth;
  const to = (path: string) => localePath(locale, path);
  if (!session) {
    return (
      <AuthLayout title={t.reset.expired} lead={t.reset.expiredText}>
        <PageHead title={t.reset.pageTitle} />
        <Button href={to("/forgot-password")} size="lg" class="w-full">{t.reset.askAgain}</Button>
      </AuthLayout>
    );
  }
  if (done) {
    return (
      <AuthLayout title={t.reset.done} lead={t.reset.doneText}>
        <PageHead title={t.reset.pageTitle} />
        <Button href={to("/app")} size="lg" class="w-full">{messages(locale).nav.openStudio}</Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t.reset.title} lead={fill(t.reset.lead, { email: session.email })}>
      <PageHead title={t.reset.pageTitle} />
      {failure && <FormProblem failure={failure} labels={{ password: t.newPassword }} locale={locale} />}
      <form method="post" action={to("/new-password")} novalidate class="flex flex-col gap-5">
        {/* For password managers: which account the new password belongs to. */}
        <input type="email" name="email" value={session.email} autocomplete="username" readOnly hidden />
        <NewPasswordField label={t.newPassword} failure={failure} words={words} locale={locale} />
        <Button type="submit" size="lg" class="w-full">{t.reset.submit}</Button>
      </form>
    </AuthLayout>
  );
});
