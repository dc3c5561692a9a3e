import type { Sql } from "postgres";
import type { Clock } from "../clock.ts";
import type { Deliveries } from "../faults/delivery.ts";
import type { Faults } from "../faults/mod.ts";
import type { Mailbox } from "../mail/mod.ts";
import type { Charge } from "../replicate/prediction.ts";
import type { StripeStandIn } from "../stripe/mod.ts";

/** What the console shows of a prediction; the Replicate stand-in keeps more. */
export interface ShownPrediction {
  id: string;
  model: string;
  status: string;
  input: unknown;
  error?: unknown;
  created_at: string;
  /** What Replicate would bill, once it has ended. */
  charge?: Charge | null;
}

export interface SandboxOptions {
  /** Where the sandbox is reached. */
  baseUrl: string;
  /** Addresses of the rest of the stack, to be shown. */
  links: { web: string; api: string; db: string };
  /** Demo log-ins, by role. */
  users: Record<string, { email: string; password: string }>;
  mail: Mailbox;
  stripe: StripeStandIn;
  clock: Clock;
  replicate: {
    fetch(request: Request): Promise<Response | null>;
    state(): { predictions: ShownPrediction[]; trainings: ShownPrediction[] };
    charges(): object[];
  };
  faults: Faults;
  deliveries: Deliveries;
  /** The stack's database, read-only in use; null while it is down. */
  sql?: () => Sql | null;
}
