/// <reference path="../assets.d.ts" />
import besleyLatin from "@fontsource-variable/besley/files/besley-latin-wght-normal.woff2?url";
import type { AppProps } from "fresh/types";
import { messages } from "../locales/mod.ts";
import { currentRequest } from "../platform/request.ts";
import "../static/app.css";

/** `--color-surface` of both themes, for the browser's own frame around the page. */
const PAPER = "#f1f4ea";
const DARKROOM = "#14100e";

export default function Document({ children }: AppProps) {
  const { locale, theme } = currentRequest();
  return (
    <html lang={locale} data-theme={theme === "system" ? undefined : theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <title>{messages(locale).brand}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="preload" href={besleyLatin} as="font" type="font/woff2" crossorigin="anonymous" />
        {theme === "dark" ? <meta name="theme-color" content={DARKROOM} /> : (
          <meta
            name="theme-color"
            content={PAPER}
            media={theme === "light" ? undefined : "(prefers-color-scheme: light)"}
          />
        )}
        {theme === "system" && <meta name="theme-color" content={DARKROOM} media="(prefers-color-scheme: dark)" />}
      </head>
      <body>{children}</body>
    </html>
  );
}
