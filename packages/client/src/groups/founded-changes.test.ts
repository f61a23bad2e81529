/** From whom a founding takes a group, and whose return is followed (docs/spec/groups.md GR72, GR75). */
import { expect, test } from "bun:test";
import { type Group, groupRules, type Joined } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { isUnseated, noteUnseated } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { testAccount } from "../backup/testing/test-account.ts";
import type { Engine } from "../core/engine.ts";
import { bytes, conversation } from "../testing/chat.ts";
import { isOwnersReturn, takesOwnSeat, tellFounded } from "./founded-changes.ts";

const crypto = createBunCrypto();
const [ben, cat] = [bytes(2, 32), bytes(3, 32)];
type Roles = readonly (readonly [account: Uint8Array, role: "owner" | "admin"])[];

async function ann() {
  const { engine: bare } = await testAccount(crypto, openBunDatabase(":memory:"));
  if (bare.own === undefined) throw new Error("Ann is signed in");
  const ports = { ...bare.ports, nowMs: () => 5_000 };
  const engine = { ...bare, ports, mls: {}, changed: () => undefined } as unknown as Engine;
  return { engine, own: bare.own.account };
}

/** Of these members, all of whom have a leaf; by one of them. */
function groupOf(founding: number, members: readonly Uint8Array[], roles: Roles, by = ben): Group & Joined {
  const settings = { adminsOnlyAdd: false, adminsOnlyEdit: false };
  const state = {
    conversation,
    kind: "group",
    founding,
    gate: bytes(founding, 32),
    roles: roles.map(([account, role]) => ({ account, role })),
    settings,
    name: "Board",
  };
  const leaves = members.map((account, leaf) => ({ account, leaf, device: account, address: account.slice(0, 16) }));
  const made = { groupId: bytes(founding, 16), rules: groupRules, epoch: 1, state, members: leaves };
  return { ...made, inviter: { account: by } } as unknown as Group & Joined;
}

test("[GR75] a founding takes an owner's group unless an owner made it", async () => {
  const { engine } = await ann();
  const next = groupOf(2, [ben], [[ben, "owner"]]);
  const taken = (role: "owner" | "admin") => {
    tellFounded(
      engine,
      groupOf(
        1,
        [ben, cat],
        [
          [cat, "owner"],
          [ben, role],
        ],
      ),
      next,
      ben,
    );
    return isUnseated(engine.db, conversation, cat);
  };
  expect([taken("owner"), taken("admin")]).toEqual([false, true]);
});

test("[GR72] [GR75] an owner from whom the group was taken returns by what an owner may found, and by nothing else", async () => {
  const { engine } = await ann();
  const held = groupOf(2, [ben], [[ben, "owner"]]);
  const back = (founding: number) => isOwnersReturn(engine, held, groupOf(founding, [cat, ben], [[cat, "owner"]], cat));
  expect(back(3)).toBe(false);
  noteUnseated(engine.db, conversation, cat);
  expect([back(3), back(2 ** 30), back(1)]).toEqual([true, false, false]);
});

test("[GR75] a seat is taken from an owner alone, by who owned nothing, where the owner is not owner in what they found", async () => {
  const { engine, own } = await ann();
  const both = [own, ben];
  const takes = (before: Roles, after: Roles) =>
    takesOwnSeat(engine, groupOf(1, both, before), groupOf(2, both, after));
  expect(takes([[own, "owner"]], [[ben, "owner"]])).toBe(true);
  expect(takes([[own, "admin"]], [[ben, "owner"]])).toBe(false);
  expect(
    takes(
      [
        [own, "owner"],
        [ben, "owner"],
      ],
      [[ben, "owner"]],
    ),
  ).toBe(false);
  expect(
    takes(
      [[own, "owner"]],
      [
        [own, "owner"],
        [ben, "admin"],
      ],
    ),
  ).toBe(false);
});
