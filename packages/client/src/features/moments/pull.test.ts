/** What a look reads of the store. */
import { expect, test } from "bun:test";
import { addMomentLog, addMomentWay, writeMomentOwnLog, writeMomentRoot } from "@yanshu/store";
import { type AccountId, type Bytes, toHex } from "@yanshu/wire";
import { crypto, filled, me, opened, nowMs as sinceMs, standIn } from "../../testing/moments.ts";
import { passOwnCell, pullAll } from "./pull.ts";
import { cellName, wayTo } from "./sealed.ts";

const friends = [1, 2, 3].map((byte) => filled(byte) as AccountId);
const root = filled(4);

test("[MO164] where one way goes on, what is known of all others is not read again, and the look asks for its next place", async () => {
  const store = opened();
  writeMomentRoot(store, root, 1, 1);
  writeMomentOwnLog(store, { key: filled(5), root, generation: 1, since_ms: sinceMs, told: new Uint8Array() });
  for (const friend of friends) {
    store.run("INSERT INTO contacts (account, state, stamp_ms) VALUES (?, 'contact', 1)", friend);
    const [way, key] = [friend.map((byte) => byte + 64), friend.map((byte) => byte + 80)];
    addMomentWay(store, { way, account: friend, generation: 1, next: 0, since_ms: sinceMs });
    addMomentLog(store, { key, account: friend, heads: filled(0, 64), since_ms: sinceMs });
  }
  /** Rows of ways and logs that were read. */
  let rows = 0;
  const db = {
    ...store,
    all: ((sql: string, ...params: never[]) => {
      const found = store.all(sql, ...params);
      if (/FROM moment_(ways|logs)\b/.test(sql)) rows += found.length;
      return found;
    }) as typeof store.all,
  };
  let asked = new Set<string>();
  const context = standIn(db, {
    chance: Math.random,
    server: {
      elsewhere: () => undefined,
      allElsewhere: () => () => undefined,
      callPaid: async (_: string, __: number, args: () => { readonly starts: Bytes }) => {
        const { starts } = args();
        for (let at = 0; at < starts.length; at += 6) asked.add(toHex(starts.subarray(at, at + 6)));
        return { found: new Uint8Array(starts.length) };
      },
    },
  });
  const look = async () => {
    asked = new Set();
    rows = 0;
    await pullAll(context, false);
  };
  const toSelf = wayTo(crypto, root, 1, me);
  const isAsked = (place: number) => asked.has(toHex(cellName(crypto, toSelf, place).subarray(0, 6)));
  await look();
  await look();
  expect([isAsked(0), isAsked(1)]).toEqual([true, false]);
  store.transaction(() => passOwnCell(context, toSelf, 0));
  await look();
  expect([isAsked(0), isAsked(1)]).toEqual([false, true]);
  // The own log alone: whether all that this account has are followed.
  expect(rows).toBeLessThanOrEqual(1);
  // One that comes to nothing moves nothing on.
  const comesToNothing = () =>
    store.transaction(() => {
      passOwnCell(context, toSelf, 1);
      throw new Error("stop");
    });
  expect(comesToNothing).toThrow("stop");
  await look();
  expect([isAsked(1), isAsked(2)]).toEqual([true, false]);
  store.close();
});
