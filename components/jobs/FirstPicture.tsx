import { formatCredits, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { type Ratio, ratioBox } from "./ratio.ts";

/** The dashboard of somebody who has made nothing yet: each card is a form that makes its picture at once. */
export function FirstPicture({ model, price, available, keys, locale }: {
  model: string;
  /** Of one picture. */
  price: number;
  available: number;
  /** One idempotency key for each card. */
  keys: string[];
  locale: Locale;
}) {
  const { dashboard: { first: t }, prompts } = messages(locale).app;
  return (
    <section>
      <h2 class="font-display text-title font-bold">{t.title}</h2>
      <p class="mt-2 max-w-prose text-lead text-muted">{plural(t.text, available, locale)}</p>
      <ul class="mt-6 grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {prompts.map((example, i) => (
          <li key={example.title} class="flex">
            <form
              method="post"
              action={localePath(locale, "/app/create")}
              class="flex flex-1 flex-col rounded-lg border border-line-strong bg-raised p-4 shadow-card"
            >
              <input type="hidden" name="model" value={model} />
              <input type="hidden" name="prompt" value={example.prompt} />
              <input type="hidden" name="aspect_ratio" value={example.ratio} />
              <input type="hidden" name="num_outputs" value="1" />
              <input type="hidden" name="idempotency_key" value={keys[i]} />
              <div class="flex items-start justify-between gap-3">
                <h3 class="font-display text-heading font-semibold">{example.title}</h3>
                <RatioDrawing ratio={example.ratio as Ratio} />
              </div>
              <p class="mt-2 flex-1 text-sm text-muted">{example.prompt}</p>
              <Button type="submit" class="mt-4 w-full">
                <Icon name="wand" />
                {t.make}
                <span class="font-normal">· {formatCredits(price, locale)}</span>
              </Button>
            </form>
          </li>
        ))}
      </ul>
      <p class="mt-6">
        <Button variant="secondary" href={localePath(locale, "/app/create")}>{t.own}</Button>
      </p>
    </section>
  );
}

export function RatioDrawing({ ratio, size = 22 }: { ratio: Ratio; size?: number }) {
  const { width, height } = ratioBox(ratio, size);
  const box = size + 2;
  return (
    <svg viewBox={`0 0 ${box} ${box}`} width={box} height={box} class="shrink-0" aria-hidden="true">
      <rect
        x={(box - width) / 2}
        y={(box - height) / 2}
        width={width}
        height={height}
        rx="1"
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
      />
    </svg>
  );
}
