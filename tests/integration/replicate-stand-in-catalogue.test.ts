/** Kredo's catalogue against the models' published inputs: what a customer may ask for is what the provider takes. */
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { providerInput, type ProviderInputMap } from "../../domain/jobs/provider-input.ts";
import type { JobInput } from "../../domain/jobs/types.ts";
import { findModel } from "../../sandbox/replicate/catalogue.ts";
import { checkInput } from "../../sandbox/replicate/validate.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

interface Row {
  slug: string;
  kind: string;
  provider_model: string;
  provider_input: ProviderInputMap;
  input_schema: { properties: Record<string, { enum?: string[]; minimum?: number; maximum?: number }> };
}

let db: TestDatabase;
before(async () => void (db = await freshDatabase()));
after(() => db.close());

/** The outermost values of every field, one at a time. */
function inputs({ input_schema }: Row): JobInput[] {
  const prompt = "a kite";
  const one = Object.entries(input_schema.properties).flatMap(([field, { enum: values, minimum, maximum }]) =>
    [...values ?? [], minimum, maximum].filter((value) => value !== undefined).map((value) => ({
      prompt,
      [field]: value,
    }))
  );
  return [{ prompt }, ...one] as JobInput[];
}

it("every model for sale is one of the stand-in's, and takes all that its form allows", async () => {
  const models = await db.sql<Row[]>`
    select slug, kind, provider_model, provider_input, input_schema from public.models where runnable order by position`;
  assert.deepEqual(new Set(models.map(({ kind }) => kind)), new Set(["image", "video", "text"]));
  for (const row of models) {
    const model = findModel(row.provider_model);
    assert.equal(model?.kind, row.kind, row.slug);
    for (const input of inputs(row)) {
      const sent = providerInput(row.provider_input, input);
      assert.deepEqual(checkInput(model!, sent), [], `${row.slug} ${JSON.stringify(sent)}`);
    }
  }
});
