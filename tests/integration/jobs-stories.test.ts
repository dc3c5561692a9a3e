/** What a job's page tells its owner, in both languages, whatever the provider does. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JobWithStory } from "../../domain/jobs/types.ts";
import { type Locale, localePath, LOCALES } from "../../locales/mod.ts";
import { inDatabase, prompt, readJob, startJob, untilEnded, untilJob } from "../support/jobs.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

/** The last lines of the story of a job with these words in its prompt. `~` stands for a number of seconds. */
const STORIES: Record<string, Record<Locale, string[]>> = {
  "[slow:1]": {
    en: ["Asked for; 1 credit held", "Handed to the model", "The model accepted it", "Made; 1 credit charged"],
    pl: ["Zlecono; w rezerwie: 1 kredyt", "Przekazano modelowi", "Model przyjął zlecenie", "Gotowe; pobrano: 1 kredyt"],
  },
  "[fail]": {
    en: [
      "The model stopped with an error; we try again in about ~ (try 3 of 3)",
      "Handed to the model again (try 3 of 3)",
      "The model accepted it",
      "The model stopped with an error. Failed after 3 tries; 1 credit back in your balance",
    ],
    pl: [
      "Model przerwał pracę z błędem; spróbujemy ponownie za około ~ (próba 3 z 3)",
      "Ponownie przekazano modelowi (próba 3 z 3)",
      "Model przyjął zlecenie",
      "Model przerwał pracę z błędem. Nie udało się mimo 3 prób; na saldo wróciło: 1 kredyt",
    ],
  },
  "[nsfw]": {
    en: ["The safety filter stopped it. Failed at the first try; 1 credit back in your balance"],
    pl: ["Zatrzymał to filtr bezpieczeństwa. Nie udało się za pierwszym razem; na saldo wróciło: 1 kredyt"],
  },
  "[aborted]": {
    en: ["The model could not be reached. Failed after 3 tries; 1 credit back in your balance"],
    pl: ["Nie udało się połączyć z modelem. Nie udało się mimo 3 prób; na saldo wróciło: 1 kredyt"],
  },
  "[bad-output]": {
    en: ["What the model made could not be stored. Failed after 3 tries; 1 credit back in your balance"],
    pl: ["Nie dało się zapisać tego, co zrobił model. Nie udało się mimo 3 prób; na saldo wróciło: 1 kredyt"],
  },
  "[flaky:1]": {
    en: [
      "The model stopped with an error; we try again in about ~ (try 2 of 3)",
      "Handed to the model again (try 2 of 3)",
      "The model accepted it",
      "Made; 1 credit charged",
    ],
    pl: [
      "Model przerwał pracę z błędem; spróbujemy ponownie za około ~ (próba 2 z 3)",
      "Ponownie przekazano modelowi (próba 2 z 3)",
      "Model przyjął zlecenie",
      "Gotowe; pobrano: 1 kredyt",
    ],
  },
  "[http:429]": {
    en: [
      "The model takes no more requests at the moment; it goes on in about ~, and no try is lost",
      "Handed to the model",
      "The model accepted it",
      "Made; 1 credit charged",
    ],
    pl: [
      "Model nie przyjmuje teraz więcej zleceń; ruszymy dalej za około ~, żadna próba nie przepada",
      "Przekazano modelowi",
      "Model przyjął zlecenie",
      "Gotowe; pobrano: 1 kredyt",
    ],
  },
  "[http:500]": {
    en: [
      "The model could not be reached; we try again in about ~ (try 2 of 3)",
      "Handed to the model again (try 2 of 3)",
      "The model accepted it",
      "Made; 1 credit charged",
    ],
    pl: [
      "Nie udało się połączyć z modelem; spróbujemy ponownie za około ~ (próba 2 z 3)",
      "Ponownie przekazano modelowi (próba 2 z 3)",
      "Model przyjął zlecenie",
      "Gotowe; pobrano: 1 kredyt",
    ],
  },
  "[http:422]": {
    en: [
      "Handed to the model",
      "The model refused this input. Failed at the first try; 1 credit back in your balance",
    ],
    pl: [
      "Przekazano modelowi",
      "Model odrzucił te ustawienia. Nie udało się za pierwszym razem; na saldo wróciło: 1 kredyt",
    ],
  },
  ...sameAsUsual("[orphan]", "[lost-webhook]", "[duplicate-webhook]"),
};

/** Nobody needs to hear of what was mended on the way. */
function sameAsUsual(...directives: string[]) {
  return Object.fromEntries(directives.map((directive) => [directive, {
    en: ["Asked for; 1 credit held", "Handed to the model", "The model accepted it", "Made; 1 credit charged"],
    pl: ["Zlecono; w rezerwie: 1 kredyt", "Przekazano modelowi", "Model przyjął zlecenie", "Gotowe; pobrano: 1 kredyt"],
  }]));
}

async function storyOf({ cookie }: Customer, job: string, locale: Locale): Promise<string[]> {
  const { status, text } = await ask(localePath(locale, `/app/jobs/${job}`), { cookie });
  assert.equal(status, 200);
  return [...text.matchAll(/<span data-words[^>]*>([^<]+)<\/span>/g)].map(([, words]) =>
    words.replaceAll(/\d+ (seconds?|sekund[ęy]?)/g, "~")
  );
}

/** Both languages, the lines from the end. */
async function assertTells(customer: Customer, job: string, story: Record<Locale, string[]>, about: string) {
  for (const locale of LOCALES) {
    const told = await storyOf(customer, job, locale);
    assert.deepEqual(told.slice(-story[locale].length), story[locale], `${about} ${locale}: ${told.join(" | ")}`);
  }
}

describe("a job's page", () => {
  it("tells how it went, to the end and to the last credit, whatever the provider did", async () => {
    const customer = await newCustomer();
    await inDatabase((sql) =>
      sql`select private.grant_credits(${customer.id}, 10, 'grant', 'promo', ${`test:${customer.id}`}, '{}', ${customer.id})`
    );
    const jobs = await Promise.all(
      Object.keys(STORIES).map(async (directive) => {
        const { id } = await startJob(customer, { input: { prompt: prompt(directive) } });
        await untilEnded(customer, id, 90);
        return [directive, id];
      }),
    );
    for (const [directive, id] of jobs) await assertTells(customer, id, STORIES[directive], directive);
  });

  it("tells of a model that hangs, of the cancellation, and of what the model did after it", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[hang]"), num_outputs: 2 } });
    await untilJob(customer, id, told("accepted"));
    await assertTells(customer, id, { en: ["The model accepted it"], pl: ["Model przyjął zlecenie"] }, "[hang]");
    await ask(`/api/jobs/${id}/cancel`, { method: "POST", token: customer.token });
    await untilJob(customer, id, told("late"));
    await assertTells(customer, id, {
      en: [
        "You canceled; 2 credits back in your balance",
        "The model stopped working on it; you pay nothing for it",
      ],
      pl: [
        "Anulowano na Twoje życzenie; na saldo wróciło: 2 kredyty",
        "Model przestał nad tym pracować; nic za to nie płacisz",
      ],
    }, "[hang] canceled");
  });

  it("tells of a provider that never answers, and of the try to come", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[http:none]") } });
    await untilJob(customer, id, ({ retry_at }) => retry_at !== null);
    await assertTells(customer, id, {
      en: ["The model could not be reached; we try again in about ~ (try 2 of 3)"],
      pl: ["Nie udało się połączyć z modelem; spróbujemy ponownie za około ~ (próba 2 z 3)"],
    }, "[http:none]");
    await ask(`/api/jobs/${id}/cancel`, { method: "POST", token: customer.token });
  });

  it("tells of a job that waits for its time until when", async () => {
    const customer = await newCustomer();
    const run_at = "2099-01-01T00:00:00Z";
    const json = { model: "seedream-4-5", input: { prompt: prompt() }, run_at: new Date(Date.now() + 3_600_000) };
    assert.equal((await ask("/api/jobs", { token: customer.token, json: { ...json, run_at } })).status, 422);
    const { body } = await ask("/api/jobs", { token: customer.token, json });
    const [words] = (await storyOf(customer, body.id, "en")).slice(-1);
    assert.match(words, /^Waiting until \d+ \w+ \d{4}, \d\d:\d\d UTC$/);
    assert.match((await storyOf(customer, body.id, "pl")).at(-1)!, /^Czeka do: \d+ \p{L}+ \d{4}, \d\d:\d\d UTC$/u);
  });

  it("says whose fault a failure was, what follows for the credits, and what helps", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[nsfw]") } });
    await untilEnded(customer, id);
    const { text } = await ask(`/app/jobs/${id}`, { cookie: customer.cookie });
    for (
      const words of [
        "The prompt&#39;s or the settings&#39;",
        "costs nothing, whoever is to blame. 1 credit went back to your balance.",
        "Say it differently; the same prompt would be stopped again.",
      ]
    ) assert.ok(text.replaceAll("'", "&#39;").includes(words), words);
  });
});

describe("the timeline of a job", () => {
  it("comes with the job that is read by itself, oldest first, and not with those of a list", async () => {
    const customer = await newCustomer();
    const { id } = await startJob(customer, { input: { prompt: prompt("[flaky:1]") } });
    await untilEnded(customer, id);
    const { timeline, waits } = await readJob(customer, id) as JobWithStory;
    assert.deepEqual(timeline.map(({ event, actor, attempt, reason }) => [event, actor, attempt, reason]), [
      ["queued", "customer", null, null],
      ["started", "worker", 1, null],
      ["accepted", "provider", 1, null],
      ["retrying", "system", 1, "provider_error"],
      ["started", "worker", 2, null],
      ["accepted", "provider", 2, null],
      ["succeeded", "provider", 2, null],
    ]);
    assert.equal(waits, null);
    const [retry] = timeline.filter(({ event }) => event === "retrying");
    assert.ok(Date.parse(retry.retry_at!) > Date.parse(retry.at));
    assert.deepEqual(Object.keys(retry).sort(), ["actor", "at", "attempt", "event", "reason", "result", "retry_at"]);
    const { body } = await ask("/api/jobs", { token: customer.token });
    assert.ok(!("timeline" in body.jobs[0]) && !("waits" in body.jobs[0]));
  });
});

/** Whether the story has such a line. */
function told(event: string) {
  return (job: unknown) => (job as JobWithStory).timeline.some((line) => line.event === event);
}
