import PDFDocument from "pdfkit";
import type { Locale } from "../../locales/locale.ts";
import type { Document, FontFiles, typesetter } from "./typesetter.ts";

/** A4 in points, with the red margin of a ledger page. y grows downwards. */
const [WIDTH, HEIGHT] = [595.28, 841.89];
export const [LEFT, RIGHT, TOP, BOTTOM] = [56, WIDTH - 40, 44, HEIGHT - 48];
export const INNER = RIGHT - LEFT;

export interface DocumentFacts {
  title: string;
  locale: Locale;
  createdAt: Date;
  fonts: FontFiles;
}

/** An empty document; its first page is still to be added. */
export function openDocument({ title, locale, createdAt, fonts }: DocumentFacts): Document {
  const document = new PDFDocument({
    autoFirstPage: false,
    size: "A4",
    margin: 0,
    lang: locale,
    displayTitle: true,
    pdfVersion: "1.7",
    // Named here, or pdfkit begins with a Helvetica that has no Polish letters.
    font: fonts.regular as unknown as string,
    info: { Title: title, Author: "Kredo", CreationDate: createdAt },
  });
  for (const [name, file] of Object.entries(fonts)) document.registerFont(name, file);
  return document;
}

/** The bytes that are ready: whole pages, and after `document.end()` the rest. */
export function* written(document: Document): Generator<Uint8Array> {
  for (let bytes: Uint8Array | null; (bytes = document.read()) !== null;) yield bytes;
}

type Draw = ReturnType<typeof typesetter>;

/** The head of a first page: who writes, and what. It ends 40 points below `TOP`. */
export function masthead(type: Draw, { brand, title, lead }: { brand: string; title: string; lead: string }): void {
  const right = { x: RIGHT - 340, width: 340, align: "right" } as const;
  type.draw([
    { text: brand, x: LEFT, baseline: TOP + 18, size: 22, width: 120, font: "display" },
    { ...right, text: title, baseline: TOP + 18, size: 22, font: "display" },
    { ...right, text: lead, baseline: TOP + 34, size: 9, color: "muted" },
  ]);
  type.band(LEFT, TOP + 26, 66, 1.5, "accent");
  type.band(LEFT, TOP + 30, 66, 1.5, "accent");
}

/** The foot of a page, and the end of it: what was set goes into the page. */
export function endPage(type: Draw, { what, page }: { what: string; page: string }): void {
  const common = { baseline: BOTTOM + 10, size: 7.5, color: "muted" } as const;
  type.draw([
    { ...common, text: what, x: LEFT, width: 300 },
    { ...common, text: page, x: RIGHT - 200, width: 200, align: "right" },
  ]);
  type.settle();
}
