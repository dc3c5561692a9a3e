import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { effectWords, problemWords, taskWords } from "../../components/admin/billing-words.ts";
import { mailSchema } from "../../domain/email/mail.ts";
import { webhookFilter } from "../../domain/ops/webhook-filter.ts";
import { AppError } from "../../domain/errors.ts";
import { LOCALES, messages } from "../../locales/mod.ts";

const root = new URL("../../", import.meta.url);

/** What the database's billing and the code around it may write into the journal, by a pattern with one group. */
async function written(...patterns: RegExp[]): Promise<string[]> {
  const migrations = (await readdir(new URL("supabase/migrations/", root)))
    .filter((name) => /_(billing_(subscriptions|payments|stripe|topups)|webhooks_inbox)\.sql$/.test(name)).map((name) =>
      `supabase/migrations/${name}`
    );
  const files = [...migrations, "domain/billing/stripe/apply-event.ts", "domain/billing/tasks/do-task.ts"];
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, root), "utf8")));
  return [
    ...new Set(texts.flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, it]) => it)))),
  ];
}

describe("the words of the webhook journal", () => {
  it("are there for every problem that may be written into it, in both languages", async () => {
    const sentences = await written(/error := '([^']+)'/g, /"(?:ignored|failed)", "([^"]+)"/g, /error: "([^"]+)"/g);
    assert.ok(sentences.length >= 12, String(sentences));
    for (const locale of LOCALES) {
      const known: Record<string, string> = messages(locale).admin.webhooks.problems;
      assert.deepEqual(sentences.filter((sentence) => !Object.hasOwn(known, sentence)), []);
      assert.deepEqual(Object.keys(known).filter((sentence) => !sentences.includes(sentence)), []);
    }
    assert.equal(problemWords("Your card was declined.", "pl"), "Your card was declined.");
  });

  it("are there for every effect", async () => {
    const effects = await written(/'\{([a-z_]+)\}'/g, /return '([a-z]+_[a-z_]+)';/g, /array\['([a-z_]+)'/g);
    assert.ok(effects.length >= 15, String(effects));
    const known: Record<string, string> = messages("pl").admin.webhooks.effects;
    assert.deepEqual(effects.filter((effect) => !Object.hasOwn(known, effect)), []);
    assert.deepEqual(effectWords("nothing_new, credited, nothing_new", "en"), ["Nothing new", "Credits added"]);
    assert.deepEqual(effectWords(null, "en"), []);
  });

  it("name every mail that a task may be", () => {
    const kinds = mailSchema.options.map(({ shape }) => shape.kind.value);
    assert.deepEqual(Object.keys(messages("en").admin.billing.tasks.mails).toSorted(), kinds.toSorted());
    assert.equal(taskWords({ kind: "mail", data: { mail: "grace_ended" } }, "en"), "Mail: grace has ended");
    assert.equal(taskWords({ kind: "reconcile", data: { days: 3 } }, "en"), "Compare with Stripe");
  });
});

describe("a question to the journal", () => {
  const ask = (query: Record<string, string>) => webhookFilter(new URLSearchParams(query));

  it("is narrowed by what is filled in, and by nothing else", () => {
    assert.deepEqual(ask({ status: "failed", type: " invoice.paid ", object: "", from: "2026-02-28", page: "2" }), {
      status: "failed",
      type: "invoice.paid",
      from: "2026-02-28",
    });
  });

  it("names each part that makes no sense", () => {
    assert.throws(
      () => ask({ status: "x", type: "a b", object: "é", from: "2026-02-30", until: "0000-01-01" }),
      (error) => error instanceof AppError && Object.keys(error.fields!).join() === "status,type,object,from,until",
    );
  });
});
