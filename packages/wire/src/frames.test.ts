/** Frames: what is encoded is decoded again, and no bytes whatever do harm. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Bytes,
  type CallName,
  calls,
  concat,
  decodeClientFrame,
  decodeEnvelope,
  decodePostHeaderBytes,
  decodeResult,
  decodeServerFrame,
  type ErrorCode,
  encodeAcks,
  encodeCall,
  encodeEnvelope,
  encodeError,
  encodeExpired,
  encodeFamily,
  encodeOk,
  encodeParts,
  encodePost,
  encodePostHeader,
  encodePush,
  encodeResult,
  errorCodeOf,
  errorCodes,
  limits,
  MalformedError,
  numberedCall,
  type PostHeader,
  type Push,
  requestOf,
  type Target,
} from "./index.ts";

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const request = fc.nat(0xffff_ffff);
const u53 = fc.nat(Number.MAX_SAFE_INTEGER);
const envelope = fc.uint8Array({ maxLength: 300 });
const target: fc.Arbitrary<Target> = fc.oneof(
  fc.record({ kind: fc.constant("address" as const), address: fixed(16) }),
  fc.record({ kind: fc.constant("list" as const), list: fixed(32) }),
);
const parts = fc.array(fc.record({ target, envelope }), { minLength: 1, maxLength: 6 });
const next = { nextPostKey: fixed(32), nextTokenHash: fixed(32), signature: fixed(64) };
const header: fc.Arbitrary<PostHeader> = fc.oneof(
  fc.record({ mode: fc.constant("deposit" as const) }),
  fc.record({ mode: fc.constant("application" as const), gate: fixed(32), epoch: request, token: fixed(16) }),
  fc.record({ mode: fc.constant("commit" as const), gate: fixed(32), epoch: request, ...next }),
  fc.record({ mode: fc.constant("create" as const), gate: fixed(32), foundingKey: fixed(32), ...next }),
);
const push: fc.Arbitrary<Push> = fc.oneof(
  fc.record({
    id: u53,
    mode: fc.constant("deposit" as const),
    gate: fc.constant(undefined),
    epoch: fc.constant(0),
    target,
    envelope,
  }),
  fc.record({
    id: u53,
    mode: fc.constantFrom("application", "commit", "create"),
    gate: fixed(32),
    epoch: request,
    target,
    envelope,
  }),
  fc.record({
    id: u53,
    mode: fc.constantFrom("application", "commit", "create"),
    gate: fixed(32),
    epoch: request,
    target,
    envelope,
    server: fc.constantFrom("north.example", "localhost:8080"),
  }),
);

/** A `decode` that answers undefined where it refuses, and fails on any other exception. */
function refusing<T>(decode: (bytes: Bytes) => T): (bytes: Bytes) => T | undefined {
  return (bytes) => {
    try {
      return decode(bytes);
    } catch (error) {
      if (error instanceof MalformedError) return undefined;
      throw error;
    }
  };
}

test("[WI4] a post comes out as it went in, and its parts are what is hashed", () => {
  fc.assert(
    fc.property(request, header, parts, (number, head, of) => {
      const partsBytes = encodeParts(of);
      const frame = decodeClientFrame(encodePost(number, head, partsBytes));
      expect(frame).toEqual({ type: "post", request: number, post: { header: head, parts: of, partsBytes } });
      expect(decodePostHeaderBytes(encodePostHeader(head))).toEqual(head);
    }),
  );
});

test("[WI4] acks, pushes and short frames come out as they went in", () => {
  const range = fc.record({ first: u53, last: u53 }); // Ids need not rise (DS20).
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), push, request, fc.nat(255), (ranges, pushed, number, count) => {
      expect(decodeClientFrame(encodeAcks(ranges))).toEqual({ type: "acks", ranges });
      expect(decodeServerFrame(encodePush(pushed))).toEqual({ type: "push", push: pushed });
      expect(decodeServerFrame(encodeOk(number))).toEqual({ type: "ok", request: number });
      expect(decodeServerFrame(encodeExpired(count))).toEqual({ type: "expired", count });
      expect(decodeServerFrame(encodeFamily())).toEqual({ type: "family" });
    }),
  );
});

test("[WI5] a call and its answer come out as they went in", () => {
  const frame = decodeClientFrame(encodeCall(7, "addresses", { add: [new Uint8Array(16)], remove: [] }));
  expect(frame).toEqual({
    type: "call",
    request: 7,
    name: "addresses",
    args: { add: [new Uint8Array(16)], remove: [] },
  });
  const again = numberedCall(encodeCall(0, "addresses", { add: [new Uint8Array(16)], remove: [] }), 0xffff_fffe);
  expect(decodeClientFrame(again)).toEqual({ ...frame, request: 0xffff_fffe } as typeof frame);
  const result = {
    account: new Uint8Array(32),
    history: { inception: Uint8Array.of(1), entries: [] },
    packages: [{ device: new Uint8Array(32) }],
  };
  const answer = decodeServerFrame(encodeResult(8, "claim", result));
  if (answer.type !== "result") throw new Error("not a result");
  expect(decodeResult("claim", answer.body)).toEqual(result);
  expect(() => decodeResult("hello", answer.body)).toThrow(MalformedError);
});

test("[WI6] every refusal has a number of its own that leads back to it", () => {
  const names = Object.keys(errorCodes) as ErrorCode[];
  expect(new Set(Object.values(errorCodes)).size).toBe(names.length);
  for (const code of names) {
    expect(errorCodeOf(errorCodes[code])).toBe(code);
    const hash = new Uint8Array(32).fill(3);
    expect(decodeServerFrame(encodeError(1, code, 9, hash))).toEqual({
      type: "error",
      request: 1,
      code,
      epoch: 9,
      lastHash: hash,
    });
  }
  expect(errorCodeOf(0)).toBeUndefined();
});

test("[WI7] no bytes make a decoder do anything but answer or refuse", () => {
  const someFrames = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.constantFrom(0x01, 0x10, 0x11, 0x80, 0x81, 0x82, 0xc0, 0xc1), fc.uint8Array({ maxLength: 200 }))
      .map(([type, rest]) => Uint8Array.of(type, ...rest)),
    fc
      .tuple(fc.constantFrom(...Object.keys(calls)), fc.uint8Array({ maxLength: 100 }))
      .map(([name, body]) => Uint8Array.of(1, 0, 0, 0, 1, name.length, ...new TextEncoder().encode(name), ...body)),
  );
  fc.assert(
    fc.property(someFrames, (bytes) => {
      refusing(decodeClientFrame)(bytes);
      refusing(decodeServerFrame)(bytes);
      refusing(decodeEnvelope)(bytes);
      refusing(decodePostHeaderBytes)(bytes);
      expect(requestOf(bytes)).toBeGreaterThanOrEqual(0);
      for (const name of Object.keys(calls) as CallName[]) refusing((body) => decodeResult(name, body))(bytes);
    }),
    { numRuns: 2_000 },
  );
});

test("[WI7] a frame that was cut, or grew, is refused; a changed one has at most one meaning", () => {
  fc.assert(
    fc.property(request, header, parts, fc.nat(), fc.nat(255), (number, head, of, at, value) => {
      const frame = encodePost(number, head, encodeParts(of));
      expect(refusing(decodeClientFrame)(frame.subarray(0, at % frame.length))).toBeUndefined();
      expect(refusing(decodeClientFrame)(concat(frame, Uint8Array.of(value)))).toBeUndefined();
      const changed = frame.slice();
      changed[at % frame.length] = value;
      const decoded = refusing(decodeClientFrame)(changed);
      if (decoded?.type === "post")
        expect(encodePost(decoded.request, decoded.post.header, encodeParts(decoded.post.parts))).toEqual(changed);
    }),
  );
});

test("[WI3] what is too large is refused on both sides", () => {
  const one = {
    target: { kind: "address" as const, address: new Uint8Array(16) },
    envelope: new Uint8Array(limits.frameBytesMax),
  };
  expect(() => encodePost(1, { mode: "deposit" }, encodeParts([one]))).toThrow(MalformedError);
  expect(() => encodeParts([])).toThrow(MalformedError);
  const small = { ...one, envelope: new Uint8Array() };
  expect(() => encodeParts(Array.from({ length: limits.partsMax + 1 }, () => small))).toThrow(MalformedError);
  const frame = (type: number, length: number) => new Uint8Array(length).fill(type, 0, 1);
  expect(decodeClientFrame(frame(0x13, limits.frameBytesMax)).type).toBe("more");
  expect(() => decodeClientFrame(frame(0x13, limits.frameBytesMax + 1))).toThrow(MalformedError);
  expect(decodeServerFrame(frame(0x81, limits.frameBytesMax + 128)).type).toBe("result");
  expect(() => decodeServerFrame(frame(0x81, limits.frameBytesMax + 129))).toThrow(MalformedError);
  const addresses = Array.from({ length: limits.listAddressesMax + 1 }, () => new Uint8Array(16));
  expect(() => encodeCall(1, "uploadList", { addresses })).toThrow(MalformedError);
});

test("[WI4] a post of no part or of 1,101, and 1,025 ranges of acks, are refused", () => {
  const part = [0, ...new Uint8Array(16 + 4)]; // To an address, with an empty envelope.
  const post = (count: number) =>
    Uint8Array.from([0x10, 0, 0, 0, 1, 0, 0, 0, count >> 8, count & 255, ...Array(count).fill(part).flat()]);
  expect(decodeClientFrame(post(limits.partsMax)).type).toBe("post");
  for (const count of [0, limits.partsMax + 1]) expect(() => decodeClientFrame(post(count))).toThrow(MalformedError);
  const acks = (count: number) => encodeAcks(Array.from({ length: count }, () => ({ first: 1, last: 1 })));
  expect(decodeClientFrame(acks(limits.ackIdsMax)).type).toBe("acks");
  expect(() => decodeClientFrame(acks(limits.ackIdsMax + 1))).toThrow(MalformedError);
});

test("[WI23] a beginning that is empty or all of its frame, and an empty piece, are refused", () => {
  expect(decodeClientFrame(Uint8Array.of(0x12, 0, 0, 0, 2, 9)).type).toBe("begin");
  for (const bytes of [[0x12, 0, 0, 0, 2], [0x12, 0, 0, 0, 1, 9], [0x13]])
    expect(() => decodeClientFrame(Uint8Array.from(bytes))).toThrow(MalformedError);
});

test("[DS7] [DS8] an envelope comes out as it went in; other kinds are refused", () => {
  const group = fc.record({
    kind: fc.constant("group" as const),
    tag: fixed(16),
    nonce: fixed(12),
    ciphertext: envelope,
  });
  const sealed = fc.record({ kind: fc.constant("sealed" as const), enc: fixed(32), ciphertext: envelope });
  fc.assert(
    fc.property(fc.oneof(group, sealed), (value) => expect(decodeEnvelope(encodeEnvelope(value))).toEqual(value)),
  );
  for (const bytes of [[], [2, ...new Uint8Array(40)], [0, 1, 2], [1, ...new Uint8Array(31)]])
    expect(() => decodeEnvelope(Uint8Array.from(bytes))).toThrow(MalformedError);
});
