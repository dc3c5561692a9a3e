import { type Locale, messages } from "../../locales/mod.ts";
import { Field } from "../ui/Field.tsx";
import type { FormFailure } from "./form-failure.ts";

/** The address of an account. `autocomplete` is `username` where the account exists already. */
export function EmailField({ value, failure, autocomplete, locale }: {
  value: string;
  failure: FormFailure | null;
  autocomplete: "username" | "email";
  locale: Locale;
}) {
  const t = messages(locale).auth;
  return (
    <Field
      label={t.email}
      name="email"
      type="email"
      value={value}
      autocomplete={autocomplete}
      required
      maxLength={254}
      error={failure?.fields.includes("email") ? t.fields.email : undefined}
    />
  );
}
