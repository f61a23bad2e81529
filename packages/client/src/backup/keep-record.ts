/** Keeps the recovery record at home as this device would say it now (docs/spec/vault.md VA14, VA28). */
import { countDiagnostic, deleteMeta, readMeta, writeMeta } from "@yanshu/store";
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

/** So long a device leaves it to each one that stands before it in the list. */
const graceMs = 600_000;

/** Between two tries while home holds another list: so long first, then twice as long each time. */
const conflictMsMin = 30_000;
const conflictMsMax = 3_600_000;

/**
 * `kept`: home has what this device would say now. `none`: there is nothing to put, or home keeps no vault.
 * `too-large`: home would not take it. `later`: it did not. `conflict`: it holds another list than this device, and is
 * asked again in `waitMs`, seldomer each time. `wait`: another device may do it meanwhile.
 */
export type Kept =
  | { readonly kind: "kept" | "none" | "too-large" | "later" }
  | { readonly kind: "wait" | "conflict"; readonly waitMs: number };

/** One after another: what was said under another card is not put in the place of what was said under this one. */
const turns = new WeakMap<Engine, Turn>();

/** That home holds another list than the one with this head: until when it is not asked again, and how long that is. */
type Conflict = { readonly head: Bytes; readonly untilMs: number; readonly waitMs: number };
const conflicts = new WeakMap<Engine, Conflict>();

/** @param sinceMs since when this device would say something else than what it put; undefined: it did not look yet. */
export function keepRecord(engine: Engine, sinceMs: number | undefined): Promise<Kept> {
  const turn = turns.get(engine) ?? createTurn();
  turns.set(engine, turn);
  return turn.take(() => keepNow(engine, sinceMs));
}

/**
 * This device is about to change the card for one whose recovery key is `recoveryPub`: it puts the record that is
 * sealed to it, before anything else, whatever happens between (ID51). Inside a transaction.
 */
export function oweRecord({ db }: Engine, recoveryPub: Bytes): void {
  writeMeta(db, "record-owed", recoveryPub);
}

function isOwed({ db }: Engine, recoveryPub: Bytes | undefined): boolean {
  const owed = readMeta(db, "record-owed");
  return owed !== undefined && recoveryPub !== undefined && equalBytes(owed, recoveryPub);
}

/** `paid`: nothing is owed, or not any more. */
export async function keepOwed(engine: Engine): Promise<"paid" | "later" | "too-large" | "conflict"> {
  const { db, lists } = engine;
  const list = lists.get(ownOf(engine).account);
  // not a check: there is nothing to do.
  if (list === undefined || !isOwed(engine, recoveryPubOf(list))) return "paid";
  makeKey(engine); // Who has the old card opens what was sealed to it: not what comes from now on (VA6).
  await engine.deviceBackup.write();
  const { kind } = await keepRecord(engine, undefined);
  // @checks ID51
  if (readMeta(db, "record-owed") === undefined) return "paid";
  return kind === "too-large" || kind === "conflict" ? kind : "later";
}

async function keepNow(engine: Engine, sinceMs: number | undefined): Promise<Kept> {
  const { db, ports } = engine;
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  const recoveryPub = list === undefined ? undefined : recoveryPubOf(list);
  // What home has is not put in the place of before it was read.
  const isAwaited = readMeta(db, "recovery-key") !== undefined || readMeta(db, "kept-record") !== undefined;
  if (recoveryPub === undefined || isAwaited) return { kind: "none" };
  const held = encodeRecord(engine);
  if (held === undefined) {
    db.transaction(() => countDiagnostic(db, "record-too-large"));
    return { kind: "too-large" };
  }
  const head = list && headOf(list);
  // Who vouched for it may have been removed since: under another list it is said again.
  const mark = ports.crypto.sha256(concat(recoveryPub, head?.hash ?? recoveryPub, held));
  const kept = readMeta(db, "record-kept");
  if (kept !== undefined && equalBytes(kept, mark)) {
    db.transaction(() => deleteMeta(db, "record-owed")); // The mark names the card: this very record is what was owed.
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
    // It is off: once it is on again all is looked at anew.
    if (answer.kind === "ok") writeMeta(db, "record-kept", mark);
    else deleteMeta(db, "record-kept");
  });
  return { kind: answer.kind === "ok" ? "kept" : "none" };
}

/** Of the list as it is now. */
function conflictOf(engine: Engine): Conflict | undefined {
  const conflict = conflicts.get(engine);
  const head = engine.lists.head(ownOf(engine).account);
  return conflict !== undefined && head !== undefined && equalBytes(conflict.head, head.hash) ? conflict : undefined;
}

/**
 * Home holds another list than this device: another card counts, or home lacks what it was not told (ID7a). Returns
 * whether this device holds another one by now, or could not ask.
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
