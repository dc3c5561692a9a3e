import process from "node:process";

/** What answers under way are given; the server, which stops listening at once, gives them 5 s. Milliseconds. */
const GRACE = 5_500;

/**
 * Ends the process after SIGTERM or SIGINT. The server only stops listening; the pool and the LISTEN
 * connection would keep the process alive for ever. A second signal means now.
 *
 * @param onStop ends at once what would never end by itself
 */
export function exitOnSignal(onStop: () => void): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(0);
    stopping = true;
    onStop();
    setTimeout(() => process.exit(0), GRACE);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);
}
