/**
 * Which commits of a device that was put out are taken back, and which of its ends is none (docs/spec/groups.md GR49).
 */
import { expect, test } from "bun:test";
import { type CommitEffect, type Group, groupRules, type Member } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { type DeviceList, toHex } from "@yanshu/wire";
import { testAccount } from "../backup/testing/test-account.ts";
import type { Engine } from "../core/engine.ts";
import { bytes, conversation } from "../testing/chat.ts";
import { isDissolvedByPutOut, isTakenBack, isUnnamedOwn } from "./put-out.ts";

const [phone, thief, laptop, bens, cats] = [1, 2, 3, 4, 5].map((n) => bytes(n, 32)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** Ann's phone, which leads a group with Ben, and put her tablet out. @param signer of the entry that did. */
async function annsPhone(role: "owner" | "member" = "owner", signer?: Uint8Array) {
  const { engine: bare } = await testAccount(createBunCrypto(), openBunDatabase(":memory:"));
  if (bare.own === undefined) throw new Error("Ann is signed in");
  const { account, deviceKey } = bare.own;
  const named = new Set([phone, laptop, bens, cats].map(toHex));
  const entries = [
    { body: { devices: [deviceKey.publicKey, thief], signer: deviceKey.publicKey } },
    { body: { devices: [deviceKey.publicKey], signer: signer ?? deviceKey.publicKey } },
  ];
  const lists = {
    names: ({ device }: Member) => named.has(toHex(device)),
    namesBy: (list: unknown, device: Uint8Array) => list !== undefined && named.has(toHex(device)),
    get: () => ({ entries }),
  };
  const engine = { ...bare, lists } as unknown as Engine;
  const leaf = (device: Uint8Array, of = account) => ({ account: of, device, deviceKey: device }) as unknown as Member;
  const ben = bytes(9, 32);
  const members = [leaf(phone), leaf(thief), leaf(bens, ben)];
  const state = { conversation, kind: "group", roles: role === "owner" ? [{ account, role }] : [] };
  const group = { groupId: bytes(8, 16), rules: groupRules, members, state } as unknown as Group;
  const effect = (change: Partial<CommitEffect> = {}): CommitEffect => ({
    committer: leaf(thief),
    added: [],
    removed: [],
    before: group.state,
    after: group.state,
    ...change,
  });
  return { engine, leaf, ben, group, effect };
}

test("[GR49] a commit of the device that this one put out is taken back where it does more than tidy, and no other", async () => {
  const { engine, leaf, ben, group, effect } = await annsPhone();
  const renamed = { after: { ...group.state, name: "mine" } };
  const isBack = (change: Partial<CommitEffect>, by = engine) => isTakenBack(by, group, effect(change));
  expect(isBack(renamed)).toBe(true);
  expect(isBack({ removed: [leaf(bens, ben)] })).toBe(true);
  expect(isBack({ added: [leaf(cats, bytes(10, 32))] })).toBe(true);
  // Fresh keys, a leaf that nobody names, a device of Ann's, and one of Ben's that asked to be let in again.
  for (const tidies of [
    {},
    { removed: [leaf(bytes(6, 32), ben)] },
    { added: [leaf(laptop)] },
    { removed: [leaf(bens, ben)], added: [leaf(bens, ben)] },
  ])
    expect(isBack(tidies)).toBe(false);
  expect(isBack({ ...renamed, committer: leaf(laptop) })).toBe(false);
  expect(isBack({ ...renamed, committer: leaf(bytes(6, 32), ben) })).toBe(false);
  expect(isUnnamedOwn(engine, leaf(bytes(6, 32), ben))).toBe(false);
  const other = await annsPhone("owner", laptop);
  expect(isTakenBack(other.engine, other.group, other.effect({ added: [other.leaf(cats, ben)] }))).toBe(false);
  const plain = await annsPhone("member");
  expect(isTakenBack(plain.engine, plain.group, plain.effect({ removed: [plain.leaf(bens, ben)] }))).toBe(false);
});

test("[GR49] what was dissolved goes on with its owner alone, who names the device no more that did it", async () => {
  const { engine, leaf, ben, group } = await annsPhone();
  const list = {} as DeviceList;
  const goesOn = (device: Uint8Array | null, founder = leaf(phone)) =>
    isDissolvedByPutOut(engine, { dissolved_by: device }, group, founder, list);
  expect(goesOn(thief)).toBe(true);
  expect(goesOn(laptop)).toBe(false);
  expect(goesOn(null)).toBe(false);
  expect(goesOn(thief, leaf(bens, ben))).toBe(false);
});
