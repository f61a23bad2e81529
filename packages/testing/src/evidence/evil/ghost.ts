/**
 * Ghost: a device that the operator made, which says that it is somebody's. It has a key, a key
 * package and an address like any other; only no list names it.
 */
import { createMls, type DeviceIdentity, type KeyPair, type Mls } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type AccountHistory,
  type Address,
  type Bytes,
  type DeviceId,
  type DeviceList,
  deviceIdOf,
  encodeEntry,
  entryBytes,
  fromHex,
  headOf,
  nextEntryBody,
  takeHistory,
} from "@yanshu/wire";
import type { Person } from "../../world/person.ts";
import { worldDomain } from "../../world/person.ts";
import type { World } from "../../world/world.ts";

export const crypto = createBunCrypto();
const packageDays = 60;
const dayMs = 86_400_000;

export type Ghost = {
  readonly mls: Mls;
  readonly device: DeviceId;
  readonly deviceKey: KeyPair;
  readonly identity: DeviceIdentity;
  readonly delivery: Parameters<Mls["create"]>[1];
  readonly address: Address;
  readonly keyPackage: Bytes;
};

/** A device that calls itself one of `person`'s. */
export async function ghostOf(world: World, person: Person): Promise<Ghost> {
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const deviceKey = await crypto.signatureKeyPair(crypto.random(32));
  const device = deviceIdOf(crypto.sha256, deviceKey.publicKey);
  const head = headOf(await listOf(person));
  const identity: DeviceIdentity = {
    credential: {
      account: fromHex(person.account),
      device,
      n: head?.body.n ?? 0,
      entryHash: head?.hash ?? new Uint8Array(32),
    },
    deviceKey,
  };
  const address = crypto.random(16);
  const seal = await crypto.sealKeyPair();
  const delivery = {
    server: worldDomain,
    address,
    sealKey: seal.publicKey,
    claimCap: crypto.random(16),
    features: [],
  };
  const made = await mls.keyPackage(identity, delivery, world.clock.nowMs() + packageDays * dayMs);
  return { mls, device, deviceKey, identity, delivery, address, keyPackage: made.bytes };
}

/** The device list of who lives there, as their own device holds it. */
async function listOf(person: Person): Promise<DeviceList> {
  const advance = await takeHistory(crypto, undefined, historyOnDisk(person));
  if (advance.kind === "refused") throw new Error("the list on the disk is broken");
  return advance.list;
}

export function historyOnDisk({ disk, account }: Person): AccountHistory {
  const inception = disk.get<{ inception: Bytes }>(
    "SELECT inception FROM accounts WHERE account = ?",
    fromHex(account),
  );
  if (inception === undefined) throw new Error("nobody lives here");
  const entries = disk.all<{ bytes: Bytes }>(
    "SELECT bytes FROM account_entries WHERE account = ? AND current = 1 ORDER BY n",
    fromHex(account),
  );
  return { inception: inception.inception, entries: entries.map(({ bytes }) => bytes) };
}

/** The list entry that would make it real, signed with whatever key the operator has. */
export async function entryNaming(person: Person, device: Pick<Ghost, "deviceKey">, signer: KeyPair): Promise<Bytes> {
  const list = await listOf(person);
  const devices = [...(headOf(list)?.body.devices ?? []), device.deviceKey.publicKey];
  const body = nextEntryBody(list, { devices }, signer.publicKey);
  return encodeEntry(body, await crypto.sign(signer.privateKey, entryBytes(body)));
}

/** The device key of somebody whose phone was opened: more than any operator has. */
export async function stolenKey({ disk }: Person): Promise<KeyPair> {
  const seed = disk.get<{ value: Bytes }>("SELECT value FROM meta WHERE key = 'device-seed'")?.value;
  if (seed === undefined) throw new Error("nobody lives here");
  return crypto.signatureKeyPair(seed);
}
