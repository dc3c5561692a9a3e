import type { Profile } from "../../domain/accounts/read-profile.ts";
import type { Balance } from "../../domain/credits/read-balance.ts";
import { fill, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";

/** What a person should know on every page: suspended, in debt, address not confirmed. */
export function AccountBanners({ profile, balance, locale, back, confirmation }: {
  profile: Profile;
  balance: Balance;
  locale: Locale;
  /** The page to come back to, without the locale's prefix. */
  back: string;
  /** What came of "send it again": `sent`, `later` or nothing yet. */
  confirmation: string | null;
}) {
  const t = messages(locale).app.banners;
  const suspended = profile.status !== "active";
  if (!suspended && balance.debt === 0 && profile.emailConfirmed) return null;
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
      {!profile.emailConfirmed && (
        <ConfirmAddress email={profile.email} locale={locale} back={back} confirmation={confirmation} />
      )}
    </div>
  );
}

function ConfirmAddress(
  { email, locale, back, confirmation }: { email: string; locale: Locale; back: string; confirmation: string | null },
) {
  const t = messages(locale).app.banners.confirm;
  if (confirmation === "sent") return <Notice tone="success" role="status" title={fill(t.sent, { email })} />;
  return (
    <Notice
      title={t.title}
      actions={
        <form method="post" action={localePath(locale, "/app/confirm-email")}>
          <input type="hidden" name="next" value={localePath(locale, back)} />
          <Button type="submit" size="sm" variant="secondary">{t.again}</Button>
        </form>
      }
    >
      {confirmation === "later" ? t.tooSoon : fill(t.text, { email })}
    </Notice>
  );
}
