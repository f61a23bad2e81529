/** Keeps home's recovery record up to date with this device's state (docs/spec/vault.md VA14, VA28). */
import { deleteMeta, readMeta, writeMeta } from "@yanshu/store";
import { type Bytes, concat, equalBytes, headOf, recoveryPubOf } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { createTurn, type Turn } from "../core/turn.ts";
import { followOwnList } from "../identity/own.ts";
import { tellEntries } from "../identity/tell-entries.ts";
import { readVault, writeVault } from "../values/vault-state.ts";
import { makeKey } from "./make-key.ts";
import { sealRecord } from "./record-seal.ts";
import { vouch } from "./record-voucher.ts";
import { encodeRecord } from "./recovery-record.ts";

/** How long this device waits for each device that precedes it in the list. */
const graceMs = 600_000;

/** Wait between two tries while home has another list; doubled each time. */
const conflictMsMin = 30_000;
const conflictMsMax = 3_600_000;

/**
 * `kept`: home has the current record. `none`: there is nothing to store, or home keeps no vault. `later`: the call
 * failed. `conflict`: home has another list than this device; next try in `waitMs`, longer each time. `wait`: another
 * device may do it within `waitMs`.
 */
export type Kept =
  | { readonly kind: "kept" | "none" | "later" }
  | { readonly kind: "wait" | "conflict"; readonly waitMs: number };

/** Calls run one after another, so that a record for a former card never replaces one for the present card. */
const turns = new WeakMap<Engine, Turn>();

/** Home has another list than the one with this head: when to ask again, and after which wait. */
type Conflict = { readonly head: Bytes; readonly untilMs: number; readonly waitMs: number };
const conflicts = new WeakMap<Engine, Conflict>();

/** @param sinceMs since when the record differs from the one that this device stored; undefined: not compared yet. */
export function keepRecord(engine: Engine, sinceMs: number | undefined): Promise<Kept> {
  const turn = turns.get(engine) ?? createTurn();
  turns.set(engine, turn);
  return turn.take(() => keepNow(engine, sinceMs));
}

/**
 * Before the card changes to one with the key `recoveryPub`: remembers that a record sealed to this key must be stored
 * first, even after a crash (ID51). Inside a transaction.
 */
export function oweRecord({ db }: Engine, recoveryPub: Bytes): void {
  writeMeta(db, "record-owed", recoveryPub);
}

function isOwed({ db }: Engine, recoveryPub: Bytes | undefined): boolean {
  const owed = readMeta(db, "record-owed");
  return owed !== undefined && recoveryPub !== undefined && equalBytes(owed, recoveryPub);
}

/** Stores an owed record. `paid`: none is owed any more. */
export async function keepOwed(engine: Engine): Promise<"paid" | "later" | "conflict"> {
  const { db, lists } = engine;
  const list = lists.get(ownOf(engine).account);
  // not a check: there is nothing to do.
  if (list === undefined || !isOwed(engine, recoveryPubOf(list))) return "paid";
  makeKey(engine); // A holder of the old card can open earlier records, so later segments get a new key (VA6).
  await engine.deviceBackup.write();
  const { kind } = await keepRecord(engine, undefined);
  // @checks ID51
  if (readMeta(db, "record-owed") === undefined) return "paid";
  return kind === "conflict" ? kind : "later";
}

async function keepNow(engine: Engine, sinceMs: number | undefined): Promise<Kept> {
  const { db, ports } = engine;
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  const recoveryPub = list === undefined ? undefined : recoveryPubOf(list);
  // Home's record must be read before it is replaced.
  const isAwaited = readMeta(db, "recovery-key") !== undefined || readMeta(db, "kept-record") !== undefined;
  if (recoveryPub === undefined || isAwaited) return { kind: "none" };
  const held = encodeRecord(engine);
  const head = list && headOf(list);
  // Signed again under each new list, since the former signer may have been removed.
  const mark = ports.crypto.sha256(concat(recoveryPub, head?.hash ?? recoveryPub, held));
  const kept = readMeta(db, "record-kept");
  if (kept !== undefined && equalBytes(kept, mark)) {
    // The mark covers the card's key: this record is the one that was owed.
    db.transaction(() => deleteMeta(db, "record-owed"));
    return { kind: "kept" };
  }
  const graceLeftMs = (sinceMs ?? ports.nowMs()) + placeOf(engine) * graceMs - ports.nowMs();
  const waitMs = isOwed(engine, recoveryPub) ? 0 : graceLeftMs;
  if (waitMs > 0) return { kind: "wait", waitMs };
  const conflict = conflictOf(engine);
  const leftMs = (conflict?.untilMs ?? 0) - ports.nowMs();
  if (conflict !== undefined && leftMs > 0 && leftMs <= conflict.waitMs) return { kind: "conflict", waitMs: leftMs };
  const stampMs = Math.max(ports.nowMs(), (readVault(db).recordMs ?? 0) + 1);
  db.transaction(() => writeVault(db, { recordMs: stampMs }));
  const vouched = await vouch(engine, stampMs, held);
  return put(engine, { record: await sealRecord(ports.crypto, recoveryPub, vouched.bytes), ...vouched }, mark);
}

type Made = { readonly record: Bytes; readonly n: number; readonly entryHash: Bytes };

async function put(engine: Engine, { record, n, entryHash }: Made, mark: Bytes): Promise<Kept> {
  const { db, link } = engine;
  const answer = await link.call("signed", "keepRecord", { n, entryHash, record });
  if (answer.kind === "lost") return { kind: "later" };
  if (answer.kind === "error" && answer.code === "list-conflict") {
    const waitMs = Math.min(conflictMsMax, 2 * (conflictOf(engine)?.waitMs ?? conflictMsMin / 2));
    if (await becomeAlike(engine)) return { kind: "later" };
    conflicts.set(engine, { head: entryHash, untilMs: engine.ports.nowMs() + waitMs, waitMs });
    return { kind: "conflict", waitMs };
  }
  conflicts.delete(engine);
  // Whatever else home says, as while its disk is full, it holds the record of before: what is owed stays owed.
  // @checks ID51
  if (answer.kind === "error" && answer.code !== "vault-off") return { kind: "later" };
  db.transaction(() => {
    deleteMeta(db, "record-owed");
    // The vault is off: when it is on again, everything is compared anew.
    if (answer.kind === "ok") writeMeta(db, "record-kept", mark);
    else deleteMeta(db, "record-kept");
  });
  return { kind: answer.kind === "ok" ? "kept" : "none" };
}

/** The conflict about the present list, if any. */
function conflictOf(engine: Engine): Conflict | undefined {
  const conflict = conflicts.get(engine);
  const head = engine.lists.head(ownOf(engine).account);
  return conflict !== undefined && head !== undefined && equalBytes(conflict.head, head.hash) ? conflict : undefined;
}

/**
 * Home has another list than this device: the card changed, or home lacks entries (ID7a). Returns whether this device
 * has another list now, or could not ask.
 */
async function becomeAlike(engine: Engine): Promise<boolean> {
  const { lists, link } = engine;
  const before = lists.head(ownOf(engine).account);
  if (!(await followOwnList(engine)) || lists.head(ownOf(engine).account) !== before) return true;
  await tellEntries(engine, (name, args) => link.call("signed", name, args));
  return false;
}

function placeOf(engine: Engine): number {
  const { account, device } = ownOf(engine);
  return Math.max(
    0,
    engine.lists.devices(account).findIndex(({ id }) => equalBytes(id, device)),
  );
}
