import { Button } from "./Button.tsx";
import { Icon } from "./Icon.tsx";

/** Newer and older; a missing href means there is nothing that way. Renders nothing on a single page. */
export function Pagination({ prev, next, labels, class: place = "" }: {
  prev?: string;
  next?: string;
  labels: { nav: string; prev: string; next: string };
  class?: string;
}) {
  if (!prev && !next) return null;
  return (
    <nav aria-label={labels.nav} class={`flex items-center justify-between gap-4 ${place}`}>
      {prev
        ? (
          <Button variant="secondary" href={prev} rel="prev">
            <Icon name="arrow-left" />
            {labels.prev}
          </Button>
        )
        : <span />}
      {next
        ? (
          <Button variant="secondary" href={next} rel="next">
            {labels.next}
            <Icon name="arrow-right" />
          </Button>
        )
        : <span />}
    </nav>
  );
}
