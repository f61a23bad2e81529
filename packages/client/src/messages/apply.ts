/**
 * Apply: what an opened message does to the store (docs/spec/sync.md SY4–SY9, SY12, SY18). Always inside one
 * transaction with the ratchet step that opened it, so a crash leaves both or neither.
 */
import {
  type Body,
  type BodyOf,
  decodeBody,
  decodeMessage,
  dispositionOf,
  encodeBody,
  type Message,
} from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import {
  type ConversationHead,
  clearChatMark,
  countDiagnostic,
  fillGap,
  insertMessage,
  learnPerson,
  readConversation,
  readConversationHead,
  readMessage,
  setVaultOrder,
  sizeOfMessages,
  sizeOfTooNew,
  takeFromOthers,
  touchConversation,
  writeChatMark,
  writeHeard,
} from "@yanshu/store";
import { type Bytes, type ConversationId, equalBytes, MalformedError, plain, toHex, utf8 } from "@yanshu/wire";
import {
  type CoreKind,
  type CoreKinds,
  type Engine,
  kindOf,
  ownOf,
  type Said,
  type SaidOf,
  topicOf,
} from "../core/engine.ts";
import type { BodyKind } from "../feature.ts";
import { forgetBlobs, learnBlobs } from "../files/blob-refs.ts";
import { plan } from "../group-state/jobs.ts";
import { insertLine } from "../group-state/lines.ts";
import { isActiveGroup, roleOf } from "../group-state/store-group.ts";
import { noteHeard } from "../identity/profile-bodies.ts";
import { encodeFallback } from "../values/newer.ts";
import { learnOwnWord, learnRight, peopleTopics } from "../values/people.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import { applyByFeature, judgedByFeature, placeOfSignal, tellBeside, tellFeature } from "./apply-feature.ts";
import { befriend } from "./befriend.ts";
import { answerAsk, hear, learnGone, loseForGood } from "./gaps.ts";
import { onOwnLeave } from "./leave.ts";
import { applySyncItems } from "./own-devices.ts";
import { isOfNamedAlone, isPassedOver } from "./passed-over.ts";
import { onPlaced } from "./placed.ts";
import { answerNow } from "./resend-answers.ts";
import { boundedMs, boundedStamps } from "./stamps.ts";
import { asKnown, keepForLater } from "./too-new.ts";

/** Undefined if the outer encoding is malformed, so that not even its id can be read. */
export function messageIn(data: Uint8Array): Message | undefined {
  try {
    return decodeMessage(data);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** @param order of the push that brought it (DS18). */
export function applyMessage(engine: Engine, group: Group, sender: Member, message: Message, order: number): void {
  const { conversation } = group.state;
  // @checks GR53
  if (isPassedOver(engine, group, sender)) {
    countDiagnostic(engine.db, "unlisted-device");
    // It may be from before the device was put out: then its reader is told that something is lost.
    if (message.disposition === "message") loseForGood(engine, conversation, sender, message.seq);
    return;
  }
  const head = readConversationHead(engine.db, conversation);
  // @checks SY18
  if (isAnothers(engine, sender) && isTooMuch(engine, group, head)) {
    // Not recorded as heard: so it counts as missing, and is asked for once the person accepts the request.
    countDiagnostic(engine.db, "request-passed-over");
    return;
  }
  // @checks SY4
  if (hear(engine, group, sender, message)) {
    countDiagnostic(engine.db, "repeat");
    return;
  }
  const expected = group.keys.authenticator.subarray(0, message.authenticator.length);
  if (!equalBytes(message.authenticator, expected)) {
    countDiagnostic(engine.db, "fork");
    insertLine(engine, conversation, sender.account, { kind: "fork" });
  }
  const said = { ...message, order };
  instead(engine, conversation, sender, message, "anybody", () => applyBody(engine, group, sender, said, head));
}

function isAnothers(engine: Engine, { account }: Member): boolean {
  return !equalBytes(account, ownOf(engine).account);
}

/** Replaces a copy that somebody else brought by the message that its sender sent. */
function instead(
  engine: Engine,
  conversation: ConversationId,
  sender: Member,
  { id }: Message,
  from: "anybody" | "handed",
  apply: () => void,
): void {
  const { db } = engine;
  const name = { author: sender.account, id };
  const brought = takeFromOthers(db, conversation, name, from);
  apply();
  if (brought === undefined) return;
  const row = readMessage(db, conversation, name.author, name.id);
  if (row !== undefined && brought.order !== null)
    setVaultOrder(db, { conversation, position: row.position }, brought.order);
  // Only now: the new message names the same files, so they must not be forgotten before it is stored.
  const body = decodeBody(brought.body);
  if (body !== undefined) forgetBlobs(engine, body, "here");
}

/**
 * Whether a request that waits for the person's answer has reached the most that is stored of one (SY18a). @checks SY18
 */
function isTooMuch(engine: Engine, { state }: Group, head: ConversationHead | undefined): boolean {
  const { db } = engine;
  const { conversation } = state;
  const { items, bytes } = kindOf(engine, state).requestKept;
  if (head?.state !== "request-in") return false;
  const kept = sizeOfMessages(db, conversation, items);
  const later = sizeOfTooNew(db, conversation);
  return kept.items + later.rows >= items || kept.bytes + later.bytes >= bytes;
}

/** @param head the conversation before this message. */
export function applyBody(
  engine: Engine,
  group: Group,
  sender: Member,
  said: Said,
  head: ConversationHead | undefined,
): void {
  const { db } = engine;
  const { conversation } = group.state;
  const nowMs = engine.ports.nowMs();
  const known = asKnown(engine, said);
  const sentAtMs = boundedMs(known.sentAtMs, nowMs);
  const isOutdone = sentAtMs > nowMs && !engine.lists.names(sender);
  if (isOutdone && !isAnothers(engine, sender)) noteHeard(engine, sentAtMs);
  const outdone = isOutdone ? { isOutdone } : {};
  const message: Said = { ...known, sentAtMs, ...outdone, body: boundedStamps(known.body, nowMs) };
  const { body } = message;
  // @checks SY61, SY84, GR53
  if (isOfNamedAlone(engine, body, sender)) {
    countDiagnostic(db, "unlisted-device");
    return;
  }
  // @checks SY18
  if (head?.state === "blocked" || head?.state === "declined") return; // Sent before our address was deleted.
  // A peer who left and writes again is back.
  if (
    head?.is_alone === 1 &&
    kindOf(engine, group.state).hasPeer &&
    isAnothers(engine, sender) &&
    body.kind !== "leave"
  )
    clearChatMark(db, conversation, "alone", engine.ports.nowMs());
  if (body.kind !== "unknown") {
    const toFeature = forFeatures(conversation, sender, { ...message, body });
    tellFeature(engine, group, toFeature);
    if (applyByFeature(engine, group, toFeature)) return;
  }
  const apply = engine.kinds[body.kind]?.apply as CoreKind<Message["body"]["kind"]>["apply"];
  if (apply !== undefined) apply(engine, group, sender, message as SaidOf<Message["body"]["kind"]>, head);
  else if (body.kind !== "unknown") applyAsShown(engine, group, sender, { ...message, body }, head);
}

/** The message in the form that features get. */
function forFeatures(
  conversation: ConversationId,
  { account: by }: Pick<Member, "account">,
  { id, sentAtMs, body, late, order, isOutdone }: SaidOf<BodyKind>,
): Parameters<typeof applyByFeature>[2] {
  return {
    conversation,
    by,
    id,
    sentAtMs,
    body,
    ...(late === undefined ? {} : { isLate: true }),
    ...(order === undefined ? {} : { order }),
    ...(isOutdone === undefined ? {} : { isOutdone }),
  };
}

/** The default for a kind without a handler: a message or a notice is shown, a signal does nothing. */
function applyAsShown(
  engine: Engine,
  group: Group,
  sender: Member,
  said: SaidOf<BodyKind>,
  head: ConversationHead | undefined,
): void {
  const { conversation } = group.state;
  const disposition = dispositionOf(said.body.kind);
  if (disposition === "signal") {
    const stands = placeOfSignal(engine, group, forFeatures(conversation, sender, said));
    if (stands !== undefined) show(engine, conversation, sender, said, stands);
    return;
  }
  const isAnswer = tellBeside(engine, group, forFeatures(conversation, sender, said));
  if (disposition === "message" && isAnswer)
    befriend(engine, conversation, sender.account, said.late !== undefined, head);
  learnBlobs(engine, said.body);
  showFirst(engine, conversation, group, sender, said);
}

/**
 * Shows the body that its feature chose; then what arrived before this message (marks, edits) takes effect. @param
 * group undefined if the author is no longer a member.
 */
export function showFirst(
  engine: Engine,
  conversation: ConversationId,
  group: Group | undefined,
  sender: Pick<Member, "account" | "device">,
  said: SaidOf<BodyKind>,
): void {
  const judged = judgedByFeature(engine, group, forFeatures(conversation, sender, said));
  if (!show(engine, conversation, sender, said, judged.body, judged.calls)) return;
  onPlaced(engine, judged.body, { conversation, on: { author: sender.account, id: said.id }, hasEarly: true });
}

/** Handlers of this room for the core's kinds. */
export const messageKindsOfCore: CoreKinds = {
  unknown: {
    apply: (engine, group, sender, message, head) => {
      const { conversation } = group.state;
      if (!keepForLater(engine, conversation, sender, message)) return;
      if (message.disposition === "message") {
        befriend(engine, conversation, sender.account, message.late !== undefined, head);
        showAs(engine, conversation, sender, message, "newer", encodeFallback(message.fallback));
      } else if (message.disposition === "notice" && message.fallback !== undefined) {
        const line: StoredLine = { kind: "notice", by: toHex(sender.account), text: plain(message.fallback) };
        showAs(engine, conversation, sender, message, "system", utf8(JSON.stringify(line)));
      }
    },
  },
  profile: {
    apply: (engine, { state }, { account: by }, { body, sentAtMs, isOutdone }) => {
      const { db } = engine;
      const stampMs = isOutdone ? 1 : sentAtMs;
      if (learnOwnWord(db, by, { ...body, pat: body.pat ?? "" }, stampMs)) engine.changed(...peopleTopics);
      const { passing } = body;
      const isForOne = kindOf(engine, state).believesPersonalWords;
      if (learnRight(db, ownOf(engine).account, { by, isForOne, passing, stampMs })) engine.changed("contacts");
    },
  },
  introduce: { apply: (engine, group, _, { body, sentAtMs }) => introduced(engine, group, body.people, sentAtMs) },
  leave: { apply: (engine, group, sender, message) => onLeave(engine, group, sender, message) },
  resendRequest: {
    apply: (engine, group, sender, { body }) => {
      // @checks SY9
      if (equalBytes(body.device, ownOf(engine).device)) answerAsk(engine, group, sender, body.seqs);
    },
  },
  resend: { apply: (engine, group, sender, { body }) => again(engine, group, sender, body.seq, body.message) },
  unavailable: {
    apply: (engine, group, sender, { body }) => learnGone(engine, group.state.conversation, sender, body.seqs),
  },
  sync: {
    apply: (engine, group, sender, { body }) => {
      // @checks SY11
      if (kindOf(engine, group.state).believesOwnDevices) applySyncItems(engine, body.items, sender.device);
    },
  },
  sealedResend: { goesOut: answerNow },
};

/** Returns whether the message was added; false if it is stored already, or its recall came first. */
function show(
  engine: Engine,
  conversation: ConversationId,
  sender: Pick<Member, "account" | "device">,
  message: Said,
  body: Body,
  mention = 0,
): boolean {
  return showAs(engine, conversation, sender, message, body.kind, encodeBody(body), mention);
}

function showAs(
  engine: Engine,
  conversation: ConversationId,
  sender: Pick<Member, "account" | "device">,
  message: Said,
  kind: string,
  body: Bytes,
  mention = 0,
): boolean {
  const nowMs = engine.ports.nowMs();
  const own = equalBytes(sender.account, ownOf(engine).account);
  const added = insertMessage(engine.db, {
    conversation,
    author: sender.account,
    id: message.id,
    // A sender's clock may be ahead: no message gets a time in the future.
    atMs: message.late?.atMs ?? Math.min(message.sentAtMs, nowMs),
    sentMs: message.sentAtMs,
    kind,
    body,
    state: "sent",
    mention,
    device: sender.device,
    seq: message.seq,
    ...(message.late?.position === undefined ? {} : { position: message.late.position }),
  });
  if (!added) return false; // not a check: it is stored already, or was recalled.
  if (message.late === undefined) touchConversation(engine.db, conversation, nowMs);
  engine.changed(topicOf(conversation), "chats", "requests", own ? "people" : "status");
  return true;
}

/** A member names other members; accepted for accounts that are in the group now (SY8). */
function introduced(
  engine: Engine,
  { state, members }: Group,
  people: BodyOf<"introduce">["people"],
  sentAtMs: number,
): void {
  // @checks SY8
  if (!kindOf(engine, state).membersChange) return;
  const own = ownOf(engine).account;
  const here = new Set(members.map(({ account }) => toHex(account)));
  const stampMs = Math.min(sentAtMs, engine.ports.nowMs());
  for (const { account, name, avatar } of people) {
    // @checks SY8
    if (equalBytes(account, own) || !here.has(toHex(account))) continue;
    learnPerson(engine.db, { account, name, avatar, ownWord: false, stampMs });
  }
  engine.changed("people", "contacts", "chats");
}

function onLeave(engine: Engine, group: Group, sender: Member, message: Message): void {
  const { db } = engine;
  const { conversation } = group.state;
  const own = ownOf(engine).account;
  insertMessage(db, {
    conversation,
    author: sender.account,
    id: message.id,
    atMs: engine.ports.nowMs(),
    ...(equalBytes(sender.account, own) ? { sentMs: boundedMs(message.sentAtMs, engine.ports.nowMs()) } : {}),
    kind: "leave",
    body: encodeBody({ kind: "leave" }),
    state: "sent",
  });
  const { hasPeer, isFoundedAnew, membersChange } = kindOf(engine, group.state);
  if (isFoundedAnew && !isActiveGroup(engine, group)) return;
  if (equalBytes(sender.account, own)) {
    onOwnLeave(engine, conversation);
    return;
  }
  // The chat shows no line for it: the person is told when they write something (SY24).
  if (hasPeer) {
    writeChatMark(db, conversation, "alone", true, engine.ports.nowMs());
    engine.changed("family");
  }
  // Only devices that can act on it show it; an account that is out of the group itself cannot.
  const isHere = readConversation(db, conversation)?.state === "open";
  if (!membersChange || !isHere || roleOf(group, own) === undefined) return;
  insertLine(engine, conversation, sender.account, { kind: "left", who: toHex(sender.account) });
  plan(engine, conversation, { kind: "remove", account: sender.account });
  engine.schedule(conversation);
}

/** Applies a message that its sender sent again, if its number was missing here. */
function again(engine: Engine, group: Group, sender: Member, seq: number, bytes: Uint8Array): void {
  const { conversation } = group.state;
  const message = messageIn(bytes);
  if (message === undefined) return;
  // @checks SY9
  if (message.seq !== seq || message.body.kind === "resend") return;
  // @checks SY9
  if (!fillGap(engine.db, conversation, sender.device, seq)) return;
  // Missing numbers below it are recorded as gaps by now, so the sender counts as heard up to here.
  writeHeard(engine.db, conversation, { device: sender.device, account: sender.account, highest: seq });
  // A copy that another member handed over gives way to the sender's own message (GR32.7).
  instead(engine, conversation, sender, message, "handed", () => {
    // A sender who can resend a `leave` is a member now, so it is from before they came back.
    if (message.body.kind !== "leave")
      applyBody(engine, group, sender, message, readConversationHead(engine.db, conversation));
  });
  engine.changed(topicOf(conversation));
}
