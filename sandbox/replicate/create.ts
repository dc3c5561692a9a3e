/** Creating predictions and trainings: what is checked, in which order, and what directives do at the door. */
import { ACCOUNT, type AccountModels } from "./account-models.ts";
import { type CatalogueModel, wordsOf } from "./catalogue.ts";
import { readDirectives } from "./directives.ts";
import { cut, misbehave, never } from "./doors.ts";
import { type Counters, type EntryOptions, newEntry } from "./entry.ts";
import { invalid, notFound, problem } from "./problems.ts";
import type { Runs } from "./runs.ts";
import { checkBody, checkInput, type CreateBody, readCancelAfter, readPreferWait } from "./validate.ts";

export interface CreateOptions extends EntryOptions {
  models: AccountModels;
  counters: Counters;
  predictions: Runs;
  trainings: Runs;
  createsPerMinute: number;
  closing: AbortSignal;
}

export function createCreation(options: CreateOptions) {
  const { models, counters, predictions, trainings, createsPerMinute, closing } = options;

  /** `name` is that of an official model; null where the body names a version. */
  async function prediction(request: Request, name: string | null): Promise<Response> {
    const official = name === null ? undefined : models.find(name);
    if (name !== null && (!official?.official || official.kind === "training")) return notFound();
    const body = await read(request, name === null ? ["version"] : []);
    if (body instanceof Response) return body;
    const model = official ?? models.find(body.version!);
    if (!model || model.kind === "training") return unknownVersion();
    const version = name === null ? model.version : "hidden";
    return await start(request, predictions, model, version, body);
  }

  async function training(request: Request, name: string, version: string): Promise<Response> {
    const trainer = models.find(`${name}:${version}`);
    if (!trainer) return notFound();
    const body = await read(request, ["destination"]);
    if (body instanceof Response) return body;
    if (trainer.kind !== "training") {
      return problem(422, "Invalid version", "The specified version does not support training.");
    }
    const destination = body.destination!;
    if (!destination.startsWith(`${ACCOUNT}/`) || !models.exists(destination)) {
      return problem(404, "Not found", "The specified training destination does not exist");
    }
    return await start(request, trainings, trainer, trainer.version, body);
  }

  async function start(
    request: Request,
    runs: Runs,
    model: CatalogueModel,
    version: string,
    body: CreateBody,
  ): Promise<Response> {
    const wrong = checkInput(model, body.input);
    if (wrong.length > 0) return invalid(wrong);
    const header = request.headers.get("cancel-after");
    const cancelAfterMs = header === null ? null : readCancelAfter(header);
    if (header !== null && cancelAfterMs === null) {
      return problem(
        422,
        "Invalid Cancel-After",
        "Cancel-After must be a duration of at least 5 seconds, such as 30s or 1m30s.",
      );
    }

    const words = wordsOf(model.kind, body.input);
    const directives = readDirectives(words);
    if (directives.http === "none") return await never(closing);
    if (directives.http) {
      const { status, times } = directives.http;
      if (counters.next(`http ${status} ${words}`) <= times) return misbehave(status, createsPerMinute);
    }
    const created = runs.add(newEntry(options, { model, version, body, directives, cancelAfterMs }));
    if (directives.orphan) return cut();
    const waitMs = runs === trainings ? 0 : readPreferWait(request.headers.get("prefer"));
    if (waitMs === 0) return Response.json(created, { status: 201 });
    await runs.wait(created.id, waitMs, closing);
    return Response.json(runs.get(created.id), {
      status: 201,
      headers: { "preference-applied": `wait=${waitMs / 1000}` },
    });
  }

  return { prediction, training };
}

async function read(request: Request, required: ("version" | "destination")[]): Promise<CreateBody | Response> {
  let json: unknown;
  try {
    json = await request.json();
  } catch {
    return problem(400, "Bad request", "The request body is not valid JSON.");
  }
  const wrong = checkBody(json, required);
  return wrong.length > 0 ? invalid(wrong) : json as CreateBody;
}

function unknownVersion(): Response {
  return problem(
    422,
    "Invalid version or not permitted",
    "The specified version does not exist (or perhaps you don't have permission to use it?)",
  );
}
