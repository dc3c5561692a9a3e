/** Numbered as a bookkeeper numbers lines. */
export function Steps({ steps }: { steps: { title: string; text: string }[] }) {
  return (
    <ol class="grid gap-8 md:grid-cols-3 md:gap-10">
      {steps.map((step, index) => (
        <li key={step.title} class="border-t-2 border-ink pt-4">
          <span class="figures text-sm text-muted" aria-hidden="true">{String(index + 1).padStart(2, "0")}</span>
          <h3 class="mt-1 font-display text-heading font-semibold">{step.title}</h3>
          <p class="mt-2 text-muted">{step.text}</p>
        </li>
      ))}
    </ol>
  );
}
