/** Lets the fault switches interfere with the calls of an API. */
import type { Faults, Source } from "./mod.ts";

/** How each answers when it is broken; clients tell it from a refusal, and try again. */
const broken: Record<Source, unknown> = {
  stripe: {
    error: { type: "api_error", message: "An error occurred with our connection to the bank (fault switch)." },
  },
  replicate: { title: "Internal Server Error", detail: "Internal server error (fault switch)", status: 500 },
};

/** `answer` does what was asked. With everything in order that is all there is to it. */
export async function throughFaults(
  faults: Faults,
  source: Source,
  answer: () => Promise<Response | null>,
): Promise<Response | null> {
  const { delayMs, error, lost } = faults.planCall(source);
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (error) return Response.json(broken[source], { status: 500 });
  const answered = await answer();
  if (!lost) return answered;
  await answered?.body?.cancel();
  return Response.json(broken[source], { status: 500 });
}
