import type { ComponentChildren } from "preact";
import { type Locale, messages } from "../../locales/mod.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";

/**
 * Every verdict in words, as templates: islands/verify/check-file.ts copies one, fills in what stands in braces, and keeps
 * of the parts with `data-if` those whose name applies.
 */
export function Verdicts({ locale }: { locale: Locale }) {
  return (
    <>
      <template id="verdict-verified">
        <Verified locale={locale} />
      </template>
      <template id="verdict-broken">
        <Broken locale={locale} />
      </template>
      <template id="verdict-unreadable">
        <Unreadable locale={locale} />
      </template>
    </>
  );
}

function Verified({ locale }: { locale: Locale }) {
  const { verified: t } = messages(locale).verify;
  const { facts } = t;
  return (
    <>
      <Headline when="signed" tone="border-success bg-success-soft" mark="text-success" icon="check" text={t.line}>
        {t.title}
      </Headline>
      {Object.entries(t.partly).map(([count, title]) => (
        <Headline
          key={count}
          when={`partly-${count}`}
          tone="border-warning bg-warning-soft"
          mark="text-warning"
          icon="warning"
          text={t.partlyLine}
        >
          {title}
        </Headline>
      ))}
      {(["unsigned", "unsupported", "unreachable"] as const).map((state) => (
        <Headline
          key={state}
          when={state}
          tone="border-warning bg-warning-soft"
          mark="text-warning"
          icon="warning"
          text={t.unconfirmed}
        >
          {t[state]}
        </Headline>
      ))}
      <dl class="mt-6 grid gap-x-10 gap-y-4 sm:grid-cols-2 lg:grid-cols-3">
        <Fact name={facts.entries}>{"{entries}"}</Fact>
        <Fact name={facts.signedBalance} when="partly">{"{signedBalance}"}</Fact>
        <Fact name={facts.balance}>{"{balance}"}</Fact>
        <Fact name={facts.made}>{"{made}"}</Fact>
        <Fact name={facts.account} figures>{"{account}"}</Fact>
        <Fact name={facts.head} figures>{"{head}"}</Fact>
        <Fact name={facts.checkpoint} when="proof">{facts.checkpointText}</Fact>
        <Fact name={facts.key} when="proof" figures>{"{key}"}</Fact>
      </dl>
      <div class="mt-8 grid gap-x-14 gap-y-8 md:grid-cols-2">
        <Points title={t.proven} icon="check" mark="text-success">
          <Point when="signed">{t.chain}</Point>
          <Point when="partly">{t.chainUpTo}</Point>
          <Point when="unconfirmed">{t.fits}</Point>
          <Point when="signed">{t.sum}</Point>
          <Point when="unconfirmed">{t.sum}</Point>
          <Point when="published">{t.published}</Point>
          <Point when="ownKey">{t.ownKey}</Point>
        </Points>
        <Points title={t.notProven} icon="info" mark="text-muted">
          <Point when="unsigned">{t.none}</Point>
          <Point when="unsupported">{t.noEd25519}</Point>
          <Point when="unreachable">{t.offline}</Point>
          <Point when="later">{t.later}</Point>
          <Point>{t.meaning}</Point>
        </Points>
      </div>
    </>
  );
}

function Broken({ locale }: { locale: Locale }) {
  const { broken: t, problems } = messages(locale).verify;
  return (
    <>
      <Headline tone="border-danger bg-danger-soft" mark="text-danger" icon="error">{t.title}</Headline>
      {Object.entries(problems).map(([kind, { title, text }]) => (
        <div key={kind} data-if={kind} class="mt-6">
          <h3 class="font-display text-title font-bold">{title}</h3>
          <p class="mt-2 max-w-prose text-lead">{text}</p>
        </div>
      ))}
      <div data-if="text" class="mt-6">
        <h3 class="text-sm font-semibold text-muted">{t.row}</h3>
        <pre
          tabIndex={0}
          class="figures mt-2 max-h-60 overflow-auto rounded-md border border-danger bg-raised p-4 text-sm break-all whitespace-pre-wrap"
        >
          {"{text}"}
        </pre>
      </div>
      <dl class="mt-6 grid gap-x-10 gap-y-4 sm:grid-cols-2">
        <Fact name={t.found} when="found" figures>{"{found}"}</Fact>
        <Fact name={t.before}>{"{rows}"}</Fact>
      </dl>
      <h3 class="mt-8 font-semibold">{t.next}</h3>
      <p class="mt-1 max-w-prose text-muted">{t.nextText}</p>
    </>
  );
}

function Unreadable({ locale }: { locale: Locale }) {
  const { title, ...reasons } = messages(locale).verify.unreadable;
  return (
    <>
      <Headline tone="border-warning bg-warning-soft" mark="text-warning" icon="warning">{title}</Headline>
      {Object.entries(reasons).map(([what, text]) => (
        <p key={what} data-if={what} class="mt-4 max-w-prose text-lead">{text}</p>
      ))}
    </>
  );
}

function Headline({ when, tone, mark, icon, text, children }: {
  when?: string;
  tone: string;
  mark: string;
  icon: IconName;
  text?: string;
  children: ComponentChildren;
}) {
  return (
    <div data-if={when} class={`flex items-start gap-4 rounded-lg border border-l-4 px-5 py-5 sm:items-center ${tone}`}>
      <Icon name={icon} size={40} class={mark} />
      <div>
        <h2 tabIndex={-1} class="font-display text-title font-extrabold outline-none">{children}</h2>
        {text && <p class="mt-1">{text}</p>}
        <p class="figures mt-1 text-sm break-all">{"{file}"}</p>
      </div>
    </div>
  );
}

function Fact({ name, when, figures, children }: {
  name: string;
  when?: string;
  figures?: boolean;
  children: ComponentChildren;
}) {
  return (
    <div data-if={when} class="min-w-0 border-t border-line-strong pt-2">
      <dt class="text-sm text-muted">{name}</dt>
      <dd class={figures ? "figures text-sm break-all" : "font-semibold tabular-nums"}>{children}</dd>
    </div>
  );
}

function Points({ title, icon, mark, children }: {
  title: string;
  icon: IconName;
  mark: string;
  children: ComponentChildren;
}) {
  return (
    <section>
      <h3 class="flex items-center gap-2 font-semibold">
        <Icon name={icon} class={mark} />
        {title}
      </h3>
      <ul class="mt-2 grid gap-3">{children}</ul>
    </section>
  );
}

function Point({ when, children }: { when?: string; children: ComponentChildren }) {
  return <li data-if={when} class="border-l-2 border-line pl-4">{children}</li>;
}
