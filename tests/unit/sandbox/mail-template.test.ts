import assert from "node:assert/strict";
import { plainText, renderTemplate, type TemplateValues } from "../../../sandbox/auth/template.ts";

const values: TemplateValues = {
  SiteURL: "http://127.0.0.1:8000",
  RedirectTo: "http://127.0.0.1:8000/app?a=1&b=2",
  Token: "123456",
  TokenHash: "abc",
  Email: '"<ada>"@example.com',
  NewEmail: "",
  Data: { locale: "pl" },
};

Deno.test("e-mail templates: the branch of the person's language is kept, the other is not", () => {
  const source = '{{ if eq .Data.locale "pl" }}Cześć{{ else }}Hello{{ end }}!';
  assert.equal(renderTemplate(source, values, "text"), "Cześć!");
  assert.equal(renderTemplate(source, { ...values, Data: {} }, "text"), "Hello!");
});

Deno.test("e-mail templates: what people chose as their address cannot become markup", () => {
  assert.equal(renderTemplate("<p>{{ .Email }}</p>", values, "html"), "<p>&#34;&#60;ada&#62;&#34;@example.com</p>");
});

Deno.test("e-mail templates: a value in a link's query is percent-encoded", () => {
  assert.equal(
    renderTemplate('<a href="{{ .SiteURL }}/x?next={{ .RedirectTo }}">', values, "html"),
    '<a href="http://127.0.0.1:8000/x?next=http%3A%2F%2F127.0.0.1%3A8000%2Fapp%3Fa%3D1%26b%3D2">',
  );
});

Deno.test("e-mail templates: what only real Supabase could render is refused here", () => {
  assert.throws(() => renderTemplate("{{ range .Items }}", values, "html"), /outside the subset/);
  assert.throws(() => renderTemplate('{{ if eq .Email "a" }}', values, "html"), /without \{\{ end \}\}/);
});

Deno.test("e-mail templates: the text part spells links out", () => {
  assert.equal(
    plainText('<h1>Hi</h1><p>Go <a style="x" href="http://a.test/?b=1&amp;c=2">there</a></p>'),
    "Hi\n\nGo there: http://a.test/?b=1&c=2",
  );
});
