import type { AppProps } from "fresh/types";
import "../static/app.css";

export default function Document({ children }: AppProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Kredo</title>
      </head>
      <body>{children}</body>
    </html>
  );
}
