/**
 * Padding (docs/spec/groups.md GR8): messages have few sizes, so that their length tells an operator little.
 *
 * Eight sizes from 256 bytes to 4 KiB, where nearly all messages are; above, the sizes of Padmé (at most 12 % more).
 * Only two are at most 512 bytes, so that devices' own traffic has the size of a short text (docs/decisions/0034). The
 * true length is encrypted with the content.
 */
import { ByteReader, type Bytes, ByteWriter, MalformedError } from "@yanshu/wire";

const steps = [256, 512, 768, 1_024, 1_536, 2_048, 3_072, 4_096] as const;
const lengthBytes = 4;

/** @param length in bytes, with the 4-byte length field */
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

/** @throws MalformedError if the length exceeds the bytes, or the padding is not zeros @checks GR8 */
export function unpad(padded: Bytes): Bytes {
  const reader = new ByteReader(padded);
  const plaintext = reader.take(reader.u32());
  if (reader.rest().some((byte) => byte !== 0)) throw new MalformedError("padding is not zero");
  return plaintext;
}
