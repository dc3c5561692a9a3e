/** Stands where something is about to appear; give it the size of that thing. */
export function Skeleton({ class: place = "h-4 w-full" }: { class?: string }) {
  return <div aria-hidden="true" class={`animate-develop rounded-sm bg-sunken ${place}`} />;
}
