import { type Html, html } from "../../html.ts";
import type { Language } from "./language.ts";

const offered = ["CZ", "DE", "ES", "FR", "GB", "IT", "PL", "SE", "UA", "US"];

/** The options of a field for a country, in the language's order. */
export function countries(language: Language, chosen: string | null): Html[] {
  const names = new Intl.DisplayNames([language], { type: "region" });
  return [...new Set(chosen ? [...offered, chosen] : offered)]
    .map((id) => ({ id, name: names.of(id) ?? id }))
    .sort((a, b) => a.name.localeCompare(b.name, language))
    .map(({ id, name }) => html`<option value="${id}" ${id === chosen ? "selected" : ""}>${name}</option>`);
}
