/** Checks the key package in a request to be let in again (GR22.3). */
import type { NoteOf } from "@yanshu/content";
import type { ReadKeyPackage } from "@yanshu/mls";
import { type AccountId, type Address, deviceIdOf, equalBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { resyncBytes } from "./resync-bytes.ts";

/** A checked key package; `replaces` is the address of the leaf that it replaces. */
export type Offered = ReadKeyPackage & { readonly replaces: Address };

/** The key package, if the device that it names signed the request, and the account lists that device. @checks GR22 */
export async function offeredBy(
  engine: Engine,
  account: AccountId,
  note: NoteOf<"resync">,
): Promise<Offered | undefined> {
  const { crypto } = engine.ports;
  // Nobody knows which devices of a frozen account are genuine (ID20).
  if (engine.lists.isFrozen(account)) return undefined;
  const device = engine.lists.devices(account).find(({ id }) => equalBytes(id, note.device));
  const read = await engine.mls.readKeyPackage(note.keyPackage);
  const honest =
    device !== undefined &&
    (await crypto.verify(device.key, resyncBytes(note), note.signature)) &&
    read !== undefined &&
    equalBytes(read.account, account) &&
    equalBytes(read.device, note.device) &&
    // not a check: mls takes no leaf whose device is not the hash of its key.
    equalBytes(deviceIdOf(crypto.sha256, read.deviceKey), note.device);
  return honest && read.replaces !== undefined ? { ...read, replaces: read.replaces } : undefined;
}
