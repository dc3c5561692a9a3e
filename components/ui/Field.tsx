import type { JSX } from "preact";
import { Icon } from "./Icon.tsx";

export const CONTROL =
  "block w-full min-h-11 rounded-md border bg-raised px-3 py-2 text-base text-ink placeholder:text-muted " +
  "disabled:opacity-60 aria-invalid:border-danger aria-invalid:border-2";

type Native =
  & Omit<JSX.IntrinsicElements["input"], "label" | "class" | "value" | "type">
  & Pick<JSX.IntrinsicElements["textarea"], "rows">;

export interface FieldProps extends Native {
  label: string;
  name: string;
  /** Unique on the page; the name by default. */
  id?: string;
  type?: "text" | "email" | "password" | "search" | "number" | "url" | "tel";
  value?: string;
  error?: string;
  hint?: string;
  multiline?: boolean;
  class?: string;
}

/** A labelled input whose hint and error are read out with it. */
export function Field(
  { label, name, id = name, type = "text", error, hint, multiline, class: place = "", rows = 5, ...rest }: FieldProps,
) {
  const control = {
    ...rest,
    id,
    name,
    class: `${CONTROL} ${error ? "" : "border-line-strong"}`,
    "aria-invalid": error ? "true" as const : undefined,
    "aria-describedby": describedBy(id, { error, hint }),
  };
  return (
    <div class={place}>
      <label for={id} class="mb-1.5 block font-semibold">{label}</label>
      {multiline
        ? <textarea {...control as JSX.IntrinsicElements["textarea"]} rows={rows} />
        : <input {...control as JSX.IntrinsicElements["input"]} type={type} />}
      <FieldNotes id={id} error={error} hint={hint} />
    </div>
  );
}

export function describedBy(id: string, { error, hint }: { error?: string; hint?: string }): string | undefined {
  return [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ") || undefined;
}

/** What stands under a control; the ids are those of `describedBy`. */
export function FieldNotes({ id, error, hint }: { id: string; error?: string; hint?: string }) {
  return (
    <>
      {error && (
        <p id={`${id}-error`} class="mt-1.5 flex items-start gap-1.5 text-sm font-semibold text-danger">
          <Icon name="error" size={16} class="mt-0.5" />
          <span>{error}</span>
        </p>
      )}
      {hint && <p id={`${id}-hint`} class="mt-1.5 text-sm text-muted">{hint}</p>}
    </>
  );
}
