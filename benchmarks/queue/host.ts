/**
 * The process in which one side works: of each the same kind. It either works off what is queued and tells how long all but
 * the first of it took, or works until its standard input closes and tells when each job began.
 */
import postgres from "postgres";
import type { Orders, Start } from "./scene.ts";
import { SIDES } from "./sides.ts";

const { side: name, mode, url, drain }: Orders = JSON.parse(Deno.args[0]);
const side = SIDES[name];
const say = (value: unknown) => Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(value)}\n`));

if (drain) {
  const { warmup, count } = drain;
  const allBegan = Promise.withResolvers<void>();
  let began = 0;
  let from = 0;
  const worker = await side.work(url, mode, () => {
    began++;
    if (began === warmup) from = performance.now();
    if (began === warmup + count) allBegan.resolve();
  });
  await allBegan.promise;
  const sql = postgres(url, { max: 1 });
  while (await side.isBusy(sql)) await new Promise((resolve) => setTimeout(resolve, 2));
  await say({ seconds: (performance.now() - from) / 1_000 });
  await sql.end();
  await worker.stop();
} else {
  const starts: Start[] = [];
  const worker = await side.work(
    url,
    mode,
    (prompt) => starts.push([prompt, performance.timeOrigin + performance.now()]),
  );
  await say("working");
  for await (const _ of Deno.stdin.readable);
  await worker.stop();
  await say(starts);
}
Deno.exit(0);
