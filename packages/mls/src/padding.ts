/**
 * Padding (docs/spec/groups.md GR8): what an operator sees of a message is which of few sizes it has.
 *
 * Few steps from 256 bytes to 4 KiB, where nearly all messages lie; above, Padmé's (at most 12 % more). Up to 512 bytes
 * there are two alone, so that what devices say to each other is as long as a short text (docs/decisions/0034). The
 * true length stands inside.
 */
import { ByteReader, type Bytes, ByteWriter, MalformedError } from "@yanshu/wire";

const steps = [256, 512, 768, 1_024, 1_536, 2_048, 3_072, 4_096] as const;
const lengthBytes = 4;

/** The size that `length` bytes, the length field included, are padded to. */
export function paddedLength(length: number): number {
  const small = steps.find((one) => length <= one);
  if (small !== undefined) return small;
  const exponent = Math.floor(Math.log2(length));
  // Padmé: of a number with e+1 bits, keep as many leading bits as e has digits in base two.
  const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
  return Math.ceil(length / step) * step;
}

export function pad(plaintext: Bytes): Bytes {
  const total = paddedLength(lengthBytes + plaintext.length);
  const zeros = new Uint8Array(total - lengthBytes - plaintext.length);
  return new ByteWriter(total).u32(plaintext.length).put(plaintext).put(zeros).finish();
}

/** @throws MalformedError */
export function unpad(padded: Bytes): Bytes {
  const reader = new ByteReader(padded);
  const plaintext = reader.take(reader.u32());
  if (reader.rest().some((byte) => byte !== 0)) throw new MalformedError("padding is not zero");
  return plaintext;
}
