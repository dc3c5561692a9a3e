import type { WorkerServices } from "../../../domain/jobs/worker-services.ts";
import type { StorageWriter } from "../../../platform/storage.ts";
import { png } from "../images.ts";
import type { Process, Scheduler } from "./scheduler.ts";
import { CONTACTS } from "./steps.ts";

export interface StorageMishaps {
  /** Before or after it was stored or removed. */
  storageDown: number;
  slow: number;
}

/** Private storage that fails now and then, and the provider's files. */
export class Storage {
  readonly stored = new Set<string>();

  constructor(
    readonly scheduler: Scheduler,
    readonly mishaps: StorageMishaps,
    readonly onStored: (path: string) => void,
  ) {}

  writerOf(process: Process): StorageWriter {
    const call = async (name: string, act: () => void) => {
      await this.scheduler.step(process, `before ${name}`);
      await this.#travel(process);
      const fails = this.scheduler.chance(this.mishaps.storageDown);
      if (fails && this.scheduler.chance(0.5)) throw new Error("Storage is down.");
      act();
      if (fails) throw new Error("Storage did not answer.");
      await this.scheduler.step(process, `after ${name}`);
    };
    return {
      upload: (path) =>
        call(CONTACTS.upload, () => {
          this.stored.add(path);
          this.onStored(path);
        }),
      remove: (paths) => call(CONTACTS.remove, () => paths.forEach((path) => this.stored.delete(path))),
    };
  }

  async #travel(process: Process): Promise<void> {
    if (this.scheduler.chance(this.mishaps.slow)) {
      await this.scheduler.sleep(process, this.scheduler.between(1, 10) * 1000);
    }
  }

  fetchOf(process: Process): WorkerServices["fetchOutput"] {
    return async (url) => {
      await this.scheduler.step(process, `before ${CONTACTS.fetchOutput}`);
      await this.#travel(process);
      await this.scheduler.step(process, `after ${CONTACTS.fetchOutput}`);
      const { searchParams } = new URL(url);
      const trouble = searchParams.get("trouble");
      const at = Number(searchParams.get("at"));
      if (trouble === "gone" || (trouble === "expires" && this.scheduler.now > at)) {
        return { ok: false, reason: "gone", detail: "404" };
      }
      if (trouble === "refused") return { ok: false, reason: "refused", detail: "A film." };
      if (trouble === "never" || (trouble === "later" && this.scheduler.now < at)) {
        return { ok: false, reason: "unreachable", detail: "503" };
      }
      return { ok: true, output: PICTURE };
    };
  }
}

const PICTURE = {
  contentType: "image/png",
  extension: "png",
  width: 480,
  height: 320,
  bytes: png(480, 320),
  sha256: "a".repeat(64),
} as const;
