/** Which renewals of a day count (docs/spec/groups.md GR25.4, GR78). */
import { expect, test } from "bun:test";
import { type CommitEffect, type Group, knownKinds } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { device, groupState } from "@yanshu/mls/testing/people";
import { migrate, migrations, pathCommitsAround } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { Engine } from "../core/engine.ts";
import { bytes } from "../testing/chat.ts";
import { noteCommit } from "./renew.ts";

test("[GR78] [GR25.4] of an account with many devices three renewals of a day count, and of each other account its own", async () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const alice = await device(createBunCrypto(), "alice");
  const state = groupState(alice);
  const members = Array.from({ length: 24 }, (_, n) => ({
    account: bytes(n < 12 ? 1 : n, 32),
    device: bytes(100 + n, 32),
  }));
  const engine = {
    db,
    mls: { kinds: knownKinds },
    ports: { nowMs: () => 1_000_000_000 },
    own: { account: bytes(99, 32), device: bytes(99, 32) },
  } as unknown as Engine;
  const counted = () => pathCommitsAround(db, bytes(7, 16), 1_000_000_000, 86_400_000);
  const renews = (n: number) => {
    const group = { groupId: bytes(7, 16), epoch: n, state, members } as unknown as Group;
    const effect = { committer: members[n], added: [], removed: [], before: state, after: state };
    noteCommit(engine, group, effect as unknown as CommitEffect);
    return counted();
  };
  expect(Array.from({ length: 12 }, (_, n) => renews(n))).toEqual([1, 2, ...Array.from({ length: 10 }, () => 3)]);
  expect(Array.from({ length: 12 }, (_, n) => renews(12 + n))).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 12, 12, 12]);
});
