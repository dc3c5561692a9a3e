import { fresh } from "fresh/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: "static",
  plugins: [fresh(), tailwindcss()],
  nitro: { publicAssets: [{ dir: "static" }], handlers: [{ route: "/**", handler: "./platform/locale-rewrite.ts", middleware: true }] },
} as never);
