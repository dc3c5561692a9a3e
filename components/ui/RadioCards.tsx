import type { ComponentChildren } from "preact";
import { describedBy, FieldNotes } from "./Field.tsx";

export interface RadioCard {
  value: string;
  label: string;
  /** One line under the label. */
  detail?: string;
  /** At the right edge: a price, say. */
  aside?: ComponentChildren;
  /** Above the label: a small drawing, say. */
  media?: ComponentChildren;
  disabled?: boolean;
  /** For style sheets: what else of the form depends on this choice. */
  kind?: string;
  /** For scripts: the models that this choice goes with. */
  models?: string[];
  /** For scripts: characters that a text beside it may have. */
  max?: number;
}

export interface RadioCardsProps {
  legend: string;
  name: string;
  id?: string;
  options: RadioCard[];
  value?: string;
  error?: string;
  hint?: string;
  required?: boolean;
  /** Columns from tablet width up; phones get one, or two where `compact`. */
  columns?: 1 | 2 | 3 | 4 | 5;
  /** Short labels side by side also on a phone. */
  compact?: boolean;
  onChange?: (value: string) => void;
  class?: string;
}

const COLUMNS = { 1: "", 2: "sm:grid-cols-2", 3: "sm:grid-cols-3", 4: "sm:grid-cols-4", 5: "sm:grid-cols-5" };
const COMPACT = { 1: "grid-cols-1", 2: "grid-cols-2", 3: "grid-cols-3", 4: "grid-cols-4", 5: "grid-cols-5" };

/** A radio group whose choices are cards. Real radio buttons: arrow keys and no-JavaScript forms work. */
export function RadioCards(
  { legend, name, id = name, options, value, error, hint, required, columns = 1, compact, onChange, class: place = "" }:
    RadioCardsProps,
) {
  return (
    <fieldset class={`min-w-0 ${place}`} aria-describedby={describedBy(id, { error, hint })}>
      <legend class="mb-1.5 font-semibold">{legend}</legend>
      <div class={`grid gap-2 ${compact ? COMPACT[columns] : COLUMNS[columns]}`}>
        {options.map((option) => (
          <label
            key={option.value}
            class={`relative flex min-h-11 rounded-md border border-line-strong bg-raised hover:border-ink
              has-checked:border-accent has-checked:bg-accent-soft has-checked:shadow-[inset_0_0_0_1px_var(--color-accent)]
              has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent
              has-disabled:cursor-not-allowed has-disabled:border-line has-disabled:text-muted has-disabled:hover:border-line
              ${
              compact
                ? "flex-col items-center justify-center gap-1.5 px-2 py-2.5 text-center"
                : "items-center gap-3 px-4 py-3"
            }`}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled}
              data-kind={option.kind}
              data-max={option.max}
              data-models={option.models?.join(" ")}
              required={required}
              class={compact ? "absolute size-px opacity-0" : "size-4 shrink-0 outline-none"}
              onChange={onChange && (() => onChange(option.value))}
            />
            {option.media}
            <span class={compact ? "text-sm font-semibold" : "min-w-0 flex-1"}>
              <span class={`block font-semibold ${option.disabled ? "text-muted" : ""}`}>{option.label}</span>
              {option.detail && <span class="block text-sm font-normal text-muted">{option.detail}</span>}
            </span>
            {option.aside && <span class="shrink-0 text-right text-sm">{option.aside}</span>}
          </label>
        ))}
      </div>
      <FieldNotes id={id} error={error} hint={hint} />
    </fieldset>
  );
}
