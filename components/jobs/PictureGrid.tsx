import type { ComponentChildren } from "preact";
import type { Job } from "../../domain/jobs/types.ts";
import { FITS_SCREEN, ratioOf } from "./ratio.ts";
import { picturesAsked } from "./view.ts";

/** One picture as large as the screen allows, or several in two columns; the same while they are made and after. */
export function PictureGrid({ job, children }: { job: Job; children: ComponentChildren }) {
  return picturesAsked(job) === 1
    ? <div class={FITS_SCREEN[ratioOf(job.input)]}>{children}</div>
    : <div class="grid grid-cols-2 gap-3 sm:gap-4">{children}</div>;
}
