import type { WebhookCounts } from "../../domain/ops/list-webhook-events.ts";
import { type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";

/** What an operator came for, before the list: whether what Stripe tells us has its effect. */
export function WebhookHealth({ counts, locale }: { counts: WebhookCounts; locale: Locale }) {
  const t = messages(locale).admin.webhooks;
  const { failed_last_hour, failed, given_up, due } = counts;
  const good = failed_last_hour === 0;
  const sentences = [
    good ? failed > 0 ? plural(t.quietFailed, failed, locale) : t.quietText : t.failedText,
    given_up > 0 && plural(t.givenUp, given_up, locale),
    due > 0 && plural(t.due, due, locale),
  ].filter((sentence) => sentence !== false);
  return (
    <section
      class={`flex flex-col gap-4 rounded-lg border border-l-8 bg-raised p-5 shadow-card sm:flex-row sm:items-center sm:p-6 ${
        good ? failed > 0 ? "border-warning" : "border-success" : "border-danger bg-danger-soft"
      }`}
      data-webhooks={good ? "quiet" : "failing"}
    >
      <div class="flex min-w-0 flex-1 items-start gap-4">
        <Icon
          name={good ? failed > 0 ? "warning" : "check" : "error"}
          size={36}
          class={`mt-0.5 ${good ? failed > 0 ? "text-warning" : "text-success" : "text-danger"}`}
        />
        <div class="min-w-0">
          <h2 class="font-display text-title font-bold">
            {good ? t.quiet : plural(t.failedLately, failed_last_hour, locale)}
          </h2>
          <p class="mt-1 max-w-prose">{sentences.join(" ")}</p>
        </div>
      </div>
      {failed > 0 && (
        <Button href={localePath(locale, "/admin/webhooks?status=failed")} variant="secondary">
          {t.verdicts.failed}
          <Icon name="arrow-right" size={18} />
        </Button>
      )}
    </section>
  );
}
