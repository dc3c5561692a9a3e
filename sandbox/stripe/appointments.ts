/** Keeps the account's appointments: expiries and delayed payments happen on time, also those a restart slept through. */
import type { Account, Appointment } from "./account.ts";
import { bounceLater, expireSession, settleLater } from "./payment.ts";

const acts: Record<Appointment["act"], (account: Account, session: string) => void> = {
  expire: (account, session) => void expireSession(account, session),
  settle: settleLater,
  bounce: bounceLater,
};

export interface Clockwork {
  /** Does what is due and sets the alarm for the next; call after anything that may have made an appointment. */
  wind(): void;
  close(): void;
}

export function createClockwork(account: Account): Clockwork {
  let alarm: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  function wind() {
    if (closed) return;
    clearTimeout(alarm);
    const now = account.nowMs();
    for (const { id, act, session, due_ms } of account.appointments.list()) {
      if (due_ms > now) continue;
      account.store.transaction(() => {
        acts[act](account, session);
        account.appointments.delete(id);
      });
    }
    const next = Math.min(...account.appointments.list().map(({ due_ms }) => due_ms));
    if (next === Infinity) return;
    // At most an hour, because a timer cannot sleep longer than 24 days and a clock may be moved.
    alarm = setTimeout(wind, Math.min(Math.max(next - now, 1), 3_600_000));
  }

  return {
    wind,
    close() {
      closed = true;
      clearTimeout(alarm);
    },
  };
}
