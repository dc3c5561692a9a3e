import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../../platform/clock.ts";
import { together } from "../../../platform/together.ts";

describe("items sent together", () => {
  /** Groups that are answered by hand, and a clock of which only the newest timer can run out. */
  function openGroups() {
    let lapse: (() => void) | undefined;
    const timer = (act: () => void) => {
      lapse = act;
      return () => void (lapse === act && (lapse = undefined));
    };
    const groups: { items: number[]; answer(): void; fail(error: unknown): void }[] = [];
    const send = together((items: number[]) => {
      const { promise, resolve, reject } = Promise.withResolvers<string[]>();
      groups.push({ items, answer: () => resolve(items.map((item) => `answer ${item}`)), fail: reject });
      return promise;
    }, { clock: { timer }, most: 3, patienceMs: 1_000 });
    return { groups, send, pass: () => lapse?.() };
  }
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

  it("go at once where nothing is under way", () => {
    const { groups, send } = openGroups();
    send(1);
    assert.deepEqual(groups.map(({ items }) => items), [[1]]);
  });

  it("go in groups of at most so many once the one before was answered, and each has its own answer", async () => {
    const { groups, send } = openGroups();
    const answers = [1, 2, 3, 4, 5].map(send);
    assert.deepEqual(groups.map(({ items }) => items), [[1]]);
    groups[0].answer();
    await settle();
    groups[1].answer();
    await settle();
    groups[2].answer();
    assert.deepEqual(groups.map(({ items }) => items), [[1], [2, 3, 4], [5]]);
    assert.deepEqual(await Promise.all(answers), [1, 2, 3, 4, 5].map((n) => `answer ${n}`));
  });

  it("do not wait for a group that does not come back, and its answers still count", async () => {
    const { groups, send, pass } = openGroups();
    const answers = [1, 2, 3].map(send);
    pass();
    assert.deepEqual(groups.map(({ items }) => items), [[1], [2, 3]]);
    groups[0].answer();
    await settle();
    send(4);
    assert.equal(groups.length, 2, "the second is still on its way, though the first came back");
    groups[1].answer();
    await settle();
    assert.deepEqual(groups[2].items, [4]);
    assert.deepEqual(await Promise.all(answers), ["answer 1", "answer 2", "answer 3"]);
  });

  it("wait for the third group, when two do not come back: what holds up those would hold up every connection", async () => {
    const { groups, send, pass } = openGroups();
    for (let n = 1; n <= 3; n++) {
      send(n);
      pass();
    }
    send(4);
    assert.deepEqual(groups.map(({ items }) => items), [[1], [2], [3]]);
    groups[2].answer();
    await settle();
    assert.deepEqual(groups[3].items, [4]);
  });

  it("go by themselves after their group has failed, so that one does not take the others with it", async () => {
    const send = together((items: number[]) => {
      if (items.includes(3)) return Promise.reject(new Error("three"));
      return Promise.resolve(items.map((item) => item * 10));
    }, { clock: systemClock, most: 5, patienceMs: 1_000 });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(send));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === "fulfilled" ? outcome.value : outcome.reason.message),
      [
        10,
        20,
        "three",
        40,
      ],
    );
  });
});
