import { localTimes } from "./local-times.ts";

/**
 * Makes of the element `#id` what the server now renders for this page, so that what is shown live and what is shown
 * after a reload are one piece of code. Where it is one list of rows before and after, only rows that changed are
 * replaced. The balance in the frame around it follows.
 *
 * @returns the element now in the page; null when the page no longer has it (logged out, say)
 * @throws when the server cannot be reached
 */
export async function refreshRegion(id: string): Promise<HTMLElement | null> {
  const response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!response.ok) throw new Error(`${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [now, next] = [document.getElementById(id), page.getElementById(id)];
  // No longer the page it was: the session has ended, and reloading leads to the log-in and back.
  if (!next) location.reload();
  if (!now || !next) return null;
  if (now.dataset.version === next.dataset.version) return now;

  document.adoptNode(next);
  localTimes(next);
  await picturesDecoded(next);
  const shown = updateRows(now, next) ? now : replace(now, next);
  // With what is held and owed: a picture that is paid for beside a balance that still holds it would be a riddle.
  const balances = page.querySelectorAll("[data-balances]");
  document.querySelectorAll("[data-balances]").forEach((each, i) =>
    each.replaceChildren(...balances[i]?.childNodes ?? [])
  );
  return shown;
}

function replace(now: HTMLElement, next: HTMLElement): HTMLElement {
  const hadFocus = now.contains(document.activeElement);
  now.replaceWith(next);
  // The button that had the focus is gone; the region takes it, so that the next Tab goes on from here.
  if (hadFocus) next.focus({ preventScroll: true });
  return next;
}

/** @returns false if the two are not a list of rows each and nothing else */
function updateRows(now: HTMLElement, next: HTMLElement): boolean {
  const [list, newer] = [now, next].map((each) => each.querySelector<HTMLElement>(":scope > [data-rows]:only-child"));
  if (!list || !newer) return false;
  const known = new Map([...list.children].map((row) => [(row as HTMLElement).dataset.row, row as HTMLElement]));
  let place = list.firstElementChild;
  for (const row of [...newer.children] as HTMLElement[]) {
    const old = known.get(row.dataset.row);
    const kept = old && old.dataset.version === row.dataset.version ? old : row;
    if (old && kept === row) {
      const link = old.contains(document.activeElement) && row.querySelector<HTMLElement>("a");
      if (place === old) place = row;
      old.replaceWith(row);
      if (link) link.focus({ preventScroll: true });
    }
    // What is in its place is not moved, for that would take the focus from it.
    if (kept === place) place = place.nextElementSibling;
    else list.insertBefore(kept, place);
    known.delete(row.dataset.row);
  }
  for (const gone of known.values()) gone.remove();
  Object.assign(now.dataset, next.dataset);
  if (next.dataset.live === undefined) delete now.dataset.live;
  return true;
}

/** A picture appears whole rather than line by line; a slow one is not waited for. */
function picturesDecoded(root: HTMLElement): Promise<unknown> {
  const pictures = [...root.querySelectorAll<HTMLImageElement>("img:not([loading=lazy])")];
  const decoded = Promise.allSettled(pictures.map((picture) => picture.decode()));
  return Promise.race([decoded, new Promise((resolve) => setTimeout(resolve, 4000))]);
}
