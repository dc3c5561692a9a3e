/** Counts requests in whole minutes of the clock, as the API's own limits reset. */
export interface Limiter {
  /** 0 when the request may pass, else the seconds until the limit resets. */
  take(): number;
}

export function createLimiter(perMinute: number, now: () => number): Limiter {
  let minute = 0;
  let used = 0;
  return {
    take() {
      const at = now();
      const current = Math.floor(at / 60_000);
      if (current !== minute) {
        minute = current;
        used = 0;
      }
      if (++used <= perMinute) return 0;
      return Math.max(1, Math.ceil(((current + 1) * 60_000 - at) / 1000));
    },
  };
}
