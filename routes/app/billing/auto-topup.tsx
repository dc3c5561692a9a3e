import { cardBrand } from "../../../components/billing/OrderSheet.tsx";
import {
  centsIn,
  type TopupField,
  TopupForm,
  type TopupValues,
  wholeIn,
} from "../../../components/billing/TopupForm.tsx";
import { SpentBar, TOPUP_TONES } from "../../../components/billing/TopupSummary.tsx";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { BackLink } from "../../../components/ui/BackLink.tsx";
import { Badge } from "../../../components/ui/Badge.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Card } from "../../../components/ui/Card.tsx";
import { Notice } from "../../../components/ui/Notice.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { type AutoTopup, readAutoTopup } from "../../../domain/billing/read-auto-topup.ts";
import { openCardPage, setAutoTopup, stopAutoTopup } from "../../../domain/billing/set-auto-topup.ts";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import { AppError, type ErrorCode } from "../../../domain/errors.ts";
import { fill, formatTime, type Locale, localePath, messages } from "../../../locales/mod.ts";
import { readForm } from "../../../platform/http/body.ts";
import type { State } from "../_middleware.ts";
import { handler, page } from "./$auto-topup.ts";

/** What somebody finds in the form who has never set it. */
const FIRST_VALUES: TopupValues = { threshold: "5", pack: "pack_50", cap: "100" };

/** `act`: stop, card, or nothing for the settings themselves. */
export const handlers = handler({
  GET: async ({ state, url }) => {
    const said = url.searchParams.get("done");
    return { data: { ...await settings(state), done: said === "on" || said === "off" ? said : null } };
  },

  POST: async ({ state, req }) => {
    const { services, session, locale } = state;
    const form = await readForm(req);
    const to = (path: string) => Response.redirect(new URL(localePath(locale, path), services.config.webUrl), 303);
    const values: TopupValues = {
      threshold: form.get("threshold") ?? "",
      pack: form.get("pack") ?? "",
      cap: form.get("cap") ?? "",
    };
    try {
      if (form.get("act") === "stop") {
        await stopAutoTopup(services, session);
        return to("/app/billing/auto-topup?done=off");
      }
      if (form.get("act") === "card") {
        return Response.redirect((await openCardPage(services, session, locale)).url, 303);
      }
      const outcome = await setAutoTopup(services, session, {
        // What is no number is none that the database takes: all the fields are judged in one place.
        threshold: wholeIn(values.threshold) ?? 0,
        pack: values.pack,
        capCents: centsIn(values.cap) ?? 0,
        locale,
      });
      return outcome.state === "on" ? to("/app/billing/auto-topup?done=on") : Response.redirect(outcome.url, 303);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "internal") throw error;
      const shown = { ...await settings(state), done: null, problem: error.code };
      if (error.code === "validation_failed") {
        return { data: { ...shown, values, wrong: Object.keys(error.fields ?? {}) as TopupField[] }, status: 422 };
      }
      // The settings are kept even where Stripe's page for the card did not open.
      return { data: shown, status: error.status };
    }
  },
});

async function settings({ services, session }: State) {
  const { packs } = await readOffer(services);
  const topup = await services.db.asUser(session.claims, readAutoTopup);
  return {
    topup,
    packs,
    values: topup
      ? { threshold: String(topup.threshold), pack: topup.pack, cap: String(topup.capCents / 100) }
      : FIRST_VALUES,
    wrong: [] as TopupField[],
    problem: null as ErrorCode | null,
  };
}

export default page(({ data: { topup, packs, values, wrong, done, problem }, state: { locale } }) => {
  const { app: { topup: t }, errors } = messages(locale);
  const state = topup?.state ?? "off";
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <BackLink href={localePath(locale, "/app/billing")}>{t.back}</BackLink>
      <PageHeader title={t.title} lead={t.lead} actions={<Badge tone={TOPUP_TONES[state]}>{t.states[state]}</Badge>} />
      {problem && (
        <Notice tone="danger" role="alert" focused title={t.problem} class="mb-6">{errors.codes[problem]}</Notice>
      )}
      {!problem && done === "on" && state === "on" && (
        <Notice tone="success" role="status" title={t.saved} class="mb-6" />
      )}
      {!problem && done === "off" && state === "off" && (
        <Notice tone="neutral" role="status" title={t.stopped} class="mb-6">{t.stoppedText}</Notice>
      )}
      {!problem && topup && <Trouble topup={topup} locale={locale} />}
      <div class="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-6">
        <Card title={t.form}>
          <TopupForm values={values} packs={packs} errors={wrong} on={state === "on"} locale={locale} />
        </Card>
        {topup && (
          <div class="flex flex-col gap-4">
            <CardOnFile topup={topup} locale={locale} />
            {state !== "off" && (
              <Card>
                <SpentBar topup={topup} locale={locale} />
                {nothingMore(topup, packs) && <p class="mt-2 text-sm font-semibold text-warning">{t.capReached}</p>}
                <p class="mt-2 text-sm text-muted">{t.spentNote}</p>
                <Act act="stop" variant="danger" locale={locale}>{t.off}</Act>
              </Card>
            )}
          </div>
        )}
      </div>
    </>
  );
});

function nothingMore({ pack, spentCents, capCents }: AutoTopup, packs: { id: string; price_cents: number }[]): boolean {
  const price = packs.find(({ id }) => id === pack)?.price_cents ?? 0;
  return spentCents + price > capCents;
}

/** What keeps it from working, and what to do. */
function Trouble({ topup: { state, offReason, retryAt, failures }, locale }: { topup: AutoTopup; locale: Locale }) {
  const t = messages(locale).app.topup;
  if (offReason) {
    return (
      <Notice tone="danger" title={t.offReasons[offReason].title} class="mb-6">{t.offReasons[offReason].text}</Notice>
    );
  }
  if (state === "needs_card") {
    return <Notice tone="warning" title={t.needsCard.title} class="mb-6">{t.needsCard.text}</Notice>;
  }
  if (state === "on" && failures > 0 && retryAt) {
    return <Notice tone="warning" title={fill(t.retry, { date: formatTime(retryAt, locale) })} class="mb-6" />;
  }
  return null;
}

function CardOnFile({ topup: { card, state, offReason }, locale }: { topup: AutoTopup; locale: Locale }) {
  const t = messages(locale).app.topup;
  return (
    <Card>
      <h2 class="text-sm text-muted">{t.card}</h2>
      <p class="mt-0.5 font-semibold">
        {card ? fill(t.cardText, { brand: cardBrand(card.brand), last4: card.last4 }) : t.noCard}
      </p>
      {/* One that is off asks for a card, if it needs another, when it is switched on. */}
      {state !== "off" && !offReason && (
        <Act act="card" variant={state === "needs_card" ? "primary" : "secondary"} locale={locale}>
          {card ? t.otherCard : t.addCard}
        </Act>
      )}
    </Card>
  );
}

function Act({ act, variant, locale, children }: {
  act: "stop" | "card";
  variant: "primary" | "secondary" | "danger";
  locale: Locale;
  children: string;
}) {
  return (
    <form method="post" action={localePath(locale, "/app/billing/auto-topup")} class="mt-4">
      <Button type="submit" name="act" value={act} variant={variant} size="sm">{children}</Button>
    </form>
  );
}
