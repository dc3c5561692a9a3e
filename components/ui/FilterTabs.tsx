/** Links that narrow a list down, one of them in force. They scroll sideways where a phone has no room for all. */
export function FilterTabs({ label, tabs }: {
  label: string;
  tabs: { name: string; href: string; current: boolean }[];
}) {
  return (
    <nav aria-label={label} class="-mx-4 mb-5 overflow-x-auto px-4 sm:mx-0 sm:px-0">
      <ul class="flex border-b border-line sm:gap-1">
        {tabs.map(({ name, href, current }) => (
          <li key={name}>
            <a
              href={href}
              aria-current={current ? "page" : undefined}
              class="-mb-px inline-flex min-h-11 items-center border-b-2 border-transparent px-2 text-sm whitespace-nowrap sm:px-3 sm:text-base text-muted hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-ink"
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
