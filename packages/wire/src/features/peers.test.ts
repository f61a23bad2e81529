/** What another server may not say (docs/spec/peers.md). */
import { expect, test } from "bun:test";
import { MalformedError } from "../bytes.ts";
import { limits } from "../limits.ts";
import {
  decodePeerFrame,
  decodeSignedCard,
  decodeStreamFrame,
  decodeStreamRow,
  encodeAcked,
  encodeCardBody,
  encodeFarList,
  encodePeerHello,
  encodeRows,
  encodeSignedCard,
  encodeStreamRow,
  peerLimits,
  type ServerCard,
  streamLimits,
} from "./peers.ts";

const bytes = (length: number) => new Uint8Array(length).fill(1);
const row = encodeStreamRow({ kind: "dropped", list: bytes(32), count: 1 });

const card: ServerCard = {
  v: 1,
  versions: [1],
  name: "home.example:444",
  signKey: bytes(32),
  sealKey: bytes(32),
  incarnation: bytes(16),
  peer: "/line",
  reach: "both",
};

test("[PE1] a card names a host in lower case and a path, and is not longer than it may be", () => {
  const opened = (changed: Partial<ServerCard>) =>
    decodeSignedCard(encodeSignedCard(encodeCardBody({ ...card, ...changed }), bytes(64))).card;
  expect(opened({})).toEqual(card);
  for (const name of ["", "Home.example", "home.example/", "home..example", "a".repeat(64), "home.example:"])
    expect(() => opened({ name })).toThrow("not the name of a server");
  for (const peer of ["", "line", "/", "/Line", "/line?x", `/${"x".repeat(64)}`])
    expect(() => opened({ peer })).toThrow("not a path");
  // A body that fits by itself, and not with its signature.
  expect(() => encodeSignedCard(bytes(peerLimits.cardBytesMax - 8), bytes(64))).toThrow("a card over its limit");
});

test("[PE6] a hello offers at most sixteen versions, and both names in it are names of servers", () => {
  const { versionsMax } = peerLimits;
  const hello = { versions: [1, 2], from: "a.example", to: "b.example", incarnation: bytes(16), nonce: bytes(32) };
  const read = (changed: Partial<typeof hello>) => decodePeerFrame(encodePeerHello({ ...hello, ...changed }));
  expect(read({})).toEqual({ type: "hello", hello });
  const many = (count: number) => ({ versions: Array.from({ length: count }, () => 1) });
  expect(() => read(many(versionsMax))).not.toThrow();
  expect(() => read(many(versionsMax + 1))).toThrow("too many versions");
  for (const wrong of [{ from: "" }, { to: "B.example" }, { from: "ä.example" }])
    expect(() => read(wrong)).toThrow("not the name of a server");
});

test("[PE31] a part of a list has an address at least, and as many at most as a list", () => {
  const most = limits.listAddressesMax * 16;
  expect(decodeStreamFrame(encodeFarList(bytes(32)))).toEqual({ type: "list", addresses: [bytes(16), bytes(16)] });
  expect(() => decodeStreamFrame(encodeFarList(bytes(most)))).not.toThrow();
  for (const length of [0, most + 16])
    expect(() => decodeStreamFrame(encodeFarList(bytes(length)))).toThrow("number of addresses");
});

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

test("[PE24] [PE35] rows are counted from one, a frame of them has one at least, and none is shorter than the shortest", () => {
  expect(decodeStreamFrame(encodeRows(bytes(16), 1, [row]))).toEqual({
    type: "rows",
    stream: bytes(16),
    first: 1,
    rows: [row],
  });
  expect(row.length).toBe(streamLimits.rowBytesMin);
  for (const frame of [
    encodeRows(bytes(16), 0, [row]),
    encodeRows(bytes(16), 1, []),
    encodeRows(bytes(16), 1, [row, row.subarray(1)]),
  ])
    expect(() => decodeStreamFrame(frame)).toThrow("number of rows");
});

test("[PE44] a frame of a type that there is not is none", () => {
  expect(decodeStreamFrame(Uint8Array.of(0x30, 0, 0, 0, 1))).toEqual({ type: "tunnel", tunnel: 1 });
  for (const type of [0x34, 0x40, 0xff])
    expect(() => decodeStreamFrame(Uint8Array.of(type, 0, 0, 0, 1))).toThrow(MalformedError);
});
