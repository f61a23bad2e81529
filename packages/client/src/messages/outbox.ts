/**
 * Outbox: messages that the server has not yet accepted (docs/spec/sync.md SY1–SY4).
 *
 * An item is written in the transaction that shows it, so a crash loses both or neither. It is encrypted when it is
 * sent, in that moment's epoch; the ratchet state after encryption and the bytes are stored before they are sent.
 * Delivery is at least once; receivers drop repeats by (sender, id).
 */
import {
  asKept,
  type Body,
  contentLimits,
  decodeBody,
  dispositionOf,
  encodeBody,
  encodeMessage,
  goesLast,
  isAside,
  isSeen,
} from "@yanshu/content";
import type { Group } from "@yanshu/mls";
import {
  addAhead,
  addToOutbox,
  type ConversationRow,
  clearFlight,
  deleteFromOutbox,
  firstInOutbox,
  insertMessage,
  latestHeard,
  numberMessage,
  type OutboxRow,
  readConversation,
  readOutbox,
  setConfirmed,
  setHeld,
  setInFlight,
  setMessageState,
  setToldProfile,
  takeSeq,
  touchConversation,
  writeHeard,
  writeRatchet,
} from "@yanshu/store";
import { type Address, type Bytes, type ContentId, type ConversationId, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import { type CoreKind, type Engine, kindOf, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import { buildApplication } from "../group-state/posting.ts";
import { perhapsRenew } from "../group-state/renew.ts";
import { accountsOf } from "../group-state/store-group.ts";
import { ownProfile, profileFor } from "../identity/profile-bodies.ts";
import { factsOf } from "./apply-feature.ts";
import { onOwnLeave } from "./leave.ts";
import { groupOf } from "./message-names.ts";
import { heardBy, rosterOf, somebodyJoined } from "./roster.ts";
import { keep } from "./sent-retention.ts";

/** Shows a message and puts it in the outbox. Inside a transaction of the caller, or without one. Returns its id. */
export function say(
  engine: Engine,
  conversation: ConversationId,
  body: Body,
  id?: ContentId,
  /** The members when the person pressed send, if that was earlier. */
  roster?: Bytes,
): ContentId {
  const { db, ports } = engine;
  const own = ownOf(engine);
  const nowMs = ports.nowMs();
  const isKept = dispositionOf(body.kind) !== "signal";
  const made = id ?? ports.crypto.random(16);
  const bytes = encodeBody(body);
  addToOutbox(db, {
    conversation,
    id: made,
    body: bytes,
    shown: isSeen(body.kind),
    // Only a message waits for a tap when somebody joined: nobody can tap a line.
    roster: roster ?? (dispositionOf(body.kind) === "message" ? rosterOf(engine, conversation) : undefined),
    createdMs: body.kind === "profile" ? profileMs(engine) : nowMs,
    goesLast: goesLast(body.kind),
  });
  if (isKept) {
    insertMessage(db, {
      conversation,
      author: own.account,
      id: made,
      atMs: nowMs,
      kind: body.kind,
      body: bytes,
      state: "sending",
      device: own.device,
    });
    touchConversation(db, conversation, nowMs);
  }
  engine.changed(topicOf(conversation), "chats", "status");
  return made;
}

/**
 * Others judge a profile by the time of its message: it is that of the profile, which outdoes whatever a device of this
 * account said before (SY75).
 */
function profileMs(engine: Engine): number {
  return Math.max(engine.ports.nowMs(), ownProfile(engine).stampMs);
}

/** Encrypts the oldest item and stores its bytes. Returns undefined if nothing can be sent. Runs in the turn. */
export async function encryptNext(engine: Engine, row: ConversationRow, group: Group): Promise<OutboxRow | undefined> {
  const { db } = engine;
  const item = firstInOutbox(db, row.conversation);
  if (item === undefined || item.held !== null) return undefined;
  if (item.parts !== null) {
    // In flight already: the same bytes go again while their epoch lasts. If the epoch is over, the server did not
    // accept them: their echo would have come before the commit that ended it.
    if (item.epoch === group.epoch && sameBytes(item.group_id, group.groupId)) return item;
    db.transaction(() => clearFlight(db, item.id));
  }
  if (item.shown === 1 && item.roster !== null && somebodyJoined(item.roster, accountsOf(group.members))) {
    db.transaction(() => {
      setHeld(db, item.id, "waiting-tap");
      setMessageState(db, row.conversation, ownOf(engine).account, item.id, "waiting-tap");
    });
    engine.changed(topicOf(row.conversation), "chats");
    return undefined;
  }
  // An item with a number goes before any with a later one: a device that has heard nothing yet would drop the lower
  // number as a repeat.
  if (item.seq === null && putProfileFirst(engine, row, item)) {
    const told = readConversation(db, row.conversation);
    return told === undefined ? undefined : encryptNext(engine, told, group);
  }
  const said = decodeBody(item.body);
  if (said === undefined) throw new Error("invariant: an outbox body is one of ours");
  const body = await asItGoesOut(engine, group, said);
  // The seq is taken before the bytes exist: a crash leaves a gap that this device can answer, never a number used
  // twice.
  const seq = item.seq ?? db.transaction(() => takeSeq(db, row.conversation));
  const outer = {
    id: item.id,
    seq,
    seen: latestHeard(db, row.conversation, contentLimits.seenMax).map(({ device, highest }) => ({
      device,
      seq: highest,
    })),
    authenticator: group.keys.authenticator.subarray(0, contentLimits.authenticatorBytes),
    sentAtMs: item.created_ms,
  };
  const sealed = await engine.mls.protect(group, encodeMessage({ ...outer, body }));
  const post = await buildApplication(engine, sealed.group, sealed.message, wokenBy(engine, group, item, body));
  const isSent = db.transaction(() => {
    writeRatchet(db, group.groupId, sealed.patch);
    const now = readOutbox(db, item.id);
    if (now === undefined || !sameBytes(now.body, item.body)) {
      // It was withdrawn, or says something else, while it was encrypted. A number that was taken for it says nothing.
      if (item.seq === null) keepNothing(engine, row, outer.seq);
      return false;
    }
    numberMessage(db, row.conversation, ownOf(engine).account, item.id, seq);
    setInFlight(db, item.id, {
      seq,
      groupId: group.groupId,
      epoch: group.epoch,
      parts: post.partsBytes,
      envelopeHash: post.envelopeHash,
    });
    // Requests and answers of the resend protocol are never resent themselves: it is kept that nobody said anything by
    // them (HM88). They are counted apart, else who asks without end would push out what people said.
    const isToMend = ["resendRequest", "resend", "sealedResend", "unavailable"].includes(body.kind);
    keep(engine, row.conversation, {
      seq,
      id: item.id,
      message: isToMend ? new Uint8Array() : encodeMessage({ ...outer, body: asKept(body) }),
      roster: isToMend ? new Uint8Array() : heardBy(engine, group),
      isAside: isToMend || isAside(body.kind),
    });
    return true;
  });
  engine.groups.set(toHex(group.groupId), sealed.group);
  if (!isSent) return encryptNext(engine, row, sealed.group);
  return firstInOutbox(db, row.conversation);
}

/** Who misses this number is answered that nobody said anything by it (HM88). Inside a transaction. */
function keepNothing(engine: Engine, { conversation }: ConversationRow, seq: number): void {
  const [id, nothing] = [engine.ports.crypto.random(16), new Uint8Array()];
  keep(engine, conversation, { seq, id, message: nothing, roster: nothing, isAside: true });
}

/** Addresses of the devices that the message wakes at once. */
function wokenBy({ ports, features }: Engine, group: Group, { created_ms }: OutboxRow, body: Body): readonly Address[] {
  const accounts = features.wakes.get(body.kind)?.(body, ports.nowMs() - created_ms) ?? [];
  return group.members
    .filter(({ account }) => accounts.some((one) => sameBytes(one, account)))
    .map(({ address }) => address);
}

/** The body as it is sent: some kinds seal it only now. */
async function asItGoesOut(engine: Engine, group: Group, said: Body): Promise<Body> {
  const goesOut = engine.kinds[said.kind]?.goesOut as CoreKind<Body["kind"]>["goesOut"];
  return goesOut === undefined ? said : goesOut(engine, group, said);
}

/**
 * Puts the own profile ahead of the first message in a conversation, and again after it changed. Returns whether it
 * did.
 */
function putProfileFirst(engine: Engine, row: ConversationRow, item: OutboxRow): boolean {
  const kind = decodeBody(item.body)?.kind ?? "";
  const tellsItself = kind === "profile" || kind === "leave" || engine.features.tellProfile.has(kind);
  const { stampMs } = ownProfile(engine);
  if (!kindOf(engine, row).hasOthers || tellsItself || row.told_profile >= stampMs) return false;
  engine.db.transaction(() => {
    setToldProfile(engine.db, row.conversation, stampMs);
    addAhead(engine.db, {
      conversation: row.conversation,
      id: engine.ports.crypto.random(16),
      body: encodeBody({ kind: "profile", ...profileFor(engine, kindOf(engine, row)) }),
      createdMs: profileMs(engine),
    });
  });
  return true;
}

/**
 * The server has stored the item, by its answer or by our echo. In the turn.
 *
 * @param order of the push that was the echo (DS18).
 */
export function accepted(engine: Engine, item: OutboxRow, order?: number): void {
  const { db } = engine;
  const own = ownOf(engine);
  db.transaction(() => {
    deleteFromOutbox(db, item.id);
    if (item.group_id !== null) setConfirmed(db, item.group_id, true);
    if (item.seq !== null)
      writeHeard(db, item.conversation, { device: own.device, account: own.account, highest: item.seq });
    const body = decodeBody(item.body);
    if (body !== undefined && dispositionOf(body.kind) !== "signal")
      setMessageState(db, item.conversation, own.account, item.id, "sent");
    if (body?.kind === "leave") onOwnLeave(engine, item.conversation);
    if (body !== undefined && order !== undefined) echoed(engine, item, body, order);
  });
  noteAccepted(engine, toHex(item.id));
  const group = item.group_id === null ? undefined : engine.groups.get(toHex(item.group_id));
  if (group !== undefined) perhapsRenew(engine, group, true);
  engine.changed(topicOf(item.conversation), "chats", "status");
}

/** The feature learns the item's place in the order of all. Inside a transaction. */
function echoed(
  engine: Engine,
  { conversation, id, created_ms: sentAtMs }: OutboxRow,
  body: Body,
  order: number,
): void {
  const group = groupOf(engine, conversation);
  const said = { conversation, by: ownOf(engine).account, id, sentAtMs, order, body };
  engine.features.echoed.get(body.kind)?.(engine.context, { ...said, group: group && factsOf(engine, group) });
}

/** Whether an item counts as sent by its echo alone, since its place among others matters (RP3). */
export function waitsForEcho({ features }: Engine, { body }: OutboxRow): boolean {
  const kind = decodeBody(body)?.kind;
  return kind !== undefined && features.echoed.has(kind);
}

/** For what a screen calls sent (PE66). Of more the oldest is forgotten. */
function noteAccepted({ acceptedMs, ports }: Engine, id: Hex): void {
  acceptedMs.set(id, ports.nowMs());
  const [oldest] = acceptedMs.keys();
  if (acceptedMs.size > acceptedMax && oldest !== undefined) acceptedMs.delete(oldest);
}

const acceptedMax = 1_024;

/** How many own envelopes may wait for an echo after their answer; the echo of an older one only counts as a replay. */
const echoesMax = 256;

/** The answer came before the echo: remembers the hash, so that the echo does not count as a replay. */
export function expectEcho({ echoes }: Engine, envelopeHash: Bytes | null): void {
  if (envelopeHash === null) return;
  echoes.add(toHex(envelopeHash));
  for (const oldest of echoes) {
    if (echoes.size <= echoesMax) return;
    echoes.delete(oldest);
  }
}
