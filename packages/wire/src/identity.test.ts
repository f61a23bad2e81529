/** Device lists under random play: they only move forward, whatever each key signs (ID5–ID8). */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Bytes,
  beginList,
  type DeviceList,
  deviceIdOf,
  devicesOf,
  encodeEntry,
  entryBytes,
  equalBytes,
  headOf,
  historyOf,
  leafClaim,
  nextEntryBody,
  type Primitives,
  recoveryPubOf,
  restoreList,
  standingOf,
  takeEntry,
  takeHistory,
  toHex,
  wasRestored,
} from "./index.ts";
import { entryAfter, inceptionOf, primitives, type Signer, sha256, signer } from "./testing/signers.ts";

const root = signer("root");
const devices = ["a", "b", "c"].map(signer);
const inception = inceptionOf(root, signer("next root"));

/** Signs after the list as it was `back` entries ago: rivals and late entries, as well as next ones. */
const plan = fc.array(
  fc.record({
    by: fc.integer({ min: -1, max: 2 }),
    listed: fc.subarray([0, 1, 2]),
    back: fc.constantFrom(0, 0, 0, 1, 2),
  }),
  { maxLength: 9 },
);

test("[ID6] whatever is offered, a list's history leads anybody to the same head", async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      let held = beginList(primitives, inception);
      for (const { by, listed, back } of steps) {
        const before = { ...held, entries: held.entries.slice(0, Math.max(0, held.entries.length - back)) };
        const writer = by < 0 ? root : (devices[by] as Signer);
        const entry = entryAfter(
          before,
          listed.map((i) => devices[i] as Signer),
          writer,
        );
        const step = await takeEntry(primitives, held, entry);
        if (step.kind === "refused") continue;
        const allowed =
          writer === root ||
          held.entries.some(({ body }) => body.devices.some((key) => equalBytes(key, writer.publicKey)));
        expect(allowed).toBe(true);
        for (const device of step.list.everListed) expect(device).toHaveLength(64);
        expect([...held.everListed].every((device) => step.list.everListed.has(device))).toBe(true);
        if (step.kind === "frozen") expect(headOf(step.list)).toBe(headOf(held));
        held = step.list;
      }
      const fresh = await takeHistory(primitives, undefined, historyOf(held));
      if (fresh.kind === "refused") throw new Error(fresh.why);
      expect(fresh.list.entries.map(({ hash }) => toHex(hash))).toEqual(held.entries.map(({ hash }) => toHex(hash)));
      const again = await takeHistory(primitives, held, historyOf(held));
      expect(again.kind === "refused" ? again.why : again.list).toEqual(held);
    }),
    { numRuns: 60 },
  );
});

test("[ID6] a history of another account is refused, and nothing is kept of a broken one", async () => {
  const held = beginList(primitives, inception);
  const other = inceptionOf(signer("other"), root);
  expect(await takeHistory(primitives, held, { inception: other, entries: [] })).toEqual({
    kind: "refused",
    why: "wrong-account",
  });
  const good = entryAfter(held, [devices[0] as Signer], root);
  const broken = await takeHistory(primitives, undefined, { inception, entries: [good, Uint8Array.of(1)] });
  expect(broken).toEqual({ kind: "refused", why: "malformed" });
});

test("[ID5a] only a signature that could change something is checked", async () => {
  let checked = 0;
  const counting = {
    ...primitives,
    verify: (...args: Parameters<Primitives["verify"]>) => {
      checked++;
      return primitives.verify(...args);
    },
  };
  const [a, b] = devices as [Signer, Signer];
  let held = beginList(primitives, inception);
  for (const entry of [() => entryAfter(held, [a], root), () => entryAfter(held, [a, b], a)]) {
    const step = await takeEntry(primitives, held, entry());
    if (step.kind === "refused") throw new Error(step.why);
    held = step.list;
  }
  const history = historyOf(held);
  const many = { ...history, entries: Array.from({ length: 500 }, (_, i) => history.entries[i % 2] as Bytes) };
  expect(await takeHistory(counting, held, many)).toEqual({ kind: "known", list: held });
  const late = entryAfter({ ...held, entries: [...held.entries, ...held.entries] }, [a], a);
  expect(await takeEntry(counting, held, late)).toEqual({ kind: "refused", why: "gap" });
  expect(await takeEntry(counting, held, entryAfter(held, [a], devices[2] as Signer))).toMatchObject({
    why: "not-a-signer",
  });
  expect(checked).toBe(0);
});

test("[ID8] a device is listed, stale, or was never listed", async () => {
  const [a, b, c] = devices as [Signer, Signer, Signer];
  const begun = beginList(primitives, inception);
  const first = await takeEntry(primitives, begun, entryAfter(begun, [a, b], root));
  if (first.kind === "refused") throw new Error(first.why);
  const second = await takeEntry(primitives, first.list, entryAfter(first.list, [a], a));
  if (second.kind === "refused") throw new Error(second.why);
  const standing = (device: Signer) => standingOf(primitives, second.list, deviceIdOf(sha256, device.publicKey));
  expect([a, b, c].map(standing)).toEqual(["listed", "stale", "never-listed"]);
  expect(devicesOf(primitives, second.list).map(({ key }) => key)).toEqual([a.publicKey]);
  expect(devicesOf(primitives, begun)).toEqual([]);
});

test("[ID5] no changed bit of an entry is taken", async () => {
  const begun = beginList(primitives, inception);
  const entry = entryAfter(begun, [devices[0] as Signer], root);
  await fc.assert(
    fc.asyncProperty(fc.nat(entry.length * 8 - 1), async (bit) => {
      const changed = entry.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect((await takeEntry(primitives, begun, changed)).kind).toBe("refused");
    }),
    { numRuns: 150 },
  );
});

/** Entries one after the other: who is listed, who signs, and perhaps a recovery key. */
async function listOf(...steps: readonly (readonly [listed: readonly Signer[], by: Signer, recovery?: Signer])[]) {
  let held = beginList(primitives, inception);
  const lists: DeviceList[] = [];
  for (const [listed, by, recovery] of steps) {
    const change = { devices: listed.map(({ publicKey }) => publicKey) };
    const recoveryPub = recovery?.publicKey;
    const body = nextEntryBody(held, recoveryPub === undefined ? change : { ...change, recoveryPub }, by.publicKey);
    const step = await takeEntry(primitives, held, encodeEntry(body, by.sign(entryBytes(body))));
    if (step.kind === "refused") throw new Error(step.why);
    held = step.list;
    lists.push(held);
  }
  return lists;
}

test("[ID31] the recovery key is the one that the root named last, whatever devices name", async () => {
  const [a, b, c] = devices as [Signer, Signer, Signer];
  const [first, byDevice, byRoot] = await listOf([[a], root, b], [[a], a, c], [[a], root, a]);
  expect(first && recoveryPubOf(first)).toEqual(b.publicKey);
  expect(byDevice && recoveryPubOf(byDevice)).toEqual(b.publicKey);
  expect(byRoot && recoveryPubOf(byRoot)).toEqual(a.publicKey);
  expect(recoveryPubOf(beginList(primitives, inception))).toBeUndefined();
});

test("[ID32] an account counts as restored when its root names a device that nobody had listed", async () => {
  const [a, b, c] = devices as [Signer, Signer, Signer];
  const [first, linked, named, restored] = (await listOf([[a], root], [[a, b], a], [[a, b], root, c], [[c], root])) as [
    DeviceList,
    DeviceList,
    DeviceList,
    DeviceList,
  ];
  expect(wasRestored(primitives, first, linked)).toBe(false);
  // The root says something of devices that are there: also to a reader that did not hear of the second one yet.
  expect(wasRestored(primitives, first, named)).toBe(false);
  expect(wasRestored(primitives, first, restored)).toBe(true);
  expect(wasRestored(primitives, named, restored)).toBe(true);
  expect(wasRestored(primitives, restored, restored)).toBe(false);
});

test("[ID50] an entry's vault epoch is that of the entry before, or one more: none comes again, and none is left out", async () => {
  const [a, b] = devices as [Signer, Signer];
  let held = beginList(primitives, inception);
  const next = (vaultEpoch: number, by: Signer) => {
    const body = nextEntryBody(held, { devices: [a.publicKey, b.publicKey], vaultEpoch }, by.publicKey);
    return takeEntry(primitives, held, encodeEntry(body, by.sign(entryBytes(body))));
  };
  for (const [epoch, by] of [
    [7, root],
    [7, a],
    [8, b],
    [9, root],
  ] as const) {
    const step = await next(epoch, by);
    if (step.kind === "refused") throw new Error(step.why);
    held = step.list;
  }
  for (const by of [a, root])
    for (const epoch of [0, 8, 9 + 1_025, Number.MAX_SAFE_INTEGER])
      expect(await next(epoch, by)).toEqual({ kind: "refused", why: "malformed" });
  expect(await next(11, a)).toEqual({ kind: "refused", why: "malformed" });
  expect((await next(9, a)).kind).toBe("advanced");
});

test("[ID5] an entry whose number is not the next one follows on nothing, also where a list is read again", async () => {
  const [a] = devices as [Signer];
  const [first] = (await listOf([[a], root])) as [DeviceList];
  const doubled = { ...first, entries: [...first.entries, ...first.entries] };
  // It names the hash of the entry before, and an n that leaves one out.
  const leaping = entryAfter(doubled, [a], a);
  const entries = first.entries.map(({ bytes }) => bytes);
  expect(restoreList(primitives, inception, [...entries, leaping])).toBeUndefined();
  const next = entryAfter(first, [a], a);
  expect(restoreList(primitives, inception, [...entries, next])?.entries).toHaveLength(2);
});

test("[ID44] a leaf that was made under an entry whose place the root took fits still", async () => {
  const [a, b] = devices as [Signer, Signer];
  const [first, byDevice] = (await listOf([[a], root], [[a, b], a])) as [DeviceList, DeviceList];
  const step = await takeEntry(primitives, byDevice, entryAfter(first, [a], root, { day: 9 }));
  if (step.kind !== "advanced") throw new Error(step.kind);
  const [before, after] = [headOf(byDevice), headOf(step.list)];
  if (before === undefined || after === undefined) throw new Error("both have entries");
  expect(leafClaim(step.list, { n: 1, entryHash: before.hash })).toBe("fits");
  expect(leafClaim(step.list, { n: 1, entryHash: after.hash })).toBe("fits");
  expect(leafClaim(byDevice, { n: 1, entryHash: after.hash })).toBe("contradicts");
  expect(leafClaim(step.list, { n: 2, entryHash: sha256(after.hash) })).toBe("outruns");
});

test("[ID52] [WI20] who does not know an addition keeps it, from the store too, and lets no device change what is the root's", async () => {
  const [a, b] = devices as [Signer, Signer];
  const homes = { type: 1, data: Uint8Array.of(1, 2, 3) };
  const other = { type: 300, data: Uint8Array.of(4) };
  const take = async (held: DeviceList, by: Signer, change: Parameters<typeof nextEntryBody>[1]) => {
    const body = nextEntryBody(held, change, by.publicKey);
    return takeEntry(primitives, held, encodeEntry(body, by.sign(entryBytes(body))));
  };
  const next = async (...args: Parameters<typeof take>) => {
    const step = await take(...args);
    if (step.kind !== "advanced") throw new Error(step.kind);
    return step.list;
  };
  const begun = beginList(primitives, inception);
  const first = await next(begun, root, { devices: [a.publicKey], more: [homes] });
  // A device's code of today says nothing of it: it stays.
  const linked = await next(first, a, { devices: [a.publicKey, b.publicKey] });
  expect(headOf(linked)?.body.more).toEqual([homes]);
  const stored = linked.entries.map(({ bytes }) => bytes);
  const restored = restoreList(primitives, inception, stored);
  expect(headOf(restored ?? begun)?.body.more).toEqual([homes]);
  expect((await takeHistory(primitives, undefined, historyOf(linked))).kind).toBe("advanced");
  const withOther = await next(linked, b, { more: [homes, other] });
  for (const more of [
    [{ type: 1, data: Uint8Array.of(9) }],
    [other],
    [homes, { type: 2, data: Uint8Array.of(1) }, other],
    [{ type: 2, data: homes.data }],
  ])
    expect(await take(withOther, b, { more })).toEqual({ kind: "refused", why: "root-only" });
  const moved = await next(withOther, root, { more: [{ type: 1, data: Uint8Array.of(7) }, other] });
  expect(headOf(await next(moved, b, { more: [{ type: 1, data: Uint8Array.of(7) }] }))?.body.devices).toHaveLength(2);
});
