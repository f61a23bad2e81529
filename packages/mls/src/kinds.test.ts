import { expect, test } from "bun:test";
import { utf8 } from "@yanshu/wire";
import { allowed } from "./allowed.ts";
import { createBunCrypto } from "./bun/index.ts";
import { rosterFits } from "./conversation.ts";
import { encodeGroupState, readGroupState } from "./group-state.ts";
import { conversationRules, createMls, type GroupState, idOfKind, kindTable, knownKinds } from "./index.ts";
import { mayRecreate } from "./recreate.ts";
import { device, directState, groupState, nowMs, ownState } from "./testing/people.ts";

const crypto = createBunCrypto();
const { sha256 } = crypto;
const idByte = 9;
/** Of a later version. */
const feed = conversationRules({
  name: "feed",
  idByte,
  isLed: true,
  isJoined: false,
  fits: (_, conversation) => conversation[0] === idByte,
  admits: ({ leads }) => leads,
});
const later = kindTable([...knownKinds.all, feed]);

test("[RO16] a kind that is given with the table is one like any other; without it nothing of it is let through", async () => {
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  const state: GroupState = {
    ...groupState(alice),
    kind: "feed",
    conversation: idOfKind(idByte, sha256(utf8("feed"))),
  };
  const leaf = { account: alice.account, device: alice.identity.credential.device };
  const renamed = { ...state, name: "Our days" };
  const commit = { leaves: [leaf], added: [], removed: [] };
  const next = { ...state, founding: state.founding + 1 };
  const held = { groupId: new Uint8Array(32), epoch: 3, state, accounts: [alice.account] };
  expect(allowed(state, alice.account, commit, renamed, later)).toBe(true);
  expect(allowed(state, alice.account, commit, renamed)).toBe(false);
  expect(rosterFits(sha256, state, [alice.account, bob.account], later)).toBe(true);
  expect(rosterFits(sha256, state, [alice.account, bob.account])).toBe(false);
  expect(mayRecreate(held, alice.account, next, 0, later)).toBe(true);
  expect(mayRecreate(held, alice.account, next, 0)).toBe(false);
  const bytes = encodeGroupState(state, later);
  expect(readGroupState(bytes, later)).toEqual(state);
  expect(readGroupState(bytes)).toBe("policy-version");
  expect(() => encodeGroupState(state)).toThrow("not a known kind");
});

test("[RO16] who founds what is led has a role in it, of whatever kind it is", async () => {
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  const mls = createMls(crypto, { nowMs: () => nowMs, kinds: later });
  const state: GroupState = { ...groupState(bob), kind: "feed", conversation: idOfKind(idByte, sha256(utf8("feed"))) };
  await expect(mls.create(alice.identity, alice.delivery(), state)).rejects.toThrow("founder without a role");
  const founded = await mls.create(bob.identity, bob.delivery(), state);
  expect(founded.rules).toBe(feed);
});

test("[GR2] what is for kinds that are joined or led stands in no state of another kind", async () => {
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  for (const state of [directState(alice, bob), ownState(alice)]) {
    const { settings } = state;
    for (const more of [
      { settings: { ...settings, approval: true as const } },
      { settings: { ...settings, history: "all" as const } },
      { link: { secret: new Uint8Array(16), token: new Uint8Array(16), expiresMs: 1 } },
      { dissolved: true as const },
      { roles: [{ account: alice.account, role: "owner" as const }] },
    ])
      expect(() => encodeGroupState({ ...state, ...more })).toThrow("this kind");
  }
});

test("[GR1] no group poses under the id of a 1:1 or of own devices, and a 1:1 may wait for its peer", async () => {
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  const group = groupState(alice);
  expect(rosterFits(sha256, group, [alice.account, bob.account])).toBe(true);
  for (const { conversation } of [directState(alice, bob), ownState(alice)])
    expect(rosterFits(sha256, { ...group, conversation }, [alice.account, bob.account])).toBe(false);
  expect(rosterFits(sha256, directState(alice, bob), [alice.account])).toBe(true);
});
