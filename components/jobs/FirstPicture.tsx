import { formatCredits, type Locale, localePath, messages } from "../../locales/mod.ts";
import { priceField } from "../create/form.ts";
import { samples } from "../marketing/samples.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";

/** How many samples fit one row. */
const SHOWN = 4;

/** What somebody who has made nothing yet finds: each frame is a form that makes a picture from its prompt at once. */
export function FirstPicture({ model, price, locale }: {
  model: string;
  /** Of one picture. */
  price: number;
  locale: Locale;
}) {
  const { first: t } = messages(locale).app.dashboard;
  return (
    <section>
      <ul class="grid grid-cols-1 overflow-hidden rounded-lg border border-line bg-film px-2 sm:grid-cols-2 xl:grid-cols-4">
        {samples.filter((sample) => sample.model === model).slice(0, SHOWN).map((
          { file, prompt: { [locale]: prompt }, width, height },
        ) => (
          <li key={file} class="flex">
            <form method="post" action={localePath(locale, "/app/create")} class="flex flex-1 flex-col">
              <input type="hidden" name="model" value={model} />
              <input type="hidden" name="prompt" value={prompt} />
              <input type="hidden" name="aspect_ratio" value="4:3" />
              <input type="hidden" name="num_outputs" value="1" />
              <input type="hidden" name={priceField(model)} value={price} />
              <input type="hidden" name="idempotency_key" value={crypto.randomUUID()} />
              <div class="film-edge" />
              <img
                src={`/samples/${file}`}
                width={width}
                height={height}
                alt=""
                class="aspect-4/3 w-full px-1 object-cover"
              />
              <div class="film-edge" />
              <p class="flex-1 px-2 pt-1 font-display text-lg font-semibold text-film-ink">{prompt}</p>
              <div class="p-2 pb-4">
                <Button type="submit" variant="secondary" class="w-full">
                  <Icon name="wand" />
                  {t.make}
                  <span class="font-normal">· {formatCredits(price, locale)}</span>
                </Button>
              </div>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}
