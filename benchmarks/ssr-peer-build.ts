/** Bundles the peer of the ssr bench into the folder given, with the framework's own modules left out. */
import { build, type Plugin } from "vite";

const [outDir] = Deno.args;

const ITSELF = ["page", "handler", "layout", "middleware"].map((name) => `export const ${name} = (own) => own;`).join(
  "",
);
const STUBS: [pattern: RegExp, code: string][] = [
  // What Fresh generates beside each route only adds types.
  [/^\.\/\$/, ITSELF],
  // Without the framework nobody lifts the head's elements up, so they stay where they are: the same bytes.
  [/^fresh\/runtime$/, "export const Head = ({ children }) => children;"],
  [/\.css$/, ""],
  [/\?url$/, 'export default "/font.woff2";'],
];

const withoutFresh: Plugin = {
  name: "kredo:without-fresh",
  enforce: "pre",
  resolveId(source) {
    const stub = STUBS.findIndex(([pattern]) => pattern.test(source));
    return stub < 0 ? undefined : `\0stub:${stub}`;
  },
  load(id) {
    return id.startsWith("\0stub:") ? STUBS[Number(id.slice("\0stub:".length))][1] : undefined;
  },
};

await build({
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  plugins: [withoutFresh],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { "process.env.NODE_ENV": '"production"' },
  build: { ssr: "benchmarks/ssr-peer.tsx", outDir, emptyOutDir: true, minify: false },
});
