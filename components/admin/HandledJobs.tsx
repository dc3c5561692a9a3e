import { fill, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Card } from "../ui/Card.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { type Handled, OUTCOME_TONES, shortId } from "./letter-words.ts";

const OUTCOMES = ["requeued", "discarded", "stopped", "already", "refused"] as const;

/** What became of each job that an operator named, once. */
export function HandledJobs({ handled, locale }: { handled: Handled[]; locale: Locale }) {
  const { deadLetters: { done: t, job } } = messages(locale).admin;
  const sentences = OUTCOMES.flatMap((outcome) => {
    const count = handled.filter((each) => each.outcome === outcome).length;
    return count > 0 ? [plural(t[outcome], count, locale)] : [];
  });
  const refused = handled.some(({ outcome }) => outcome === "refused");
  return (
    <div class="flex flex-col gap-4">
      <Notice tone={refused ? "warning" : "success"} role="status" focused title={`${sentences.join(". ")}.`} />
      <Card padded={false} title={t.title}>
        <Table
          caption={t.caption}
          head={
            <>
              <Th>{job}</Th>
              <Th>{t.outcome}</Th>
            </>
          }
        >
          {handled.map((each) => <Row key={each.job_id} handled={each} locale={locale} />)}
        </Table>
      </Card>
    </div>
  );
}

function Row({ handled, locale }: { handled: Handled; locale: Locale }) {
  const { done: t, again } = messages(locale).admin.deadLetters;
  const { job_id, outcome, reason } = handled;
  const made = "new_job" in handled ? handled.new_job : null;
  const path = (id: string) => localePath(locale, `/admin/jobs/${id}`);
  return (
    <Tr>
      <Td header>
        {reason === "unknown"
          ? <span class="figures text-sm">{shortId(job_id)}</span>
          : <a href={path(job_id)} class="prose-link figures text-sm">{shortId(job_id)}</a>}
      </Td>
      <Td>
        <Badge tone={OUTCOME_TONES[outcome]}>{t.outcomes[outcome]}</Badge>
        {made && <a href={path(made)} class="prose-link ml-2 text-sm">{fill(again, { id: shortId(made) })}</a>}
        {reason && <span class="mt-1 block text-sm text-muted">{t.reasons[reason]}</span>}
      </Td>
    </Tr>
  );
}
