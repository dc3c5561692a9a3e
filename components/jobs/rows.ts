/**
 * Makes a region of the page like a newer one where each is one list of rows: only rows that changed are replaced.
 * @returns false where they are anything else
 */
export function updateRows(now: HTMLElement, next: HTMLElement): boolean {
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
