import type { PublishedCheckpoint } from "../../domain/credits/checkpoints/list-checkpoints.ts";
import { fill, type Locale, messages, plural } from "../../locales/mod.ts";
import { Icon } from "../ui/Icon.tsx";
import { Time } from "../ui/Time.tsx";

/** A checkpoint, with the fingerprint of the key that signed it. */
export type ListedCheckpoint = PublishedCheckpoint & { fingerprint: string };

/** Newest first; each opens to everything that is needed to check it. */
export function CheckpointList({ checkpoints, locale }: { checkpoints: ListedCheckpoint[]; locale: Locale }) {
  return (
    <ol class="ledger-margin border-y border-r border-line bg-raised">
      {checkpoints.map((checkpoint) => (
        <li key={checkpoint.number} class="border-b border-line last:border-b-0 even:bg-stripe">
          <details class="group" id={`no-${checkpoint.number}`}>
            <Summary checkpoint={checkpoint} locale={locale} />
            <Details checkpoint={checkpoint} locale={locale} />
          </details>
        </li>
      ))}
    </ol>
  );
}

function Summary({ checkpoint, locale }: { checkpoint: ListedCheckpoint; locale: Locale }) {
  const { checkpoints: t } = messages(locale);
  const { number, taken_at, accounts, entries, root } = checkpoint;
  return (
    <summary class="grid min-h-14 grid-cols-[1fr_auto] items-center gap-x-4 gap-y-0.5 px-4 py-3 hover:text-accent-text sm:px-6 lg:grid-cols-[5rem_13rem_9rem_9rem_1fr_auto]">
      <strong>{fill(t.number, { number })}</strong>
      <Icon name="plus" class="row-span-2 lg:order-last lg:row-span-1 group-open:hidden" />
      <Icon name="minus" class="row-span-2 hidden lg:order-last lg:row-span-1 group-open:block" />
      <Time at={new Date(taken_at / 1000)} locale={locale} class="max-lg:col-start-1" />
      <span class="text-sm text-muted max-lg:col-start-1 lg:contents">
        <span class="tabular-nums lg:text-right">{plural(t.accounts, accounts, locale)}</span>
        <span class="mx-1.5 lg:hidden" aria-hidden="true">·</span>
        <span class="tabular-nums lg:text-right">{plural(t.entries, entries, locale)}</span>
      </span>
      <code class="figures text-sm text-muted max-lg:col-start-1 lg:pl-4">{root.slice(0, 16)}…</code>
    </summary>
  );
}

function Details({ checkpoint, locale }: { checkpoint: ListedCheckpoint; locale: Locale }) {
  const { details: t } = messages(locale).checkpoints;
  const { root, previous, hash, signature, public_key, fingerprint, taken_at } = checkpoint;
  const rows = [
    [t.root, root],
    [t.previous, previous],
    [t.hash, hash],
    [t.takenAt, taken_at],
    [t.signature, signature],
    [t.publicKey, public_key],
    [t.key, fingerprint],
  ];
  return (
    <dl class="grid gap-y-3 border-t border-line px-4 py-4 sm:px-6 lg:grid-cols-[16rem_1fr] lg:gap-x-4">
      {rows.map(([name, value]) => (
        <div key={name} class="lg:contents">
          <dt class="text-sm text-muted">{name}</dt>
          <dd>
            <code class="figures text-sm break-all select-all">{value}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
