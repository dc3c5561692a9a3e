import type { Invariant } from "../../domain/ops/read-books.ts";
import { fill, type Locale, messages, plural } from "../../locales/mod.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { agoWords, longestAgo, type Verdict, verdictOf } from "./words.ts";

const LOOKS: Record<Verdict, { icon: IconName; mark: string; box: string }> = {
  agree: { icon: "check", mark: "text-success", box: "border-success" },
  breaches: { icon: "error", mark: "text-danger", box: "border-danger bg-danger-soft" },
  late: { icon: "clock", mark: "text-warning", box: "border-warning bg-warning-soft" },
  never: { icon: "clock", mark: "text-warning", box: "border-warning bg-warning-soft" },
};

/** What an operator came for, before anything else on the page. */
export function VerdictSheet({ invariants, now, locale }: { invariants: Invariant[]; now: Date; locale: Locale }) {
  const t = messages(locale).admin.ledger.verdict;
  const verdict = verdictOf(invariants, now);
  const look = LOOKS[verdict];
  const longest = longestAgo(invariants);
  const ago = longest ? agoWords(longest, now, locale) : "";
  const open = invariants.reduce((sum, { open_breaches }) => sum + open_breaches, 0);
  const words: Record<Verdict, { title: string; text: string }> = {
    agree: { title: t.agree, text: fill(t.agreeText, { ago }) },
    breaches: { title: plural(t.breaches, open, locale), text: t.breachesText },
    late: { title: t.late, text: fill(t.lateText, { ago }) },
    never: { title: t.never, text: t.neverText },
  };
  return (
    <section
      class={`flex items-start gap-4 rounded-lg border border-l-8 bg-raised p-5 shadow-card sm:p-6 ${look.box}`}
      data-verdict={verdict}
    >
      <Icon name={look.icon} size={36} class={`mt-0.5 ${look.mark}`} />
      <div class="min-w-0">
        <h2 class="font-display text-title font-bold">{words[verdict].title}</h2>
        <p class="mt-1 max-w-prose">{words[verdict].text}</p>
      </div>
    </section>
  );
}
