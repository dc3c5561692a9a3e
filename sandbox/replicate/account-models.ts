/** The models of our own account: made to be trained, and run by the versions that trainings leave. */
import { createHash } from "node:crypto";
import type { Store } from "../state/store.ts";
import { type CatalogueModel, findModel, modelJson, versionJson } from "./catalogue.ts";
import { TRAINED_INPUT } from "./models/trainers.ts";
import type { InvalidField } from "./problems.ts";

export const ACCOUNT = "kredo-sandbox";

export const HARDWARE = [
  { name: "CPU", sku: "cpu" },
  { name: "Nvidia T4 GPU", sku: "gpu-t4" },
  { name: "Nvidia L40S GPU", sku: "gpu-l40s" },
  { name: "Nvidia A100 (80GB) GPU", sku: "gpu-a100-large" },
  { name: "Nvidia H100 GPU", sku: "gpu-h100" },
];

export interface ModelBody {
  owner: string;
  name: string;
  visibility: "public" | "private";
  hardware: string;
  description?: string;
}

interface AccountModel extends ModelBody {
  created_at: string;
  /** Oldest first. */
  versions: { id: string; created_at: string }[];
}

export interface AccountModels {
  /** Null when the name is taken. */
  create(body: ModelBody): object | null;
  exists(name: string): boolean;
  /** Adds what a training made, once; its id. Null when there is no such model. */
  addVersion(name: string, trainingId: string): string | null;
  /** As `findModel` of the catalogue, for own models too. */
  find(reference: string): CatalogueModel | undefined;
  /** The model object; undefined when unknown. */
  describe(name: string): object | undefined;
  /** Newest first; undefined when the model is unknown. */
  versions(name: string): { id: string }[] | undefined;
}

export function createAccountModels(store: Store, now: () => number): AccountModels {
  const models = store.collection<AccountModel>("replicate_models");
  const iso = () => new Date(now()).toISOString();

  function runnable(model: AccountModel, id: string): CatalogueModel {
    return {
      owner: model.owner,
      name: model.name,
      version: id,
      description: model.description ?? "",
      kind: "image",
      input: TRAINED_INPUT,
      output: "list",
      style: "atmosphere",
      official: false,
    };
  }

  const versionsOf = (model: AccountModel) =>
    model.versions.map(({ id, created_at }) => versionJson(runnable(model, id), id, created_at)).reverse();

  function describe(model: AccountModel) {
    const { description, visibility } = model;
    return {
      ...modelJson(runnable(model, "")),
      description: description ?? null,
      visibility,
      latest_version: versionsOf(model)[0] ?? null,
    };
  }

  return {
    create(body) {
      const name = `${body.owner}/${body.name}`;
      if (models.get(name)) return null;
      const model = { ...body, created_at: iso(), versions: [] };
      models.put(name, model);
      return describe(model);
    },
    exists: (name) => models.get(name) !== undefined,
    addVersion(name, trainingId) {
      const model = models.get(name);
      if (!model) return null;
      // The same after a restart in between.
      const id = createHash("sha256").update(`${name} ${trainingId}`).digest("hex");
      if (!model.versions.some((version) => version.id === id)) {
        models.put(name, { ...model, versions: [...model.versions, { id, created_at: iso() }] });
      }
      return id;
    },
    find(reference) {
      const known = findModel(reference);
      if (known) return known;
      const [name, version = name] = reference.split(":");
      for (const model of models.list()) {
        const full = `${model.owner}/${model.name}`;
        if (reference.includes(":") && name !== full) continue;
        const found = model.versions.find(({ id }) => id === version);
        if (found) return runnable(model, found.id);
      }
    },
    describe(name) {
      const own = models.get(name);
      if (own) return describe(own);
      const known = findModel(name);
      return known && modelJson(known);
    },
    versions(name) {
      const own = models.get(name);
      if (own) return versionsOf(own);
      const known = findModel(name);
      return known && [modelJson(known).latest_version];
    },
  };
}

const REQUIRED = ["owner", "name", "visibility", "hardware"];
const OPTIONAL = ["description", "github_url", "paper_url", "license_url", "cover_image_url"];

export function checkModel(body: unknown): InvalidField[] {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return [{ type: "invalid_type", field: "", description: "Invalid type. Expected: object" }];
  }
  const given = body as Record<string, unknown>;
  const problems: InvalidField[] = [];
  for (const key of REQUIRED) {
    if (!(key in given)) problems.push({ type: "required", field: "", description: `${key} is required` });
  }
  for (const [key, value] of Object.entries(given)) {
    if (![...REQUIRED, ...OPTIONAL].includes(key)) {
      const description = `Additional property ${key} is not allowed`;
      problems.push({ type: "additional_property_not_allowed", field: "", description });
    } else if (typeof value !== "string") {
      problems.push({ type: "invalid_type", field: key, description: "Invalid type. Expected: string" });
    } else if (key === "name" && !/^[a-z0-9][a-z0-9._-]*$/.test(value)) {
      const description = "Model names have lowercase letters, numbers, dashes, underscores and dots";
      problems.push({ type: "pattern", field: key, description });
    } else if (key === "visibility" && !["public", "private"].includes(value)) {
      const description = 'visibility must be one of the following: "public", "private"';
      problems.push({ type: "enum", field: key, description });
    } else if (key === "hardware" && !HARDWARE.some(({ sku }) => sku === value)) {
      problems.push({ type: "enum", field: key, description: "hardware must be one of the SKUs of GET /hardware" });
    }
  }
  return problems;
}
