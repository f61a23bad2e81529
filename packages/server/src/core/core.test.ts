/** The core's small parts: bounded memory, rates, group commit. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { judgePair } from "../accounts/sign-in.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { ManualClock } from "../testkit/clock.ts";
import { GroupCommit } from "./group-commit.ts";
import { nodePrimitives } from "./node-crypto.ts";
import { accept, done, refuse } from "./outcome.ts";
import { RateLimit, RateTable } from "./rate.ts";
import { RecentMap } from "./recent.ts";

test("[DS15] a recent map is bounded, keeps what is used, and says what it forgot", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean())), (uses) => {
      const forgotten: string[] = [];
      const map = new RecentMap<string>(
        5,
        () => 1,
        (value) => forgotten.push(value),
      );
      for (const [n, put] of uses) {
        const key = `${n}`;
        if (put) map.set(key, key);
        const found = map.get(key);
        expect(put ? found === key : found === undefined || found === key).toBe(true);
        expect([...map.values()].length).toBeLessThanOrEqual(10);
        expect(new Set(map.values()).size).toBe([...map.values()].length);
      }
    }),
  );
});

test("[DS24] a rate lets through its limit in a window, for each key, wherever the clock jumps", () => {
  const rate = new RateLimit(3, 1_000);
  const take = (key: string, nowMs: number) => rate.take(key, nowMs);
  expect([1, 2, 3, 4].map(() => take("a", 5_000))).toEqual([true, true, true, false]);
  expect(take("b", 5_999)).toBe(true);
  expect(take("a", 5_999)).toBe(false);
  expect(take("a", 6_000)).toBe(true);
  expect(take("a", 1_000)).toBe(true); // The clock was set back.
  expect([1, 2, 3].map(() => take("a", 1_500))).toEqual([true, true, false]);
});

test("[DS24] a rate of what anybody may make up takes as little room for a million keys as for one", () => {
  const rate = new RateTable(3, 1_000);
  const key = (number: number) => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint32(0, number);
    return bytes;
  };
  expect([1, 2, 3, 4].map(() => rate.take(key(7), 5_000))).toEqual([true, true, true, false]);
  expect(rate.take(key(8), 5_999)).toBe(true);
  expect(rate.take(key(7), 6_000)).toBe(true);
  Bun.gc(true);
  const before = process.memoryUsage().heapUsed;
  for (let number = 0; number < 1_000_000; number++) rate.take(key(number), 6_500);
  Bun.gc(true);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8 << 20);
  expect(rate.take(key(7), 6_600)).toBe(true);
}, 60_000);

test("[DS24] a rate of what anybody may make up counts to its limit, however large, and anew in each window", () => {
  const key = (number: number) => Uint8Array.of(0, number >> 16, number >> 8, number);
  for (const max of [1, 255, 256, 65_535, 65_536]) {
    const rate = new RateTable(max, 1_000);
    const taken = (number: number, nowMs: number) => {
      let count = 0;
      while (count <= max && rate.take(key(number), nowMs)) count++;
      return count;
    };
    // Few places are used in the first window, many in the second, and none in the third.
    for (const [window, others] of [3, 10_000, 0, 3].entries()) {
      const nowMs = 5_000 + window * 1_000;
      for (let n = 1; n <= others; n++) expect(rate.take(key(n), nowMs)).toBe(true);
      expect([max, window, taken(0, nowMs), taken(20_000, nowMs)]).toEqual([max, window, max, max]);
      if (others > 0) expect([max, window, taken(others, nowMs)]).toEqual([max, window, max - 1]);
    }
  }
});

test("[DS26] the pair rule, for every past", () => {
  const value = fc.integer({ min: 0, max: 3 }).map((n) => new Uint8Array(16).fill(n));
  fc.assert(
    fc.property(value, value, value, value, (last, held, current, next) => {
      const judged = judgePair({ last, held }, { current, next });
      const repeats = String(last) === String(current) && String(held) === String(next);
      const follows = String(held) === String(current);
      expect(judged).toBe(repeats ? "repeat" : follows ? "next" : "mismatch");
      expect(judgePair({ last: undefined, held: undefined }, { current, next })).toBe("next");
    }),
  );
});

function committing(isShared = false) {
  const clock = new ManualClock();
  const log = { ...openSqliteLog(":memory:"), isShared };
  return { clock, log, commits: new GroupCommit(log, clock, { commitDelayMs: 1, commitJobsMax: 4 }) };
}

test("[DS16] one job that fails does not refuse the others, and leaves nothing", async () => {
  const { clock, log, commits } = committing();
  const outcomes: string[] = [];
  const job = (name: number, fails: boolean) =>
    commits.soon(
      () => {
        log.accounts.create(Uint8Array.of(name), new Uint8Array(1));
        if (fails) throw new Error("a fault");
        return name === 2 ? refuse("bad-token") : accept(name);
      },
      (outcome) => outcomes.push(outcome.ok ? `${outcome.value}` : outcome.code),
    );
  job(1, false);
  job(2, false);
  job(3, true);
  await clock.pass(1);
  expect(outcomes).toEqual(["1", "bad-token", "unavailable"]);
  expect(log.accounts.find(Uint8Array.of(1))).toBeDefined();
  expect(log.accounts.find(Uint8Array.of(3))).toBeUndefined();
  expect(commits.failures).toBeGreaterThan(0);
});

test("[DS137] what was said goes first, each place has its turn, and a commit takes no more calls than run within a few milliseconds", async () => {
  const { clock, commits } = committing();
  const order: string[] = [];
  const commitOf: number[] = [];
  const call = (place: string, name: string) =>
    commits.inTurn(
      place,
      () => {
        clock.jump(3); // Each takes three milliseconds.
        return accept(name);
      },
      (outcome) => {
        order.push(outcome.ok ? outcome.value : outcome.code);
        commitOf.push(commits.commits);
      },
    );
  for (let i = 0; i < 50; i++) call("flooder", `flood ${i}`);
  call("grandma", "sign in");
  commits.soon(
    () => accept("a message"),
    () => order.push("a message"),
  );
  expect(commits.waiting).toBe(52);
  expect(commits.waitingFrom("flooder")).toBe(50);
  await clock.pass(400);
  expect(order.slice(0, 3)).toEqual(["a message", "flood 0", "sign in"]);
  expect(order).toHaveLength(52);
  expect(order.filter((name) => name.startsWith("flood"))).toEqual(Array.from({ length: 50 }, (_, i) => `flood ${i}`));
  for (const commit of new Set(commitOf))
    expect(commitOf.filter((one) => one === commit).length).toBeLessThanOrEqual(3);
});

/**
 * In which commits calls of three milliseconds each were done, one from each of so many places, after posts that took
 * so long.
 */
async function callsAfter(postsMs: number, count: number, isShared: boolean): Promise<readonly number[]> {
  const { clock, commits } = committing(isShared);
  const commitOf: number[] = [];
  for (let i = 0; i < count; i++)
    commits.inTurn(
      `place ${i}`,
      () => {
        clock.jump(3);
        return accept(i);
      },
      () => commitOf.push(commits.commits),
    );
  commits.soon(
    () => {
      clock.jump(postsMs);
      return accept("a message");
    },
    () => undefined,
  );
  await clock.pass(400);
  return commitOf;
}

test("[DS137] calls have their milliseconds after what was said, however long that took", async () => {
  expect(await callsAfter(20, 2, false)).toEqual([1, 1]);
  expect(await callsAfter(20, 4, false)).toEqual([1, 1, 2, 2]);
});

test("[DS211] where a database is waited for, a commit has as long for calls as for what was said, and a tenth of a second at most", async () => {
  expect(await callsAfter(21, 8, true)).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
  const long = await callsAfter(400, 40, true);
  expect(long.filter((commit) => commit === 1)).toHaveLength(34);
});

test("[DS242] what running calls took is taken off the time for their answers in that turn", async () => {
  const { clock, commits } = committing();
  const turns: number[] = [];
  for (let i = 0; i < 6; i++)
    commits.inTurn(
      `place ${i}`,
      () => {
        clock.jump(1);
        return accept(i);
      },
      () => {
        clock.jump(1);
        turns.push(commits.commits);
      },
    );
  await clock.pass(400);
  // Six milliseconds went into running, so that two are left; the other four follow in a turn that runs nothing.
  expect(turns).toEqual([1, 1, 2, 2, 2, 2]);
});

test("[DS137] a server that goes answers all that waits", () => {
  const { commits } = committing();
  let answered = 0;
  for (let i = 0; i < 1_000; i++)
    commits.inTurn(
      `place ${i % 7}`,
      () => accept(i),
      () => void answered++,
    );
  commits.flush();
  expect([answered, commits.waiting]).toEqual([1_000, 0]);
});

test("[DS31] upkeep that fails is kept and tried again", async () => {
  const { clock, commits } = committing();
  let tries = 0;
  commits.later(() => {
    tries++;
    if (tries < 5) throw new Error("not yet");
  });
  await clock.pass(100);
  expect(tries).toBeLessThan(5);
  await clock.pass(5_000);
  expect(tries).toBe(5);
  await clock.pass(5_000);
  expect(tries).toBe(5);
});

test("[DS166] a caller that relies on what upkeep writes is told while it stands over", async () => {
  const { clock, commits } = committing();
  let fails = true;
  const told: boolean[] = [];
  commits.later(() => {
    if (fails) throw new Error("not yet");
  });
  const ask = () =>
    commits.soon(
      () => done,
      () => undefined,
    );
  const look = () =>
    commits.soon(
      () => accept(commits.isBehind),
      (outcome) => outcome.ok && told.push(outcome.value),
    );
  ask();
  look();
  await clock.pass(10);
  fails = false;
  await clock.pass(5_000);
  look();
  await clock.pass(10);
  expect(told).toEqual([true, false]);
});

test("[GR36] under a key of small order no signature is good, though anybody can make one", () => {
  const identity = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0));
  const signature = Uint8Array.from({ length: 64 }, (_, i) => (i === 0 ? 1 : 0));
  expect(nodePrimitives.verify(identity, new Uint8Array(3), signature)).toBe(false);
});

test("[WI8] bytes that are no key or no signature verify as false", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 70 }), (key, signature) => {
      expect(nodePrimitives.verify(key, new Uint8Array(3), signature)).toBe(false);
    }),
  );
});
