import assert from "node:assert/strict";
import { assertPortsFree, choosePorts, findPortBase } from "../../../sandbox/ports.ts";

Deno.test("ports: the Supabase CLI's own, or four in a row", () => {
  assert.deepEqual(choosePorts(undefined), { web: 8000, api: 54321, db: 54322, console: 54324 });
  assert.deepEqual(choosePorts("9000"), { web: 9000, api: 9001, db: 9002, console: 9003 });
});

Deno.test("ports: nonsense in KREDO_PORT_BASE is named", () => {
  for (const base of ["80", "abc", "70000", "9000.5"]) assert.throws(() => choosePorts(base), /KREDO_PORT_BASE/);
});

Deno.test("ports: a taken one is named with its use and the remedy", () => {
  const base = findPortBase(21_500, 21_600);
  using _taken = Deno.listen({ hostname: "127.0.0.1", port: base + 3 });
  assert.throws(
    () => assertPortsFree(choosePorts(String(base))),
    new RegExp(`Port ${base + 3} \\(the console\\).*KREDO_PORT_BASE`),
  );
});
