import { type Locale, messages } from "../../locales/mod.ts";
import { Field } from "../ui/Field.tsx";
import type { FormFailure, passwordWords } from "./form-failure.ts";

/** A password that is being chosen; `words` says what was wrong with the last one. */
export function NewPasswordField({ label, failure, words, locale }: {
  label: string;
  failure: FormFailure | null;
  words: ReturnType<typeof passwordWords>;
  locale: Locale;
}) {
  const t = messages(locale).auth;
  return (
    <Field
      label={label}
      name="password"
      type="password"
      autocomplete="new-password"
      required
      minLength={8}
      maxLength={72}
      hint={failure ? undefined : t.passwordHint}
      error={failure?.fields.includes("password") ? t.fields[words] : undefined}
    />
  );
}
