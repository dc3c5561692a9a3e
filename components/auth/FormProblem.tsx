import type { ComponentChildren } from "preact";
import { fill, type Locale, messages, plural } from "../../locales/mod.ts";
import { Notice } from "../ui/Notice.tsx";
import type { FormFailure } from "./form-failure.ts";

/**
 * First on the page after a form was refused, and focused: which fields to correct, or what else is
 * wrong. `title` and `children` put the page's own words in place of the general ones.
 */
export function FormProblem({ failure, labels = {}, locale, title, children }: {
  failure: FormFailure;
  /** Field name → its label; the field's id is its name. */
  labels?: Record<string, string>;
  locale: Locale;
  title?: string;
  children?: ComponentChildren;
}) {
  const t = messages(locale);
  const fields = failure.fields.filter((name) => name in labels);
  if (fields.length > 0) {
    return (
      <Notice tone="danger" role="alert" focused title={plural(t.form.summary, fields.length, locale)} class="mb-6">
        <ul>
          {fields.map((name) => (
            <li key={name}>
              <a href={`#${name}`}>{labels[name]}</a>
            </li>
          ))}
        </ul>
      </Notice>
    );
  }
  if (failure.code === "rate_limited") {
    const { title: heading, text, seconds, aMoment } = t.errors.pages.tooMany;
    const wait = failure.retryAfter ? plural(seconds, Math.ceil(failure.retryAfter), locale) : aMoment;
    return <Notice tone="warning" role="alert" focused title={heading} class="mb-6">{fill(text, { wait })}</Notice>;
  }
  return (
    <Notice tone="danger" role="alert" focused title={title ?? t.errors.codes[failure.code]} class="mb-6">
      {children}
    </Notice>
  );
}
