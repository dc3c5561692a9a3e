/** Keeps the account's appointments: expiries and delayed payments happen on time, also those a restart slept through. */
import type { Account, Appointment } from "./account.ts";
import { bounceLater, expireSession, settleLater } from "./payment.ts";

const acts: Record<Appointment["act"], (account: Account, session: string) => void> = {
  expire: (account, session) => void expireSession(account, session),
  settle: settleLater,
  bounce: bounceLater,
};

export interface Clockwork {
  /** Does what is due by now, without waiting for the alarm; cheap when nothing is. */
  catchUp(): void;
  close(): void;
}

export function createClockwork(account: Account): Clockwork {
  // A timer sleeps 24 days at most, and the account's clock may be moved while it does.
  const longestSleepMs = 3_600_000;
  let alarm: ReturnType<typeof setTimeout> | undefined;
  let next = 0;
  let closed = false;

  function setAlarm() {
    clearTimeout(alarm);
    if (closed || next === Infinity) return;
    const wait = Math.min(Math.max(next - account.nowMs(), 1), longestSleepMs);
    alarm = setTimeout(() => {
      catchUp();
      setAlarm();
    }, wait);
  }

  function catchUp() {
    const now = account.nowMs();
    if (closed || now < next) return;
    next = Infinity;
    for (const { id, act, session, due_ms } of account.appointments.list()) {
      if (due_ms > now) {
        next = Math.min(next, due_ms);
        continue;
      }
      account.store.transaction(() => {
        acts[act](account, session);
        account.appointments.delete(id);
      });
    }
    setAlarm();
  }

  account.onAppointment((dueMs) => {
    if (dueMs >= next) return;
    next = dueMs;
    setAlarm();
  });
  catchUp();

  return {
    catchUp,
    close() {
      closed = true;
      clearTimeout(alarm);
    },
  };
}
