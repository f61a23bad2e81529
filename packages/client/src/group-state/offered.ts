/** What a device that asks to be let in again shows of itself (GR22.3). */
import type { NoteOf } from "@yanshu/content";
import type { ReadKeyPackage } from "@yanshu/mls";
import { type AccountId, type Address, deviceIdOf, equalBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { resyncBytes } from "./resync-bytes.ts";

/** What it wants to be let in with; `replaces` says whose place it takes. */
export type Offered = ReadKeyPackage & { readonly replaces: Address };

/** The key package, if the asking is by the device that it names, and the account lists it. @checks GR22 */
export async function offeredBy(
  engine: Engine,
  account: AccountId,
  note: NoteOf<"resync">,
): Promise<Offered | undefined> {
  const { crypto } = engine.ports;
  // Which of its devices are its own nobody knows (ID20).
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
