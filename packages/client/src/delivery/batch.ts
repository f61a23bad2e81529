/**
 * Batch: a run of messages of conversations that are as they were, opened one after another and stored in one
 * transaction (docs/spec/sync.md SY3). Most of what waits after a time away is such messages; whatever could change
 * how the next push is to be taken (a commit, a note, a Welcome, another own device's news) ends the run.
 */
import { type Group, type GroupEnvelopeBody, openGroupEnvelope, type RatchetPatch } from "@yanshu/mls";
import {
  countDiagnostic,
  hasUnderWay,
  readOutboxByEcho,
  readPendingByEcho,
  readTag,
  setConfirmed,
  writeRatchet,
} from "@yanshu/store";
import { type Bytes, decodeEnvelope, MalformedError, type Push, toHex } from "@yanshu/wire";
import { type Engine, kindOf, sameBytes } from "../core/engine.ts";
import { isFromGateOf } from "../group-state/places.ts";
import { perhapsRenew } from "../group-state/renew.ts";
import { liveGroup } from "../group-state/store-group.ts";
import { applyMessage, messageIn } from "../messages/apply.ts";
import { isSealedForUs } from "../messages/resend-answers.ts";
import { bringsPiece } from "../recovery/sealed-piece.ts";

/**
 * In the turn. Takes the pushes at the front of `pushes` that can be taken together, and answers how many: 0 when
 * the first must be taken by itself, "each" when all must. When it throws, nothing of them is stored.
 */
export async function receiveBatch(engine: Engine, pushes: readonly Push[]): Promise<number | "each"> {
  const run: Run = { groups: new Map(), ratchets: new Map(), keys: new Map(), signed: [], bodies: [] };
  const { groups, ratchets } = run;
  const isEcho = echoes(engine);
  const applies: (() => void)[] = [];
  for (const [i, push] of pushes.entries()) {
    for (let next = run.bodies.length; next < pushes.length && next < i + openedAhead; next++) {
      const body = openBody(engine, pushes[next] as Push, isEcho, run);
      body.catch(() => undefined); // The run may end before it is looked at.
      run.bodies.push(body);
    }
    const apply = await open(engine, push, await run.bodies[i], run);
    if (apply === undefined) break;
    applies.push(apply);
  }
  // One of them is forged: each is taken by itself, and the others count.
  if ((await Promise.all(run.signed)).includes(false)) return "each";
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
    engine.schedule(group.state.conversation);
  }
  return applies.length;
}

type Run = {
  readonly groups: Map<string, Group>;
  readonly ratchets: Map<string, { group: Group; patch: RatchetPatch }>;
  /** What the store knows of a tag, read once. */
  readonly keys: Map<string, ReturnType<typeof readTag>>;
  /** Whether each of those that were opened is its sender's word; checked while the next ones are opened. */
  readonly signed: Promise<boolean>[];
  readonly bodies: Promise<Body | undefined>[];
};

type Body = { readonly groupId: Bytes; readonly content: GroupEnvelopeBody | undefined };

/** Envelopes are opened so far ahead, where a browser does it beside the messages. */
const openedAhead = 32;

/** Undefined when it is nothing that can be taken with others. */
async function openBody(
  { db, ports, groups, mls }: Engine,
  { mode, envelope }: Push,
  isEcho: (envelope: Bytes) => boolean,
  { keys }: Run,
): Promise<Body | undefined> {
  if (mode !== "application") return undefined;
  const tag = tagOf(envelope);
  if (tag === undefined || isEcho(envelope)) return undefined;
  const hex = toHex(tag);
  if (!keys.has(hex)) keys.set(hex, readTag(db, tag));
  const known = keys.get(hex);
  if (known === undefined) return undefined;
  const content = await openGroupEnvelope(ports.crypto, { tag, key: known.key }, envelope);
  const group = groups.get(toHex(known.group_id));
  if (group !== undefined && content !== undefined) mls.readAhead(group, content.mls);
  return { groupId: known.group_id, content };
}

/** What the transaction does for this push; undefined when it cannot be taken with others. */
async function open(
  engine: Engine,
  push: Push,
  body: Body | undefined,
  { groups, ratchets, signed }: Run,
): Promise<(() => void) | undefined> {
  const { db } = engine;
  if (body === undefined) return undefined;
  const key = toHex(body.groupId);
  const group = groups.get(key) ?? (await liveGroup(engine, body.groupId));
  if (group === undefined || kindOf(engine, group.state).believesOwnDevices) return undefined;
  if (body.content === undefined) return () => countDiagnostic(db, "unopenable-envelope");
  const received = await engine.mls.receiveAhead(group, body.content.mls, engine.lists.judge);
  if (received.kind === "refused") return () => countDiagnostic(db, `refused-${received.why}`);
  if (received.kind !== "application") return undefined;
  signed.push(received.signed);
  // Words of this device that its state has not said stop the conversation (GR11.2).
  if (received.sender.leaf === group.ownLeaf) return undefined;
  // So does what did not come through the gate, which is nobody's.
  if (!sameBytes(push.gate, group.state.gate) || !isFromGateOf(engine, push, group.state.gateServer)) return undefined;
  const message = messageIn(received.data);
  if (message !== undefined && (isSealedForUs(engine, message) || bringsPiece(message))) return undefined;
  groups.set(key, received.group);
  ratchets.set(`${key}:${received.patch.leaf}`, { group, patch: received.patch });
  return message === undefined
    ? () => countDiagnostic(db, "malformed-message")
    : () => applyMessage(engine, group, received.sender, message);
}

function tagOf(bytes: Bytes) {
  try {
    const envelope = decodeEnvelope(bytes);
    return envelope.kind === "sealed" ? undefined : envelope.tag;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/**
 * Tells our own posts, which move the outbox, and perhaps an epoch. In a turn nothing is sent, so that where nothing is
 * on its way, nothing comes back in it.
 */
function echoes({ db, ports, echoes: answered }: Engine): (envelope: Bytes) => boolean {
  if (answered.size === 0 && !hasUnderWay(db)) return () => false;
  return (envelope) => {
    const hash = ports.crypto.sha256(envelope);
    return (
      answered.has(toHex(hash)) || readPendingByEcho(db, hash) !== undefined || readOutboxByEcho(db, hash) !== undefined
    );
  };
}
