/**
 * Receive: opens, applies and stores one push (docs/spec/sync.md SY3). What cannot be opened yet waits in the store;
 * what must be refused is counted. A refused commit is not skipped: it stops its conversation.
 */
import { decodeNote, type Message, type Note } from "@yanshu/content";
import { type Group, openGroupEnvelope, openSealed, type Received } from "@yanshu/mls";
import {
  countDiagnostic,
  readAddress,
  readConversation,
  readGroupByGate,
  readOutboxByEcho,
  readPendingByEcho,
  readTag,
  setConfirmed,
  writeRatchet,
} from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  decodeEnvelope,
  type Envelope,
  equalBytes,
  MalformedError,
  type Push,
  toHex,
} from "@yanshu/wire";
import { type Engine, kindOf, type NoteKind, ownOf, sameBytes } from "../core/engine.ts";
import { alarmIn } from "../group-state/alarm.ts";
import { keepEnvelope } from "../group-state/pending-welcomes.ts";
import { isFromGateOf, type PushFrom } from "../group-state/places.ts";
import { perhapsRenew } from "../group-state/renew.ts";
import { isActiveGroup, liveGroup } from "../group-state/store-group.ts";
import { adoptOther, adoptOwn, droppedBy } from "../groups/adopt.ts";
import { isUnnamedOwn } from "../groups/put-out.ts";
import { mayFoundAnew, type ResyncReason, startResync } from "../groups/resync.ts";
import { tryWelcome } from "../groups/welcome.ts";
import { applyMessage, messageIn } from "../messages/apply.ts";
import { broughtBy, type CarriedDeviceLists } from "../messages/carried-device-lists.ts";
import { countUnopenable } from "../messages/flood.ts";
import { onDissolved, onRemoved } from "../messages/leave.ts";
import { accepted } from "../messages/outbox.ts";
import { unsealed } from "../messages/resend-answers.ts";
import { asKnownItem } from "../messages/too-new.ts";
import { openPiece } from "../recovery/sealed-piece.ts";

/** In the turn. When it returns, everything in the push is stored. */
export async function receivePush(engine: Engine, push: Push): Promise<void> {
  let envelope: Envelope;
  try {
    envelope = decodeEnvelope(push.envelope);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    countDiagnostic(engine.db, "malformed-envelope");
    countUnopenable(engine, push);
    return;
  }
  if (envelope.kind === "sealed") await receiveSealed(engine, push);
  else if (!(await receiveEcho(engine, push))) await receiveGroup(engine, push, envelope.tag);
}

/** Handles the echo of an own post: the server has it. Returns whether the envelope was one. */
async function receiveEcho(engine: Engine, { id, envelope }: Push): Promise<boolean> {
  const hash = engine.ports.crypto.sha256(envelope);
  const pending = readPendingByEcho(engine.db, hash);
  if (pending !== undefined) {
    await adoptOwn(engine, pending);
    return true;
  }
  const item = readOutboxByEcho(engine.db, hash);
  if (item === undefined) return engine.echoes.delete(toHex(hash));
  accepted(engine, item, id);
  engine.schedule(item.conversation);
  return true;
}

async function receiveSealed(engine: Engine, push: Push): Promise<void> {
  const { db, ports } = engine;
  const row = push.target.kind === "address" ? readAddress(db, push.target.address) : undefined;
  if (row === undefined) {
    // The request was given up, and its key with it (SY18b). No note is addressed to a list.
    countDiagnostic(db, push.target.kind === "address" ? "late-note" : "unopenable-note");
    return;
  }
  const plain = await openSealed(
    ports.crypto,
    row.seal_private,
    { purpose: "note", address: row.address },
    push.envelope,
  );
  const note = plain && decodeNote(plain);
  if (note === undefined) {
    countDiagnostic(db, "unopenable-note");
    countUnopenable(engine, push);
    return;
  }
  const heard = engine.notes[note.kind] as NoteKind<Note["kind"]> | undefined;
  if (heard?.isHalf === true) countUnopenable(engine, push);
  if (heard !== undefined && !(await heard.hear(engine, note, row.address))) countUnopenable(engine, push);
}

async function receiveGroup(engine: Engine, push: Push, tag: Bytes): Promise<void> {
  const { db, ports } = engine;
  const known = readTag(db, tag);
  const group = known === undefined ? undefined : await liveGroup(engine, known.group_id);
  if (known === undefined || group === undefined) {
    await receiveUnknown(engine, push, tag);
    return;
  }
  const body = await openGroupEnvelope(ports.crypto, { tag, key: known.key }, push.envelope);
  if (body === undefined) {
    countDiagnostic(db, "unopenable-envelope");
    // The gate accepted it as the commit of this epoch: even if it is invalid, no other commit can follow here.
    if (push.mode === "commit" && push.epoch === group.epoch && passedTheGate(engine, push, group, "commit"))
      resyncActive(engine, group, "refused-commit");
    return;
  }
  const brought = await broughtBy(engine, group, push.mode === "commit" ? body.histories : []);
  const received = await engine.mls.receive(group, body.mls, brought.judge);
  await settle(engine, push, group, received, brought);
}

async function settle(
  engine: Engine,
  push: Push,
  before: Group,
  received: Received,
  brought: CarriedDeviceLists,
): Promise<void> {
  const { db } = engine;
  const { conversation } = before.state;
  switch (received.kind) {
    case "application": {
      // @checks GR15, GR18
      if (!passedTheGate(engine, push, before, "application")) return;
      const opened = messageIn(received.data);
      const { sender } = received;
      const message =
        opened && (await openPiece(engine, before, sender, await unsealed(engine, before, sender, opened)));
      if (message !== undefined) await takeHistoriesOf(engine, message, before);
      db.transaction(() => {
        writeRatchet(db, before.groupId, received.patch);
        setConfirmed(db, before.groupId, true);
        if (message === undefined) countDiagnostic(db, "malformed-message");
        else applyMessage(engine, before, received.sender, message, push.id);
      });
      engine.groups.set(toHex(before.groupId), received.group);
      // This device sent it, but its state does not show that: the state was rolled back, and would use keys twice
      // (GR11.2).
      if (received.sender.leaf === before.ownLeaf) resyncActive(engine, before, "rolled-back");
      perhapsRenew(engine, received.group, false);
      engine.schedule(conversation);
      return;
    }
    case "commit":
      // @checks GR15, GR18
      if (!passedTheGate(engine, push, before, "commit")) return;
      await brought.keep(received.group);
      adoptOther(engine, before, received.group, received.effect, await droppedBy(engine, received.effect, brought));
      return;
    case "removed":
      // @checks GR15, GR18
      if (!passedTheGate(engine, push, before, "commit") || !isActiveGroup(engine, before)) return;
      // This account left by its own message; or the commit comes again, because this device stopped before home got
      // its acknowledgement.
      if (["left", "removed"].includes(readConversation(db, conversation)?.state ?? "")) return;
      // The same commit adds the device again: its Welcome is on its way, or is asked for. Or it is no removal: the
      // others go on without the leaves of a frozen account, until its root key decides (ID20).
      if (
        received.effect.added.some(({ device }) => equalBytes(device, ownOf(engine).device)) ||
        (received.effect.after.dissolved !== true && engine.lists.isFrozen(ownOf(engine).account))
      ) {
        startResync(engine, conversation, "missed-commit");
        return;
      }
      // @checks GR49
      if (isUnnamedOwn(engine, received.effect.committer) && !engine.lists.isFrozen(ownOf(engine).account)) {
        countDiagnostic(db, "commit-of-unlisted");
        // Who leads founds it anew without that leaf; whom others let in again asks for no more than that.
        startResync(engine, conversation, mayFoundAnew(engine, before) ? "refused-commit" : "missed-commit");
        return;
      }
      db.transaction(() => {
        const by = received.effect.committer.account;
        if (received.effect.after.dissolved === true) onDissolved(engine, conversation, by);
        else onRemoved(engine, conversation, by);
      });
      return;
    case "refused":
      countDiagnostic(db, `refused-${received.why}`);
      if (push.mode !== "commit") return;
      if (!passedTheGate(engine, push, before, "commit")) return resyncActive(engine, before, "refused-commit");
      if (received.about !== undefined) alarmIn(engine, conversation, received.about);
      // If this device made the commit, its state is older than what it has committed: it was rolled back (GR11.2).
      resyncActive(engine, before, received.isOwn ? "rolled-back" : "refused-commit", received.by);
  }
}

/** @param by the account that caused it, if that is certain. */
function resyncActive(engine: Engine, group: Group, why: ResyncReason, by?: AccountId): void {
  if (isActiveGroup(engine, group)) startResync(engine, group.state.conversation, why, by);
}

/**
 * Whether the push came through the group's gate. Only the gate decides which commit counts, and it accepts no message
 * of a removed member, nor of somebody who keeps a copy of the group.
 */
function passedTheGate(
  engine: Engine,
  push: Pick<Push, "mode" | "gate"> & PushFrom,
  group: Group,
  mode: "commit" | "application",
): boolean {
  // @checks GR15, GR18
  const isThere = push.mode === mode && sameBytes(push.gate, group.state.gate);
  const passed = isThere && isFromGateOf(engine, push, group);
  // @checks GR15, GR18
  if (!passed) countDiagnostic(engine.db, `${mode}-beside-the-gate`);
  return passed;
}

/** Takes the device lists of contacts that own devices send, before the transaction that needs them. */
async function takeHistoriesOf(engine: Engine, { body }: Message, group: Group): Promise<void> {
  // @checks SY11
  if (!kindOf(engine, group.state).believesOwnDevices || body.kind !== "sync") return;
  for (const bytes of body.items) {
    const item = asKnownItem(engine, bytes);
    if (item?.kind === "contact") await engine.lists.take(item.history);
  }
}

/** The stored group whose gate passed the push on. */
async function heldBehind(engine: Engine, push: Push) {
  const held = push.gate === undefined ? undefined : readGroupByGate(engine.db, push.gate);
  const group = held && (await liveGroup(engine, held.group_id));
  return group !== undefined && isFromGateOf(engine, push, group) ? held : undefined;
}

/** No key for this tag: a Welcome whose note is still on its way, or the gate shows us another history. */
async function receiveUnknown(engine: Engine, push: Push, tag: Bytes): Promise<void> {
  const { db } = engine;
  const held = await heldBehind(engine, push);
  if (held !== undefined && push.mode !== "create" && held.status === "active") {
    const row = readConversation(db, held.conversation);
    const waits = row?.state === "open" || row?.state === "request-out";
    // A commit may carry a Welcome for a device that was removed before: it waits for its note.
    if (push.epoch < held.epoch || (!waits && push.mode === "application")) {
      countDiagnostic(db, "late-envelope");
      return;
    }
    if (push.mode === "application") {
      countDiagnostic(db, push.epoch > held.epoch ? "missed-commit" : "fork");
      startResync(engine, held.conversation, push.epoch > held.epoch ? "missed-commit" : "fork");
      return;
    }
  }
  if (held === undefined) countUnopenable(engine, push);
  // A Welcome comes by no other kind of post, and nothing else can be opened later.
  if (push.mode !== "create" && push.mode !== "commit") {
    countDiagnostic(db, "unmatched-envelope");
    return;
  }
  keepEnvelope(engine, { tag, gate: push.gate ?? null, epoch: push.epoch, envelope: push.envelope });
  await tryWelcome(engine, tag);
}
