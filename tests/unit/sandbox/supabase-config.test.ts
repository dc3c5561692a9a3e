import assert from "node:assert/strict";
import { readSupabaseConfig } from "../../../sandbox/config.ts";

const config = await readSupabaseConfig(".");

Deno.test("supabase/config.toml: exactly the functions that check their callers themselves are open", async () => {
  assert.deepEqual([...config.openFunctions].sort(), ["replicate-webhook", "stripe-webhook", "worker"]);
  for (const name of config.openFunctions) {
    assert.ok((await Deno.stat(`supabase/functions/${name}/index.ts`)).isFile, `${name} exists`);
  }
});

Deno.test("supabase/config.toml: outputs are private, of known types and at most 200 MiB", () => {
  assert.deepEqual(config.buckets, [{
    id: "outputs",
    public: false,
    fileSizeLimit: 209_715_200,
    allowedMimeTypes: ["image/png", "image/jpeg", "image/webp", "video/mp4", "video/webm", "text/plain"],
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
