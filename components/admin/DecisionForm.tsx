import type { Adjustment } from "../../domain/ops/adjustment.ts";
import { type Locale, localePath, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";

/** The second operator's word. Whoever asked, or whose account it is, is told that it is not theirs to say. */
export function DecisionForm({ adjustment, operator, note = "", error, locale }: {
  adjustment: Adjustment;
  /** Id of the operator who looks at it. */
  operator: string;
  note?: string;
  error?: string;
  locale: Locale;
}) {
  const t = messages(locale).admin.adjustments;
  const { id, user_id, requested_by } = adjustment;
  if (operator === requested_by || operator === user_id) return <p class="text-muted">{t.yours}</p>;
  return (
    <form
      method="post"
      action={localePath(locale, `/admin/ledger/adjustments/${id}`)}
      class="flex flex-col gap-3 sm:flex-row sm:items-start"
    >
      <Field
        label={t.note}
        name="note"
        id={`note-${id}`}
        value={note}
        hint={t.noteHint}
        error={error}
        maxLength={500}
        class="min-w-0 flex-1"
      />
      <div class="flex flex-wrap gap-3 sm:mt-8">
        <Button type="submit" name="decision" value="approve">{t.approve}</Button>
        <Button type="submit" name="decision" value="reject" variant="danger">{t.reject}</Button>
      </div>
    </form>
  );
}
