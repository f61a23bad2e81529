/**
 * Batch: a run of application messages, opened one after another and stored in one transaction (docs/spec/sync.md SY3).
 * Most of a backlog is such messages. A push that could change how the next one is handled (a commit, a note, a
 * Welcome, items of an own device) ends the run.
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
 * In the turn. Handles the pushes at the front of `pushes` that can go together, and returns their number: 0 if the
 * first must go alone, "each" if every one must. If it throws, nothing of them is stored.
 */
export async function receiveBatch(engine: Engine, pushes: readonly Push[]): Promise<number | "each"> {
  const isOneOfMany = pushes.length >= manyMin;
  const run: Run = { groups: new Map(), ratchets: new Map(), keys: new Map(), signed: [], bodies: [], isOneOfMany };
  const { groups, ratchets } = run;
  const isEcho = echoes(engine);
  const applies: (() => void)[] = [];
  for (const [i, push] of pushes.entries()) {
    for (let next = run.bodies.length; next < pushes.length && next < i + openedAhead; next++) {
      const body = openBody(engine, pushes[next] as Push, isEcho, run);
      body.catch(() => undefined); // The run may end before this promise is awaited.
      run.bodies.push(body);
    }
    const apply = await open(engine, push, await run.bodies[i], run);
    if (apply === undefined) break;
    applies.push(apply);
  }
  // One of them is forged: each is handled alone, so that the others count.
  if ((await Promise.all(run.signed)).includes(false)) return "each";
  if (applies.length === 0) return 0;
  engine.db.transaction(() => {
    for (const apply of applies) apply();
    // Each message moved a ratchet; only its last state is stored.
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
  /** What the store holds for a tag, read once. */
  readonly keys: Map<string, ReturnType<typeof readTag>>;
  /** Whether each opened message has a valid signature; verified while the next ones are opened. */
  readonly signed: Promise<boolean>[];
  readonly bodies: Promise<Body | undefined>[];
  /** Whether the run is long enough for another core to verify its signatures. */
  readonly isOneOfMany: boolean;
};

/** Fewer signatures are verified sooner by this core. */
const manyMin = 64;

type Body = { readonly groupId: Bytes; readonly content: GroupEnvelopeBody | undefined };

/** How many envelopes are decrypted ahead, where a browser does it in parallel to the messages. */
const openedAhead = 32;

/** Undefined if the push cannot be handled with others. */
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

/** Returns what the transaction does for this push; undefined if the push cannot be handled with others. */
async function open(
  engine: Engine,
  push: Push,
  body: Body | undefined,
  { groups, ratchets, signed, isOneOfMany }: Run,
): Promise<(() => void) | undefined> {
  const { db } = engine;
  if (body === undefined) return undefined;
  const key = toHex(body.groupId);
  const group = groups.get(key) ?? (await liveGroup(engine, body.groupId));
  if (group === undefined || kindOf(engine, group.state).believesOwnDevices) return undefined;
  if (body.content === undefined) return () => countDiagnostic(db, "unopenable-envelope");
  const received = await engine.mls.receiveAhead(group, body.content.mls, engine.lists.judge, isOneOfMany);
  if (received.kind === "refused") return () => countDiagnostic(db, `refused-${received.why}`);
  if (received.kind !== "application") return undefined;
  signed.push(received.signed);
  // A message of this device that its state has not sent: the state was rolled back, and the conversation stops
  // (GR11.2).
  if (received.sender.leaf === group.ownLeaf) return undefined;
  // A push that did not come through the group's gate is handled alone too, and refused there.
  if (!sameBytes(push.gate, group.state.gate) || !isFromGateOf(engine, push, group)) return undefined;
  const message = messageIn(received.data);
  if (message !== undefined && (isSealedForUs(engine, message) || bringsPiece(message))) return undefined;
  groups.set(key, received.group);
  ratchets.set(`${key}:${received.patch.leaf}`, { group, patch: received.patch });
  return message === undefined
    ? () => countDiagnostic(db, "malformed-message")
    : () => applyMessage(engine, group, received.sender, message, push.id);
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
 * Recognizes echoes of our own posts, which change the outbox and maybe the epoch. Nothing is sent during a turn, so if
 * nothing is in flight now, no echo comes within it.
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
