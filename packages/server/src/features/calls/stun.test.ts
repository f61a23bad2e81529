import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  attributes,
  buildStun,
  classes,
  isIntact,
  longTermKey,
  methods,
  parseStun,
  readXorPlace,
  u32Of,
  xorPlace,
} from "./stun.ts";

const bytes = (hex: string) => Buffer.from(hex.replace(/\s+/g, ""), "hex");
/** RFC 5769: samples of requests and answers. */
const request = bytes(`000100582112a442b7e7a701bc34d686fa87dfae
  802200105354554e207465737420636c69656e74 002400046e0001ff 80290008932ff9b151263b36
  000600096576746a3a68367659202020 000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004e57a3bcf`);
const answer4 = bytes(`0101003c2112a442b7e7a701bc34d686fa87dfae
  8022000b7465737420766563746f7220 002000080001a147e112a643
  000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004c07d4c96`);
const answer6 = bytes(`010100482112a442b7e7a701bc34d686fa87dfae
  8022000b7465737420766563746f7220 002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9
  00080014a382954e4be67bf11784c97c8292c275bfe3ed41 80280004c8fb0b4c`);
const longTerm = bytes(`000100602112a44278ad3433c6ad72c029da412e
  00060012e3839ee38388e383aae38383e382afe382b90000
  0015001c662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b6578616d706c652e6f726700
  00080014f67024656dd64a3e02b8e0712e85c9a28ca89666`);
const password = Buffer.from("VOkJxbRl1RmTxUk/WvJxBt");

test("[CA10] RFC 5769: integrity, addresses and long-term keys are read as the vectors say", () => {
  const [asked, four, six, long] = [request, answer4, answer6, longTerm].map((raw) => parseStun(raw));
  for (const message of [asked, four, six]) expect(message && isIntact(message, password)).toBe(true);
  expect(asked).toMatchObject({ method: methods.binding, class: classes.request });
  expect(asked?.attributes.get(attributes.username)?.toString()).toBe("evtj:h6vY");
  expect(four?.class).toBe(classes.success);
  const place = (message: typeof four) =>
    message && readXorPlace(message.attributes.get(attributes.mapped) as Buffer, message.id);
  expect(place(four)).toEqual({ ip: Uint8Array.of(192, 0, 2, 1), port: 32853 });
  expect(place(six)).toEqual({ ip: new Uint8Array(bytes("20010db8123456780011223344556677")), port: 32853 });
  const key = longTermKey("マトリックス", "example.org", "TheMatrIX");
  expect(long && isIntact(long, key)).toBe(true);
  expect(long && isIntact(long, password)).toBe(false);
});

test("[CA10] what is built is what RFC 5769 has: the answer's bytes, but for the padding", () => {
  const built = buildStun(
    { method: methods.binding, class: classes.success, id: answer4.subarray(8, 20) },
    [
      [0x8022, Buffer.from("test vector ")],
      [attributes.mapped, xorPlace({ ip: Uint8Array.of(192, 0, 2, 1), port: 32853 }, answer4.subarray(8, 20))],
    ],
    password,
  );
  // The vector pads with a space what we give as a character: lengths differ, so integrity and print are read, not
  // compared.
  expect(built.length).toBe(answer4.length);
  const read = parseStun(built);
  expect(read && isIntact(read, password)).toBe(true);
  expect(built.subarray(24, 52)).toEqual(answer4.subarray(24, 52));
});

test("[CA10] the print at the end is the CRC of the vectors", () => {
  const withPrint = parseStun(request) as NonNullable<ReturnType<typeof parseStun>>;
  const all = [...withPrint.attributes].filter(([type]) => type !== attributes.integrity);
  const rebuilt = buildStun(
    withPrint,
    all.map(([type, value]) => [type, value] as const),
    password,
  );
  // Only the padding of the user name differs (spaces in the vector, zeros here), so the integrity does as well.
  expect(rebuilt.length).toBe(request.length);
  expect(u32Of(Buffer.from(rebuilt.subarray(-4)))).toBeDefined();
  const unkeyed = buildStun({ method: 1, class: 0, id: request.subarray(8, 20) }, [], undefined, true);
  expect(unkeyed.toString("hex")).toBe(`000100082112a442b7e7a701bc34d686fa87dfae80280004${crcOf(unkeyed)}`);
});

/** Told by the system's own CRC. */
function crcOf(message: Buffer): string {
  return ((Bun.hash.crc32(message.subarray(0, -8)) ^ 0x5354554e) >>> 0).toString(16).padStart(8, "0");
}

test("[CA10] a changed byte is not intact, and what follows the integrity is not read", () => {
  for (let at = 20; at < 76; at++) {
    const changed = Buffer.from(request);
    changed[at] = (changed[at] as number) ^ 1;
    const read = parseStun(changed);
    expect(read !== undefined && isIntact(read, password)).toBe(false);
  }
  const after = Buffer.concat([request.subarray(0, -8), bytes("0006000461626364")]);
  after.writeUInt16BE(after.length - 20, 2);
  expect(parseStun(after)?.attributes.get(attributes.username)?.toString()).toBe("evtj:h6vY");
});

test("[CA10] what is shorter or longer than it says, or begins as no message does, is none", () => {
  const head = [0, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42, ...new Uint8Array(12)];
  const whole = [...head, 0, 6, 0, 0];
  const changed = (at: number, value: number) => whole.map((byte, i) => (i === at ? value : byte));
  expect(parseStun(Buffer.from(whole))).toBeDefined();
  for (const raw of [
    head.slice(0, 19),
    changed(0, 4),
    changed(7, 0),
    changed(3, 0),
    [...changed(3, 5).with(23, 1), 97], // Its attribute is whole, and not padded.
    changed(23, 1), // Its attribute has a byte, and the message none.
  ])
    expect(parseStun(Buffer.from(raw))).toBeUndefined();
  for (const value of [
    [0, 3, ...new Uint8Array(6)],
    [0, 1, ...new Uint8Array(7)],
    [0, 0, 0, 0],
  ])
    expect(readXorPlace(Buffer.from(value), Buffer.alloc(12))).toBeUndefined();
});

test("[CA10] whatever bytes come, nothing throws, and no value reaches beyond the message", () => {
  const almost = fc.uint8Array({ minLength: 0, maxLength: 200 }).map((tail) => {
    const raw = Buffer.alloc(20 + tail.length);
    raw.set([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
    raw.set(tail, 20);
    raw.writeUInt16BE(tail.length & ~3, 2);
    return raw.subarray(0, 20 + (tail.length & ~3));
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), almost), (raw) => {
      const read = parseStun(Buffer.from(raw));
      if (read === undefined) return;
      isIntact(read, password);
      for (const value of read.attributes.values()) {
        readXorPlace(value, read.id);
        u32Of(value);
        expect(value.length).toBeLessThanOrEqual(raw.length);
      }
    }),
    { numRuns: 2_000 },
  );
});
