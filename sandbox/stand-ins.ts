import { join } from "node:path";
import type postgres from "postgres";
import { type Clock, createClock } from "./clock.ts";
import { createSandbox } from "./console/mod.ts";
import { catchUpBooks, moveDatabaseClock } from "./database-clock.ts";
import { addresses } from "./environment.ts";
import { createDeliveries } from "./faults/delivery.ts";
import { createFaults } from "./faults/mod.ts";
import type { Service } from "./gateway.ts";
import type { Login } from "./info.ts";
import { createMail } from "./mail/mod.ts";
import type { Ports } from "./ports.ts";
import { createReplicate } from "./replicate/mod.ts";
import type { Secrets } from "./secrets.ts";
import { openStore } from "./state/store.ts";
import { createStripe } from "./stripe/mod.ts";
import type { Mailer } from "./auth/mod.ts";

export interface StandInsOptions {
  stateDir: string;
  ports: Ports;
  secrets: Secrets;
  /** Replays the draws of faults and pictures. */
  seed: string;
  users: { customer: Login; operator: Login };
  sql: postgres.Sql;
  /** As superuser: the database's clock is nobody else's to move. */
  admin: postgres.Sql;
}

export interface StandIns extends Service {
  mailer: Mailer;
  clock: Clock;
  /** Sends what was not delivered before the last stop; call it when the receivers are up. */
  resume(): void;
  close(): Promise<void>;
}

/** Everything on the sandbox port: Stripe, Replicate, the mail inbox and the console, over one store. */
export function createStandIns({ stateDir, ports, secrets, seed, users, sql, admin }: StandInsOptions): StandIns {
  const urls = addresses(ports);
  const store = openStore(join(stateDir, "sandbox.db"));
  const clock = createClock(store);
  clock.onAdvance(async (offsetMs) => {
    await moveDatabaseClock(admin, offsetMs);
    await catchUpBooks(admin, offsetMs);
  });
  const faults = createFaults(seed);
  const deliveries = createDeliveries({ store, faults });
  const mail = createMail({ store });
  const stripe = createStripe({
    baseUrl: urls.stripeApi,
    secretKey: secrets.stripeSecretKey,
    webhookSecret: secrets.stripeWebhookSecret,
    webhookUrl: `${urls.functions}/stripe-webhook`,
    store,
    deliveries,
    clock,
  });
  const replicate = createReplicate({
    baseUrl: urls.console,
    token: secrets.replicateToken,
    webhookSecret: secrets.replicateWebhookSecret,
    store,
    deliveries,
    seed,
    clock: { now: clock.nowMs },
  });
  clock.afterAdvance(() => replicate.catchUp());
  const sandbox = createSandbox({
    baseUrl: urls.console,
    links: { web: urls.web, api: urls.api, db: `127.0.0.1:${ports.db}` },
    users,
    mail,
    stripe,
    clock,
    replicate,
    faults,
    deliveries,
    sql: () => sql,
  });

  return {
    fetch: (request) => sandbox.fetch(request),
    clock,
    mailer: { deliver: (message) => mail.driver.send(message) },
    resume: () => deliveries.resume(),
    async close() {
      await stripe.close();
      await replicate.close();
      await deliveries.close();
      store.close();
    },
  };
}
