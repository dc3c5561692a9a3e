import { fresh } from "fresh/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

/**
 * Leaves Fresh's partial navigation out of the browser's bundle. No page opts into it (links are plain
 * links), and it is 3 of the runtime's 13.5 KB gzip, which would break our 12 KB a page.
 */
const withoutPartialNavigation = {
  name: "kredo:without-partial-navigation",
  enforce: "pre",
  load: (id: string) =>
    /fresh\/dist\/client\/partials\.js/.test(id) ? "export function installPartials() {}" : undefined,
};

/** What pages with an island share, as few files: they compress better together and are cached once. */
const chunks = {
  groups: [
    { name: "runtime", test: /node_modules\/(@?preact\/|fresh\/dist\/client\/(islands|markers|slot)\.)/ },
    { name: "live", test: /components\/(live\/|jobs\/view)/ },
  ],
};

export default defineConfig({
  publicDir: "static",
  environments: { client: { build: { rolldownOptions: { output: { codeSplitting: chunks } } } } },
  plugins: [withoutPartialNavigation, fresh(), tailwindcss()],
  nitro: {
    // Twice the requests a second of the default, which goes through Deno's emulation of node:http.
    preset: "deno_server",
    publicAssets: [{ dir: "static" }],
    compressPublicAssets: { gzip: true, brotli: true },
    // Files are answered before main.ts, which sets the headers of everything else.
    routeRules: { "/**": { headers: { "x-content-type-options": "nosniff" } } },
    errorHandler: "./platform/last-resort.ts",
    plugins: ["./platform/start-check.ts"],
    handlers: [{ route: "/**", handler: "./platform/locale-rewrite.ts", middleware: true }],
  },
} as never);
