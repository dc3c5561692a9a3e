import { localTimes } from "./local-times.ts";

/**
 * Makes of the element `#id` what the server now renders for this page, so that what is shown live and what is shown
 * after a reload are one piece of code. The balance in the frame around it follows.
 *
 * @param update makes the one element like the other, or returns false to have it replaced
 * @returns the element now in the page; null when the page no longer has it (logged out, say)
 * @throws when the server cannot be reached
 */
export async function refreshRegion(
  id: string,
  update?: (now: HTMLElement, next: HTMLElement) => boolean,
): Promise<HTMLElement | null> {
  const response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!response.ok) throw new Error(`${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const [now, next] = [document.getElementById(id), page.getElementById(id)];
  // No longer the page it was: the session has ended, and reloading leads to the log-in and back.
  if (!next) location.reload();
  if (!now || !next) return null;
  if (now.dataset.version === next.dataset.version) {
    // The balance is read apart from the work and may change without it: credits bought in another tab, say.
    takeBalances(page);
    return now;
  }

  document.adoptNode(next);
  localTimes(next);
  await picturesDecoded(next);
  const shown = update?.(now, next) ? now : replace(now, next);
  // With what is held and owed: a picture that is paid for beside a balance that still holds it would be a riddle.
  takeBalances(page);
  return shown;
}

function takeBalances(page: Document): void {
  const balances = page.querySelectorAll("[data-balances]");
  document.querySelectorAll("[data-balances]").forEach((each, i) =>
    each.replaceChildren(...balances[i]?.childNodes ?? [])
  );
}

function replace(now: HTMLElement, next: HTMLElement): HTMLElement {
  const hadFocus = now.contains(document.activeElement);
  now.replaceWith(next);
  // The button that had the focus is gone; the region takes it, so that the next Tab goes on from here.
  if (hadFocus) next.focus({ preventScroll: true });
  return next;
}

/** A picture appears whole rather than line by line; a slow one is not waited for. */
function picturesDecoded(root: HTMLElement): Promise<unknown> {
  const pictures = [...root.querySelectorAll<HTMLImageElement>("img:not([loading=lazy])")];
  const decoded = Promise.allSettled(pictures.map((picture) => picture.decode()));
  return Promise.race([decoded, new Promise((resolve) => setTimeout(resolve, 4000))]);
}
