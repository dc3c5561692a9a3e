import { Icon } from "./Icon.tsx";

/** The way up from a page about one thing to the list that it is in. */
export function BackLink({ href, children }: { href: string; children: string }) {
  return (
    <p class="mb-3">
      <a href={href} class="prose-link inline-flex min-h-9 items-center gap-1.5 text-sm">
        <Icon name="arrow-left" size={16} />
        {children}
      </a>
    </p>
  );
}
