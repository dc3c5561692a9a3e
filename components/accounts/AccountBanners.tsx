import { fill, formatTime, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { priceWords } from "../billing/plan-words.ts";
import { daysUntil } from "../billing/standing.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Notice } from "../ui/Notice.tsx";
import { type Banner, bannersFor, type Situation } from "./banners.ts";

/** What the overview of billing says by itself, at length. */
const TOLD_BY_BILLING: Banner[] = ["past_due", "incomplete", "used_up", "trial"];

/** What a person should know on every page, two things at most. */
export function AccountBanners({ situation, locale, path, search, confirmation }: {
  situation: Situation;
  locale: Locale;
  /** The page, without the locale's prefix, to come back to. */
  path: string;
  search: string;
  /** What came of "send it again": `sent`, `later` or nothing yet; `done` once the link was opened. */
  confirmation: string | null;
}) {
  const answered = confirmation !== null && (confirmation === "done") === situation.profile.emailConfirmed;
  const banners = bannersFor(situation, { told: path === "/app/billing" ? TOLD_BY_BILLING : [], answered });
  if (banners.length === 0) return null;
  return (
    <div class="mx-auto flex w-full max-w-page flex-col gap-3 px-4 pt-4 sm:px-6 lg:px-10">
      {banners.map((banner) =>
        banner === "confirm"
          ? (
            <ConfirmAddress
              key={banner}
              situation={situation}
              locale={locale}
              back={path + search}
              confirmation={confirmation}
            />
          )
          : <OneBanner key={banner} banner={banner} situation={situation} locale={locale} />
      )}
    </div>
  );
}

function OneBanner({ banner, situation: { balance, plan }, locale }: {
  banner: Exclude<Banner, "confirm">;
  situation: Situation;
  locale: Locale;
}) {
  const { app: { banners: t, plan: { banners: words } }, plans: { names } } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  const date = (at: Date) => formatTime(at, locale, { dateOnly: true });
  const { subscription } = plan;
  const name = names[subscription?.plan ?? plan.plan];
  switch (banner) {
    case "suspended":
      return <Notice tone="danger" title={t.suspended.title}>{t.suspended.text}</Notice>;
    case "debt":
      return (
        <Notice
          tone="warning"
          title={plural(t.debt.title, balance.debt, locale)}
          actions={<Button size="sm" href={to("/app/billing#packs")}>{t.debt.buy}</Button>}
        >
          {t.debt.text}
        </Notice>
      );
    case "past_due":
      return (
        <Notice
          tone="danger"
          title={fill(words.past_due.title, { plan: name })}
          actions={<Button size="sm" href={to("/app/billing")}>{words.past_due.act}</Button>}
        >
          {fill(words.past_due.text, { date: date(subscription?.graceEndsAt ?? plan.endsAt) })}
        </Notice>
      );
    case "incomplete":
      return (
        <Notice
          tone="warning"
          title={fill(words.incomplete.title, { plan: name })}
          actions={<Button size="sm" href={to("/app/billing")}>{words.incomplete.act}</Button>}
        >
          {words.incomplete.text}
        </Notice>
      );
    case "used_up":
      return (
        <Notice
          tone="warning"
          title={words.used_up.title}
          actions={<Button size="sm" href={to("/app/billing/plan")}>{words.used_up.act}</Button>}
        >
          {fill(words.used_up.text, { date: date(plan.endsAt) })}
        </Notice>
      );
    case "trial":
      if (!subscription) return null;
      return (
        <Notice
          tone="info"
          title={plural(words.trial.title, daysUntil(subscription.currentPeriodEnd, plan.now), locale, { plan: name })}
          actions={<Button size="sm" variant="secondary" href={to("/app/billing")}>{words.trial.act}</Button>}
        >
          {fill(words.trial.text, {
            date: date(subscription.currentPeriodEnd),
            price: priceWords(subscription.priceCents, subscription.interval, locale),
          })}
        </Notice>
      );
  }
}

/** One quiet line: nothing waits for it. */
function ConfirmAddress({ situation: { profile: { email, emailConfirmed } }, locale, back, confirmation }: {
  situation: Situation;
  locale: Locale;
  back: string;
  confirmation: string | null;
}) {
  const t = messages(locale).app.banners.confirm;
  if (emailConfirmed) {
    return (
      <p class="flex items-start gap-2 border-b border-line pb-3 text-sm" role="status">
        <Icon name="check" size={18} class="mt-px text-success" />
        <span class="min-w-0">{fill(t.done, { email })}</span>
      </p>
    );
  }
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
