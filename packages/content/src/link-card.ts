/**
 * Card of a link (docs/spec/identity.md ID62): what a person who opens a link sees first, and what is too long for a
 * code. It lies at home, sealed under a key that stands after the link's `#`.
 */
import {
  type Bytes,
  blob,
  decodeAs,
  encodeAs,
  fixed,
  type Infer,
  idBytes,
  limits,
  line,
  linkAdmitter,
  list,
  literal,
  MalformedError,
  struct,
  uint,
} from "@yanshu/wire";
import { fieldLimits } from "./fields/ids.ts";

export const linkCardLimits = { facesMax: 9, sealMax: 16, unitBytes: 4_096, lengthBytes: 4, saltBytes: 16 } as const;

const face = struct(
  { seal: line(linkCardLimits.sealMax), pigment: uint(7) },
  { picture: blob(fieldLimits.avatarBytesMax) },
);
const linkCardBody = struct(
  {
    v: literal(1),
    /** Without the link nothing can be guessed from the seed, which follows from all of this. */
    salt: fixed(linkCardLimits.saltBytes),
    /** Hash of the link's kind and of what is its own, so that it stands beside no other. */
    of: fixed(idBytes.hash),
    name: line(fieldLimits.nameMax),
    /** One of a person; of a group its picture, or those of its first members. */
    faces: list(face, linkCardLimits.facesMax),
  },
  /** Of a group (docs/spec/groups.md GR26.2). */
  { admitters: list(linkAdmitter, limits.admittersMax) },
);
export type LinkCardBody = Infer<typeof linkCardBody>;

/**
 * With its length in front and zeros behind, so that its size tells little; a multiple of 4 KiB. @throws MalformedError
 * when it is too large.
 */
export function encodeLinkCard(card: LinkCardBody): Bytes {
  const { lengthBytes, unitBytes } = linkCardLimits;
  const body = encodeAs(linkCardBody, card);
  const units = Math.ceil((lengthBytes + body.length) / unitBytes);
  if (units > limits.linkCardUnitsMax) throw new MalformedError(`over ${limits.linkCardUnitsMax} units`);
  const padded = new Uint8Array(units * unitBytes);
  new DataView(padded.buffer).setUint32(0, body.length);
  padded.set(body, lengthBytes);
  return padded;
}

export function decodeLinkCard(padded: Bytes): LinkCardBody | undefined {
  const { lengthBytes } = linkCardLimits;
  if (padded.length < lengthBytes) return undefined;
  const length = new DataView(padded.buffer, padded.byteOffset, lengthBytes).getUint32(0);
  const body = padded.subarray(lengthBytes, lengthBytes + length);
  if (body.length !== length || padded.subarray(lengthBytes + length).some((byte) => byte !== 0)) return undefined;
  try {
    return decodeAs(linkCardBody, body.slice(), body.length);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
