/**
 * Receive: what one push says is opened, applied and stored (docs/spec/sync.md SY3). What cannot be opened yet waits in
 * the store; what must not be let through is counted, and a refused commit stops its conversation rather than be
 * skipped.
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
import { isFromGateOf } from "../group-state/places.ts";
import { perhapsRenew } from "../group-state/renew.ts";
import { liveGroup } from "../group-state/store-group.ts";
import { adoptOther, adoptOwn } from "../groups/adopt.ts";
import { type ResyncReason, startResync } from "../groups/resync.ts";
import { tryWelcome } from "../groups/welcome.ts";
import { applyMessage, messageIn } from "../messages/apply.ts";
import { broughtBy, type CarriedDeviceLists } from "../messages/carried-device-lists.ts";
import { countUnopenable } from "../messages/flood.ts";
import { onDissolved, onRemoved } from "../messages/leave.ts";
import { accepted } from "../messages/outbox.ts";
import { unsealed } from "../messages/resend-answers.ts";
import { asKnownItem } from "../messages/too-new.ts";
import { openPiece } from "../recovery/sealed-piece.ts";

/** In the turn. When it returns, all that the push said is stored. */
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
  else if (!(await receiveEcho(engine, push.envelope))) await receiveGroup(engine, push, envelope.tag);
}

/** Our own post, back: the server has it. Answers whether it was one. */
async function receiveEcho(engine: Engine, envelope: Bytes): Promise<boolean> {
  const hash = engine.ports.crypto.sha256(envelope);
  const pending = readPendingByEcho(engine.db, hash);
  if (pending !== undefined) {
    await adoptOwn(engine, pending);
    return true;
  }
  const item = readOutboxByEcho(engine.db, hash);
  if (item === undefined) return engine.echoes.delete(toHex(hash));
  accepted(engine, item);
  engine.schedule(item.conversation);
  return true;
}

async function receiveSealed(engine: Engine, push: Push): Promise<void> {
  const { db, ports } = engine;
  const row = push.target.kind === "address" ? readAddress(db, push.target.address) : undefined;
  if (row === undefined) {
    // Given up, and its key with it (SY18b); no note goes to a list.
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
    // The gate took it for the commit of this epoch: whatever it holds, nothing can follow on it here.
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
        else applyMessage(engine, before, received.sender, message);
      });
      engine.groups.set(toHex(before.groupId), received.group);
      // This device said it, and its state has not: the state was set back, and would use keys twice (GR11.2).
      if (received.sender.leaf === before.ownLeaf) resyncActive(engine, before, "rolled-back");
      perhapsRenew(engine, received.group, false);
      engine.schedule(conversation);
      return;
    }
    case "commit":
      // @checks GR15, GR18
      if (!passedTheGate(engine, push, before, "commit")) return;
      await brought.keep(received.group);
      adoptOther(engine, before, received.group, received.effect);
      return;
    case "removed":
      // @checks GR15, GR18
      if (!passedTheGate(engine, push, before, "commit") || !isActive(engine, before)) return;
      // By our own word already; or it comes once more, because this device stopped before home heard that it has it.
      if (["left", "removed"].includes(readConversation(db, conversation)?.state ?? "")) return;
      // In again by the same commit: its Welcome is on its way, or is asked for. Or it is no removal: others go on
      // without the leaves of an account that is frozen, until its root has spoken (ID20).
      if (
        received.effect.added.some(({ device }) => equalBytes(device, ownOf(engine).device)) ||
        (received.effect.after.dissolved !== true && engine.lists.isFrozen(ownOf(engine).account))
      ) {
        startResync(engine, conversation, "missed-commit");
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
      // This device made it, and its state has not: it is behind the one who went along (GR11.2).
      resyncActive(engine, before, received.isOwn ? "rolled-back" : "refused-commit", received.by);
  }
}

/**
 * Whether the conversation is written to in this group. What is read of another, until it is drained, moves nothing
 * (GR17.7).
 */
function isActive(engine: Engine, group: Group): boolean {
  return sameBytes(readConversation(engine.db, group.state.conversation)?.group_id, group.groupId);
}

/** @param by whose doing it is, if that is certain. */
function resyncActive(engine: Engine, group: Group, why: ResyncReason, by?: AccountId): void {
  if (isActive(engine, group)) startResync(engine, group.state.conversation, why, by);
}

/**
 * What did not pass the gate is nobody's: the gate alone says which commit counts, and it takes words from nobody who
 * was removed, nor from a copy of the group that somebody keeps for themselves.
 */
function passedTheGate(
  engine: Engine,
  push: Pick<Push, "mode" | "gate" | "server">,
  group: Group,
  mode: "commit" | "application",
): boolean {
  // @checks GR15, GR18
  const isThere = push.mode === mode && sameBytes(push.gate, group.state.gate);
  const passed = isThere && isFromGateOf(engine, push, group.state.gateServer);
  // @checks GR15, GR18
  if (!passed) countDiagnostic(engine.db, `${mode}-beside-the-gate`);
  return passed;
}

/** Own devices hand over device lists of contacts: they are taken before the transaction that needs them. */
async function takeHistoriesOf(engine: Engine, { body }: Message, group: Group): Promise<void> {
  // @checks SY11
  if (!kindOf(engine, group.state).believesOwnDevices || body.kind !== "sync") return;
  for (const bytes of body.items) {
    const item = asKnownItem(engine, bytes);
    if (item?.kind === "contact") await engine.lists.take(item.history);
  }
}

/** The group whose gate passed it on. */
async function heldBehind(engine: Engine, push: Push) {
  const held = push.gate === undefined ? undefined : readGroupByGate(engine.db, push.gate);
  const group = held && (await liveGroup(engine, held.group_id));
  return group !== undefined && isFromGateOf(engine, push, group.state.gateServer) ? held : undefined;
}

/** No key for this tag: a Welcome whose note is on its way, or a gate that shows us another history. */
async function receiveUnknown(engine: Engine, push: Push, tag: Bytes): Promise<void> {
  const { db } = engine;
  const held = await heldBehind(engine, push);
  if (held !== undefined && push.mode !== "create" && held.status === "active") {
    const row = readConversation(db, held.conversation);
    const waits = row?.state === "open" || row?.state === "request-out";
    // A commit may carry a Welcome for the one who was removed before: it waits for its note.
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
  // No Welcome comes by any other post, and nothing else opens later.
  if (push.mode !== "create" && push.mode !== "commit") {
    countDiagnostic(db, "unmatched-envelope");
    return;
  }
  keepEnvelope(engine, { tag, gate: push.gate ?? null, epoch: push.epoch, envelope: push.envelope });
  await tryWelcome(engine, tag);
}
