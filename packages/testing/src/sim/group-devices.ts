/** The devices in a conversation's tree, loaded from a disk as the client would. */
import type { Hex } from "@yanshu/client";
import { createMls, type DeviceIdentity, type Group } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import type { Database } from "@yanshu/store";
import { deviceIdOf, toHex } from "@yanshu/wire";
import { accountOf } from "./disk.ts";

const crypto = createBunCrypto();
const mls = createMls(crypto, { nowMs: () => 0 });

export async function loadGroup(disk: Database, groupId: Uint8Array): Promise<Group | undefined> {
  const row = disk.get<{ base: Uint8Array }>("SELECT base FROM groups WHERE group_id = ?", groupId);
  const identity = await storedIdentity(disk);
  if (row === undefined || identity === undefined) return undefined;
  const patches = disk.all<{ leaf: number; bytes: Uint8Array }>(
    "SELECT leaf, bytes FROM ratchets WHERE group_id = ?",
    groupId,
  );
  return mls.load({ base: row.base, patches }, identity);
}

/** Who the device is, by its disk. */
export async function storedIdentity(disk: Database): Promise<DeviceIdentity | undefined> {
  const seed = disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = 'device-seed'")?.value;
  const account = accountOf(disk);
  if (seed === undefined || account === undefined) return undefined;
  const deviceKey = await crypto.signatureKeyPair(seed);
  const device = deviceIdOf(crypto.sha256, deviceKey.publicKey);
  return { credential: { account, device, n: 0, entryHash: new Uint8Array(32) }, deviceKey };
}

export async function groupDevices(
  disk: Database,
  groupId: Uint8Array,
): Promise<readonly { readonly account: Hex; readonly device: Hex }[] | undefined> {
  const group = await loadGroup(disk, groupId);
  return group?.members.map(({ account, device }) => ({ account: toHex(account), device: toHex(device) }));
}
