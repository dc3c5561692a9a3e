import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { errorCodes } from "../../domain/errors.ts";
import {
  fill,
  formatCredits,
  formatMoney,
  formatNumber,
  formatSigned,
  formatTime,
  localePath,
  LOCALES,
  messages,
  plural,
} from "../../locales/mod.ts";

/** A string, or the forms of a counted phrase. */
type Leaf = string | Record<string, string>;

const CATEGORIES: Record<string, string[]> = { en: ["one", "other"], pl: ["few", "many", "one", "other"] };

function isPlural(node: object): node is Record<string, string> {
  return "other" in node && Object.keys(node).every((key) => CATEGORIES.pl.includes(key));
}

/** Path → leaf, for every string of a language. */
function leaves(node: unknown, path = "", found = new Map<string, Leaf>()): Map<string, Leaf> {
  if (typeof node === "string" || (typeof node === "object" && node !== null && isPlural(node))) {
    return found.set(path, node);
  }
  for (const [key, child] of Object.entries(node as object)) leaves(child, path ? `${path}.${key}` : key, found);
  return found;
}

const forms = (leaf: Leaf): string[] => typeof leaf === "string" ? [leaf] : Object.values(leaf);
const placeholders = (leaf: Leaf): string[] =>
  [...new Set(forms(leaf).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

const en = leaves(messages("en"));
const pl = leaves(messages("pl"));

/** Words of a string without what is filled in. Two may be a name or a symbol; three are a sentence. */
const words = (text: string): number => text.replace(/\{\w+\}/g, "").match(/\p{L}{2,}/gu)?.length ?? 0;

describe("the words of the product", () => {
  it("exist in both languages, at the same place", () => {
    assert.deepEqual([...pl.keys()].sort(), [...en.keys()].sort());
  });

  for (const locale of LOCALES) {
    const tree = locale === "en" ? en : pl;

    it(`are never empty, padded or left as a note (${locale})`, () => {
      for (const [path, leaf] of tree) {
        for (const form of forms(leaf)) {
          assert.notEqual(form.trim(), "", path);
          assert.equal(form, form.trim(), `${path} has spaces around it`);
          assert.doesNotMatch(form, /TODO|lorem|xxx/i, path);
        }
      }
    });

    it(`count with every form the language has (${locale})`, () => {
      for (const [path, leaf] of tree) {
        if (typeof leaf === "string") continue;
        assert.deepEqual(Object.keys(leaf).sort(), CATEGORIES[locale], path);
      }
    });
  }

  it("take the same values in both languages", () => {
    for (const [path, leaf] of en) assert.deepEqual(placeholders(pl.get(path)!), placeholders(leaf), path);
  });

  it("are counted in both languages or in neither", () => {
    for (const [path, leaf] of en) assert.equal(typeof pl.get(path), typeof leaf, path);
  });

  it("are translated: no Polish sentence is still the English one", () => {
    for (const [path, leaf] of en) {
      if (typeof leaf !== "string" || words(leaf) < 3) continue;
      assert.notEqual(pl.get(path), leaf, path);
    }
  });

  it("explain every error code of the domain", () => {
    for (const locale of LOCALES) {
      assert.deepEqual(Object.keys(messages(locale).errors.codes).sort(), [...errorCodes].sort());
    }
  });
});

describe("counting", () => {
  it("follows Polish", () => {
    const expected: [number, string][] = [
      [0, "0 kredytów"],
      [1, "1 kredyt"],
      [2, "2 kredyty"],
      [4, "4 kredyty"],
      [5, "5 kredytów"],
      [12, "12 kredytów"],
      [14, "14 kredytów"],
      [21, "21 kredytów"],
      [22, "22 kredyty"],
      [25, "25 kredytów"],
      [112, "112 kredytów"],
      [124, "124 kredyty"],
    ];
    for (const [n, text] of expected) assert.equal(formatCredits(n, "pl"), text);
  });

  it("follows English", () => {
    assert.equal(formatCredits(0, "en"), "0 credits");
    assert.equal(formatCredits(1, "en"), "1 credit");
    assert.equal(formatCredits(1250, "en"), "1,250 credits");
  });

  it("says the sign of a change, with a true minus, and counts by its size", () => {
    assert.equal(formatCredits(10, "en", { signed: true }), "+10 credits");
    assert.equal(formatCredits(-1, "en", { signed: true }), "−1 credit");
    assert.equal(formatCredits(-2, "pl", { signed: true }), "−2 kredyty");
    assert.equal(formatSigned(0, "en"), "0");
  });

  it("takes further values", () => {
    assert.equal(plural({ one: "{n} of {all}", other: "{n}s of {all}" }, 2, "en", { all: 3 }), "2s of 3");
  });

  it("falls back to the general form where a language lacks one", () => {
    assert.equal(plural({ other: "{n} x" }, 1, "pl"), "1 x");
  });
});

describe("filling in", () => {
  it("leaves a name that is missing visible", () => {
    assert.equal(fill("{a} and {b}", { a: "1" }), "1 and {b}");
  });

  it("does not read what it fills in", () => {
    assert.equal(fill("{a} {b}", { a: "{b}", b: "$&" }), "{b} $&");
  });
});

describe("numbers, money and time", () => {
  it("are written as each language writes them", () => {
    assert.equal(formatNumber(-12345, "en"), "−12,345");
    assert.equal(formatNumber(12345, "pl"), "12\u00a0345");
    assert.equal(formatMoney(900, "en"), "$9");
    assert.equal(formatMoney(13900, "pl"), "139\u00a0$");
    assert.equal(formatMoney(90, "en"), "$0.90");
    assert.equal(formatMoney(13900 / 200, "en"), "$0.695");
    assert.equal(formatMoney(78, "pl"), "0,78\u00a0$");
  });

  it("name the zone when it is not the reader's", () => {
    const at = "2026-03-09T14:05:00Z";
    assert.equal(formatTime(at, "en"), "9 Mar 2026, 14:05 UTC");
    assert.equal(formatTime(at, "pl"), "9 mar 2026, 14:05 UTC");
    assert.equal(formatTime(at, "pl", { timeZone: "Europe/Warsaw" }), "9 mar 2026, 15:05");
    assert.equal(formatTime(new Date(at), "en", { dateOnly: true }), "9 Mar 2026");
  });
});

describe("addresses", () => {
  it("carry Polish under /pl and keep query and hash", () => {
    assert.equal(localePath("en", "/pricing?a=1#b"), "/pricing?a=1#b");
    assert.equal(localePath("pl", "/pricing?a=1#b"), "/pl/pricing?a=1#b");
    assert.equal(localePath("pl", "/"), "/pl");
    assert.equal(localePath("pl", "/?a=1"), "/pl?a=1");
    assert.equal(localePath("pl", "/#faq"), "/pl#faq");
  });

  it("never lead to another host, whatever path was asked for", () => {
    for (const path of ["//evil.test/x?a=1", "///evil.test/x?a=1", "/\\evil.test/x?a=1"]) {
      assert.equal(localePath("en", path), "/evil.test/x?a=1");
      assert.equal(localePath("pl", path), "/pl/evil.test/x?a=1");
    }
  });
});
