/**
 * Tunnel: how a client speaks to a server that is not its home, through its home, which reads none of it
 * (docs/spec/peers.md PE44). Both ends seal what they say: AES-256-GCM, a key for each direction, and a nonce that
 * counts. A message is one record, or several where it is long.
 */
import { type Bytes, concat, MalformedError } from "./bytes.ts";

/** HPKE's, of the keys that a client seals to the card's `sealKey`. */
export const tunnelInfo = "yanshu tunnel v1";
/** What it seals: the key of what it says, and the key of what it hears. */
export const tunnelKeyBytes = 32;
export const tunnelEncBytes = 32;
/** Behind the keys, where rooms of calls are spoken with in place of the client protocol (PE57). */
export const tunnelRooms = "/calls/ws";

/** So that a record and what goes before it on a line fit into one message. */
const pieceBytes = 12 << 10;
const noncesBytes = 12;

/** The pieces of a message, each to be sealed by itself: 1 says that it is the last. */
export function tunnelPieces(message: Bytes): readonly Bytes[] {
  const pieces: Bytes[] = [];
  for (let at = 0; at === 0 || at < message.length; at += pieceBytes) {
    const piece = message.subarray(at, at + pieceBytes);
    pieces.push(concat(Uint8Array.of(Number(at + pieceBytes >= message.length)), piece));
  }
  return pieces;
}

/** The nonce of the record of that number, from 0 on. */
export function tunnelNonce(n: number): Bytes {
  const nonce = new Uint8Array(noncesBytes);
  new DataView(nonce.buffer).setBigUint64(noncesBytes - 8, BigInt(n));
  return nonce;
}

const nothing = new Uint8Array();

/** Puts messages together again. What came is copied, so that many small pieces take no more than their bytes. */
export class TunnelPieces {
  /** It grows; the first `length` bytes are used. */
  private message: Bytes = nothing;
  private length = 0;
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** The message that is whole with this piece. @throws MalformedError */
  take(piece: Bytes): Bytes | undefined {
    const [isLast] = piece;
    // @checks PE44
    if (isLast !== 0 && isLast !== 1) throw new MalformedError("not a piece");
    const length = this.length + piece.length - 1;
    // @checks PE44
    if (length > this.bytesMax) throw new MalformedError("a message over its limit");
    if (length > this.message.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.message.length));
      grown.set(this.message);
      this.message = grown;
    }
    this.message.set(piece.subarray(1), this.length);
    this.length = length;
    if (isLast === 0) return undefined;
    const message = this.message.subarray(0, length);
    this.message = nothing;
    this.length = 0;
    return message;
  }
}
