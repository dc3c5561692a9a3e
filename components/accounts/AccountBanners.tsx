import type { Profile } from "../../domain/accounts/read-profile.ts";
import type { Balance } from "../../domain/credits/read-balance.ts";
import { fill, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Notice } from "../ui/Notice.tsx";

/** What a person should know on every page: suspended, in debt, address not confirmed. */
export function AccountBanners({ profile, balance, locale, back, confirmation }: {
  profile: Profile;
  balance: Balance;
  locale: Locale;
  /** The page to come back to, without the locale's prefix. */
  back: string;
  /** What came of "send it again": `sent`, `later` or nothing yet; `done` once the link was opened. */
  confirmation: string | null;
}) {
  const t = messages(locale).app.banners;
  const suspended = profile.status !== "active";
  const thanks = profile.emailConfirmed && confirmation === "done";
  if (!suspended && balance.debt === 0 && profile.emailConfirmed && !thanks) return null;
  return (
    <div class="mx-auto flex w-full max-w-page flex-col gap-3 px-4 pt-4 sm:px-6 lg:px-10">
      {suspended && <Notice tone="danger" title={t.suspended.title}>{t.suspended.text}</Notice>}
      {balance.debt > 0 && (
        <Notice
          tone="warning"
          title={plural(t.debt.title, balance.debt, locale)}
          actions={<Button size="sm" href={localePath(locale, "/app/billing")}>{t.debt.buy}</Button>}
        >
          {t.debt.text}
        </Notice>
      )}
      {thanks && (
        <p class="flex items-start gap-2 border-b border-line pb-3 text-sm" role="status">
          <Icon name="check" size={18} class="mt-px text-success" />
          <span class="min-w-0">{fill(t.confirm.done, { email: profile.email })}</span>
        </p>
      )}
      {!profile.emailConfirmed && (
        <ConfirmAddress email={profile.email} locale={locale} back={back} confirmation={confirmation} />
      )}
    </div>
  );
}

/** One quiet line: nothing waits for it. */
function ConfirmAddress(
  { email, locale, back, confirmation }: {
    email: string;
    locale: Locale;
    back: string;
    confirmation: string | null;
  },
) {
  const t = messages(locale).app.banners.confirm;
  const sent = confirmation === "sent";
  return (
    <div class="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line pb-3 text-sm">
      <p class="flex min-w-0 flex-1 basis-64 items-start gap-2" role={confirmation ? "status" : undefined}>
        <Icon name={sent ? "check" : "mail"} size={18} class={`mt-px ${sent ? "text-success" : "text-muted"}`} />
        <span class="min-w-0">
          {sent ? fill(t.sent, { email }) : confirmation === "later" ? t.tooSoon : fill(t.text, { email })}
        </span>
      </p>
      {!sent && (
        <form method="post" action={localePath(locale, "/app/confirm-email")} class="-my-1 ml-3.5 sm:-mr-3 sm:ml-0">
          <input type="hidden" name="next" value={localePath(locale, back)} />
          <Button type="submit" size="sm" variant="ghost">{t.again}</Button>
        </form>
      )}
    </div>
  );
}
