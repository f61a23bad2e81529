/**
 * What does not count of a device that its account names no more (docs/spec/groups.md GR53, docs/spec/sync.md SY61).
 */
import { expect, test } from "bun:test";
import type { Body } from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import { insertConversation, migrate, migrations, setCurrentGroup } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { Engine } from "../core/engine.ts";
import { bytes, conversation } from "../testing/chat.ts";
import { isOfNamedAlone, isPassedOver } from "./passed-over.ts";

const [named, unnamed] = [bytes(1, 32), bytes(2, 32)].map((device) => ({ device }) as unknown as Member) as [
  Member,
  Member,
];
const lists = { names: (member: Member) => member === named, contradictsItself: () => false };

test("[GR53] in a former group nothing counts that an unnamed device says, and what a named one says does", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  insertConversation(db, { conversation, kind: "group", state: "open", title: "Board", activeMs: 0 });
  const [now, former] = [8, 9].map((n) => ({ groupId: bytes(n, 16), state: { conversation } }) as unknown as Group);
  if (now === undefined || former === undefined) throw new Error("two groups");
  setCurrentGroup(db, conversation, now.groupId, 2);
  const engine = { db, lists } as unknown as Engine;
  const isOver = (group: Group, by: Member) => isPassedOver(engine, group, by);
  expect([isOver(former, unnamed), isOver(former, named)]).toEqual([true, false]);
  expect([isOver(now, unnamed), isOver(now, named)]).toEqual([false, false]);
});

test("[SY61] [GR53] a sync, a leaving and a helper's piece count of a named device alone; words of either are read", () => {
  const engine = { lists } as unknown as Engine;
  const counts = (kind: Body["kind"], by: Member) => !isOfNamedAlone(engine, { kind } as Body, by);
  for (const kind of ["sync", "leave", "familyPiece"] as const)
    expect([kind, counts(kind, named), counts(kind, unnamed)]).toEqual([kind, true, false]);
  expect([counts("text", named), counts("text", unnamed)]).toEqual([true, true]);
});

test("[SY84] nor do they of a named device that contradicts itself", () => {
  const engine = { lists: { ...lists, contradictsItself: (member: Member) => member === named } } as unknown as Engine;
  const counts = (kind: Body["kind"]) => !isOfNamedAlone(engine, { kind } as Body, named);
  expect((["sync", "leave", "familyPiece", "text"] as const).map(counts)).toEqual([false, false, false, true]);
});
