import type { ComponentChildren } from "preact";

/**
 * A part of a page that an island keeps up to date by asking the server for the page again. `version`
 * changes with what it shows; `live` says that it may still change; `announce` is read out after a change.
 */
export function Region({ id, version, live, announce, children }: {
  id: string;
  version: string;
  live: boolean;
  announce?: string;
  children: ComponentChildren;
}) {
  return (
    <div
      id={id}
      tabIndex={-1}
      class="outline-none"
      data-version={version}
      data-live={live ? "" : undefined}
      data-announce={announce}
    >
      {children}
    </div>
  );
}
