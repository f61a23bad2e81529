/** SFrame by the RFC's own vectors, and what its sealer and opener refuse. */
import { expect, test } from "bun:test";
import { type Bytes, concat, fromHex, toHex } from "@yanshu/wire";
import {
  encodeHeader,
  FrameOpener,
  FrameSealer,
  frameKey,
  kidOf,
  oldKeyMs,
  openFrame,
  ratchet,
  readHeader,
  sealFrame,
} from "./browser/sframe.ts";

type Vectors = {
  readonly header: readonly { readonly kid: number; readonly ctr: number; readonly encoded: string }[];
  readonly sframe: readonly {
    readonly kid: number;
    readonly ctr: number;
    readonly base_key: string;
    readonly sframe_salt: string;
    readonly metadata: string;
    readonly pt: string;
    readonly ct: string;
  }[];
};
const vectors = (await Bun.file(new URL("../../../vectors/sframe.json", import.meta.url)).json()) as Vectors;
const base = new Uint8Array(32).fill(7);
const speech = new TextEncoder().encode("good evening");

async function pair(of: { seat?: number; generation?: number; step?: number } = {}) {
  const kid = { seat: 3, generation: 1, step: 0, ...of };
  const time = { nowMs: 1_000 };
  const sealer = new FrameSealer();
  await sealer.use(kidOf(kid), base);
  const opener = new FrameOpener(() => time.nowMs);
  opener.give(kid, base);
  return { sealer, opener, time, kid };
}

const sealed = async (sealer: FrameSealer, frame = speech, clear = 0) =>
  (await sealer.seal(frame, clear, clear === 0)) as Bytes;

test("[CA92] headers are those of RFC 9605's vectors, and are read as they were written", () => {
  expect(vectors.header.length).toBeGreaterThan(190);
  for (const { kid, ctr, encoded } of vectors.header) {
    expect(toHex(encodeHeader(kid, ctr))).toBe(encoded as never);
    expect(readHeader(fromHex(encoded))).toEqual({ kid, counter: ctr, bytes: encoded.length / 2 });
  }
});

test("[CA92] keys and ciphertext of suite 4 are those of RFC 9605's vectors", async () => {
  for (const { kid, ctr, base_key, sframe_salt, metadata, pt, ct } of vectors.sframe) {
    const key = await frameKey(fromHex(base_key), kid);
    expect(toHex(key.salt)).toBe(sframe_salt as never);
    const made = await sealFrame(key, ctr, fromHex(metadata), fromHex(pt));
    expect(toHex(made)).toBe(ct as never);
    const header = readHeader(made);
    if (header === undefined) throw new Error("no header");
    expect(toHex((await openFrame(key, header, fromHex(metadata), made)) as Bytes)).toBe(pt as never);
  }
});

test("[CA92] a frame opens once for who has its key: a repeat, a changed bit, a moved prefix and another key are refused", async () => {
  const { sealer, opener } = await pair();
  const picture = Uint8Array.from(concat(Uint8Array.of(1), speech));
  const frame = await sealed(sealer, picture, 1);
  expect(await opener.open(frame, 1, false)).toMatchObject({ frame: picture, seat: 3 });
  expect(await opener.open(frame, 1, false)).toBe("replayed");
  const next = await sealed(sealer, picture, 1);
  for (const at of [0, 3, next.length - 1]) {
    const changed = next.map((byte, i) => (i === at ? byte ^ 1 : byte));
    expect(["refused", "no-key"]).toContain((await opener.open(changed, 1, false)) as string);
  }
  const stranger = new FrameOpener(() => 0);
  expect(await stranger.open(next, 1, false)).toBe("no-key");
  stranger.give({ seat: 3, generation: 1, step: 0 }, new Uint8Array(32).fill(8));
  expect(await stranger.open(next, 1, false)).toBe("refused");
  expect(await opener.open(next, 1, false)).toMatchObject({ frame: picture, seat: 3 });
});

test("[CA92] what is not sealed never opens, and without a key nothing leaves", async () => {
  const { opener } = await pair();
  expect(await new FrameSealer().seal(speech, 0, true)).toBeUndefined();
  for (const raw of [new Uint8Array(), Uint8Array.of(0x80), speech, new Uint8Array(200).fill(0xff)])
    expect(["refused", "no-key"]).toContain((await opener.open(raw, 0, true)) as string);
});

test("[CA92] of one key 4,096 numbers are remembered; what is older is refused", async () => {
  const { sealer, opener } = await pair();
  const frames: Bytes[] = [];
  for (let at = 0; at < 4_200; at++) frames.push(await sealed(sealer));
  expect(await opener.open(frames.at(-1) as Bytes, 0, true)).toMatchObject({ seat: 3 });
  expect(await opener.open(frames[0] as Bytes, 0, true)).toBe("replayed");
  expect(await opener.open(frames[4_198] as Bytes, 0, true)).toMatchObject({ seat: 3 });
  expect(await opener.open(frames[200] as Bytes, 0, true)).toMatchObject({ seat: 3 });
});

test("[CA92] voice has the same size whatever is said, in steps of 32 bytes", async () => {
  const { sealer, opener } = await pair();
  const sizes = new Set<number>();
  for (const length of [1, 12, 31]) {
    const frame = await sealed(sealer, new Uint8Array(length).fill(5));
    sizes.add(frame.length);
    expect(await opener.open(frame, 0, true)).toEqual({ frame: new Uint8Array(length).fill(5), seat: 3 });
  }
  expect(sizes.size).toBe(1);
});

test("[CA93] who is given a later step opens that one and those that follow, and none before", async () => {
  const { sealer, opener } = await pair();
  const before = await sealed(sealer);
  const next = await ratchet(base);
  await sealer.use(kidOf({ seat: 3, generation: 1, step: 1 }), next);
  const after = await sealed(sealer);
  const newcomer = new FrameOpener(() => 0);
  newcomer.give({ seat: 3, generation: 1, step: 1 }, next);
  expect(await newcomer.open(before, 0, true)).toBe("no-key");
  expect(await newcomer.open(after, 0, true)).toMatchObject({ seat: 3 });
  // Who was there takes the step by itself.
  expect(await opener.open(after, 0, true)).toMatchObject({ seat: 3 });
  expect(await opener.open(before, 0, true)).toMatchObject({ seat: 3 });
});

test("[CA93] after a new generation the old one opens for five seconds, and who left has no key of it", async () => {
  const { sealer, opener, time } = await pair();
  const [first, second] = [await sealed(sealer), await sealed(sealer)];
  opener.give({ seat: 3, generation: 2, step: 0 }, new Uint8Array(32).fill(9));
  expect(await opener.open(first, 0, true)).toMatchObject({ seat: 3 });
  time.nowMs += oldKeyMs;
  expect(await opener.open(second, 0, true)).toBe("no-key");
  opener.keep(new Set([4]));
  await sealer.use(kidOf({ seat: 3, generation: 2, step: 0 }), new Uint8Array(32).fill(9));
  expect(await opener.open(await sealed(sealer), 0, true)).toBe("no-key");
});

test("[CA99] no number comes twice under one key, and what is sealed after a key was told is sealed by that one", async () => {
  const one = { kid: kidOf({ seat: 3, generation: 1, step: 0 }), key: new Uint8Array(32).fill(1) };
  const two = { kid: kidOf({ seat: 3, generation: 2, step: 0 }), key: new Uint8Array(32).fill(2) };
  const sealer = new FrameSealer();
  // Views tell the same key many times, and nobody waits for any; the first is slow to be ready.
  const { importKey } = crypto.subtle;
  let isFirst = true;
  crypto.subtle.importKey = async function (this: SubtleCrypto, ...args: unknown[]) {
    if (isFirst) {
      isFirst = false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return importKey.apply(crypto.subtle, args as never);
  } as typeof importKey;
  const headers: { readonly kid: number; readonly counter: number }[] = [];
  try {
    for (const { kid, key } of [one, one, two, two, one, two]) {
      void sealer.use(kid, key);
      const header = readHeader(await sealed(sealer));
      expect(header?.kid).toBe(kid);
      if (header !== undefined) headers.push(header);
    }
    void sealer.use(one.kid, one.key);
    void sealer.use(two.kid, two.key);
    headers.push(readHeader(await sealed(sealer)) as never);
  } finally {
    crypto.subtle.importKey = importKey;
  }
  expect(headers.at(-1)?.kid).toBe(two.kid);
  expect(new Set(headers.map(({ kid, counter }) => `${kid} ${counter}`)).size).toBe(headers.length);
});

test("[CA229] a key of the same name by another device that sits there now takes the place of the one before, whatever its step", async () => {
  const { opener, kid } = await pair({ step: 2 });
  const theirs = new Uint8Array(32).fill(8);
  for (const step of [0, 2]) {
    const named = { ...kid, step };
    const sealer = new FrameSealer();
    const own = step === 0 ? theirs : base;
    await sealer.use(kidOf(named), own);
    opener.give(named, own);
    expect(await opener.open(await sealed(sealer), 0, true)).toMatchObject({ frame: speech });
  }
});

test("[CA113] what was opened once opens in the same call no more, also after its seat was empty and its key was given anew", async () => {
  const { sealer, opener, kid } = await pair();
  const frames = [await sealed(sealer), await sealed(sealer), await sealed(sealer)] as const;
  expect(await opener.open(frames[1], 0, true)).toMatchObject({ seat: 3 });
  opener.keep(new Set());
  expect(await opener.open(frames[2], 0, true)).toBe("no-key");
  opener.give(kid, base);
  expect(await opener.open(frames[1], 0, true)).toBe("replayed");
  expect(await opener.open(frames[0], 0, true)).toBe("replayed");
  expect(await opener.open(frames[2], 0, true)).toMatchObject({ seat: 3 });
  // Another generation came, and the one before is given again once it was forgotten.
  opener.give({ ...kid, generation: 2 }, new Uint8Array(32).fill(9));
  opener.keep(new Set());
  opener.give(kid, base);
  expect(await opener.open(frames[2], 0, true)).toBe("replayed");
  // Another base under the same name is another key: its numbers begin anew.
  opener.keep(new Set());
  const other = new FrameSealer();
  await other.use(kidOf(kid), new Uint8Array(32).fill(8));
  opener.give(kid, new Uint8Array(32).fill(8));
  expect(await opener.open(await sealed(other), 0, true)).toMatchObject({ seat: 3 });
});

test("[CA113] a step that is given after it was reached keeps what was opened under it", async () => {
  const { sealer, opener, kid } = await pair();
  const next = await ratchet(base);
  await sealer.use(kidOf({ ...kid, step: 1 }), next);
  const frame = await sealed(sealer);
  expect(await opener.open(frame, 0, true)).toMatchObject({ seat: 3 });
  opener.give({ ...kid, step: 1 }, next);
  expect(await opener.open(frame, 0, true)).toBe("replayed");
  expect(await opener.open(await sealed(sealer), 0, true)).toMatchObject({ seat: 3 });
});

test("[CA111] keys that are told in a circle, as home may say seats, never seal twice under one number", async () => {
  const sealer = new FrameSealer();
  const counters = new Map<number, Set<number>>();
  for (const seat of [5, 6, 5, 6, 5]) {
    await sealer.use(kidOf({ seat, generation: 0, step: 0 }), base);
    for (let i = 0; i < 3; i++) {
      const header = readHeader(await sealed(sealer));
      if (header === undefined) throw new Error("no header");
      const seen = counters.get(header.kid) ?? new Set();
      expect(seen.has(header.counter)).toBe(false);
      counters.set(header.kid, seen.add(header.counter));
    }
  }
});
