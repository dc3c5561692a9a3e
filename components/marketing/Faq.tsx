import { Icon } from "../ui/Icon.tsx";

export function Faq({ list }: { list: { question: string; answer: string }[] }) {
  return (
    <div class="max-w-[46rem] border-t border-line-strong">
      {list.map(({ question, answer }) => (
        <details key={question} class="group border-b border-line-strong">
          <summary class="flex min-h-14 items-center justify-between gap-4 py-3 font-semibold hover:text-accent-text">
            {question}
            <Icon name="plus" class="group-open:hidden" />
            <Icon name="minus" class="hidden group-open:block" />
          </summary>
          <p class="max-w-prose pb-5 text-muted">{answer}</p>
        </details>
      ))}
    </div>
  );
}
