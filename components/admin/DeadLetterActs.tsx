import type { DeadLetter } from "../../domain/ops/dead-letter.ts";
import { type Locale, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";

/** What can be done with those that were chosen, or with all of the page; stands in the table's form. */
export function DeadLetterActs({ open, reason, reasonError, locale }: {
  /** The open ones of the page. */
  open: DeadLetter[];
  reason: string;
  reasonError?: string;
  locale: Locale;
}) {
  const t = messages(locale).admin.deadLetters.act;
  return (
    <Card title={t.title} class="mt-6">
      {open.map(({ job_id }) => <input key={job_id} type="hidden" name="page" value={job_id} />)}
      <div class="grid gap-x-10 gap-y-8 lg:grid-cols-2">
        <div>
          <p class="max-w-prose text-muted">{t.requeueText}</p>
          <div class="mt-4 flex flex-wrap gap-3">
            <Button type="submit" name="act" value="requeue">
              <Icon name="retry" />
              {t.requeue}
            </Button>
            <Button type="submit" name="act" value="requeue-page" variant="secondary">
              {plural(t.requeueAll, open.length, locale)}
            </Button>
          </div>
        </div>
        <div>
          <Field
            label={t.reason}
            name="reason"
            value={reason}
            hint={t.reasonHint}
            error={reasonError}
            autocomplete="off"
            maxLength={500}
          />
          <div class="mt-4 flex flex-wrap gap-3">
            <Button type="submit" name="act" value="discard" variant="danger">{t.discard}</Button>
            <Button type="submit" name="act" value="discard-page" variant="danger">
              {plural(t.discardAll, open.length, locale)}
            </Button>
          </div>
        </div>
      </div>
    </Card>
  );
}
