/** Envelopes (docs/spec/delivery.md DS7, DS8, docs/spec/groups.md GR8): what home stores and does not open. */
import { gcm } from "@noble/ciphers/aes.js";
import { type Bytes, concat, Fields, isEqual, pad, randomBytes, toCbor, u8, unpad, utf8 } from "./bytes.ts";
import { type History, historyOf } from "./identity.ts";
import type { Suite } from "./suite.ts";

/** What stands in an envelope of kind 0. */
export type Opened = { readonly mls: Bytes; readonly histories: readonly History[] };
export type EnvelopeKeys = { readonly tag: Bytes; readonly key: Bytes };

export function isGroupEnvelope(envelope: Bytes): boolean {
  return envelope[0] === 0 && envelope.length >= 1 + 16 + 12 + 16;
}

/** By which a device knows with which key it opens. */
export function tagOf(envelope: Bytes): Bytes {
  return envelope.slice(1, 17);
}

export function seal({ tag, key }: EnvelopeKeys, mls: Bytes, histories: readonly History[] = []): Bytes {
  const nonce = randomBytes(12);
  const plaintext = pad(toCbor({ mls, histories }));
  return concat(u8(0), tag, nonce, gcm(key, nonce, tag).encrypt(plaintext));
}

/** @throws when it is sealed under another key, or not well formed inside. */
export function open({ tag, key }: EnvelopeKeys, envelope: Bytes): Opened {
  if (!isGroupEnvelope(envelope) || !isEqual(tagOf(envelope), tag)) throw new Error("another envelope");
  const content = Fields.of(unpad(gcm(key, envelope.slice(17, 29), tag).decrypt(envelope.slice(29))));
  return { mls: content.bytes("mls"), histories: content.list("histories").map(historyOf) };
}

/** What a seal is for: `meeting` where two devices meet that have no conversation (GR35.2). */
export type Purpose = "note" | "meeting";

function noteInfo(purpose: Purpose, address: Bytes): Bytes {
  return concat(utf8(`yanshu seal v2 ${purpose}\0`), address);
}

/** Seals to the seal key of a leaf, for its address. */
export async function sealNote(
  suite: Suite,
  sealKey: Bytes,
  address: Bytes,
  note: object,
  purpose: Purpose = "note",
): Promise<Bytes> {
  const key = await suite.hpke.importPublicKey(sealKey);
  const { enc, ct } = await suite.hpke.seal(key, pad(toCbor(note)), noteInfo(purpose, address));
  return concat(u8(1), enc, ct);
}

/** What was sealed to one device, for the address that it was posted to (GR35.2). @throws when it was not. */
export async function openNote(
  suite: Suite,
  sealKey: Bytes,
  address: Bytes,
  envelope: Bytes,
  purpose: Purpose = "note",
): Promise<Fields> {
  if (envelope[0] !== 1) throw new Error("no sealed envelope");
  const key = await suite.hpke.importPrivateKey(sealKey);
  const info = noteInfo(purpose, address);
  return Fields.of(unpad(await suite.hpke.open(key, envelope.slice(1, 33), envelope.slice(33), info)));
}
