/**
 * Receive: one push after another, in the order of arrival (docs/spec/sync.md SY3). For each: open,
 * apply, store, and only then acknowledge. What cannot be opened yet waits in the store; what must
 * not be let through is counted, and a refused commit stops its conversation rather than be skipped.
 */
import { decodeMessage, decodeNote } from "@yanshu/content";
import { type Group, openGroupEnvelope, openSealed, type Received } from "@yanshu/mls";
import {
  addWaiting,
  countDiagnostic,
  dropWork,
  readAddress,
  readConversation,
  readGroupByGate,
  readOutboxByEcho,
  readPendingByEcho,
  readTag,
  setConversationState,
  writeRatchet,
  writeWelcomeNote,
} from "@yanshu/store";
import { type Bytes, decodeEnvelope, type Envelope, equalBytes, MalformedError, type Push, toHex } from "@yanshu/wire";
import { type Engine, topicOf } from "../core/engine.ts";
import { adoptOther, adoptOwn } from "../groups/adopt.ts";
import { answerHeal, heal } from "../groups/heal.ts";
import { insertLine } from "../groups/lines.ts";
import { liveGroup } from "../groups/store-group.ts";
import { tryWelcome } from "../groups/welcome.ts";
import { applyMessage } from "./apply.ts";
import { accepted } from "./outbox.ts";

/** In the turn. When it returns, all that the push said is stored. */
export async function receivePush(engine: Engine, push: Push): Promise<void> {
  let envelope: Envelope;
  try {
    envelope = decodeEnvelope(push.envelope);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    countDiagnostic(engine.db, "malformed-envelope");
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
  engine.kick(item.conversation);
  return true;
}

async function receiveSealed(engine: Engine, push: Push): Promise<void> {
  const { db, ports } = engine;
  const row = push.target.kind === "address" ? readAddress(db, push.target.address) : undefined;
  const plain = row === undefined ? undefined : await openSealed(ports.crypto, row.seal_private, push.envelope);
  const note = plain === undefined ? undefined : decodeNote(plain);
  if (row === undefined || note === undefined) {
    countDiagnostic(db, "unopenable-note");
    return;
  }
  if (note.kind === "welcome") {
    db.transaction(() => writeWelcomeNote(db, { tag: note.tag, key: note.key, address: row.address }, ports.nowMs()));
    await tryWelcome(engine, note.tag);
  } else if (note.kind === "heal") {
    await answerHeal(engine, note);
  }
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
    if (push.mode === "commit" && push.epoch === group.epoch && passedTheGate(engine, push, group))
      heal(engine, group.state.conversation, "refused-commit");
    return;
  }
  for (const history of body.histories) await engine.lists.take(history);
  const received = await engine.mls.receive(group, body.mls, engine.lists.judge);
  await settle(engine, push, group, received);
}

async function settle(engine: Engine, push: Push, before: Group, received: Received): Promise<void> {
  const { db } = engine;
  const { conversation } = before.state;
  switch (received.kind) {
    case "application": {
      await takeHistoriesOf(engine, received.data, before);
      try {
        db.transaction(() => {
          writeRatchet(db, before.groupId, received.patch);
          applyMessage(engine, before, received.sender, received.data);
        });
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        db.transaction(() => writeRatchet(db, before.groupId, received.patch));
        countDiagnostic(db, "malformed-message");
      }
      engine.groups.set(toHex(before.groupId), received.group);
      engine.kick(conversation);
      return;
    }
    case "commit":
      if (!passedTheGate(engine, push, before)) return;
      adoptOther(engine, before, received.group, received.effect);
      return;
    case "removed":
      if (!passedTheGate(engine, push, before)) return;
      if (readConversation(db, conversation)?.state === "left") return; // By our own word already.
      db.transaction(() => {
        setConversationState(db, conversation, "removed");
        dropWork(db, conversation);
        insertLine(engine, conversation, received.effect.committer.account, { kind: "you-were-removed" });
      });
      engine.changed(topicOf(conversation), "chats");
      return;
    case "refused":
      countDiagnostic(db, `refused-${received.why}`);
      if (push.mode !== "commit") return;
      if (received.why === "policy-version") {
        db.transaction(() => setConversationState(db, conversation, "newer-version"));
        engine.changed(topicOf(conversation), "chats");
        return;
      }
      heal(engine, conversation, "refused-commit");
  }
}

/** A commit that did not pass the gate is nobody's: the gate alone says which one counts. */
function passedTheGate(engine: Engine, push: Push, group: Group): boolean {
  const passed = push.mode === "commit" && push.gate !== undefined && equalBytes(push.gate, group.state.gate);
  if (!passed) countDiagnostic(engine.db, "commit-beside-the-gate");
  return passed;
}

/** Own devices hand over device lists of contacts: they are taken before the transaction that needs them. */
async function takeHistoriesOf(engine: Engine, data: Bytes, group: Group): Promise<void> {
  if (group.state.kind !== "own") return;
  try {
    const { body } = decodeMessage(data);
    if (body.kind !== "sync") return;
    for (const item of body.items) if (item.kind === "contact") await engine.lists.take(item.history);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
  }
}

/** No key for this tag: a Welcome whose note is on its way, or a gate that shows us another history. */
async function receiveUnknown(engine: Engine, push: Push, tag: Bytes): Promise<void> {
  const { db, ports } = engine;
  const held = push.gate === undefined ? undefined : readGroupByGate(db, push.gate);
  if (held !== undefined && push.mode !== "create" && held.status === "active") {
    const row = readConversation(db, held.conversation);
    const waits = row?.state === "open" || row?.state === "request-out";
    // A commit may carry a Welcome for whoever was removed before: it waits for its note.
    if (push.epoch < held.epoch || (!waits && push.mode === "application")) {
      countDiagnostic(db, "late-envelope");
      return;
    }
    if (push.mode === "application") {
      countDiagnostic(db, push.epoch > held.epoch ? "missed-commit" : "fork");
      heal(engine, held.conversation, push.epoch > held.epoch ? "missed-commit" : "fork");
      return;
    }
  }
  db.transaction(() =>
    addWaiting(db, {
      tag,
      gate: push.gate ?? null,
      epoch: push.epoch,
      envelope: push.envelope,
      received_ms: ports.nowMs(),
    }),
  );
  await tryWelcome(engine, tag);
}
