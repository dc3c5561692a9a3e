import { PageHead } from "../../components/layout/PageHead.tsx";
import { Button } from "../../components/ui/Button.tsx";
import { Card } from "../../components/ui/Card.tsx";
import { Field } from "../../components/ui/Field.tsx";
import { Notice } from "../../components/ui/Notice.tsx";
import { PageHeader } from "../../components/ui/PageHeader.tsx";
import { Select } from "../../components/ui/Select.tsx";
import { updateProfile } from "../../domain/accounts/update-profile.ts";
import { AppError } from "../../domain/errors.ts";
import { localePath, LOCALES, messages } from "../../locales/mod.ts";
import { readForm } from "../../platform/http/body.ts";
import { handler, page } from "./$settings.ts";

export const handlers = handler({
  GET: ({ state: { profile } }) => ({
    data: { name: profile.displayName, language: profile.locale as string, failed: false },
  }),

  POST: async ({ state: { services, session }, req }) => {
    const form = await readForm(req);
    const [name, language] = [form.get("display_name") ?? "", form.get("locale") ?? ""];
    try {
      await updateProfile(services, session, { displayName: name, locale: language });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "validation_failed") throw error;
      return { data: { name, language, failed: true }, status: 422 };
    }
    // In the language just chosen, so that the change can be seen.
    const path = localePath(language === "pl" ? "pl" : "en", "/app/settings?saved");
    return Response.redirect(new URL(path, services.config.webUrl), 303);
  },
});

export default page(({ data: { name, language, failed }, state: { profile, locale }, url }) => {
  const { app: { settings: t }, language: languages } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} />
      <div class="flex max-w-prose flex-col gap-6">
        {url.searchParams.has("saved") && <Notice tone="success" role="status" title={t.saved} />}
        {failed && <Notice tone="danger" role="alert" focused title={t.problem}>{t.nameTooLong}</Notice>}
        <Card title={t.profile}>
          <form method="post" action={to("/app/settings")} class="flex flex-col gap-5">
            <Field
              label={t.name}
              name="display_name"
              autocomplete="name"
              maxLength={80}
              value={name}
              hint={t.nameHint}
              error={failed ? t.nameTooLong : undefined}
            />
            <Select
              label={t.language}
              name="locale"
              value={language}
              hint={t.languageHint}
              options={LOCALES.map((each) => ({ value: each, label: languages[each] }))}
            />
            <Button type="submit" class="self-start">{t.save}</Button>
          </form>
        </Card>
        <Card title={t.security}>
          <dl>
            <dt class="font-semibold">{t.email}</dt>
            <dd>{profile.email}</dd>
          </dl>
          <div class="mt-5 flex flex-col gap-3 sm:flex-row sm:flex-wrap">
            <Button variant="secondary" href={to("/forgot-password")}>{t.password}</Button>
            <form method="post" action={to("/log-out")}>
              <Button type="submit" variant="ghost" class="w-full">{t.logOut}</Button>
            </form>
          </div>
        </Card>
      </div>
    </>
  );
});
