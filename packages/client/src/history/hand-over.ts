/**
 * Handing over (docs/spec/groups.md GR32.2–GR32.5): shares history with an account that this device added. The task is
 * stored with the commit; it goes part by part, from the newest message backwards.
 */
import {
  encodeHandedMessage,
  encodeHandedPart,
  encodeHandedPointer,
  type HandedMessage,
  type HandedPart,
  handedAlone,
  handedLimits,
  handedOnKinds,
} from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import {
  addHandoverPart,
  beginHandover,
  countDiagnostic,
  dropHandover,
  type Handover,
  handoverPlaces,
  moveHandover,
  nextHandover,
  readConversation,
  readHandover,
  readMembers,
  readPerson,
  readToHand,
} from "@yanshu/store";
import { type AccountId, toHex } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { isAmong } from "../group-state/store-group.ts";
import { say } from "../messages/outbox.ts";
import type { MediaPorts } from "../ports.ts";
import { sqlList } from "../values/shown.ts";
import { putPart } from "./blob.ts";
import { handedOf } from "./shared-entries.ts";

const dayMs = 86_400_000;
export const weekMs = 7 * dayMs;

/** Bytes of messages in one part; names come on top. */
const filledBytes = 512 * 1_024;
const messageBytesMax = 700 * 1_024;

const kinds = sqlList(handedOnKinds);

/** Stores the tasks for accounts that a commit of this device added. Inside the transaction that adopts the commit. */
export function planHandovers(engine: Engine, { state, rules }: Group, accounts: readonly AccountId[]): void {
  const { history } = state.settings;
  if (!rules.isJoined || history === undefined || engine.ports.media === undefined) return;
  const since_ms = history === "week" ? engine.ports.nowMs() - weekMs : 0;
  for (const account of accounts) beginHandover(engine.db, { conversation: state.conversation, account, since_ms });
  engine.history();
}

/** A later device of such an account gets the pointers too. Inside a transaction. */
export function tellLaterDevices(engine: Engine, { state }: Group, added: readonly Member[]): void {
  const { conversation } = state;
  const accounts = new Map(added.map(({ account }) => [toHex(account), account]));
  for (const account of accounts.values())
    for (const place of handoverPlaces(engine.db, conversation, account))
      say(engine, conversation, { kind: "handed", account, place, sealed: [] });
}

/** Hands over one part. `done`: no task is left. */
export async function handNext(engine: Engine, media: MediaPorts): Promise<"more" | "later" | "done"> {
  const { db } = engine;
  const handover = nextHandover(db);
  if (handover === undefined) return "done";
  const { conversation, account } = handover;
  if (!isStillThere(engine, handover)) {
    db.transaction(() => dropHandover(db, conversation, account));
    return "more";
  }
  const filled = fillPart(engine, handover);
  if (filled.messages.length === 0) {
    db.transaction(() => moveHandover(db, handover, { ...handover, isDone: true }));
    return "more";
  }
  const { messages, below, place } = filled;
  const put = await putPart(engine, media, encodeHandedPart({ messages, people: namesIn(engine, messages) }));
  if (put === "lost") return "later";
  db.transaction(() => {
    // The account may have left meanwhile, or come anew.
    if (readHandover(db, conversation, account)?.below !== handover.below) return;
    if (put === "refused") {
      countDiagnostic(db, "handover-given-up");
      moveHandover(db, handover, { ...handover, isDone: true });
      return;
    }
    const pointer = encodeHandedPointer(put);
    addHandoverPart(db, { conversation, account, place: handover.place, pointer, expires_day: put.expiresDay });
    say(engine, conversation, { kind: "handed", account, place: handover.place, sealed: [] });
    moveHandover(db, handover, { below, place, isDone: place >= handedLimits.allMax });
  });
  engine.schedule(conversation);
  return "more";
}

function isStillThere({ db }: Engine, { conversation, account }: Handover): boolean {
  if (readConversation(db, conversation)?.state !== "open") return false;
  return isAmong(account, readMembers(db, conversation));
}

type Filled = { readonly messages: readonly HandedMessage[]; readonly below: number; readonly place: number };

function fillPart(engine: Engine, handover: Handover): Filled {
  const { db } = engine;
  const most = Math.min(handedLimits.messagesMax, handedLimits.allMax - handover.place);
  const messages: HandedMessage[] = [];
  let { below } = handover;
  let bytes = 0;
  for (;;) {
    const rows = readToHand(db, { ...handover, below }, kinds, most - messages.length);
    for (const row of rows) {
      const record = fitting(handedOf(engine, handover.conversation, row));
      if (record !== undefined && messages.length > 0 && bytes + record.bytes > filledBytes)
        return { messages, below, place: handover.place + messages.length };
      below = row.position;
      if (record === undefined) countDiagnostic(db, "handed-too-large");
      else {
        messages.push(record.message);
        bytes += record.bytes;
      }
    }
    if (rows.length === 0 || messages.length >= most)
      return { messages, below, place: handover.place + messages.length };
  }
}

function fitting(whole: HandedMessage): { message: HandedMessage; bytes: number } | undefined {
  for (const message of [whole, { ...whole, ...handedAlone }]) {
    const bytes = encodeHandedMessage(message).length;
    if (bytes <= messageBytesMax) return { message, bytes };
  }
  return undefined;
}

/** Names of the authors and of this account: a new device may know none of them. */
function namesIn(engine: Engine, messages: readonly HandedMessage[]): HandedPart["people"] {
  const { db } = engine;
  const all = [ownOf(engine).account, ...messages.map(({ author }) => author)];
  const accounts = new Map(all.map((account) => [toHex(account), account]));
  return [...accounts.values()].flatMap((account) => {
    const name = readPerson(db, account)?.name ?? "";
    return name === "" ? [] : [{ account, name }];
  });
}

/** Whether a task is left, for callers that wait for all of them. */
export function isHandingOver({ db, ports }: Engine): boolean {
  return ports.media !== undefined && nextHandover(db) !== undefined;
}
