/**
 * Test clocks. Stripe gives each its own customers; here all of them move the one clock of the sandbox, which also
 * goes on by itself.
 */
import type { Account, TestClock } from "../account.ts";
import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { page, pageParams } from "../api/lists.ts";
import { integer, object, required, string } from "../api/params.ts";
import { endpoint, found } from "../api/resource.ts";
import { addMonths, day } from "../../calendar.ts";
import { newId } from "../ids.ts";

const createParams = object({ expand, frozen_time: required(integer()), name: string({ max: 300 }) });

export const testClocks = [
  endpoint("POST", "/v1/test_helpers/test_clocks", createParams, ({ account, cause }, params) => {
    const now = account.now();
    const clock: TestClock = {
      id: newId("clock_1"),
      object: "test_helpers.test_clock",
      created: now,
      deletes_after: now + 30 * day,
      frozen_time: now,
      livemode: false,
      name: params.name ?? null,
      status: "ready",
      status_details: {},
    };
    account.testClocks.put(clock.id, clock);
    account.emit("test_helpers.test_clock.created", clock, cause);
    const set = params.frozen_time > now ? advance(account, clock, params.frozen_time) : clock;
    return expanded(account, set, params.expand);
  }),

  endpoint("GET", "/v1/test_helpers/test_clocks/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, read(account, find(account, id)), params.expand);
  }),

  endpoint("GET", "/v1/test_helpers/test_clocks", object({ ...pageParams, expand }), ({ account }, params) => {
    const listed = page(account.testClocks, params, {
      url: "/v1/test_helpers/test_clocks",
      noun: "testclock",
      where: () => true,
    });
    return expanded(account, { ...listed, data: listed.data.map((clock) => read(account, clock)) }, params.expand);
  }),

  endpoint(
    "POST",
    "/v1/test_helpers/test_clocks/:id/advance",
    object({ expand, frozen_time: required(integer()) }),
    ({ account, id }, params) => {
      const clock = find(account, id);
      if (clock.status === "advancing") throw invalid("The test clock is still advancing.", "frozen_time");
      if (params.frozen_time <= account.now()) {
        throw invalid("A test clock can only be advanced to a time that is later than its own.", "frozen_time");
      }
      return expanded(account, advance(account, clock, params.frozen_time), params.expand);
    },
  ),

  // The clock of the sandbox stays where it is: its customers are not the clock's.
  endpoint("DELETE", "/v1/test_helpers/test_clocks/:id", object({}), ({ account, id, cause }) => {
    const clock = find(account, id);
    account.testClocks.delete(id);
    account.emit("test_helpers.test_clock.deleted", clock, cause);
    return { id, object: "test_helpers.test_clock", deleted: true };
  }),
];

const find = (account: Account, id: string) => found(account.testClocks, id, "testclock", "test_clock");

const read = (account: Account, clock: TestClock): TestClock =>
  clock.status === "ready" ? { ...clock, frozen_time: account.now() } : clock;

/** Sets out; `ready` follows when everything up to then has happened. */
function advance(account: Account, clock: TestClock, frozen_time: number): TestClock {
  const furthest = addMonths(account.now(), 13);
  if (frozen_time > furthest) {
    throw invalid("The clock moves at most 13 months at a time.", "frozen_time");
  }
  const advancing: TestClock = {
    ...clock,
    frozen_time,
    status: "advancing",
    status_details: { advancing: { target_frozen_time: frozen_time } },
  };
  account.testClocks.put(clock.id, advancing);
  account.emit("test_helpers.test_clock.advancing", advancing);
  // Behind the end of this request's transaction.
  queueMicrotask(() =>
    void account.clock.advanceTo(Math.max(frozen_time * 1000, account.clock.nowMs()))
      .then(() => arrive(account, advancing, "ready"), (error) => {
        console.error(`The sandbox's clock could not be moved: ${error}`);
        arrive(account, advancing, "internal_failure");
      })
  );
  return advancing;
}

function arrive(account: Account, { id, frozen_time }: TestClock, status: TestClock["status"]) {
  account.store.transaction(() => {
    const clock = account.testClocks.get(id);
    if (!clock) return;
    const arrived: TestClock = { ...clock, frozen_time, status, status_details: {} };
    account.testClocks.put(id, arrived);
    account.emit(`test_helpers.test_clock.${status}`, arrived);
  });
}
