/** What GoTrue hands to an e-mail template; `Data` is the user's metadata. */
export interface TemplateValues {
  SiteURL: string;
  RedirectTo: string;
  Token: string;
  TokenHash: string;
  Email: string;
  NewEmail: string;
  Data: Record<string, unknown>;
}

const TAG = /\{\{\s*(.*?)\s*\}\}/g;
const CONDITION = /^if eq \.([\w.]+) "([^"]*)"$/;
const VALUE = /^\.([\w.]+)$/;

/**
 * Renders the part of Go's template language our e-mails use: `{{ .Name }}`, `{{ .Data.name }}` and
 * `{{ if eq .Name "text" }} … {{ else }} … {{ end }}`. Anything else throws, so that a template that only
 * real Supabase could render fails here first.
 *
 * In HTML, values are escaped as Go's html/template does it: percent-encoded after a `=` inside a link's
 * query, HTML-escaped elsewhere.
 */
export function renderTemplate(source: string, values: TemplateValues, as: "html" | "text"): string {
  let output = "";
  let position = 0;
  const conditions: { holds: boolean; inElse: boolean }[] = [];
  const visible = () => conditions.every(({ holds, inElse }) => holds !== inElse);

  for (const match of source.matchAll(TAG)) {
    const text = source.slice(position, match.index);
    if (visible()) output += text;
    position = match.index + match[0].length;

    const tag = match[1];
    const condition = CONDITION.exec(tag);
    const value = VALUE.exec(tag);
    const open = conditions.at(-1);
    if (condition) {
      conditions.push({ holds: read(values, condition[1]) === condition[2], inElse: false });
    } else if (tag === "else" && open && !open.inElse) {
      open.inElse = true;
    } else if (tag === "end" && open) {
      conditions.pop();
    } else if (value) {
      if (visible()) output += escape(read(values, value[1]), as, text.endsWith("="));
    } else {
      throw new Error(`e-mail template: {{ ${tag} }} is outside the subset of Go templates the sandbox renders`);
    }
  }
  if (conditions.length > 0) throw new Error("e-mail template: {{ if }} without {{ end }}");
  return output + source.slice(position);
}

function read(values: TemplateValues, path: string): string {
  let current: unknown = values;
  for (const key of path.split(".")) {
    current = typeof current === "object" && current !== null ? (current as Record<string, unknown>)[key] : undefined;
  }
  return current === undefined || current === null ? "" : String(current);
}

function escape(value: string, as: "html" | "text", inQuery: boolean): string {
  if (as === "text") return value;
  if (inQuery) return encodeURIComponent(value);
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The text part of an e-mail: what is readable in its HTML, links spelled out. */
export function plainText(html: string): string {
  return html
    .replace(/<(head|style|script)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/<a\b[^>]*?href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/gi, "$2: $1")
    .replace(/<\/(p|h\d|div|tr)>/gi, "\n")
    .replace(/<[^>]+>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/&amp;/g, "&")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join("\n\n");
}
