/**
 * Receiving history (docs/spec/groups.md GR32.6–GR32.8): whom this device accepts it from, and how it is stored.
 * Pointers are stored until their part was fetched.
 */
import {
  type BodyOf,
  contentLimits,
  decodeHandedPart,
  decodeHandedPointer,
  type HandedPart,
  type Message,
} from "@yanshu/content";
import { type Group, type Joined, type Member, openSealed } from "@yanshu/mls";
import {
  addHandedPart,
  beginArrival,
  countDiagnostic,
  countHandedParts,
  finishHandedPart,
  type HandedPartRow,
  learnPerson,
  nextHandedPart,
  readAddress,
  readArrival,
  sealedParts,
  setPointer,
} from "@yanshu/store";
import { concat, equalBytes, idBytes, toHex } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { roleOf } from "../group-state/store-group.ts";
import { rosterBytes, somebodyJoined } from "../messages/roster.ts";
import type { MediaPorts } from "../ports.ts";
import { fetchPart } from "./blob.ts";
import { weekMs } from "./hand-over.ts";
import { takeHanded } from "./shared-entries.ts";

/** The most parts per conversation: a sender of more only keeps this device busy. */
const partsMax = 4_096;
/** Clocks may differ by a day. */
const clockMs = 86_400_000;

/** This account joins a group, for the first time or again. Inside the transaction that joins it. */
export function arrive(engine: Engine, group: Joined): void {
  const { history } = group.state.settings;
  // @checks GR32
  if (history === undefined) return; // Only the state of a group can name it (GR2).
  beginArrival(engine.db, {
    conversation: group.state.conversation,
    inviter: group.inviter.account,
    present: rosterBytes(group),
    since_ms: history === "week" ? engine.ports.nowMs() - weekMs - clockMs : 0,
  });
}

/** Stores a pointer if it is for this device. Inside a transaction. */
export function hearHanded(
  engine: Engine,
  group: Group,
  sender: Member,
  { authenticator }: Pick<Message, "authenticator">,
  body: BodyOf<"handed">,
): void {
  const { db } = engine;
  const own = ownOf(engine);
  const { conversation } = group.state;
  // @checks GR32
  if (!equalBytes(body.account, own.account)) return;
  const mine = body.sealed.find(({ reader }) => equalBytes(reader, own.device));
  if (mine === undefined) return;
  // @checks GR32
  if (!mayHand(engine, group, sender) || countHandedParts(db, conversation) >= partsMax) {
    countDiagnostic(db, "handed-refused");
    return;
  }
  const { place } = body;
  const sealed = concat(sender.device, authenticator, mine.sealed);
  addHandedPart(db, { conversation, by: sender.account, place, address: ownAddress(group), sealed });
  engine.history();
}

/**
 * Whether the sender is the inviter, or an owner or admin now, and was a member before this account. @param sender a
 * member of `group`. @checks GR32
 */
function mayHand(engine: Engine, group: Group, sender: Member): boolean {
  const arrival = readArrival(engine.db, group.state.conversation);
  if (arrival === undefined || equalBytes(sender.account, ownOf(engine).account)) return false;
  if (somebodyJoined(arrival.present, [sender.account])) return false;
  return equalBytes(arrival.inviter, sender.account) || roleOf(group, sender.account) !== undefined;
}

/** Opens sealed pointers at once, because their key is deleted with the leaf. */
export async function openTold(engine: Engine): Promise<void> {
  const { db, ports } = engine;
  for (const row of sealedParts(db)) {
    const address = readAddress(db, row.address);
    const sender = row.sealed.slice(0, idBytes.device);
    const from = idBytes.device + contentLimits.authenticatorBytes;
    const epoch = row.sealed.slice(idBytes.device, from);
    const context = { purpose: "history", conversation: row.conversation, epoch, sender } as const;
    const plain = address && (await openSealed(ports.crypto, address.seal_private, context, row.sealed.slice(from)));
    db.transaction(() => {
      if (plain !== undefined && decodeHandedPointer(plain) !== undefined) setPointer(db, row, plain);
      else letGo(engine, row, "handed-unopenable");
    });
  }
}

/** Fetches and stores one part. `done`: none is left. */
export async function takeNext(engine: Engine, media: MediaPorts): Promise<"more" | "later" | "done"> {
  const { db } = engine;
  const row = nextHandedPart(db);
  if (row?.pointer == null) return "done";
  const pointer = decodeHandedPointer(row.pointer);
  const plain = pointer === undefined ? "gone" : await fetchPart(engine, media, pointer);
  if (plain === "lost") return "later"; // not a check: the network's answer.
  const part = plain === "gone" ? undefined : decodeHandedPart(plain);
  db.transaction(() => {
    if (part === undefined) letGo(engine, row, plain === "gone" ? "handed-gone" : "handed-malformed");
    else takePart(engine, row, part);
  });
  engine.changed(topicOf(row.conversation), "chats", "people");
  return "more";
}

function letGo({ db }: Engine, row: HandedPartRow, why: string): void {
  countDiagnostic(db, why);
  finishHandedPart(db, row);
}

function takePart(engine: Engine, row: HandedPartRow, part: HandedPart): void {
  const { db } = engine;
  const { conversation, by, place } = row;
  finishHandedPart(db, row);
  const speak = new Set([by, ...part.messages.map(({ author }) => author)].map(toHex));
  // These names count less than an introduction: they are used only if no other is known.
  for (const { account, name } of part.people)
    if (speak.has(toHex(account)) && !equalBytes(account, ownOf(engine).account))
      learnPerson(db, { account, name, avatar: undefined, ownWord: false, stampMs: 0 });
  for (const [at, message] of part.messages.entries()) {
    const arrival = readArrival(db, conversation); // Read again each time: each message moves the position of the next.
    if (arrival !== undefined) takeHanded(engine, { arrival, by }, message, place + at);
  }
}
