import type { Job } from "../../domain/jobs/types.ts";
import { fill, formatCredits, type Locale, messages } from "../../locales/mod.ts";
import { Notice } from "../ui/Notice.tsx";

/** Why there is no picture, and the rule by which the credits went back. */
export function JobOutcome({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app.job;
  const returned = formatCredits(job.credits_reserved - job.credits, locale);
  if (job.status === "canceled") {
    return (
      <Notice tone="neutral" title={t.canceledTitle}>
        {job.covered_by_plan ? t.canceledCovered : fill(t.canceledText, { credits: returned })}
      </Notice>
    );
  }
  const code = job.error?.code;
  const reason = t.failed[code && code !== "canceled" ? code : "internal"];
  return (
    <Notice tone="danger" title={reason.title}>
      <p>{reason.text} {job.attempts > 1 && fill(t.tried, { n: job.attempts })}</p>
      {code === "provider_rejected_input" && job.error?.message && (
        <p class="mt-2">{fill(t.said, { message: job.error.message })}</p>
      )}
      <p class="mt-2">{job.covered_by_plan ? t.ruleCovered : fill(t.rule, { credits: returned })}</p>
    </Notice>
  );
}
