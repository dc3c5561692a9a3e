import { createHash } from "node:crypto";
import type { StatementForm } from "./format.ts";
import type { Statement } from "./read-statement.ts";

/** A statement for programs, in one of the forms of format.ts, as its bytes. Holds one page of entries at a time. */
export async function* writeLines(
  form: StatementForm,
  { summary, end, entries }: Statement,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const digest = createHash("sha256");
  const encode = (text: string) => {
    const bytes = encoder.encode(text);
    digest.update(bytes);
    return bytes;
  };
  yield encode(form.writeStart(summary));
  for await (const page of entries()) {
    yield encode(page.map((entry) => form.writeEntry(summary.account, entry)).join(""));
  }
  yield encode(form.writeEnd(summary, end));
  yield encoder.encode(digest.digest("hex") + form.close);
}
