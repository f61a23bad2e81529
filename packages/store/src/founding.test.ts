/** What is known of foundings whose work is dropped (docs/spec/groups.md GR18.3). */
import { expect, test } from "bun:test";
import { openBunDatabase } from "./bun/index.ts";
import {
  dropWork,
  insertConversation,
  markPosted,
  migrate,
  migrations,
  readConversation,
  readPendingOf,
  writePending,
} from "./index.ts";

const bytes = (value: number, length = 32) => new Uint8Array(length).fill(value);
const chat = bytes(1);

function withPending(creates: 0 | 1) {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  insertConversation(db, { conversation: chat, kind: "direct", peer: bytes(2), state: "open", activeMs: 0 });
  const blank = bytes(0, 1);
  writePending(db, {
    group_id: bytes(3),
    conversation: chat,
    creates,
    header: blank,
    parts: blank,
    post_hash: bytes(4),
    envelope_hash: bytes(5),
    next_base: blank,
    next_ratchets: blank,
    address: bytes(6, 16),
    jobs: blank,
    lines: blank,
  });
  return db;
}

test("[GR18.3] a founding that may have left is counted when its work is dropped, so that the next one lies above it", () => {
  for (const [creates, posted, counted] of [
    [1, true, 1],
    [1, false, 0],
    [0, true, 0],
  ] as const) {
    const db = withPending(creates);
    if (posted) markPosted(db, bytes(3));
    const before = readConversation(db, chat)?.founding ?? Number.NaN;
    dropWork(db, chat);
    expect(readConversation(db, chat)?.founding).toBe(before + counted);
    expect(readPendingOf(db, chat)).toEqual([]);
  }
});
