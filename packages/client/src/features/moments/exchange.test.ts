/** What own devices tell of ways and logs, as far as it counts. */
import { expect, test } from "bun:test";
import { directConversationId } from "@yanshu/mls";
import {
  addMomentLog,
  addMomentWay,
  keepNewestMomentKeys,
  readMomentFriend,
  readMomentLogsOf,
  readMomentOwnLogs,
  readMomentWaysOf,
  writeMomentFriend,
  writeMomentOwnLog,
  writeMomentRoot,
} from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, type UnixMs } from "@yanshu/wire";
import type { Said } from "../../feature.ts";
import { crypto, filled, me, nowMs, opened, standIn } from "../../testing/moments.ts";
import { takeLog, takeTold, takeToldItem } from "./exchange.ts";

const ben = filled(1) as AccountId;
const [ownLogsMax, sinceMs] = [2_048, nowMs];

function begun() {
  const db = opened();
  writeMomentRoot(db, filled(4), 3, 1);
  writeMomentOwnLog(db, { key: filled(5), root: filled(4), generation: 3, since_ms: sinceMs, told: new Uint8Array() });
  const directs = { with: (peer: AccountId) => directConversationId(crypto.sha256, me, peer) };
  return { db, context: standIn(db, { rooms: { crypto, devicesIn: () => [filled(8)] }, directs }) };
}

test("[MO169] of logs that own devices tell 2,048 are kept, and those of M as it is now", () => {
  const { db, context } = begun();
  const keyOf = (at: number): Bytes => {
    const key = filled(0);
    new DataView(key.buffer).setUint32(0, at);
    return key;
  };
  const tell = (key: Bytes, root: Bytes, ms: number) =>
    db.transaction(() => takeLog(context, { key, root, generation: 3, sinceMs: ms as UnixMs, told: [] }));
  for (let at = 1; at <= ownLogsMax + 100; at++) tell(keyOf(at), filled(7), sinceMs + 2 * 86_400_000 + at);
  tell(filled(8), filled(4), sinceMs + 1);
  const kept = readMomentOwnLogs(db);
  expect(kept).toHaveLength(ownLogsMax);
  const has = (key: Bytes) => kept.some((one) => equalBytes(one.key, key));
  expect([has(filled(5)), has(filled(8)), has(keyOf(1)), has(keyOf(ownLogsMax + 100))]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  db.close();
});

test("[MO165] nobody counts as told a way of an M that is above the one that is held", () => {
  const { db, context } = begun();
  db.run(
    "INSERT INTO conversations (conversation, kind, peer, state, title, active_ms) VALUES (?, 'direct', ?, 'open', '', 1)",
    context.directs.with(ben),
    ben,
  );
  db.transaction(() => writeMomentFriend(db, ben, { told: 0 }));
  const body = { kind: "moments", way: filled(2), generation: 2 ** 48, log: filled(3), heads: [] } as const;
  const said = { conversation: context.directs.with(ben), by: me, body, sentAtMs: sinceMs };
  db.transaction(() => takeTold(context, said as unknown as Said<"moments">));
  expect(readMomentFriend(db, ben)?.told).toBe(0);
  db.close();
});

test("[MO165] what an own device tells of a friend's ways and logs takes the place of none that this one heard", () => {
  const { db, context } = begun();
  const before = { account: ben, generation: 1, next: 7, since_ms: (sinceMs - 86_400_000) as UnixMs };
  addMomentWay(db, { ...before, way: filled(20) });
  addMomentLog(db, { account: ben, key: filled(21), heads: filled(0, 64), since_ms: before.since_ms });
  const junk = Array.from({ length: 16 }, (_, at) => filled(30 + at));
  const item = {
    kind: "momentTold",
    account: ben,
    ways: junk.map((way) => ({ way, generation: 9, next: 0 })),
    logs: junk.map((key) => ({ key, heads: [filled(0, 16)] })),
  } as const;
  db.transaction(() => takeToldItem(context, item));
  // As when Ben tells something next.
  keepNewestMomentKeys(db, ben, { ways: 4, logs: 16 });
  expect(readMomentWaysOf(db, ben).at(-1)?.way).toEqual(filled(20));
  expect(readMomentLogsOf(db, ben).at(-1)?.key).toEqual(filled(21));
  db.close();
});
