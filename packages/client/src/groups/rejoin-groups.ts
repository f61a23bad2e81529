/**
 * Rejoining (docs/spec/groups.md GR31): a device that restored its account asks members of each group to let it in. The
 * requests are sealed to leaves that the recovery record names, and to leaves of members with whom it has a chat of
 * two.
 */

import type { MemberAddress, NoteOf } from "@yanshu/content";
import {
  type ComebackRow,
  deleteComeback,
  readAddress,
  readComeback,
  readComebacks,
  readContact,
  readConversation,
  readConversations,
  readKeyPackage,
  readMembers,
  readResyncAnswer,
  writeComeback,
} from "@yanshu/store";
import { type AccountId, accountIdOf, type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { unpack } from "../cbor.ts";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { type NoteTarget, notePart } from "../group-state/notes.ts";
import { notAMemberBytes, resyncNote } from "../group-state/resync-bytes.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { onRemoved } from "../messages/leave.ts";
import { nextAskingMs, restoredReason } from "./resync.ts";

/** A note may be lost, or no member online for days: the request is repeated, each time after twice as long. */
const askAgainMs = 30_000;
const askAgainMsMax = 6 * 3_600_000;
const askedMsMax = 30 * 86_400_000;
const askedMax = 16;
/** So many askings name the founding that the record told of (GR68). */
const triesWithFounding = 2;

/** After a start: schedules the repetitions of all open requests. */
export function resumeRejoining(engine: Engine): void {
  for (const row of readComebacks(engine.db)) askLater(engine, row);
}

/** Sends the request now; repetitions follow by themselves. */
export function askToComeBack(engine: Engine, conversation: ConversationId): void {
  const row = waiting(engine, conversation);
  if (row === undefined) return;
  const now = { ...row, asked_ms: engine.ports.nowMs(), tries: row.tries + 1 };
  engine.db.transaction(() => writeComeback(engine.db, now));
  askLater(engine, now);
  ask(engine, now).catch(engine.failed);
}

/**
 * The open request. If the account is in the group, or no longer wants to be, the request is deleted; then undefined.
 */
export function waiting({ db, ports }: Engine, conversation: ConversationId): ComebackRow | undefined {
  const row = readComeback(db, conversation);
  const held = readConversation(db, conversation);
  const isWaiting = held?.state === "open" && held.group_id === null;
  if (row === undefined || (isWaiting && ports.nowMs() - row.since_ms < askedMsMax)) return row;
  db.transaction(() => deleteComeback(db, conversation));
  return undefined;
}

function askLater(engine: Engine, { conversation, asked_ms, tries }: ComebackRow): void {
  const waitMs = tries === 0 ? 0 : Math.min(askAgainMsMax, askAgainMs * 2 ** Math.min(tries - 1, 16));
  engine.ports.after(Math.max(1_000, asked_ms + waitMs - engine.ports.nowMs()), () => {
    if (engine.own !== undefined && engine.phase === "ready" && readComeback(engine.db, conversation)?.tries === tries)
      askToComeBack(engine, conversation);
  });
}

async function ask(engine: Engine, row: ComebackRow): Promise<void> {
  const { db } = engine;
  const { conversation } = row;
  await engine.link.whenReady("anonymous");
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  const keyPackage = await packageFor(engine, row);
  const asked = addressesTo(engine, row);
  if (list === undefined || asked.length === 0 || !(await registerAddresses(engine))) return;
  const note = await resyncNote(engine, list, {
    conversation,
    reason: restoredReason,
    // Who holds a lower one answers nothing, and the record may have told of one that never was (GR68).
    founding: row.tries > triesWithFounding ? 0 : row.founding,
    epoch: 0,
    askedMs: nextAskingMs(engine, conversation),
    keyPackage,
  });
  const parts = await Promise.all(asked.map((one) => notePart(engine, one, note)));
  if (readComeback(db, conversation) !== undefined) await deposit(engine, parts);
}

/** One key package serves all repetitions, because each costs an address at home for good. */
async function packageFor(engine: Engine, { conversation, address, leaf }: ComebackRow): Promise<Bytes> {
  const held = address === null ? undefined : readKeyPackage(engine.db, address);
  if (held !== undefined && held.expires_ms > engine.ports.nowMs()) return held.bytes;
  const made = await makeKeyPackage(engine, "hand", { replaces: leaf });
  const now = readComeback(engine.db, conversation);
  if (now !== undefined) engine.db.transaction(() => writeComeback(engine.db, { ...now, address: made.address }));
  return made.bytes;
}

function addressesTo(engine: Engine, row: ComebackRow): readonly NoteTarget[] {
  const members = readMembers(engine.db, row.conversation);
  const inChats = readConversations(engine.db).flatMap((chat) => {
    const { peer, group_id } = chat;
    const isMember =
      kindOf(engine, chat).hasPeer && members.some(({ account }) => peer !== null && equalBytes(account, peer));
    const group = isMember && group_id !== null ? engine.groups.get(toHex(group_id)) : undefined;
    const theirs = group?.members.filter(({ account }) => peer !== null && equalBytes(account, peer)) ?? [];
    return theirs.map(({ address, sealKey, server }) => ({ address, sealKey, server }));
  });
  // The newest addresses first: those of the record may be outdated.
  const all: readonly NoteTarget[] = [...inChats, ...unpack<readonly MemberAddress[]>(row.addresses)];
  return [...new Map(all.map((one) => [toHex(one.address), one])).values()].slice(0, askedMax);
}

/**
 * GR31.3: whether a Welcome to a group that this device waits for is the one that it asked for, or comes from an
 * account that may be trusted for it. So too when the asking is over, for the chat stands there with its people (GR73).
 * True for a group that is not known here, or that this account is out of. @checks GR31
 */
export function isComebackBy(
  { db }: Engine,
  conversation: ConversationId,
  replaces: Bytes | undefined,
  inviter: AccountId,
): boolean {
  const row = readComeback(db, conversation);
  if (row !== undefined && replaces !== undefined && equalBytes(row.leaf, replaces)) return true;
  const members = readMembers(db, conversation);
  // @checks GR73
  if (row === undefined && (readConversation(db, conversation)?.state !== "open" || members.length === 0)) return true;
  const member = members.find((one) => equalBytes(one.account, inviter));
  return member !== undefined && (member.role !== "member" || readContact(db, inviter)?.state === "contact");
}

/**
 * The group holds another leaf of this device, whose Welcome never came: the next request replaces that one. In the
 * turn.
 */
export function hearComebackPlace(engine: Engine, { conversation, askedMs, leaf }: NoteOf<"place">): boolean {
  const { db } = engine;
  const row = waiting(engine, conversation);
  // @checks GR31
  if (row === undefined || readResyncAnswer(db, conversation, ownOf(engine).device)?.askedMs !== askedMs) return false;
  // @checks GR31
  if (readAddress(db, leaf) === undefined) return false; // A leaf of this device has an address that was made here.
  db.transaction(() => writeComeback(db, { ...row, leaf, address: null }));
  return true;
}

/**
 * GR31.4: a member reports that this account is not in the group. In the turn; undefined if this device does not wait
 * for that group.
 */
export async function hearComebackNotAMember(
  engine: Engine,
  note: NoteOf<"notAMember">,
): Promise<"believed" | "refused" | undefined> {
  const { db, ports } = engine;
  const own = ownOf(engine);
  if (waiting(engine, note.conversation) === undefined) return undefined;
  const account = accountIdOf(ports.crypto.sha256, note.history.inception);
  const leads = readMembers(db, note.conversation).some(
    (one) => equalBytes(one.account, account) && one.role !== "member",
  );
  const isAnswer = readResyncAnswer(db, note.conversation, own.device)?.askedMs === note.askedMs;
  // @checks GR31
  if (!leads || !isAnswer || !equalBytes(note.reader, own.device)) return "refused";
  await engine.lists.take(note.history);
  const device = engine.lists.devices(account).find(({ id }) => equalBytes(id, note.device));
  // @checks GR31
  if (device === undefined || !(await ports.crypto.verify(device.key, notAMemberBytes(note), note.signature)))
    return "refused";
  db.transaction(() => {
    deleteComeback(db, note.conversation);
    onRemoved(engine, note.conversation, account);
  });
  return "believed";
}
