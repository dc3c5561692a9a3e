import type { ProviderMishaps } from "./provider.ts";
import type { Mishaps, Scheduler } from "./scheduler.ts";
import { STEPS } from "./steps.ts";
import type { StorageMishaps } from "./storage.ts";
import type { DatabaseMishaps } from "./virtual-database.ts";

/** Everything that can go wrong in a schedule. */
export type AllMishaps = Mishaps & DatabaseMishaps & ProviderMishaps & StorageMishaps;

export const NONE: Readonly<AllMishaps> = {
  crash: 0,
  deadlyStep: null,
  stop: 0,
  sleepyStep: null,
  delay: 0,
  lostBefore: 0,
  lostAfter: 0,
  slow: 0,
  limited: 0,
  failing: 0,
  lostAnswer: 0,
  webhookLost: 0,
  webhookTwice: 0,
  webhookLate: 0,
  listLag: 0,
  outputTrouble: 0,
  storageDown: 0,
};

/** Steps that few schedules come to by themselves; where somebody is to die there, they are brought to it. */
const RARE = STEPS.filter((step) => /removal|hand back|retirement|the beat|the (cancel|search)'s note/.test(step));
const DEADLY = [...STEPS, ...RARE, ...RARE];

/** To look in vain for what was never begun, somebody has to cancel before the provider has answered that it does nothing. */
export const isHasty = ({ deadlyStep }: AllMishaps) => deadlyStep?.endsWith("the search's note") ?? false;

/** Of one schedule: some of them, more or less; in every tenth none. */
export function drawMishaps(scheduler: Scheduler): AllMishaps {
  if (scheduler.chance(0.1)) return NONE;
  const some = (most: number) => scheduler.chance(0.6) ? scheduler.random.next() * most : 0;
  const deadlyStep = scheduler.chance(0.7) ? scheduler.pick(DEADLY) : null;
  const mishaps = {
    crash: some(0.05),
    deadlyStep,
    stop: some(0.03),
    sleepyStep: scheduler.chance(0.4) ? scheduler.pick(STEPS) : null,
    delay: some(0.1),
    lostBefore: some(0.05),
    lostAfter: some(0.05),
    slow: some(0.1),
    limited: deadlyStep?.endsWith("hand back") ? 0.3 : some(0.3),
    failing: some(0.2),
    lostAnswer: some(0.1),
    webhookLost: some(0.9),
    webhookTwice: some(0.6),
    webhookLate: some(0.6),
    listLag: scheduler.chance(0.5) ? 1_500 : 0,
    outputTrouble: some(0.4),
    storageDown: some(0.2),
  };
  return isHasty(mishaps) ? { ...mishaps, slow: 0.5, failing: 0.6 } : mishaps;
}

/** Whether somebody may be stopped between being told to ask for a prediction and asking for it. */
export const couldOversleep = ({ stop, sleepyStep }: AllMishaps) => sleepyStep !== null || stop > 0;

/**
 * Whether somebody may die, or not hear, between storing a file and saying so, or come back for the outputs that were missing
 * and find others missing instead: what two of them store has one path, so neither may take away what it has stored.
 */
export const couldLeaveFiles = (mishaps: AllMishaps) =>
  couldOversleep(mishaps) || mishaps.deadlyStep !== null || mishaps.crash > 0 ||
  mishaps.lostBefore + mishaps.lostAfter + mishaps.storageDown + mishaps.outputTrouble > 0;
