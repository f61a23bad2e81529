/**
 * Posting: builds the parts of a post from MLS bytes (DS7–DS15). One hash covers all of them, so that a commit, its
 * Welcome and the notes that open it are accepted together or not at all.
 */

import { encodeNote } from "@yanshu/content";
import { type Group, type KeyPair, type Member, type Prepared, sealGroupEnvelope } from "@yanshu/mls";
import {
  type AccountHistory,
  type AccountId,
  type Address,
  type Bytes,
  encodeParts,
  equalBytes,
  gateBytes,
  historyOf,
  type Part,
  type PostHash,
  type PostHeader,
  postHashOf,
  toHex,
  tokenHashOf,
} from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { notePart } from "./notes.ts";
import { gateAt, listTarget, targetOf } from "./places.ts";

export type BuiltPost = {
  readonly header: PostHeader;
  readonly partsBytes: Bytes;
  readonly postHash: PostHash;
  /** SHA-256 of the envelope whose echo confirms the post. */
  readonly envelopeHash: Bytes;
};

/**
 * An application message for all members of the epoch, including the sender's own device. @param rung addresses of
 * devices to wake at once: each gets an empty part (docs/spec/push.md PU9).
 */
export async function buildApplication(
  engine: Engine,
  group: Group,
  message: Bytes,
  rung: readonly Address[] = [],
): Promise<BuiltPost> {
  const envelope = await sealGroupEnvelope(engine.ports.crypto, tagAndKey(group), { mls: message, histories: [] });
  const header: PostHeader = {
    mode: "application",
    gate: group.state.gate,
    epoch: group.epoch,
    token: group.keys.postToken,
  };
  const at = gateAt(engine, group);
  const said: Part = { target: listTarget(engine, at, group.members), envelope };
  // The gate can wake only devices at its own server.
  const rings = group.members.flatMap((member): Part[] => {
    const target = rung.some((one) => equalBytes(one, member.address)) ? targetOf(engine, at, member) : undefined;
    return target?.kind === "address" ? [{ target, envelope: new Uint8Array() }] : [];
  });
  return finish(engine, header, [said, ...rings], envelope);
}

/**
 * The commit for the epoch's members; the Welcome and its notes for the members that it adds. @param sentAway whose
 * lists do not come along (GR60): they could have shown this device one that drops the leaf, and would count as
 * strayed.
 */
export async function buildCommit(
  engine: Engine,
  group: Group,
  prepared: Prepared,
  sentAway: readonly AccountId[],
): Promise<BuiltPost> {
  const { crypto } = engine.ports;
  const { effect, next } = prepared;
  const touched = [effect.committer, ...effect.added, ...effect.removed]
    .map((member) => member.account)
    .filter((account) => !sentAway.some((one) => equalBytes(one, account)));
  const envelope = await sealGroupEnvelope(crypto, tagAndKey(group), {
    mls: prepared.commit,
    histories: histories(engine, touched),
  });
  const at = gateAt(engine, group);
  const parts: Part[] = [{ target: listTarget(engine, at, group.members), envelope }];
  if (prepared.welcome !== undefined) {
    parts.push(...(await welcomeParts(engine, at, prepared.welcome, next, effect.added, effect.added)).parts);
  }
  const header = { mode: "commit" as const, gate: group.state.gate, epoch: group.epoch, ...nextKeys(engine, next) };
  return signed(engine, header, group.keys.postKey, parts, envelope);
}

/**
 * The creating post: the Welcome for all members, and for the founder, whose echo confirms that the gate exists. @param
 * told notes to devices that are left out.
 */
export async function buildCreate(
  engine: Engine,
  prepared: Prepared,
  founding: KeyPair,
  told: readonly Part[],
): Promise<BuiltPost> {
  const { next, effect } = prepared;
  // A group of one has no Welcome; its founder's echo is an empty envelope.
  const welcome = prepared.welcome ?? new Uint8Array();
  const at = gateAt(engine, next);
  const { parts, envelope } = await welcomeParts(engine, at, welcome, next, next.members, effect.added);
  const header = {
    mode: "create" as const,
    gate: next.state.gate,
    foundingKey: founding.publicKey,
    ...nextKeys(engine, next),
  };
  return signed(engine, header, founding, [...parts, ...told], envelope);
}

/**
 * The keys by which the gate checks posts of the next epoch; the signature is a placeholder until the parts are hashed.
 */
function nextKeys(engine: Engine, next: Group) {
  return {
    nextPostKey: next.keys.postKey.publicKey,
    nextTokenHash: tokenHashOf(engine.ports.crypto.sha256, next.keys.postToken),
    signature: new Uint8Array(64),
  };
}

async function signed(
  engine: Engine,
  unsigned: Extract<PostHeader, { mode: "commit" | "create" }>,
  key: KeyPair,
  parts: readonly Part[],
  envelope: Bytes,
): Promise<BuiltPost> {
  const post = finish(engine, unsigned, parts, envelope);
  const signature = await engine.ports.crypto.sign(key.privateKey, gateBytes(unsigned, post.postHash));
  return { ...post, header: { ...unsigned, signature } };
}

async function welcomeParts(
  engine: Engine,
  at: string,
  welcome: Bytes,
  next: Group,
  recipients: readonly Member[],
  added: readonly Member[],
): Promise<{ parts: readonly Part[]; envelope: Bytes }> {
  const { crypto } = engine.ports;
  const tag = crypto.random(16);
  const key = crypto.random(32);
  const accounts = next.members.map((member) => member.account);
  const envelope = await sealGroupEnvelope(
    crypto,
    { tag, key },
    { mls: welcome, histories: histories(engine, accounts) },
  );
  const parts: Part[] = [{ target: listTarget(engine, at, recipients), envelope }];
  const note = encodeNote({ kind: "welcome", tag, key });
  for (const member of added) {
    parts.push(await notePart(engine, member, note, at));
  }
  return { parts, envelope };
}

function finish(engine: Engine, header: PostHeader, parts: readonly Part[], envelope: Bytes): BuiltPost {
  const { sha256 } = engine.ports.crypto;
  const partsBytes = encodeParts(parts);
  return { header, partsBytes, postHash: postHashOf(sha256, partsBytes), envelopeHash: sha256(envelope) };
}

function tagAndKey(group: Group): { tag: Bytes; key: Bytes } {
  return { tag: group.keys.tag, key: group.keys.envelopeKey };
}

function histories(engine: Engine, accounts: readonly AccountId[]): readonly AccountHistory[] {
  const unique = new Map(accounts.map((account) => [toHex(account), account]));
  return [...unique.values()].flatMap((account) => {
    const list = engine.lists.get(account);
    return list === undefined ? [] : [historyOf(list)];
  });
}
