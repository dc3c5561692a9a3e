import type { DeadLetter } from "../../domain/ops/dead-letter.ts";
import { fill, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Mono } from "./Facts.tsx";
import { ageWords, LETTER_TONES, shortId } from "./letter-words.ts";
import { personName } from "./words.ts";

/** Jobs that nobody could make. Those that are open can be chosen: the table stands in the form that says what for. */
export function DeadLetterTable({ letters, chosen, names, now, locale }: {
  letters: DeadLetter[];
  /** Ids, after a form that was not understood. */
  chosen: string[];
  /** Of models, by slug. */
  names: Record<string, string>;
  now: Date;
  locale: Locale;
}) {
  const t = messages(locale).admin.deadLetters;
  const choose = letters.some(({ state }) => state === "open");
  return (
    <Table
      caption={t.caption}
      head={
        <>
          {choose && (
            <Th>
              <span class="sr-only">{t.select}</span>
            </Th>
          )}
          <Th>{t.job}</Th>
          <Th>{t.lastError}</Th>
          <Th numeric class="hidden md:table-cell">{t.attempts}</Th>
          <Th class="hidden lg:table-cell">{t.who}</Th>
          <Th class="hidden sm:table-cell">{t.died}</Th>
        </>
      }
    >
      {letters.map((letter) => (
        <Row
          key={letter.job_id}
          letter={letter}
          choose={choose}
          checked={chosen.includes(letter.job_id)}
          model={names[letter.model] ?? letter.model}
          now={now}
          locale={locale}
        />
      ))}
    </Table>
  );
}

function Row({ letter, choose, checked, model, now, locale }: {
  letter: DeadLetter;
  choose: boolean;
  checked: boolean;
  model: string;
  now: Date;
  locale: Locale;
}) {
  const { deadLetters: t, jobs: { reasons } } = messages(locale).admin;
  const { job_id, user_id, email, died_at, attempts, error_code, error_message, state, requeued_as } = letter;
  const who = (
    <a href={localePath(locale, `/admin/ledger/accounts/${user_id}`)} class="prose-link wrap-anywhere">
      {personName(email, user_id, locale)}
    </a>
  );
  const died = (
    <>
      {ageWords(died_at, now, locale)}
      <Time at={died_at} locale={locale} class="block text-muted" />
    </>
  );
  return (
    <Tr>
      {choose && (
        <Td class="w-11">
          {state === "open" && (
            <label class="-my-2 -ml-2 flex size-11 items-center justify-center">
              <input type="checkbox" name="job" value={job_id} checked={checked} class="size-5 accent-accent" />
              <span class="sr-only">{fill(t.selectOne, { id: shortId(job_id) })}</span>
            </label>
          )}
        </Td>
      )}
      <Td header>
        <a href={localePath(locale, `/admin/jobs/${job_id}`)} class="prose-link figures text-sm">{shortId(job_id)}</a>
        <span class="block text-sm font-normal">{model}</span>
        <span class="block text-sm font-normal sm:hidden">{died}</span>
      </Td>
      <Td>
        {reasons[error_code]}
        {error_message && <Mono class="block text-muted">{error_message}</Mono>}
        <span class="block text-sm text-muted md:hidden">{t.attempts}: {formatNumber(attempts, locale)}</span>
        <span class="block text-sm lg:hidden">{who}</span>
        {state !== "open" && (
          <span class="mt-1 block">
            <Badge tone={LETTER_TONES[state]}>{t.states[state]}</Badge>
            {requeued_as && (
              <a href={localePath(locale, `/admin/jobs/${requeued_as}`)} class="prose-link ml-2 text-sm">
                {fill(t.again, { id: shortId(requeued_as) })}
              </a>
            )}
          </span>
        )}
      </Td>
      <Td numeric class="hidden md:table-cell">{formatNumber(attempts, locale)}</Td>
      <Td class="hidden text-sm lg:table-cell">{who}</Td>
      <Td class="hidden text-sm sm:table-cell">{died}</Td>
    </Tr>
  );
}
