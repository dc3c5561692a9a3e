import process from "node:process";

/** What a random test begins with: KREDO_SEED, which replays a run, or a new one. It is printed either way. */
export function takeSeed(test: string): number {
  const seed = process.env.KREDO_SEED ? Number(process.env.KREDO_SEED) : Math.floor(Math.random() * 2 ** 31);
  console.log(`${test}: KREDO_SEED=${seed}`);
  return seed;
}
