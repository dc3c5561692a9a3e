import { Buffer } from "node:buffer";
import { fill, formatNumber, type Locale, messages } from "../../../locales/mod.ts";
import {
  BOTTOM,
  endPage,
  INNER,
  LEFT,
  masthead,
  openDocument,
  RIGHT,
  TOP,
  written,
} from "../../../platform/pdf/sheet.ts";
import { type Document, type FontFiles, type RowText, typesetter } from "../../../platform/pdf/typesetter.ts";
import type { Invoice } from "../read-invoice.ts";
import { describeInvoice, type InvoiceWords, type Party, type Sum } from "./describe-invoice.ts";
import type { Seller } from "./read-seller.ts";

export interface InvoicePdfOptions {
  locale: Locale;
  seller: Seller;
  fonts: FontFiles;
}

/** Something that stands on one page or on the next, but on one. */
interface Block {
  height: number;
  /** Under the headings of the table. */
  isLine?: boolean;
  draw(y: number): void;
}

/** x and width of the columns. */
const COLUMN = {
  what: [LEFT + 6, 324],
  quantity: [LEFT + 336, 56],
  amount: [RIGHT - 102, 96],
} as const;
const HEADINGS = 22;
const SUMS = { x: RIGHT - 260, width: 156 };

/** The invoice for people and for tax offices, as its bytes. */
export function writeInvoice(invoice: Invoice, { locale, seller, fonts }: InvoicePdfOptions): Uint8Array<ArrayBuffer> {
  const words = describeInvoice(invoice, seller, locale);
  const document = openDocument({ title: words.title, locale, createdAt: invoice.issued_at, fonts });
  const type = typesetter(document);
  const { brand, invoices: { document: t } } = messages(locale);
  const line = lineOf(type);
  const blocks = [...words.lines.map((each, at) => line(each, at % 2 === 0)), sumsOf(document, type, words)];

  const firstTop = TOP + 66 + partiesHeight(type, words) + 16;
  const pages = paginate(blocks, firstTop);
  pages.forEach((page, at) => {
    document.addPage();
    let y = firstTop;
    if (at === 0) {
      writeHead(type, brand, words);
    } else {
      type.draw([{ text: words.title, x: LEFT, baseline: TOP + 6, size: 9, width: INNER, font: "strong" }]);
      y = TOP + 22;
    }
    if (page.some(({ isLine }) => isLine)) {
      headings(type, words.columns, y);
      y += HEADINGS;
    }
    for (const block of page) {
      block.draw(y);
      y += block.height;
    }
    const n = (count: number) => formatNumber(count, locale);
    endPage(type, {
      what: `${brand} · ${words.title}`,
      page: fill(t.page, { page: n(at + 1), pages: n(pages.length) }),
    });
  });
  document.end();
  return new Uint8Array(Buffer.concat([...written(document)]));
}

/** Each page as full as it can be; the first has the head on it. */
function paginate(blocks: readonly Block[], firstTop: number): Block[][] {
  const room = BOTTOM - 16 - HEADINGS;
  const pages: Block[][] = [[]];
  let left = room - firstTop;
  for (const block of blocks) {
    if (block.height > left && pages.at(-1)!.length > 0) {
      pages.push([]);
      left = room - (TOP + 22);
    }
    pages.at(-1)!.push(block);
    left -= block.height;
  }
  return pages;
}

type Draw = ReturnType<typeof typesetter>;

const PARTY = {
  width: INNER / 2 - 16,
  name: { size: 11, leading: 14, lines: 8 },
  line: { size: 9.5, leading: 13, lines: 3 },
};

function writeHead(type: Draw, brand: string, { title, lead, standing, seller, buyer }: InvoiceWords): void {
  masthead(type, { brand, title, lead: `${lead} · ${standing}` });
  [seller, buyer].forEach((party, at) => {
    const x = LEFT + at * INNER / 2;
    const { rows } = partyRows(type, party, x, TOP + 66);
    type.draw(rows);
  });
}

const partiesHeight = (type: Draw, { seller, buyer }: InvoiceWords) =>
  Math.max(...[seller, buyer].map((party) => partyRows(type, party, 0, 0).height));

/** A label over a name over the rest. */
function partyRows(type: Draw, party: Party, x: number, y: number): { rows: RowText[]; height: number } {
  const { width, name, line } = PARTY;
  const rows: RowText[] = [{ text: party.label, x, baseline: y, size: 8, width, color: "muted" }];
  let baseline = y + 1;
  const add = (text: string, { size, leading, lines }: typeof line, font: "regular" | "strong") => {
    for (const each of type.wrap(text, { font, size, width, lines })) {
      baseline += leading;
      rows.push({ text: each, x, baseline, size, width, font });
    }
  };
  add(party.name, name, "strong");
  for (const text of party.lines) add(text, line, "regular");
  return { rows, height: baseline - y };
}

function headings(type: Draw, columns: InvoiceWords["columns"], y: number): void {
  type.draw((Object.keys(COLUMN) as (keyof typeof COLUMN)[]).map((column) => ({
    ...place(column),
    text: columns[column],
    baseline: y + 10,
    size: 8,
    color: "muted",
  })));
  type.band(LEFT, y + 15, INNER, 0.75, "ink");
}

function place(column: keyof typeof COLUMN): Pick<RowText, "x" | "width" | "align"> {
  const [x, width] = COLUMN[column];
  return { x, width, ...column !== "what" && { align: "right" } };
}

/** Makes blocks of lines; a long description takes several lines of type. */
function lineOf(type: Draw) {
  return ({ what, period, quantity, amount }: InvoiceWords["lines"][number], striped: boolean): Block => {
    const texts = type.wrap(what, { font: "regular", size: 9.5, width: COLUMN.what[1], lines: 12 });
    const height = 10 + Math.max(1, texts.length) * 12.5 + (period ? 11 : 0);
    return {
      height,
      isLine: true,
      draw(y) {
        if (striped) type.band(LEFT, y - 4, INNER, height, "stripe");
        const common = { baseline: y + 10, size: 9.5 };
        const end = y + 10 + (Math.max(1, texts.length) - 1) * 12.5;
        type.draw([
          ...texts.map((text, at) => ({ ...place("what"), text, size: 9.5, baseline: y + 10 + at * 12.5 })),
          ...period ? [{ ...place("what"), text: period, size: 8, baseline: end + 11, color: "muted" as const }] : [],
          { ...common, ...place("quantity"), text: quantity },
          { ...common, ...place("amount"), text: amount },
        ]);
      },
    };
  };
}

/** From the subtotal to what became of the total: never torn apart. */
function sumsOf(document: Document, type: Draw, { sums, total, after, notes, pay }: InvoiceWords): Block {
  const row = ({ label, amount }: Sum, baseline: number): RowText[] => [
    { text: label, x: SUMS.x, baseline, size: 9.5, width: SUMS.width, color: "muted" },
    { text: amount, ...place("amount"), baseline, size: 9.5 },
  ];
  const height = 26 + sums.length * 15 + 34 + after.length * 15 + (pay ? 22 : 0) + notes.length * 18;
  return {
    height,
    draw(top) {
      let y = top + 4;
      type.band(LEFT, y - 4, INNER, 0.75, "line");
      for (const sum of sums) type.draw(row(sum, y += 15));
      type.band(SUMS.x, y + 8, RIGHT - SUMS.x, 0.75, "ink");
      y += 28;
      type.draw([
        { text: total.label, x: SUMS.x, baseline: y, size: 11, width: SUMS.width, font: "strong" },
        { ...place("amount"), text: total.amount, baseline: y, size: 15, font: "display" },
      ]);
      const ruled = type.widthOf(total.amount, "display", 15);
      type.band(RIGHT - 6 - ruled, y + 5, ruled, 0.9, "ink");
      type.band(RIGHT - 6 - ruled, y + 7.6, ruled, 0.9, "ink");
      y += 10;
      for (const sum of after) type.draw(row(sum, y += 15));
      if (pay) {
        y += 20;
        const width = type.widthOf(pay.label, "strong", 10);
        type.draw([{
          text: pay.label,
          x: SUMS.x,
          baseline: y,
          size: 10,
          width: SUMS.width,
          font: "strong",
          color: "accent",
        }]);
        type.band(SUMS.x, y + 2, width, 0.75, "accent");
        document.link(SUMS.x, y - 10, width, 14, pay.url);
      }
      for (const note of notes) {
        type.draw([{ text: note, x: LEFT, baseline: y += 18, size: 9, width: INNER }]);
      }
    },
  };
}
