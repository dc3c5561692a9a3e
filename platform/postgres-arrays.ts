type Convert = Record<number, ((value: never) => unknown) | undefined>;

/**
 * The array types of Postgres by the type of their elements: bool, bytea, name, int8, int2, int4, text, oid, json, float4,
 * float8, bpchar, varchar, date, timestamp, timestamptz, numeric, uuid, jsonb. They have these numbers in every database.
 */
const ARRAYS: Record<number, number> = {
  16: 1000,
  17: 1001,
  19: 1003,
  20: 1016,
  21: 1005,
  23: 1007,
  25: 1009,
  26: 1028,
  114: 199,
  700: 1021,
  701: 1022,
  1042: 1014,
  1043: 1015,
  1082: 1182,
  1114: 1115,
  1184: 1185,
  1700: 1231,
  2950: 2951,
  3802: 3807,
};

/**
 * Teaches a client of postgres.js arrays. By itself it asks for them over each new connection, and when that breaks off
 * meanwhile, the rejection is nobody's and ends the process (3.4.9, `fetchArrayTypes`).
 */
export function knowArrays({ parsers, serializers }: { parsers: object; serializers: object }): void {
  const [read, write] = [parsers as Convert, serializers as Convert];
  for (const [element, array] of Object.entries(ARRAYS)) {
    const [parse, serialize] = [read[Number(element)], write[Number(element)]];
    read[array] = (text: string) => parseArray(text, parse as ((text: string) => unknown) | undefined);
    write[array] = (values: unknown) => writeArray(values, serialize as ((value: unknown) => unknown) | undefined);
  }
}

/** https://www.postgresql.org/docs/17/arrays.html#ARRAYS-IO */
export function parseArray(text: string, parse: (text: string) => unknown = (item) => item): unknown[] {
  // Bounds other than 1 stand before it: [2:3]={a,b}
  let at = text.indexOf("{");

  function readItems(): unknown[] {
    const items: unknown[] = [];
    at++;
    while (text[at] !== "}") {
      if (text[at] === ",") at++;
      else if (text[at] === "{") items.push(readItems());
      else if (text[at] === '"') items.push(parse(readQuoted()));
      else items.push(readPlain());
    }
    at++;
    return items;
  }

  function readQuoted(): string {
    let item = "";
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === "\\") at++;
      item += text[at];
    }
    at++;
    return item;
  }

  function readPlain(): unknown {
    const begin = at;
    while (text[at] !== "," && text[at] !== "}") at++;
    const item = text.slice(begin, at);
    return item === "NULL" ? null : parse(item);
  }

  return readItems();
}

/** What is no array is passed on: it may be written as one already. */
export function writeArray(values: unknown, serialize: (value: unknown) => unknown = String): string {
  if (!Array.isArray(values)) return String(values);
  const items = values.map((value) => {
    if (value === null || value === undefined) return "NULL";
    if (Array.isArray(value)) return writeArray(value, serialize);
    return `"${String(serialize(value)).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  });
  return `{${items.join()}}`;
}
