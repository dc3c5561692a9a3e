import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { AppError } from "../../../domain/errors.ts";
import { decodeCursor, encodeCursor, exactTime, pageRequest } from "../../../domain/pages.ts";

const refusedFields = (run: () => unknown): string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError && error.code === "validation_failed") return Object.keys(error.fields ?? {});
    throw error;
  }
  return [];
};

describe("a page of a list", () => {
  it("has twenty items unless it is told otherwise", () => {
    assert.deepEqual(pageRequest(new URLSearchParams()), { limit: 20 });
    assert.deepEqual(pageRequest(new URLSearchParams("limit=100&cursor=x")), { limit: 100, cursor: "x" });
  });

  it("is refused beyond its bounds", () => {
    for (const limit of ["0", "101", "1.5", "abc", "-1", "1e9"]) {
      assert.deepEqual(refusedFields(() => pageRequest(new URLSearchParams({ limit }))), ["limit"], limit);
    }
  });

  it("goes on where its cursor says, and a cursor that was made up is refused", () => {
    const shape = z.tuple([z.int(), z.string()]);
    assert.deepEqual(decodeCursor(encodeCursor([7, "a?>~"]), shape), [7, "a?>~"]);
    for (const cursor of ["", "%%%", "e30", encodeCursor(["7", "a"]), encodeCursor([7])]) {
      assert.deepEqual(refusedFields(() => decodeCursor(cursor, shape)), ["cursor"], cursor);
    }
  });

  it("does not begin at a moment that Postgres does not know", () => {
    const at = (moment: string) => refusedFields(() => decodeCursor(encodeCursor([moment]), z.tuple([exactTime])));
    assert.deepEqual(at("2028-02-29T23:59:59.999999Z"), []);
    for (const moment of ["0000-01-01", "2026-02-31", "2026-13-01"]) {
      assert.deepEqual(at(`${moment}T00:00:00.000000Z`), ["cursor"], moment);
    }
    assert.deepEqual(at("2026-01-01T24:00:00.000000Z"), ["cursor"]);
  });
});
