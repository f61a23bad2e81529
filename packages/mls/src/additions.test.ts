/** What a later version adds to a leaf, a credential or a group's state is passed over, and kept (WI20). */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { type Bytes, decodeAs, deviceIdOf, encodeAs, extensions, struct } from "@yanshu/wire";
import type { LeafNode } from "ts-mls/leafNode.js";
import { allowed } from "./allowed.ts";
import { decodeGroupState, encodeGroupState } from "./group-state.ts";
import { capabilities, credentialOf, deliveryExtension, factsOf } from "./leaf.ts";
import type { GroupState } from "./types.ts";

const sha256 = (data: Bytes): Bytes => new Uint8Array(createHash("sha256").update(data).digest());
const filled = (value: number, length: number) => new Uint8Array(length).fill(value);
const more = [{ type: 9, data: filled(9, 40) }];
const anything = { check: (value: unknown) => value as Record<string, unknown> };

/** The same record with what this version knows nothing of. */
function withMore(bytes: Bytes): Bytes {
  const value = decodeAs(anything, bytes, 8_192);
  return encodeAs(anything, {
    ...value,
    more: decodeAs(struct({ more: extensions }), encodeAs(struct({ more: extensions }), { more }), 8_192).more,
  });
}

const [owner, member] = [filled(1, 32), filled(2, 32)];
const state: GroupState = {
  policyVersion: 1,
  conversation: filled(3, 32),
  kind: "group",
  founding: 1,
  gate: filled(4, 32),
  gateServer: "yan.example",
  name: "Choir",
  roles: [{ account: owner, role: "owner" }],
  announcement: "",
  settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
};
const leaves = [owner, member].map((account) => ({ account, device: account }));
const nothing = { leaves, added: [], removed: [] };

test("[WI20] a leaf with additions in credential and delivery is read as one without", () => {
  const deviceKey = filled(5, 32);
  const device = deviceIdOf(sha256, deviceKey);
  const credential = credentialOf({ account: owner, device, n: 3, entryHash: filled(6, 32) });
  const delivery = deliveryExtension({
    server: "yan.example",
    address: filled(7, 16),
    sealKey: filled(8, 32),
    claimCap: filled(9, 16),
    features: [],
  });
  if (!("identity" in credential)) throw new Error("a basic credential");
  const leaf = (identity: Bytes, data: Bytes) =>
    ({
      credential: { ...credential, identity },
      signaturePublicKey: deviceKey,
      hpkePublicKey: filled(1, 32),
      capabilities,
      extensions: [{ ...delivery, extensionData: data }],
    }) as unknown as LeafNode;
  const plain = factsOf(sha256, leaf(credential.identity, delivery.extensionData));
  expect(plain).toBeDefined();
  expect(factsOf(sha256, leaf(withMore(credential.identity), withMore(delivery.extensionData)))).toEqual(plain);
});

test("[WI20] additions to a group's state are kept by a member who changes something else, and belong to those who lead it", () => {
  const added: GroupState = { ...state, more };
  expect(decodeGroupState(encodeGroupState(added))).toEqual(added);
  expect(allowed(added, member, nothing, { ...added, name: "Choir of St Ann" })).toBe(true);
  expect(allowed(added, member, nothing, state)).toBe(false);
  expect(allowed(state, member, nothing, added)).toBe(false);
  expect(allowed(added, member, nothing, { ...added, more: [{ type: 9, data: filled(1, 40) }] })).toBe(false);
  expect(allowed(state, owner, nothing, added)).toBe(true);
  expect(allowed(added, owner, nothing, state)).toBe(true);
});
