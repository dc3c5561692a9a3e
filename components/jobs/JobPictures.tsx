import type { Job } from "../../domain/jobs/types.ts";
import { fill, type Locale, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { pictureGrid } from "./JobProgress.tsx";
import { FITS_SCREEN, ratioOf } from "./ratio.ts";
import { picturesAsked, promptOf } from "./view.ts";

/** The finished pictures as prints, each with its download. */
export function JobPictures({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app.job;
  const many = job.outputs.length > 1;
  return (
    <ul class={pictureGrid(picturesAsked(job))}>
      {job.outputs.map(({ position, url, width, height }) => (
        <li key={position} class={many ? "min-w-0" : FITS_SCREEN[ratioOf(job.input)]}>
          <a href={url} aria-label={t.open} class="block">
            <img
              src={url}
              width={width}
              height={height}
              alt={fill(t.alt, { n: position + 1, prompt: promptOf(job).slice(0, 200) })}
              class="h-auto w-full rounded-sm shadow-print"
            />
          </a>
          <Button
            href={`${url}?download`}
            variant={many ? "ghost" : "secondary"}
            size={many ? "sm" : "md"}
            class="mt-3"
            aria-label={many ? fill(t.downloadNth, { n: position + 1 }) : undefined}
          >
            <Icon name="download" />
            {t.download}
          </Button>
        </li>
      ))}
    </ul>
  );
}
