import type { Buffer } from "node:buffer";
import type PDFDocument from "pdfkit";

export type Document = InstanceType<typeof PDFDocument>;
export type Font = "regular" | "strong" | "display";
export type Color = "ink" | "muted" | "line" | "stripe" | "accent" | "success";

/** A font file with Latin and Latin Extended in one, as TrueType. */
export type FontFiles = Record<Font, Buffer>;

/** The light theme of static/app.css. */
export const COLORS: Record<Color, string> = {
  ink: "#18211c",
  muted: "#515e57",
  line: "#c9d3c0",
  stripe: "#eef2e6",
  accent: "#c4321a",
  success: "#17633c",
};

interface Glyph {
  /** Number in the embedded font, as the page's content wants it. */
  hex: string;
  /** Thousandths of the font size. */
  width: number;
}

/** What pdfkit's fonts can do beyond its types: number the glyphs they will embed. */
interface EmbeddedFont {
  id: string;
  ref(): unknown;
  encode(text: string): [hex: string[], positions: { advanceWidth: number }[]];
}

export interface RowText {
  text: string;
  x: number;
  /** Of the line of type, from the top of the page. */
  baseline: number;
  size: number;
  /** What does not fit ends in an ellipsis. */
  width: number;
  align?: "right";
  font?: Font;
  color?: Color;
}

/**
 * Writes single lines of type straight into the page.
 *
 * A ledger of a million entries has seven million cells. pdfkit's `text` shapes, wraps and caches each of them; its
 * fonts, subsets and pages we use, but a cell needs no more than the numbers of its glyphs.
 */
export function typesetter(document: Document) {
  const fonts = new Map<Font, { font: EmbeddedFont; glyphs: Map<string, Glyph> }>();
  /** Of the page at hand. Handed over at once: pdfkit keeps a buffer for each piece. */
  let commands: string[] = [];

  function fontOf(name: Font) {
    const known = fonts.get(name);
    if (known) return known;
    const font = (document.font(name) as unknown as { _font: EmbeddedFont })._font;
    const made = { font, glyphs: new Map<string, Glyph>() };
    fonts.set(name, made);
    return made;
  }

  function glyphOf(name: Font, char: string): Glyph {
    const { font, glyphs } = fontOf(name);
    const known = glyphs.get(char);
    if (known) return known;
    // A character that only joins others may have no glyph.
    const [[hex = ""], [position]] = font.encode(char);
    const glyph = { hex, width: position?.advanceWidth ?? 0 };
    glyphs.set(char, glyph);
    return glyph;
  }

  const widthOf = (text: string, font: Font, size: number) =>
    [...text].reduce((width, char) => width + glyphOf(font, char).width * size / 1000, 0);

  return {
    widthOf,

    /** Lines that fit, broken between words, and within one that is too long by itself. The last of `lines` takes the rest. */
    wrap(
      text: string,
      { font, size, width, lines }: { font: Font; size: number; width: number; lines: number },
    ): string[] {
      const fits = (line: string) => widthOf(line, font, size) <= width;
      const wrapped: string[] = [];
      let line = "";
      for (const word of text.split(/\s+/).filter(Boolean)) {
        const longer = line ? `${line} ${word}` : word;
        if (fits(longer) || wrapped.length === lines - 1) {
          line = longer;
          continue;
        }
        if (line) wrapped.push(line);
        line = "";
        for (const char of word) {
          if (!fits(line + char) && wrapped.length < lines - 1) {
            wrapped.push(line);
            line = "";
          }
          line += char;
        }
      }
      return line ? [...wrapped, line] : wrapped;
    },

    draw(rows: readonly RowText[]): void {
      const page = document.page as unknown as { fonts: Record<string, unknown> };
      for (const { text, x, baseline, size, width, align, font = "regular", color = "ink" } of rows) {
        const limit = width * 1000 / size;
        const ellipsis = glyphOf(font, "…");
        let [hex, used, cut, cutUsed] = ["", 0, "", 0];
        for (const char of text.replace(/\p{Cc}/gu, " ")) {
          const glyph = glyphOf(font, char);
          used += glyph.width;
          if (used > limit) {
            [hex, used] = [cut + ellipsis.hex, cutUsed + ellipsis.width];
            break;
          }
          hex += glyph.hex;
          if (used + ellipsis.width <= limit) [cut, cutUsed] = [hex, used];
        }
        const { id, ref } = fontOf(font).font;
        page.fonts[id] ??= ref.call(fontOf(font).font);
        const left = align === "right" ? x + width - used * size / 1000 : x;
        // pdfkit has turned the page upside down, so that its y grows downwards; letters are turned back.
        commands.push(
          `${PAINT[color]} BT /${id} ${size} Tf 1 0 0 -1 ${left.toFixed(2)} ${baseline.toFixed(2)} Tm <${hex}> Tj ET`,
        );
      }
    },

    band(x: number, y: number, width: number, height: number, color: Color): void {
      commands.push(`${PAINT[color]} ${x} ${y.toFixed(2)} ${width.toFixed(2)} ${height} re f`);
    },

    /** What was set so far goes into the page: before the next page begins, and before pdfkit itself writes. */
    settle(): void {
      document.addContent(["q", ...commands, "Q"].join("\n"));
      commands = [];
    },
  };
}

/** The operator that makes what follows this colour. */
const PAINT = Object.fromEntries(
  Object.entries(COLORS).map(([name, color]) => [
    name,
    [1, 3, 5].map((at) => (parseInt(color.slice(at, at + 2), 16) / 255).toFixed(3)).join(" ") + " rg",
  ]),
) as Record<Color, string>;
