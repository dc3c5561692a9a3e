import type { WaitingTask } from "../../domain/ops/read-billing.ts";
import { fill, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { problemWords, taskWords } from "./billing-words.ts";
import { Sentence } from "./Breaches.tsx";
import { Mono, Raw } from "./Facts.tsx";
import { personName } from "./words.ts";

/** Work outside of the database, what keeps it, and a button for one more try of each. */
export function TaskTable({ tasks, caption, locale }: { tasks: WaitingTask[]; caption: string; locale: Locale }) {
  const t = messages(locale).admin.billing.tasks;
  return (
    <Table
      caption={caption}
      head={
        <>
          <Th>{t.what}</Th>
          <Th class="hidden lg:table-cell">{t.who}</Th>
          <Th numeric class="hidden sm:table-cell">{t.tries}</Th>
          <Th class="hidden md:table-cell">{t.when}</Th>
          <Th>
            <span class="sr-only">{t.retry}</span>
          </Th>
        </>
      }
    >
      {tasks.map((task) => <Row key={task.id} task={task} locale={locale} />)}
    </Table>
  );
}

function Row({ task, locale }: { task: WaitingTask; locale: Locale }) {
  const t = messages(locale).admin.billing.tasks;
  const { id, key, user_id, email, data, attempts, run_at, error, finished_at } = task;
  const who = user_id && (
    <a href={localePath(locale, `/admin/ledger/accounts/${user_id}`)} class="prose-link wrap-anywhere">
      {personName(email, user_id, locale)}
    </a>
  );
  const when = finished_at
    ? <Sentence template={t.failedAt} at={finished_at} locale={locale} />
    : <Sentence template={t.due} at={run_at} locale={locale} />;
  return (
    <Tr>
      <Td header class="min-w-40">
        {taskWords(task, locale)}
        <Mono class="block font-normal text-muted">{key}</Mono>
        <span class="block font-normal lg:hidden">{who}</span>
        {error && (
          <span class={`block text-sm font-normal wrap-anywhere ${finished_at ? "text-danger" : "text-muted"}`}>
            {problemWords(error, locale)}
          </span>
        )}
        <span class="block text-sm font-normal text-muted md:hidden">{when}</span>
        {Object.keys(data).length > 0 && (
          <div class="font-normal">
            <Raw name={t.data} value={data} />
          </div>
        )}
      </Td>
      <Td class="hidden lg:table-cell">{who || "–"}</Td>
      <Td numeric class="hidden sm:table-cell">{formatNumber(attempts, locale)}</Td>
      <Td class="hidden text-sm md:table-cell">{when}</Td>
      <Td>
        <form method="post" action={localePath(locale, "/admin/billing")}>
          <input type="hidden" name="task" value={id} />
          <Button
            type="submit"
            name="act"
            value="retry"
            variant="secondary"
            size="sm"
            class="whitespace-nowrap"
            aria-label={fill(t.retryOf, { task: `${taskWords(task, locale)}, ${key}` })}
          >
            <Icon name="retry" size={18} />
            <span class="max-sm:sr-only">{t.retry}</span>
          </Button>
        </form>
      </Td>
    </Tr>
  );
}
