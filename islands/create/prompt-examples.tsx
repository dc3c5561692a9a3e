interface Example {
  prompt: string;
  /** The same page, filled in. */
  href: string;
}

/** Links that fill the text area `#field` in. Without JavaScript they load the page filled in; with it nothing else is lost. */
export default function PromptExamples({ field, examples }: { field: string; examples: Example[] }) {
  function use(event: MouseEvent, prompt: string): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const area = document.getElementById(field) as HTMLTextAreaElement;
    area.value = prompt;
    area.dispatchEvent(new Event("input"));
    area.focus();
  }

  return (
    <ul class="-mx-4 flex gap-2 overflow-x-auto px-4 pb-1 sm:mx-0 sm:flex-wrap sm:px-0">
      {examples.map(({ prompt, href }) => (
        <li key={prompt}>
          <a
            href={href}
            onClick={(event) => use(event, prompt)}
            class="inline-flex min-h-9 items-center rounded-full whitespace-nowrap border border-line-strong bg-raised px-3 text-sm hover:border-ink"
          >
            {prompt}
          </a>
        </li>
      ))}
    </ul>
  );
}
