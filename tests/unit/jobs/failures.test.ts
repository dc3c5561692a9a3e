import assert from "node:assert/strict";
import { failure, type FailureCode, failureFromProvider, FAILURES } from "../../../domain/jobs/failures.ts";

Deno.test("a safety block is told from an error of the model, and is not tried again", () => {
  for (
    const text of [
      "NSFW content detected. Try running it again, or try a different prompt.",
      "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
      "Request was blocked by our safety system.",
    ]
  ) assert.deepEqual([failureFromProvider(text).code, failureFromProvider(text).retry], ["safety_block", false], text);

  for (const text of ["CUDA out of memory", "Prediction interrupted; please retry (code: PA)", null, "insensitive"]) {
    assert.deepEqual(
      [failureFromProvider(text).code, failureFromProvider(text).retry],
      ["provider_error", true],
      `${text}`,
    );
  }
});

Deno.test("what the customer caused is never tried again, and every code has words for its owner", () => {
  for (const [code, { fault, retry, message }] of Object.entries(FAILURES)) {
    if (fault === "customer") assert.equal(retry, false, code);
    assert.match(message, /^[A-Z].+\.$/, code);
    assert.equal(failure(code as FailureCode).message, message);
  }
});
