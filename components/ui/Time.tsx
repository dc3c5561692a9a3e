import { formatTime } from "../../locales/format.ts";
import type { Locale } from "../../locales/locale.ts";

/** A moment. The server does not know the viewer's zone, so it writes UTC and says so unless given one. */
export function Time({ at, locale, timeZone, dateOnly, class: place = "" }: {
  at: Date | string;
  locale: Locale;
  timeZone?: string;
  dateOnly?: boolean;
  class?: string;
}) {
  return (
    <time
      dateTime={new Date(at).toISOString()}
      data-clock={dateOnly ? undefined : ""}
      class={`whitespace-nowrap ${place}`}
    >
      {formatTime(at, locale, { timeZone, dateOnly })}
    </time>
  );
}
