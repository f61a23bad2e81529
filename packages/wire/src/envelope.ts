/**
 * Envelope: the unit that a server stores and forwards and cannot decrypt (docs/spec/delivery.md DS7, DS8).
 *
 *   kind 0  0x00 · tag 16 · nonce 12 · AES-256-GCM ciphertext   for holders of the epoch's key
 *   kind 1  0x01 · HPKE enc 32 · ciphertext                     for one device's seal key
 */
import { ByteReader, type Bytes, concat, MalformedError } from "./bytes.ts";

export type Envelope =
  | { readonly kind: "group"; readonly tag: Bytes; readonly nonce: Bytes; readonly ciphertext: Bytes }
  | { readonly kind: "sealed"; readonly enc: Bytes; readonly ciphertext: Bytes };

export const envelopeSizes = { tag: 16, nonce: 12, enc: 32, key: 32 } as const;

export function encodeEnvelope(envelope: Envelope): Bytes {
  return envelope.kind === "group"
    ? concat(Uint8Array.of(0), envelope.tag, envelope.nonce, envelope.ciphertext)
    : concat(Uint8Array.of(1), envelope.enc, envelope.ciphertext);
}

/** @throws MalformedError */
export function decodeEnvelope(bytes: Bytes): Envelope {
  const reader = new ByteReader(bytes);
  const kind = reader.u8();
  if (kind === 0)
    return {
      kind: "group",
      tag: reader.take(envelopeSizes.tag),
      nonce: reader.take(envelopeSizes.nonce),
      ciphertext: reader.rest(),
    };
  // @checks DS7
  if (kind !== 1) throw new MalformedError("unknown envelope kind");
  return { kind: "sealed", enc: reader.take(envelopeSizes.enc), ciphertext: reader.rest() };
}
