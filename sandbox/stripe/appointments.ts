/**
 * Keeps the account's appointments: renewals, retries, expiries and delayed payments happen in the order in which
 * they are due and as of when they are due, also those a restart slept through or a moved clock jumped over.
 */
import type { Account, Appointment } from "./account.ts";
import { decideLater } from "./dispute.ts";
import { finalizeDue, retryDue } from "./invoices/collect.ts";
import { bounceLater, expireSession, settleLater } from "./checkout/outcomes.ts";
import { renew } from "./subscriptions/renew.ts";
import { expireIncomplete, trialWillEnd } from "./subscriptions/start.ts";

type Act = (account: Account, subject: string) => void;

const acts: Record<Appointment["act"], Act> = {
  expire_checkout: (account, session) => void expireSession(account, session),
  settle_checkout: settleLater,
  bounce_checkout: bounceLater,
  decide_dispute: decideLater,
  renew_subscription: renew,
  trial_will_end: trialWillEnd,
  expire_subscription: expireIncomplete,
  finalize_invoice: finalizeDue,
  retry_invoice: retryDue,
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
  let due: Appointment[] | undefined;

  function setAlarm() {
    clearTimeout(alarm);
    if (closed || next === Infinity) return;
    const wait = Math.min(Math.max(next - account.clock.nowMs(), 1), longestSleepMs);
    alarm = setTimeout(() => {
      catchUp();
      setAlarm();
    }, wait);
  }

  function catchUp() {
    const now = account.clock.nowMs();
    if (closed || due || now < next) return;
    // Oldest first among equals: `list` gives the newest first and the sort keeps order.
    due = account.appointments.list().reverse().sort(bySoonest);
    try {
      while (due.length > 0 && due[0].due_ms <= now) keep(due.shift()!);
      next = due[0]?.due_ms ?? Infinity;
    } finally {
      due = undefined;
    }
    setAlarm();
  }

  function keep(appointment: Appointment) {
    // What came before it may have moved or canceled it.
    if (account.appointments.get(appointment.id)?.due_ms !== appointment.due_ms) return;
    account.store.transaction(() => {
      account.appointments.delete(appointment.id);
      account.asOf(appointment.due_ms, () => acts[appointment.act](account, appointment.subject));
    });
  }

  account.onAppointment((appointment) => {
    if (due) {
      due.push(appointment);
      due.sort(bySoonest);
    } else if (appointment.due_ms < next) {
      next = appointment.due_ms;
      setAlarm();
    }
  });
  account.clock.afterAdvance(() => {
    catchUp();
    // What is not due yet has come closer.
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

const bySoonest = (a: Appointment, b: Appointment) => a.due_ms - b.due_ms;
