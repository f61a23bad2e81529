/**
 * Own homes (docs/spec/homes.md HM7, HM30): who drops a device of the account says after that where the account is, so
 * that no record of the dropped one sends strangers elsewhere. What is owed stands in the store until home has it.
 */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import {
  type Bytes,
  type DeviceList,
  encodeHomeRecord,
  equalBytes,
  fittingHomes,
  type HomeRecord,
  type Homes,
  headOf,
  homeRecordBytes,
  homesOf,
  nextHomeBody,
  openHomeRecord,
  standing,
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";

/** The list drops devices, or may have: home is to be told where the account is. Inside a transaction. */
export function oweHomes({ db, ports }: Engine): void {
  writeMeta(db, "homes-owed", ports.crypto.random(8)); // Its own each time, so that what is owed later stays owed.
}

/** Says it, if it is owed, over what home was told; home is asked again at the next sign-in if it was not reached. */
export async function sayHomes(engine: Engine): Promise<void> {
  const { db, link, lists, ports } = engine;
  const owed = readMeta(db, "homes-owed");
  if (owed === undefined) return;
  const own = ownOf(engine);
  const asked = await link.call("signed", "homeState", {});
  // A home of before there were records keeps none, and sends nobody anywhere.
  if (asked.kind === "error" && asked.code === "unknown-method") return settled(engine, owed);
  const list = await lists.load(own.account);
  if (asked.kind !== "ok" || list === undefined || lists.isFrozen(own.account)) return;
  const told = asked.value.record && openHomeRecord(asked.value.record);
  const homes = homesNow(list, told, own.server);
  if (homes === undefined) return; // It has no name that a record could say.
  const body = nextHomeBody(list, told, homes, own.deviceKey.publicKey);
  const record = encodeHomeRecord(body, await ports.crypto.sign(own.deviceKey.privateKey, homeRecordBytes(body)));
  const answer = await link.call("signed", "sayHome", { record });
  if (answer.kind === "ok") settled(engine, owed);
}

/** @param owed when this was begun; what is owed since then is said by another. */
function settled({ db }: Engine, owed: Bytes): void {
  db.transaction(() => {
    const now = readMeta(db, "homes-owed");
    if (now !== undefined && equalBytes(now, owed)) deleteMeta(db, "homes-owed");
  });
}

/**
 * What a device says that still counts stays so. Else the account is where this device is signed in, and where the root
 * says besides: whose word the record was is out.
 */
function homesNow(list: DeviceList, told: HomeRecord | undefined, server: string): Homes | undefined {
  const held = standing(list, told);
  const isOurs = held !== undefined && headOf(list)?.body.devices.some((key) => equalBytes(key, held.body.signer));
  if (isOurs === true) return homesOf(list, held);
  const { homes, ...rest } = homesOf(list, undefined);
  return fittingHomes({ homes: [server, ...homes], ...rest });
}
