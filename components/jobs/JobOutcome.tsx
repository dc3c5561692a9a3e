import type { ComponentChildren } from "preact";
import type { Job } from "../../domain/jobs/types.ts";
import { fill, formatCredits, type Locale, messages } from "../../locales/mod.ts";
import { Notice } from "../ui/Notice.tsx";
import { payerOf } from "./view.ts";

/** Why there is nothing to see: whose fault it was, the rule by which the credits went back, and what helps. */
export function JobOutcome({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app.job;
  const returned = formatCredits(job.credits_reserved - job.credits, locale);
  const payer = payerOf(job);
  if (job.status === "canceled") {
    return (
      <Notice tone="neutral" title={t.canceledTitle}>
        {{
          balance: fill(t.canceledText, { credits: returned }),
          plan: t.canceledCovered,
          house: t.canceledHouse,
        }[payer]}
      </Notice>
    );
  }
  const code = job.error && job.error.code !== "canceled" ? job.error.code : "internal";
  const reason = t.failed[code];
  const { fault, faults, credits, next } = t.story.outcome;
  return (
    <Notice tone="danger" title={reason.title}>
      <p>{reason.text}</p>
      {code === "provider_rejected_input" && job.error?.message && (
        <p class="mt-2">{fill(t.said, { message: job.error.message })}</p>
      )}
      <dl class="mt-3">
        <Fact name={fault}>{faults[job.error?.fault ?? "ours"]}</Fact>
        <Fact name={credits}>
          {{ balance: fill(t.rule, { credits: returned }), plan: t.ruleCovered, house: t.ruleHouse }[payer]}
        </Fact>
        <Fact name={next}>{reason.next}</Fact>
      </dl>
    </Notice>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="py-1.5 sm:grid sm:grid-cols-[8rem_minmax(0,1fr)] sm:gap-4">
      <dt class="text-sm font-semibold">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
