/**
 * Batch: a run of messages of conversations that are as they were, opened one after another and stored in one
 * transaction (docs/spec/sync.md SY3). Most of what waits after a time away is such messages; whatever could change
 * how the next push is to be taken (a commit, a note, a Welcome, another own device's news) ends the run.
 */
import { type Group, openGroupEnvelope, type RatchetPatch } from "@yanshu/mls";
import {
  countDiagnostic,
  readOutboxByEcho,
  readPendingByEcho,
  readTag,
  setConfirmed,
  writeRatchet,
} from "@yanshu/store";
import { decodeEnvelope, MalformedError, type Push, toHex } from "@yanshu/wire";
import { type Engine, sameBytes } from "../core/engine.ts";
import { perhapsRenew } from "../groups/renew.ts";
import { liveGroup } from "../groups/store-group.ts";
import { isSealedForUs } from "./answers.ts";
import { applyMessage, messageIn } from "./apply.ts";
import { bringsPiece } from "./family-piece.ts";

/**
 * In the turn. Takes the pushes at the front of `pushes` that can be taken together, and answers how many: 0 when
 * the first must be taken by itself. When it throws, nothing of them is stored.
 */
export async function receiveBatch(engine: Engine, pushes: readonly Push[]): Promise<number> {
  const groups = new Map<string, Group>();
  const ratchets = new Map<string, { group: Group; patch: RatchetPatch }>();
  const applies: (() => void)[] = [];
  for (const push of pushes) {
    const apply = await open(engine, push, groups, ratchets);
    if (apply === undefined) break;
    applies.push(apply);
  }
  if (applies.length === 0) return 0;
  engine.db.transaction(() => {
    for (const apply of applies) apply();
    // Each message moved a ratchet; where it stands after the last is all that is kept of it.
    for (const { group, patch } of ratchets.values()) {
      writeRatchet(engine.db, group.groupId, patch);
      setConfirmed(engine.db, group.groupId, true);
    }
  });
  for (const [key, group] of groups) {
    engine.groups.set(key, group);
    perhapsRenew(engine, group, false);
    engine.kick(group.state.conversation);
  }
  return applies.length;
}

/** What the transaction does for this push; undefined when it cannot be taken with others. */
async function open(
  engine: Engine,
  push: Push,
  groups: Map<string, Group>,
  ratchets: Map<string, { group: Group; patch: RatchetPatch }>,
): Promise<(() => void) | undefined> {
  const { db } = engine;
  if (push.mode !== "application") return undefined;
  const tag = tagOf(push);
  const known = tag === undefined || isEcho(engine, push) ? undefined : readTag(db, tag);
  if (tag === undefined || known === undefined) return undefined;
  const key = toHex(known.group_id);
  const group = groups.get(key) ?? (await liveGroup(engine, known.group_id));
  if (group === undefined || group.state.kind === "own") return undefined;
  const body = await openGroupEnvelope(engine.ports.crypto, { tag, key: known.key }, push.envelope);
  if (body === undefined) return () => countDiagnostic(db, "unopenable-envelope");
  const received = await engine.mls.receive(group, body.mls, engine.lists.judge);
  if (received.kind === "refused") return () => countDiagnostic(db, `refused-${received.why}`);
  // Words of this device that its state has not said stop the conversation (GR11.2).
  if (received.kind !== "application" || received.sender.leaf === group.ownLeaf) return undefined;
  // So does what did not come through the gate, which is nobody's.
  if (!sameBytes(push.gate, group.state.gate)) return undefined;
  const message = messageIn(received.data);
  if (message !== undefined && (isSealedForUs(engine, message) || bringsPiece(message))) return undefined;
  groups.set(key, received.group);
  ratchets.set(`${key}:${received.patch.leaf}`, { group, patch: received.patch });
  return message === undefined
    ? () => countDiagnostic(db, "malformed-message")
    : () => applyMessage(engine, group, received.sender, message);
}

function tagOf(push: Push) {
  try {
    const envelope = decodeEnvelope(push.envelope);
    return envelope.kind === "sealed" ? undefined : envelope.tag;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** Our own post, back: that moves the outbox, and perhaps an epoch. */
function isEcho(engine: Engine, push: Push): boolean {
  const hash = engine.ports.crypto.sha256(push.envelope);
  return (
    engine.echoes.has(toHex(hash)) ||
    readPendingByEcho(engine.db, hash) !== undefined ||
    readOutboxByEcho(engine.db, hash) !== undefined
  );
}
