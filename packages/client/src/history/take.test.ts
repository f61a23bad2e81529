/** Of whom a device takes what was written before it came (docs/spec/groups.md GR32). */
import { expect, test } from "bun:test";
import type { BodyOf } from "@yanshu/content";
import type { Group, Joined, Member } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { countHandedParts, readArrival } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { Bytes } from "@yanshu/wire";
import { filled, testAccount } from "../backup/testing/test-account.ts";
import { ownOf } from "../core/engine.ts";
import { arrive, hearHanded } from "./take.ts";

const crypto = createBunCrypto();
const conversation = filled(1);
const [inviter, admin, member, late] = [2, 3, 4, 5].map((value) => filled(value)) as [Bytes, Bytes, Bytes, Bytes];

/** A device that joined, by the inviter's hand, a group in which the admin and the member were already. */
async function joined(history: "week" | "none" = "week") {
  const { engine } = await testAccount(crypto, openBunDatabase(":memory:"));
  let looked = 0;
  Object.assign(engine, { history: () => looked++ });
  const own = ownOf(engine);
  const members = [inviter, admin, member, own.account].map((account, leaf) => ({
    account,
    leaf,
    device: filled(20 + leaf),
    address: filled(40 + leaf, 16),
  }));
  const group = {
    state: {
      conversation,
      settings: history === "none" ? {} : { history },
      roles: [admin, own.account].map((account) => ({ account, role: "admin" })),
    },
    members,
    ownLeaf: 3,
    inviter: members[0],
  } as unknown as Group & Joined;
  engine.db.transaction(() => arrive(engine, group));
  const comes = (by: Bytes, changed: Partial<BodyOf<"handed">> = {}) => {
    const sender = { account: by, device: filled(20) } as unknown as Member;
    const body = {
      account: own.account,
      place: 1,
      sealed: [{ reader: own.device, sealed: filled(7, 64) }],
      ...changed,
    };
    const message = { authenticator: filled(8) };
    engine.db.transaction(() => hearHanded(engine, group, sender, message as never, body as BodyOf<"handed">));
  };
  const held = () => countHandedParts(engine.db, conversation);
  const hear = (...args: Parameters<typeof comes>) => {
    comes(...args);
    return held();
  };
  return { engine, own, comes, hear, held, looked: () => looked };
}

test("[GR32] what was written before is taken of the inviter and of who leads, and was in before this account", async () => {
  for (const by of [inviter, admin]) {
    const { hear, looked } = await joined();
    expect([hear(by), looked()]).toEqual([1, 1]);
  }
  const { hear, own, looked } = await joined();
  for (const by of [member, late, own.account]) expect(hear(by)).toBe(0);
  expect(looked()).toBe(0);
});

test("[GR32] what is handed to another account, or where the group keeps its history to itself, is not taken", async () => {
  const { hear } = await joined();
  expect(hear(inviter, { account: member as never })).toBe(0);
  const kept = await joined("none");
  expect(readArrival(kept.engine.db, conversation as never)).toBeUndefined();
  expect(kept.hear(inviter)).toBe(0);
});

test("[GR32] who leads, and came later than this account, hands it nothing", async () => {
  const { engine, own, hear, held } = await joined();
  expect(hear(inviter)).toBe(1);
  const sender = { account: late, device: filled(20) } as unknown as Member;
  const group = {
    state: { conversation, settings: { history: "week" }, roles: [{ account: late, role: "admin" }] },
    members: [{ account: own.account, leaf: 3, address: filled(43, 16) }],
    ownLeaf: 3,
  } as unknown as Group;
  const body = { account: own.account, place: 2, sealed: [{ reader: own.device, sealed: filled(7, 64) }] };
  engine.db.transaction(() =>
    hearHanded(engine, group, sender, { authenticator: filled(8) } as never, body as unknown as BodyOf<"handed">),
  );
  expect(held()).toBe(1);
});

test("[GR32] a sender of parts without end keeps nothing busy beyond four thousand", async () => {
  const { comes, held } = await joined();
  for (let place = 0; place < 4_100; place++) comes(inviter, { place } as never);
  expect(held()).toBe(4_096);
});
