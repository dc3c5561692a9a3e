import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { storyLines } from "../../../components/jobs/story-words.ts";
import { type FailureCode, FAILURES } from "../../../domain/jobs/failures.ts";
import type { JobEvent, JobWithStory } from "../../../domain/jobs/types.ts";
import { type Locale, LOCALES, messages } from "../../../locales/mod.ts";

const AT = "2026-11-26T10:00:00.000Z";

function line(event: JobEvent["event"], more: Partial<JobEvent> = {}): JobEvent {
  return { at: AT, event, actor: "worker", attempt: 1, reason: null, retry_at: null, result: null, ...more };
}

/** A job of two pictures with this story. */
function job(timeline: JobEvent[], more: Partial<JobWithStory> = {}): JobWithStory {
  return {
    id: "j",
    batch_id: null,
    status: "running",
    model: "seedream-4-5",
    kind: "image",
    input: { prompt: "a lamp", num_outputs: 2 },
    credits: 2,
    credits_reserved: 2,
    covered_by_plan: false,
    retry_of: null,
    retried_as: null,
    outputs: [],
    error: null,
    attempts: 1,
    max_attempts: 3,
    retry_at: null,
    run_at: AT,
    created_at: AT,
    started_at: null,
    finished_at: null,
    updated_at: AT,
    waits: null,
    timeline,
    ...more,
  };
}

const last = (story: JobWithStory, locale: Locale = "en") => storyLines(story, locale).at(-1)!.text;
const output = {
  position: 0,
  url: "",
  thumb_url: null,
  content_type: "image/png",
  width: 1,
  height: 1,
  duration_ms: null,
  bytes: 1,
};

describe("every reason why a job fails", () => {
  it("has words in both languages: for its story, its page and its place in a list", () => {
    for (const locale of LOCALES) {
      const { failed } = messages(locale).app.job;
      assert.deepEqual(Object.keys(failed).sort(), Object.keys(FAILURES).sort());
      for (const [code, words] of Object.entries(failed)) {
        assert.deepEqual(Object.keys(words), ["short", "clause", "title", "text", "next"], code);
        assert.ok(words.short.length <= 22, `${code} is short enough for a frame`);
        assert.doesNotMatch(words.clause, /[.;]$/, `${code} goes on in a sentence`);
        assert.match(words.text, /\.$/, code);
        assert.match(words.next, /\.$/, code);
      }
    }
  });

  it("says what became of the credits, once they are back", () => {
    for (const code of Object.keys(FAILURES) as FailureCode[]) {
      const failed = job([line("failed", { attempt: 3, reason: code })], { status: "failed", credits: 0 });
      for (const locale of LOCALES) {
        const { clause } = messages(locale).app.job.failed[code];
        const text = last(failed, locale);
        assert.ok(text.startsWith(clause) && text.includes(locale === "en" ? "2 credits" : "2 kredyty"), text);
        assert.ok(!last({ ...failed, covered_by_plan: true }, locale).includes("2 "), "a plan has paid");
      }
    }
  });
});

describe("the story of a job", () => {
  it("of one that our team tries again speaks of no credits of its owner", () => {
    const queued = line("queued", { actor: "operator", attempt: null });
    const ends = [[], [line("succeeded")], [line("failed", { reason: "timeout" })], [line("canceled")]];
    for (const locale of LOCALES) {
      for (const end of ends) {
        const texts = storyLines(job([queued, ...end], { retry_of: "i", credits: 1 }), locale).map(({ text }) => text);
        assert.equal(texts[0], messages(locale).app.job.story.queuedHouse);
        assert.doesNotMatch(texts.join(), /\d (credit|kredyt)/);
      }
    }
  });

  it("says what a queued job waits for", () => {
    const waiting = (waits: JobWithStory["waits"]) =>
      last(job([line("queued", { actor: "customer", attempt: null })], { status: "queued", waits }));
    assert.equal(waiting({ for: "line", until: null, ahead: null }), "Waiting in line");
    assert.equal(waiting({ for: "turn", until: null, ahead: 3 }), "Waiting for one of your other jobs to end");
    assert.equal(
      waiting({ for: "time", until: "2026-11-26T14:05:00.000Z", ahead: null }),
      "Waiting until 26 Nov 2026, 14:05 UTC",
    );
  });

  it("says once, not twice, when the next try starts", () => {
    const retrying = line("retrying", { reason: "timeout", retry_at: "2026-11-26T10:00:08.000Z" });
    const story = job([retrying], { status: "queued", waits: { for: "time", until: retrying.retry_at, ahead: null } });
    assert.deepEqual(storyLines(story, "en").map(({ text }) => text), [
      "The model took too long; we try again in about 8 seconds (try 2 of 3)",
    ]);
  });

  it("tells a job that was made in part what was charged and what came back", () => {
    const made = job([line("succeeded")], { status: "succeeded", credits: 1, outputs: [output] });
    assert.equal(last(made), "Made 1 of 2; 1 credit charged, 1 credit back in your balance");
    assert.equal(last(made, "pl"), "Powstało 1 z 2; pobrano: 1 kredyt, na saldo wróciło: 1 kredyt");
  });

  it("tells of results that came too late that they are not paid for", () => {
    const late = line("late", { actor: "provider", result: "succeeded" });
    assert.equal(
      last(job([line("canceled"), late], { status: "canceled" })),
      "The model finished after you had canceled; you pay nothing",
    );
    const first = "The model finished a try that we had given up; you pay nothing for it";
    assert.equal(last(job([late], { attempts: 2 })), first);
    assert.equal(last(job([late], { status: "failed", attempts: 3 })), first);
    assert.equal(last(job([late], { status: "canceled", attempts: 2 })), first, "of an earlier try");
    assert.equal(
      last(job([{ ...late, result: "canceled" }], { status: "canceled" })),
      "The model stopped working on it; you pay nothing for it",
    );
  });

  it("marks what was called off otherwise than what was done or went wrong", () => {
    const story = job([line("queued"), line("canceled", { actor: "customer" })], { status: "canceled" });
    assert.deepEqual(storyLines(story, "en").map(({ tone }) => tone), ["plain", "stopped"]);
  });

  it("names who acted, in both languages", () => {
    const actors: JobEvent["actor"][] = ["customer", "worker", "provider", "operator", "system"];
    const story = job(actors.map((actor) => line("started", { actor })));
    assert.deepEqual(storyLines(story, "en").map(({ who }) => who), ["You", "Kredo", "The model", "Our team", "Kredo"]);
    assert.deepEqual(storyLines(story, "pl").map(({ who }) => who), ["Ty", "Kredo", "Model", "Nasz zespół", "Kredo"]);
  });
});
