/** Tunnel: how messages go through one (docs/spec/peers.md PE44). */
import { expect, test } from "bun:test";
import { type Bytes, concat, MalformedError } from "./bytes.ts";
import { TunnelPieces, tunnelPieces } from "./tunnel.ts";

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i * 7);
const piece = (isLast: number, data: Bytes) => concat(Uint8Array.of(isLast), data);

test("[PE44] a message comes out of its pieces as it went in, in however many it came, and the next begins anew", () => {
  const pieces = new TunnelPieces(40_000);
  for (const length of [0, 1, 12_287, 12_288, 12_289, 40_000]) {
    const all = tunnelPieces(bytes(length));
    expect(all.slice(0, -1).map((one) => pieces.take(one))).toEqual(all.slice(1).map(() => undefined));
    expect(pieces.take(all.at(-1) ?? bytes(0))).toEqual(bytes(length));
  }
  for (const byte of bytes(1_000)) {
    expect(pieces.take(piece(0, Uint8Array.of(byte)))).toBeUndefined();
    expect(pieces.take(piece(0, bytes(0)))).toBeUndefined();
  }
  expect(pieces.take(piece(1, bytes(0)))).toEqual(bytes(1_000));
});

test("[PE44] what is no piece, or makes a message over its limit, is refused", () => {
  const pieces = new TunnelPieces(10);
  expect(() => pieces.take(bytes(0))).toThrow(MalformedError);
  expect(() => pieces.take(piece(2, bytes(1)))).toThrow(MalformedError);
  expect(pieces.take(piece(0, bytes(10)))).toBeUndefined();
  expect(() => pieces.take(piece(1, bytes(1)))).toThrow(MalformedError);
});
