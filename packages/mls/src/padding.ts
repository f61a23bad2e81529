/**
 * Padding (docs/spec/groups.md GR8): what an operator sees of a message is which of few sizes it has.
 *
 * Powers of two from 256 bytes to 4 KiB, where nearly all messages lie; above, Padmé's steps (at most 12 % more). The
 * true length stands inside.
 */
import { ByteReader, type Bytes, ByteWriter, MalformedError } from "@yanshu/wire";

const smallest = 256;
const powersUpTo = 4_096;
const lengthBytes = 4;

/** The size that `length` bytes, the length field included, are padded to. */
export function paddedLength(length: number): number {
  if (length <= smallest) return smallest;
  const exponent = Math.floor(Math.log2(length));
  if (length <= powersUpTo) return 2 ** Math.ceil(Math.log2(length));
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
