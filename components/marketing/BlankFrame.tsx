/** A frame that was never exposed, for pages with nothing to show. */
export function BlankFrame({ number, class: place = "" }: { number: number; class?: string }) {
  return (
    <div aria-hidden="true" class={`-rotate-2 rounded-sm bg-film p-3 shadow-print ${place}`}>
      <div class="film-edge" />
      <div class="aspect-4/3 border border-film-text/25 bg-film-text/5" />
      <div class="film-edge" />
      <span class="figures block px-1 text-xs leading-none text-film-text">{number}&ensp;▸&ensp;{number}A</span>
    </div>
  );
}
