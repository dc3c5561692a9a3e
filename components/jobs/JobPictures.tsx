import type { Job } from "../../domain/jobs/types.ts";
import { fill, type Locale, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { PictureGrid } from "./PictureGrid.tsx";
import { promptOf } from "./view.ts";

/** The finished pictures as prints, each with its download. */
export function JobPictures({ job, locale }: { job: Job; locale: Locale }) {
  const t = messages(locale).app.job;
  const many = job.outputs.length > 1;
  return (
    <PictureGrid job={job}>
      {job.outputs.map(({ position, url, width, height }) => (
        <div key={position} class="min-w-0">
          <a href={url} aria-label={`${t.open}: ${altOf(job, position, t.alt)}`} class="block">
            <img
              src={url}
              width={width ?? undefined}
              height={height ?? undefined}
              alt={altOf(job, position, t.alt)}
              class="h-auto w-full rounded-sm shadow-print"
            />
          </a>
          <Button
            href={`${url}?download`}
            variant={many ? "ghost" : "secondary"}
            size={many ? "sm" : "md"}
            class={many ? "mt-2" : "mt-5"}
            aria-label={many ? fill(t.downloadNth, { n: position + 1 }) : undefined}
          >
            <Icon name="download" />
            {t.download}
          </Button>
        </div>
      ))}
    </PictureGrid>
  );
}

function altOf(job: Job, position: number, template: string): string {
  return fill(template, { n: position + 1, prompt: promptOf(job).slice(0, 200) });
}
