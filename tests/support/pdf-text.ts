import { Buffer } from "node:buffer";
import { inflateSync } from "node:zlib";

/** What a reader sees: of each page the pieces of text in the order in which they were set. For PDFs as pdfkit makes them. */
export function textOfPages(pdf: Uint8Array): string[][] {
  const objects = readObjects(pdf);
  const read = (reference: string) => objects.get(reference)!;
  const [, kids] = [...objects.values()].map(({ head }) => /\/Type \/Pages\b[^]*?\/Kids \[([^\]]*)\]/.exec(head))
    .find(Boolean)!;
  return referencesIn(kids).map((page) => {
    const { head } = read(page);
    const fonts = new Map<string, Map<string, string>>();
    const resources = read(member(head, "Resources")).head;
    for (const [, name, font] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      fonts.set(name, lettersOf(read(member(read(font).head, "ToUnicode")).stream()));
    }
    const content = read(member(head, "Contents")).stream();
    let font = "";
    return [...content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ|<([0-9a-f]*)> Tj/g)].flatMap(
      ([, name, array, hex]) => {
        if (name) {
          font = name;
          return [];
        }
        const glyphs = hex ?? [...array.matchAll(/<([0-9a-f]*)>/g)].map(([, piece]) => piece).join("");
        return [(glyphs.match(/.{4}/g) ?? []).map((glyph) => fonts.get(font)?.get(glyph) ?? "�").join("")];
      },
    );
  });
}

interface PdfObject {
  head: string;
  stream(): string;
}

function readObjects(pdf: Uint8Array): Map<string, PdfObject> {
  const text = Buffer.from(pdf).toString("latin1");
  const objects = new Map<string, PdfObject>();
  for (const [, number, body] of text.matchAll(/(?<=^|\n)(\d+) 0 obj\n([^]*?)\nendobj/g)) {
    const [head, stream] = body.split(/\nstream\n/, 2);
    objects.set(number, {
      head,
      stream: () => inflateSync(Buffer.from(stream.replace(/\nendstream$/, ""), "latin1")).toString("latin1"),
    });
  }
  return objects;
}

const referencesIn = (text: string) => [...text.matchAll(/(\d+) 0 R/g)].map(([, number]) => number);

const member = (head: string, name: string) => new RegExp(`/${name} (\\d+) 0 R`).exec(head)![1];

/** Glyph → letter, as a reader that copies text would have it. */
function lettersOf(map: string): Map<string, string> {
  const letters = new Map<string, string>();
  for (const [, from, list] of map.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g)) {
    [...list.matchAll(/<([0-9a-f ]*)>/g)].forEach(([, code], at) => {
      const units = (code.match(/[0-9a-f]{4}/g) ?? []).map((unit) => parseInt(unit, 16));
      letters.set((parseInt(from, 16) + at).toString(16).padStart(4, "0"), String.fromCharCode(...units));
    });
  }
  return letters;
}
