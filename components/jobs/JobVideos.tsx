import type { Job } from "../../domain/jobs/types.ts";
import { fill, type Locale, messages } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ASPECT, FITS_SCREEN, ratioOf } from "./ratio.ts";
import { promptOf } from "./view.ts";

/** The finished video in the browser's own player, which asks for the parts that are watched, and its download. */
export function JobVideos({ job, locale }: { job: Job; locale: Locale }) {
  const { job: t, kinds } = messages(locale).app;
  const ratio = ratioOf(job.input);
  return (
    <>
      {job.outputs.map(({ position, url, width, height }) => (
        <div key={position} class={FITS_SCREEN[ratio]}>
          <video
            src={url}
            controls
            playsInline
            preload="metadata"
            width={width ?? undefined}
            height={height ?? undefined}
            aria-label={fill(kinds.video.player, { prompt: promptOf(job).slice(0, 200) })}
            class={`h-auto w-full rounded-sm bg-film shadow-print ${ASPECT[ratio]}`}
          />
          <Button href={`${url}?download`} variant="secondary" class="mt-5">
            <Icon name="download" />
            {t.download}
          </Button>
        </div>
      ))}
    </>
  );
}
