/** What another server may not say (docs/spec/peers.md). */
import { expect, test } from "bun:test";
import { MalformedError } from "../bytes.ts";
import { decodeStreamFrame, decodeStreamRow, encodeAcked, encodeRows, encodeStreamRow, streamLimits } from "./peers.ts";

const bytes = (length: number) => new Uint8Array(length).fill(1);
const row = encodeStreamRow({ kind: "dropped", list: bytes(32), count: 1 });

test("[PE23] a row of a kind or a mode that there is not is none", () => {
  const good = encodeStreamRow({
    kind: "envelope",
    mode: "commit",
    gate: bytes(32),
    epoch: 1,
    list: bytes(32),
    envelope: bytes(9),
  });
  expect(decodeStreamRow(good).kind).toBe("envelope");
  for (const [at, value] of [
    [0, 2],
    [1, 4],
  ] as const)
    expect(() => decodeStreamRow(good.with(at, value))).toThrow(MalformedError);
});

test("[PE35] a frame has as many rows, and refuses as many, as may be on their way", () => {
  const { windowRows } = streamLimits;
  const rows = (count: number) =>
    encodeRows(
      bytes(16),
      1,
      Array.from({ length: count }, () => row),
    );
  const acked = (count: number) =>
    encodeAcked(
      bytes(16),
      1,
      bytes(16),
      Array.from({ length: count }, (_, i) => i),
    );
  for (const of of [rows, acked]) {
    expect(() => decodeStreamFrame(of(windowRows))).not.toThrow();
    expect(() => decodeStreamFrame(of(windowRows + 1))).toThrow(MalformedError);
  }
});

test("[PE44] a frame of a type that there is not is none", () => {
  expect(decodeStreamFrame(Uint8Array.of(0x30, 0, 0, 0, 1))).toEqual({ type: "tunnel", tunnel: 1 });
  for (const type of [0x34, 0x40, 0xff])
    expect(() => decodeStreamFrame(Uint8Array.of(type, 0, 0, 0, 1))).toThrow(MalformedError);
});
