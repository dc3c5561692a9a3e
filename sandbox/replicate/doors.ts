/** How creating answers when a directive tells it to misbehave. */
import { invalid, problem, throttled } from "./problems.ts";

export function misbehave(status: number, createsPerMinute: number): Response {
  if (status === 429) return throttled(1, createsPerMinute);
  if (status === 422) {
    return invalid([{
      type: "invalid_input",
      field: "input.prompt",
      description: "The prompt was rejected by the model",
    }]);
  }
  return status >= 500
    ? problem(status, "Internal server error", "An unexpected error occurred on our side.")
    : problem(status, "Refused", "The request was refused.");
}

/** Longer than any client waits. */
const NEVER_MS = 15 * 60_000;

/** Leaves the client without an answer. */
export async function never(closing: AbortSignal): Promise<Response> {
  await new Promise<void>((resolve) => {
    const limit = setTimeout(resolve, NEVER_MS);
    closing.addEventListener("abort", () => {
      clearTimeout(limit);
      resolve();
    }, { once: true });
  });
  return problem(503, "Service unavailable", "The request was given up.");
}

/** A response that breaks off: the client cannot tell whether its prediction was created. */
export function cut(): Response {
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error("connection cut by [orphan]")),
  });
  return new Response(body, { status: 201, headers: { "content-type": "application/json" } });
}
