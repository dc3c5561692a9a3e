import type { Limit } from "../../platform/limits.ts";
import { sha256Hex } from "../idempotency.ts";

/** Guesses at one account. Log-ins that succeed do not count. */
export const logInPerAccount: Limit = { bucket: "log_in_account", hits: 5, seconds: 60 };
export const mailPerAccount: Limit = { bucket: "mail_account", hits: 5, seconds: 600 };

/** In a sandbox everybody, tests included, comes from one address. */
const SANDBOX_FACTOR = 50;

export function perAddress(config: { production: boolean }) {
  const factor = config.production ? 1 : SANDBOX_FACTOR;
  return {
    logIn: { bucket: "log_in_address", hits: 10 * factor, seconds: 60 },
    register: { bucket: "register_address", hits: 20 * factor, seconds: 3600 },
    confirm: { bucket: "confirm_address", hits: 30 * factor, seconds: 600 },
    mail: { bucket: "mail_address", hits: 10 * factor, seconds: 600 },
  } satisfies Record<string, Limit>;
}

/** Limits are counters, not an address book: the account is named by a hash. */
export async function accountKey(email: string): Promise<string> {
  return await sha256Hex(email);
}
