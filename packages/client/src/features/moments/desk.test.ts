/** When the desk tries again. */
import { expect, test } from "bun:test";
import { addMomentWay } from "@yanshu/store";
import { ClientError } from "../../feature.ts";
import { nowMs as beganMs, filled, opened, standIn } from "../../testing/moments.ts";
import { deskOf } from "./desk.ts";

test("[MO87] what fails after a clock was put back by days is tried again as soon as ever", async () => {
  const db = opened();
  addMomentWay(db, {
    way: new Uint8Array(32),
    account: new Uint8Array(32).fill(1) as never,
    generation: 1,
    next: 0,
    since_ms: 1 as never,
  });
  let nowMs = beganMs + 3 * 86_400_000;
  let tries: (() => void)[] = [];
  const context = standIn(db, {
    isHome: () => true,
    nowMs: () => nowMs,
    after: (ms: number, run: () => void) => {
      if (ms < 60_000) tries.push(run);
    },
    server: { isReady: () => false, ready: async () => false, areTokensSpent: () => false },
    failed: (error: unknown) => {
      throw error;
    },
  });
  const desk = deskOf(context);
  await desk.look();
  await desk.look(); // One try is planned at a time.
  expect(tries.length).toBe(1);
  const [again] = tries;
  tries = [];
  nowMs -= 3 * 86_400_000;
  again?.();
  await desk.look();
  expect(tries.length).toBe(1);
  db.close();
});

test("[MO161] a look ends though home has no tokens for what it lost, or clears nothing", async () => {
  const db = opened();
  const friend = filled(1) as never;
  addMomentWay(db, { way: new Uint8Array(32), account: friend, generation: 1, next: 0, since_ms: 1 as never });
  const secret = new Uint8Array(32).fill(2);
  db.run("INSERT INTO moment_checks (secret, value, due_ms) VALUES (?, ?, 1)", secret, new Uint8Array(128));
  db.run("INSERT INTO moment_clears (secret, due_ms, is_own) VALUES (?, 1, 1)", secret);
  const nowMs = 10 * 86_400_000;
  const asked = new Set<string>();
  const context = standIn(db, {
    isHome: () => true,
    keysOf: async () => [],
    nowMs: () => nowMs,
    after: () => undefined,
    server: {
      isReady: () => true,
      ready: async () => true,
      areTokensSpent: () => true,
      elsewhere: () => undefined,
      allElsewhere: () => () => undefined,
      callPaid: async (name: string) => {
        asked.add(name);
        if (name === "clearHoles") throw new ClientError("refused");
        if (name === "putHoles") throw new ClientError("too-often");
        return { found: new Uint8Array(2_048), values: [new Uint8Array()] };
      },
    },
    failed: () => undefined,
  });
  const desk = deskOf(context);
  await desk.look();
  expect([asked.has("clearHoles"), asked.has("putHoles"), desk.looking.lookedMs]).toEqual([true, true, nowMs]);
  db.close();
});
