import type { JSX } from "preact";
import { CONTROL, describedBy, FieldNotes } from "./Field.tsx";
import { Icon } from "./Icon.tsx";

export interface SelectProps extends Omit<JSX.IntrinsicElements["select"], "label" | "class" | "value"> {
  label: string;
  name: string;
  id?: string;
  options: { value: string; label: string; disabled?: boolean }[];
  value?: string;
  error?: string;
  hint?: string;
  class?: string;
}

export function Select(
  { label, name, id = name, options, value, error, hint, class: place = "", ...rest }: SelectProps,
) {
  return (
    <div class={place}>
      <label for={id} class="mb-1.5 block font-semibold">{label}</label>
      <div class="relative">
        <select
          {...rest}
          id={id}
          name={name}
          class={`${CONTROL} appearance-none pr-10 ${error ? "" : "border-line-strong"}`}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={describedBy(id, { error, hint })}
        >
          {options.map((option) => (
            <option
              key={option.value}
              value={option.value}
              disabled={option.disabled}
              selected={option.value === value}
            >
              {option.label}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" class="pointer-events-none absolute right-3 top-1/2 -translate-y-1/2" />
      </div>
      <FieldNotes id={id} error={error} hint={hint} />
    </div>
  );
}
