/**
 * Waits until a whole number of steps has passed since `startedAt` (`performance.now()`). Milliseconds.
 *
 * Auth hashes a password, or sends a mail, only for accounts that exist. That takes longer than to find
 * nobody, and an answer given at once would tell which addresses are customers.
 */
export async function untilFullStep(startedAt: number, step: number): Promise<void> {
  const elapsed = performance.now() - startedAt;
  await new Promise((resolve) => setTimeout(resolve, Math.ceil(step - elapsed % step)));
}
