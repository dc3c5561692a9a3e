import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nextRun } from "../../sandbox/cron/schedule.ts";

/** The first `count` runs after a moment, as ISO strings without seconds' fractions. */
function runs(schedule: string, after: string, count = 1): string[] {
  const found: string[] = [];
  let moment: Date | null = new Date(after);
  while (found.length < count && moment) {
    moment = nextRun(schedule, moment);
    if (moment) found.push(moment.toISOString().replace(":00.000Z", ""));
  }
  return found;
}

describe("a cron schedule", () => {
  it("is due at the next whole minute when every field is a star", () => {
    assert.deepEqual(runs("* * * * *", "2026-03-04T05:06:07Z", 2), ["2026-03-04T05:07", "2026-03-04T05:08"]);
  });

  it("is not due again at the moment it was due", () => {
    assert.deepEqual(runs("30 4 * * *", "2026-03-04T04:30:00Z"), ["2026-03-05T04:30"]);
  });

  it("takes lists, ranges and steps in one field", () => {
    assert.deepEqual(runs("5,20-22,*/30 9 * * *", "2026-03-04T09:00:00Z", 5), [
      "2026-03-04T09:05",
      "2026-03-04T09:20",
      "2026-03-04T09:21",
      "2026-03-04T09:22",
      "2026-03-04T09:30",
    ]);
    assert.deepEqual(runs("10-50/20 * * * *", "2026-03-04T09:00:00Z", 3), [
      "2026-03-04T09:10",
      "2026-03-04T09:30",
      "2026-03-04T09:50",
    ]);
  });

  it("is read in GMT, whatever the machine's zone", () => {
    assert.deepEqual(runs("0 0 * * *", "2026-07-01T22:30:00Z"), ["2026-07-02T00:00"]);
    // The night the clocks change in Europe has no missing and no doubled hour here.
    assert.deepEqual(runs("30 1 * * *", "2026-03-28T12:00:00Z", 2), ["2026-03-29T01:30", "2026-03-30T01:30"]);
  });

  it("knows months and weekdays by name, and Sunday as 0 and as 7", () => {
    assert.deepEqual(runs("0 12 * feb mon", "2026-01-15T00:00:00Z", 2), ["2026-02-02T12:00", "2026-02-09T12:00"]);
    assert.deepEqual(runs("0 12 * * 0", "2026-03-04T00:00:00Z"), runs("0 12 * * 7", "2026-03-04T00:00:00Z"));
    assert.deepEqual(runs("0 12 * * 7", "2026-03-04T00:00:00Z"), ["2026-03-08T12:00"]);
  });

  it("is due on either day when both day fields are given", () => {
    // The 13th, and every Friday: 6 March, 13 March (both), 20 March.
    assert.deepEqual(runs("0 0 13 * 5", "2026-03-01T00:00:00Z", 3), [
      "2026-03-06T00:00",
      "2026-03-13T00:00",
      "2026-03-20T00:00",
    ]);
    assert.deepEqual(runs("0 0 11 * 5", "2026-03-10T00:00:00Z", 2), ["2026-03-11T00:00", "2026-03-13T00:00"]);
  });

  it("finds the last day of a month behind $, also in February of a leap year", () => {
    assert.deepEqual(runs("0 0 $ * *", "2028-02-01T00:00:00Z", 2), ["2028-02-29T00:00", "2028-03-31T00:00"]);
  });

  it("skips years without the day and gives up on a day that never comes", () => {
    assert.deepEqual(runs("0 0 29 2 *", "2026-01-01T00:00:00Z"), ["2028-02-29T00:00"]);
    assert.equal(nextRun("0 0 30 2 *", new Date("2026-01-01T00:00:00Z")), null);
  });

  it("counts an interval of seconds from the moment it is asked", () => {
    const from = new Date("2026-03-04T05:06:07.500Z");
    assert.equal(nextRun("5 seconds", from)?.toISOString(), "2026-03-04T05:06:12.500Z");
    assert.equal(nextRun("1 second", from)?.toISOString(), "2026-03-04T05:06:08.500Z");
    assert.equal(nextRun("59 seconds", from)?.toISOString(), "2026-03-04T05:07:06.500Z");
  });

  it("knows the nicknames", () => {
    assert.deepEqual(runs("@hourly", "2026-03-04T05:06:07Z"), ["2026-03-04T06:00"]);
    assert.deepEqual(runs("@weekly", "2026-03-04T05:06:07Z"), ["2026-03-08T00:00"]);
  });

  for (
    const nonsense of [
      "",
      "* * * *",
      "* * * * * *",
      "60 * * * *",
      "* 24 * * *",
      "* * 0 * *",
      "* * * 13 *",
      "* * * * 8",
      "60 seconds",
      "0 seconds",
      "tomorrow",
    ]
  ) {
    it(`refuses ${JSON.stringify(nonsense)}`, () => {
      assert.throws(() => nextRun(nonsense, new Date("2026-03-04T00:00:00Z")));
    });
  }
});
