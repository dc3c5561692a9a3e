import assert from "node:assert/strict";
import { readSupabaseConfig } from "../../../sandbox/config.ts";

const config = await readSupabaseConfig(".");

Deno.test("supabase/config.toml: exactly the functions that check their callers themselves are open", async () => {
  assert.deepEqual([...config.openFunctions].sort(), ["replicate-webhook", "stripe-webhook", "worker"]);
  for (const name of config.openFunctions) {
    assert.ok((await Deno.stat(`supabase/functions/${name}/index.ts`)).isFile, `${name} exists`);
  }
});

Deno.test("supabase/config.toml: pictures are private, of known types and at most 25 MiB", () => {
  assert.deepEqual(config.buckets, [{
    id: "outputs",
    public: false,
    fileSizeLimit: 26_214_400,
    allowedMimeTypes: ["image/png", "image/jpeg", "image/webp"],
  }]);
});

Deno.test("supabase/config.toml: every e-mail has both languages", () => {
  for (const { subject, html } of Object.values(config.auth.templates)) {
    for (const text of [subject, html]) {
      assert.match(text, /\{\{ if eq \.Data\.locale "pl" \}\}[\s\S]+\{\{ else \}\}[\s\S]+\{\{ end \}\}/);
    }
    assert.match(html, /\/auth\/confirm\?token_hash=\{\{ \.TokenHash \}\}&type=\w+&next=\{\{ \.RedirectTo \}\}/);
  }
});
