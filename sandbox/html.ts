// The product's mails are made of the same, so it is kept on the side that ships.
export { escapeHtml, Html, html } from "../platform/html.ts";
