interface Example {
  title: string;
  prompt: string;
  ratio: string;
  href: string;
}

/** Links that fill the form in; without JavaScript they load the page filled in, with it nothing else is lost. */
export default function PromptExamples({ form, examples }: { form: string; examples: Example[] }) {
  function use(event: MouseEvent, { prompt, ratio }: Example): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const fields = (document.getElementById(form) as HTMLFormElement).elements;
    const area = fields.namedItem("prompt") as HTMLTextAreaElement;
    area.value = prompt;
    (fields.namedItem("aspect_ratio") as RadioNodeList).value = ratio;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  return (
    <ul class="flex flex-wrap gap-2">
      {examples.map((example) => (
        <li key={example.title}>
          <a
            href={example.href}
            onClick={(event) => use(event, example)}
            class="inline-flex min-h-9 items-center rounded-full border border-line-strong bg-raised px-3 text-sm hover:border-ink"
          >
            {example.title}
          </a>
        </li>
      ))}
    </ul>
  );
}
