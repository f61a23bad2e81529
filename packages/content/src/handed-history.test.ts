/**
 * What a newcomer is handed is somebody's word: whatever the bytes are, it is read or passed over, and never more than
 * fits.
 */
import { expect, test } from "bun:test";
import { encodeAs, struct, text, uint } from "@yanshu/wire";
import fc from "fast-check";
import {
  decodeHandedPart,
  decodeHandedPointer,
  encodeBody,
  encodeHandedPart,
  encodeHandedPointer,
  type HandedMessage,
  handedLimits,
} from "./index.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((one) => one.slice());
const stamp = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const words = fc.string({ maxLength: 40 }).map((one) => one.toWellFormed());
const marked = { by: bytes(32), stampMs: stamp };
const message: fc.Arbitrary<HandedMessage> = fc.record({
  author: bytes(32),
  id: bytes(16),
  atMs: stamp,
  sentMs: stamp,
  editedMs: stamp,
  kind: fc.constantFrom("text" as const, "file" as const, "poll" as const),
  body: words.map((text) => encodeBody({ kind: "text", text })),
  versions: fc.array(fc.record({ stampMs: stamp, body: bytes(9) }), { maxLength: 3 }),
  reactions: fc.array(fc.record({ ...marked, emoji: fc.constantFrom("👍", "❤️"), on: fc.boolean() }), { maxLength: 3 }),
  votes: fc.array(fc.record({ ...marked, choices: fc.array(fc.nat(11), { maxLength: 3 }) }), { maxLength: 3 }),
  lines: fc.array(fc.record({ ...marked, key: bytes(16), text: words, sinceMs: stamp }), { maxLength: 3 }),
});
const part = fc.record({
  messages: fc.array(message, { maxLength: 6 }),
  people: fc.array(fc.record({ account: bytes(32), name: fc.constantFrom("外婆", "Ben") }), { maxLength: 3 }),
});

test("[GR32] a part is read as it was written", () => {
  fc.assert(fc.property(part, (one) => expect(decodeHandedPart(encodeHandedPart(one))).toEqual(one)));
});

test("[GR32] a message of a kind that is not handed on, or not known, is passed over, and takes no other with it", () => {
  const [one, other] = fc.sample(message, 2) as [HandedMessage, HandedMessage];
  const leave = { ...one, kind: "leave", body: encodeBody({ kind: "leave" }) } as unknown as HandedMessage;
  const later = { ...one, kind: "dice", body: encodeAs(struct({ kind: text(8) }), { kind: "dice" }) };
  const bytes = encodeHandedPart({ messages: [leave, later as unknown as HandedMessage, other], people: [] });
  expect(decodeHandedPart(bytes)?.messages).toEqual([other]);
});

test("[GR32] whatever bytes come, a part and a pointer are read or are not, and nothing throws", () => {
  const noise = fc.uint8Array({ maxLength: 400 }).map((one) => one.slice());
  const broken = fc.tuple(part, fc.nat(), fc.nat(255), fc.nat()).map(([one, at, value, cut]) => {
    const whole = encodeHandedPart(one);
    const changed = whole.slice(0, whole.length - (cut % 3));
    changed[at % changed.length] = value;
    return changed;
  });
  fc.assert(
    fc.property(fc.oneof(noise, broken), (given) => {
      const read = decodeHandedPart(given);
      // Names lose what is not to be seen; beyond that one content has one encoding.
      if (read !== undefined) expect(decodeHandedPart(encodeHandedPart(read))).toEqual(read);
      const pointer = decodeHandedPointer(given);
      if (pointer !== undefined) expect(encodeHandedPointer(pointer)).toEqual(given);
    }),
    { numRuns: 2_000 },
  );
});

test("[GR32] what is over a limit is no part: as many messages, as many bytes, as large a pointer", () => {
  const one = fc.sample(message, 1)[0] as HandedMessage;
  const small = {
    ...one,
    body: encodeBody({ kind: "text", text: "" }),
    versions: [],
    reactions: [],
    votes: [],
    lines: [],
  };
  const full = { messages: Array.from({ length: handedLimits.messagesMax }, () => small), people: [] };
  expect(decodeHandedPart(encodeHandedPart(full))?.messages).toHaveLength(handedLimits.messagesMax);
  expect(() => encodeHandedPart({ ...full, messages: [...full.messages, small] })).toThrow();
  const large = { ...small, body: new Uint8Array(400 * 1_024) };
  expect(decodeHandedPart(encodeHandedPart({ messages: [large, large], people: [] }))?.messages).toHaveLength(2);
  expect(decodeHandedPart(encodeHandedPart({ messages: [large, large, large], people: [] }))).toBeUndefined();
  const pointer = { server: "home.example", id: new Uint8Array(16), key: new Uint8Array(32), bytes: 1, expiresDay: 1 };
  expect(decodeHandedPointer(encodeHandedPointer(pointer))).toEqual(pointer);
  expect(() => encodeHandedPointer({ ...pointer, bytes: handedLimits.bytesMax + 1 })).toThrow();
  expect(decodeHandedPointer(encodeAs(struct({ v: uint() }), { v: 2 }))).toBeUndefined();
});
