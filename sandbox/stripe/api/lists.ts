import type { Collection } from "../../state/store.ts";
import { noSuch } from "./errors.ts";
import { integer, object, type Param, string } from "./params.ts";

/** The parameters every list takes. */
export const pageParams = {
  limit: integer({ min: 1, max: 100 }),
  starting_after: string(),
  ending_before: string(),
};

/** `created=1700000000`, or a range of bounds. */
export const created: Param<(seconds: number) => boolean> = {
  read(value, path) {
    if (typeof value === "string") {
      const exact = integer().read(value, path);
      return (seconds) => seconds === exact;
    }
    const { gt, gte, lt, lte } = object({ gt: integer(), gte: integer(), lt: integer(), lte: integer() })
      .read(value, path);
    return (seconds) =>
      seconds > (gt ?? -Infinity) && seconds >= (gte ?? -Infinity) &&
      seconds < (lt ?? Infinity) && seconds <= (lte ?? Infinity);
  },
};

export interface ListObject<T> {
  object: "list";
  url: string;
  has_more: boolean;
  data: T[];
}

/** One page, newest first. `noun` is for the message about a cursor that names nothing. */
export function page<T extends { id: string }>(
  collection: Pick<Collection<T>, "get" | "list">,
  { limit = 10, starting_after, ending_before }: { limit?: number; starting_after?: string; ending_before?: string },
  { url, noun, where }: { url: string; noun: string; where: (item: T) => boolean },
): ListObject<T> {
  for (const [param, cursor] of Object.entries({ starting_after, ending_before })) {
    if (cursor && !collection.get(cursor)) throw noSuch(noun, cursor, param, 400);
  }
  const matching = collection.list(starting_after ? { after: starting_after } : {}).filter(where);
  if (ending_before) {
    // The page just above the cursor, still newest first.
    const all = collection.list();
    const above = all.slice(0, all.findIndex(({ id }) => id === ending_before)).filter(where);
    return { object: "list", url, has_more: above.length > limit, data: above.slice(-limit) };
  }
  return { object: "list", url, has_more: matching.length > limit, data: matching.slice(0, limit) };
}

/** A list that is part of an object, such as its line items. */
export function wholeList<T>(data: T[], url: string, limit = data.length): ListObject<T> {
  return { object: "list", url, has_more: data.length > limit, data: data.slice(0, limit) };
}
