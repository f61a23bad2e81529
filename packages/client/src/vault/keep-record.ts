/** Keeps the recovery record at home as this device would say it now (docs/spec/vault.md VA14). */
import { countDiagnostic, deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, concat, equalBytes, headOf, recoveryPubOf } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { readVault, writeVault } from "./known.ts";
import { encodeRecord } from "./record.ts";
import { sealRecord } from "./record-seal.ts";
import { vouch } from "./record-voucher.ts";

/** So long a device leaves it to each one that stands before it in the list. */
const graceMs = 600_000;

/** `waitMs`: another device may do it meanwhile. */
export type Kept = { readonly kind: "done" | "later" } | { readonly kind: "wait"; readonly waitMs: number };

/** @param sinceMs since when this device would say something else than what it put; undefined: it did not look yet. */
export async function keepRecord(engine: Engine, sinceMs: number | undefined): Promise<Kept> {
  const { db, ports } = engine;
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  const recoveryPub = list === undefined ? undefined : recoveryPubOf(list);
  // What home has is not put in the place of before it was read.
  const isAwaited = readMeta(db, "recovery-key") !== undefined || readMeta(db, "kept-record") !== undefined;
  if (recoveryPub === undefined || isAwaited) return { kind: "done" };
  const held = encodeRecord(engine);
  if (held === undefined) {
    db.transaction(() => countDiagnostic(db, "record-too-large"));
    return { kind: "done" };
  }
  const head = list && headOf(list);
  // Who vouched for it may have been removed since: under another list it is said again.
  const mark = ports.crypto.sha256(concat(recoveryPub, head?.hash ?? recoveryPub, held));
  const kept = readMeta(db, "record-kept");
  if (kept !== undefined && equalBytes(kept, mark)) return { kind: "done" };
  const waitMs = (sinceMs ?? ports.nowMs()) + placeOf(engine) * graceMs - ports.nowMs();
  if (waitMs > 0) return { kind: "wait", waitMs };
  const stampMs = Math.max(ports.nowMs(), (readVault(db).recordMs ?? 0) + 1);
  db.transaction(() => writeVault(db, { recordMs: stampMs }));
  return put(engine, await sealRecord(ports.crypto, recoveryPub, await vouch(engine, stampMs, held)), mark);
}

async function put(engine: Engine, record: Bytes, mark: Bytes): Promise<Kept> {
  const { db, link } = engine;
  const answer = await link.call("signed", "keepRecord", { record });
  if (answer.kind === "lost") return { kind: "later" };
  // It is off: once it is on again all is looked at anew.
  if (answer.kind === "ok") db.transaction(() => writeMeta(db, "record-kept", mark));
  else db.transaction(() => deleteMeta(db, "record-kept"));
  return { kind: "done" };
}

function placeOf(engine: Engine): number {
  const { account, device } = ownOf(engine);
  return Math.max(
    0,
    engine.lists.devices(account).findIndex(({ id }) => equalBytes(id, device)),
  );
}
