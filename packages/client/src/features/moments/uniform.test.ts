/** Values of one size look alike to home, and like chance (docs/spec/moments.md HO6). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type AccountId, type Bytes, utf8 } from "@yanshu/wire";
import { cellKinds, holeName, noWord, sealBody, sealCell, sealHeader, sealWord, wayTo } from "./sealed.ts";

const plainly = createBunCrypto();
let drawn = 0;
/** The same chance at each run: what is true of it once stays true. */
function random(length: number): Bytes {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += 32)
    out.set(plainly.sha256(utf8(`chance ${++drawn}`)).subarray(0, length - at), at);
  return out;
}
const crypto = { ...plainly, random };
const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
const [log, post] = [filled(2), filled(3)];
const values = 1_500;
const allBytes = 256;

/** How many standard deviations the bytes are from being as frequent as each other. */
function sigmas(bytes: Iterable<number>): number {
  const counts = new Float64Array(allBytes);
  let all = 0;
  for (const byte of bytes) {
    counts[byte] = (counts[byte] ?? 0) + 1;
    all++;
  }
  const expected = all / allBytes;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return Math.abs(chi - (allBytes - 1)) / Math.sqrt(2 * (allBytes - 1));
}

/** Of all bytes together, and of those at each place by themselves. */
function worst(sealed: readonly Bytes[]): number {
  const length = sealed[0]?.length ?? 0;
  const places = Array.from({ length: Math.min(length, 256) }, (_, at) =>
    sigmas(sealed.map((value) => value[at] ?? 0)),
  );
  return Math.max(sigmas(sealed.flatMap((value) => [...value])), ...places);
}

async function many(make: (i: number) => Promise<Bytes | undefined>): Promise<readonly Bytes[]> {
  const made: Bytes[] = [];
  for (let i = 0; i < values; i++) made.push((await make(i)) ?? new Uint8Array());
  return made;
}

test("[HO6] cells, headers, words and bodies, as alike inside as can be, are no different from chance; what is not sealed is", async () => {
  const way = wayTo(crypto, filled(1), 1, filled(7) as AccountId);
  const name = (i: number) => holeName(crypto, plainly.sha256(utf8(`name ${i}`)));
  const word = { kind: "like" as const, id: noWord, about: noWord, reply: noWord, atMs: 0, text: "" };
  const next = Array.from({ length: 4 }, () => noWord);
  const cells = await many((i) =>
    sealCell(crypto, way, i, { kind: cellKinds.post, flags: 0, day: 1, payload: filled(0, 64) }),
  );
  // Two devices may use one place: the nonce alone is another one.
  const inOnePlace = await many(() =>
    sealCell(crypto, way, 1, { kind: cellKinds.filling, flags: 0, day: 1, payload: filled(0, 64) }),
  );
  const headers = await many((i) =>
    sealHeader(crypto, log, name(i), { day: 0, hint: filled(0, 8), next, word: noWord }),
  );
  const words = await many((i) =>
    sealWord(crypto, log, name(i), post, undefined, { ...word, signature: filled(0, 64) }),
  );
  const bodies = await many(async (i) => (await sealBody(crypto, filled(i & 255), () => name(i), filled(0, 20)))?.[0]);
  const fillings = await many(async () => random(96));
  for (const [sort, sealed] of Object.entries({ cells, inOnePlace, headers, words, bodies, fillings })) {
    expect([sort, new Set(sealed.map(({ length }) => length)).size]).toEqual([sort, 1]);
    expect(`${sort} ${worst(sealed) < 5}`).toBe(`${sort} true`);
  }
  // One byte of 96 that says what sort it is; a place of which one bit is never set; padding that is not sealed.
  const broken: readonly ((value: Bytes) => void)[] = [
    (value) => void value.fill(cellKinds.post, 0, 1),
    (value) => value.set([(value[50] ?? 0) & 0x7f], 50),
    (value) => void value.fill(0, 90),
  ];
  for (const harm of broken) {
    const harmed = cells.map((value) => value.slice());
    for (const value of harmed) harm(value);
    expect(worst(harmed)).toBeGreaterThan(5);
  }
}, 60_000);
