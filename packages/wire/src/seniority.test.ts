/** Two continuations of one device list (ID7): which one counts, in whichever order a reader meets them. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Bytes,
  beginList,
  type DeviceList,
  deviceIdOf,
  groundOfRoot,
  headOf,
  historyOf,
  limits,
  rootChangeBytes,
  rootOf,
  standingOf,
  takeEntry,
  takeHistory,
  toHex,
} from "./index.ts";
import { entryAfter, inceptionOf, nextHashOf, primitives, type Signer, sha256, signer } from "./testing/signers.ts";

const names = ["root", "next root", "phone", "tablet", "fresh", "other"] as const;
const [root, nextRoot, phone, tablet, fresh, other] = names.map(signer) as [
  Signer,
  Signer,
  Signer,
  Signer,
  Signer,
  Signer,
];
const inception = inceptionOf(root, nextRoot);

async function taken(held: DeviceList, bytes: Bytes): Promise<DeviceList> {
  const step = await takeEntry(primitives, held, bytes);
  if (step.kind !== "advanced") throw new Error(step.kind === "refused" ? step.why : step.kind);
  return step.list;
}

/** Lists after each step of who is listed, by whom. */
async function grown(held: DeviceList, ...steps: readonly (readonly [readonly Signer[], Signer, day?: number])[]) {
  let list = held;
  for (const [listed, by, day] of steps)
    list = await taken(list, entryAfter(list, listed, by, day === undefined ? {} : { day }));
  return list;
}

const begun = () => beginList(primitives, inception);
const standing = (list: DeviceList, one: Signer) => standingOf(primitives, list, deviceIdOf(sha256, one.publicKey));

test("[ID7] a revoked device's rival changes nothing, whenever it is signed and however senior the device was", async () => {
  for (const [stays, goes] of [
    [phone, tablet],
    [tablet, phone],
  ] as const) {
    const before = await grown(begun(), [[phone], root], [[phone, tablet], phone]);
    let held = await grown(before, [[stays], stays], [[stays, fresh], stays], [[stays], stays]);
    const rival = entryAfter(before, [goes], goes);
    const first = await takeEntry(primitives, held, rival);
    // Of a senior one it is told: either of the two may be the thief, and only the card decides otherwise.
    expect(first.kind).toBe(goes === phone ? "contested" : "known");
    expect(first).toMatchObject({ list: held });
    held = await grown(held, [[stays], root]);
    expect(await takeEntry(primitives, held, rival)).toEqual({ kind: "known", list: held });
    expect((await takeEntry(primitives, held, entryAfter(held, [stays, fresh], stays))).kind).toBe("advanced");
  }
});

test("[ID7] of two devices that are listed the one that was there earlier is believed, in whichever order both are heard", async () => {
  const before = await grown(begun(), [[phone], root], [[phone, tablet], phone]);
  const senior = await grown(before, [[phone], phone]);
  const junior = await grown(before, [[phone, tablet, fresh], tablet]);
  const one = await takeHistory(primitives, junior, historyOf(senior));
  const two = await takeHistory(primitives, senior, historyOf(junior));
  expect(one).toMatchObject({ kind: "advanced" });
  expect(two).toEqual({ kind: "known", list: senior });
  if (one.kind !== "advanced") return;
  expect(headOf(one.list)?.hash).toEqual(headOf(senior)?.hash as Bytes);
  expect([tablet, fresh].map((device) => standing(one.list, device))).toEqual(["stale", "stale"]);
});

test("[ID7] a device that writes itself to the first place is no more senior for that", async () => {
  const before = await grown(begun(), [[phone], root], [[phone, tablet], phone], [[tablet, phone], tablet]);
  const senior = await grown(before, [[phone], phone]);
  const rival = entryAfter(before, [tablet, fresh], tablet);
  expect((await takeEntry(primitives, senior, rival)).kind).toBe("known");
});

test("[ID7] one listed device that signed two entries freezes; a more senior device or the root ends it", async () => {
  const before = await grown(begun(), [[phone], root], [[phone, tablet], phone]);
  const held = await grown(before, [[phone, tablet, fresh], tablet]);
  const rival = entryAfter(before, [phone, tablet, other], tablet);
  const step = await takeEntry(primitives, held, rival);
  if (step.kind !== "frozen") throw new Error(step.kind);
  const { list: frozen } = step;
  expect(frozen.frozenAt).toBe(2);
  // Nothing is encrypted to any of them; a reader of the list knows why.
  expect([phone, tablet, fresh].map((device) => standing(frozen, device))).toEqual(["stale", "stale", "stale"]);
  expect(await takeHistory(primitives, held, historyOf(frozen))).toMatchObject({ kind: "frozen" });
  expect((await takeEntry(primitives, frozen, entryAfter(frozen, [tablet], tablet))).kind).toBe("frozen");
  for (const by of [phone, root]) {
    const ended = await taken(frozen, entryAfter(frozen, [phone], by));
    expect(ended).toMatchObject({ frozenAt: undefined, rival: [] });
    // The same bytes once more change nothing.
    expect(await takeEntry(primitives, ended, rival)).toEqual({ kind: "known", list: ended });
  }
});

test("[ID7] of two entries by the root with one n the later day counts, and a reader that saw the other comes on", async () => {
  const before = await grown(begun(), [[phone], root, 10]);
  const hidden = await grown(before, [[fresh], root, 20]);
  const shown = await grown(before, [[other], root, 21]);
  for (const [held, offered] of [
    [hidden, shown],
    [shown, hidden],
  ] as const) {
    const step = await takeHistory(primitives, held, historyOf(offered));
    if (step.kind === "refused") throw new Error(step.why);
    expect(headOf(step.list)?.hash).toEqual(headOf(shown)?.hash as Bytes);
    const next = await grown(shown, [[other, fresh], other]);
    expect(await takeHistory(primitives, step.list, historyOf(next))).toMatchObject({ kind: "advanced" });
  }
});

test("[ID7] the root goes on from what it was shown, and devices' entries of the other history give way", async () => {
  const before = await grown(begun(), [[phone], root, 10], [[phone, tablet], phone]);
  const held = await grown(before, [[phone], phone], [[phone, fresh], phone]);
  // The card was shown the thief's history alone.
  const restored = await grown(before, [[tablet], tablet], [[other], root, 30]);
  expect(await takeHistory(primitives, held, historyOf(restored))).toMatchObject({ kind: "advanced" });
  expect(await takeHistory(primitives, restored, historyOf(held))).toMatchObject({ kind: "known" });
});

const step = fc.record({
  by: fc.integer({ min: -1, max: 2 }),
  listed: fc.subarray([0, 1, 2], { minLength: 1 }),
  day: fc.integer({ min: 0, max: 2 }),
});
const branch = fc.array(step, { minLength: 1, maxLength: 4 });

test("[ID7] two who meet both histories end at one head, or one of them is told", async () => {
  const who = [phone, tablet, fresh] as const;
  const grow = async (from: DeviceList, steps: readonly { by: number; listed: readonly number[]; day: number }[]) => {
    let list = from;
    for (const { by, listed, day } of steps) {
      const bytes = entryAfter(
        list,
        listed.map((i) => who[i] as Signer),
        by < 0 ? root : (who[by] as Signer),
        { day },
      );
      const next = await takeEntry(primitives, list, bytes);
      if (next.kind === "advanced") list = next.list;
    }
    return list;
  };
  await fc.assert(
    fc.asyncProperty(branch, branch, branch, async (common, left, right) => {
      const before = await grow(await grown(begun(), [[phone], root], [[phone, tablet], phone]), common);
      const [one, two] = [await grow(before, left), await grow(before, right)];
      const meetings = [
        await takeHistory(primitives, one, historyOf(two)),
        await takeHistory(primitives, two, historyOf(one)),
      ];
      const heads = meetings.map((met) => (met.kind === "refused" ? met.why : toHex(headOf(met.list)?.hash as Bytes)));
      const isTold = meetings.some(({ kind }) => kind === "frozen" || kind === "contested");
      expect(heads[0] === heads[1] || isTold).toBe(true);
      expect(heads.some((head) => head === "gap" || head === "bad-link")).toBe(false);
      const apart = one.entries.findIndex(
        (entry, n) => toHex(entry.hash) !== toHex(two.entries[n]?.hash ?? entry.hash),
      );
      const hasRoot = apart >= 0 && [one, two].some((list) => list.entries.slice(apart).some(({ byRoot }) => byRoot));
      if (hasRoot) expect(heads[0]).toBe(heads[1] as string);
    }),
    { numRuns: 100 },
  );
});

test("[ID41] no device uses up the list: the root has room left, and gets back what devices took", async () => {
  let held = await grown(begun(), [[phone, tablet], root]);
  while (held.entries.length < limits.entriesMax - limits.rootEntriesKept)
    held = await taken(held, entryAfter(held, [tablet], tablet));
  expect(await takeEntry(primitives, held, entryAfter(held, [tablet], tablet))).toEqual({
    kind: "refused",
    why: "full",
  });
  const word = entryAfter(groundOfRoot(held), [fresh], root, { day: 30 });
  const after = await taken(held, word);
  expect(after.entries).toHaveLength(2);
  expect([tablet, fresh].map((device) => standing(after, device))).toEqual(["stale", "listed"]);
  // What is left is as much as before: the next thief, and the next card.
  expect((await takeEntry(primitives, after, entryAfter(after, [fresh, other], fresh))).kind).toBe("advanced");
  const history = historyOf(held);
  expect(await takeHistory(primitives, after, history)).toEqual({ kind: "known", list: after });
});

test("[ID41] nor its bytes", async () => {
  const many = Array.from({ length: limits.devicesMax - 1 }, (_, i) => signer(`device ${i}`));
  let held = await grown(begun(), [[tablet], root]);
  let why = "";
  while (why === "") {
    const step = await takeEntry(primitives, held, entryAfter(held, [tablet, ...many], tablet));
    if (step.kind === "refused") why = step.why;
    else held = step.list;
  }
  expect(why).toBe("full");
  expect(headOf(held)?.bytesSoFar).toBeLessThanOrEqual(limits.historyBytesMax - limits.rootBytesKept);
  expect((await takeEntry(primitives, held, entryAfter(held, [fresh], root))).kind).toBe("advanced");
});

test("[ID42] a device does not say where the account is at home", async () => {
  const held = await grown(begun(), [[phone], root]);
  const moved = { homeServers: ["elsewhere.example"] };
  expect(await takeEntry(primitives, held, entryAfter(held, [phone], phone, moved))).toEqual({
    kind: "refused",
    why: "root-only",
  });
  expect((await takeEntry(primitives, held, entryAfter(held, [phone], root, moved))).kind).toBe("advanced");
  // Nor does it say another in the place of one, one more, or one less.
  const two = { homeServers: ["home.example", "second.example"] };
  const settled = await grown(held, [[phone], root]);
  const settledAt = await taken(settled, entryAfter(settled, [phone], root, two));
  for (const homeServers of [
    ["home.example", "thief.example"],
    ["home.example"],
    [...two.homeServers, "third.example"],
  ])
    expect(await takeEntry(primitives, settledAt, entryAfter(settledAt, [phone], phone, { homeServers }))).toEqual({
      kind: "refused",
      why: "root-only",
    });
  expect((await takeEntry(primitives, settledAt, entryAfter(settledAt, [phone], phone, two))).kind).toBe("advanced");
});

test("[ID43] the key that was named beforehand changes the root; the former root and what follows from it count no more", async () => {
  const before = await grown(begun(), [[phone], root]);
  const [newRoot, newNext] = [signer("new root"), signer("new next root")];
  const named = (key: Signer, next: Signer, by = key) => {
    const proof = by.sign(rootChangeBytes(before.account, key.publicKey));
    return { key: key.publicKey, nextHash: nextHashOf(next), proof };
  };
  const to = named(newRoot, newNext);
  for (const by of [root, phone, newRoot])
    expect(await takeEntry(primitives, before, entryAfter(before, [phone], by, { root: to }))).toMatchObject({
      why: "not-a-signer",
    });
  const changed = await taken(before, entryAfter(before, [phone], nextRoot, { root: to }));
  expect(rootOf(changed)).toEqual({ key: to.key, nextHash: to.nextHash, changes: 1 });
  // Nor does anybody name a key that is not theirs.
  const foreign = entryAfter(before, [phone], nextRoot, { root: named(newRoot, newNext, nextRoot) });
  expect(await takeEntry(primitives, before, foreign)).toEqual({ kind: "refused", why: "bad-signature" });
  expect(changed.account).toEqual(before.account);
  for (const by of [root, nextRoot])
    expect(await takeEntry(primitives, changed, entryAfter(changed, [tablet], by))).toMatchObject({
      why: "not-a-signer",
    });
  // The finder of the former card goes on from before, on a later day, and changes the root to one of theirs.
  const thief = signer("thief");
  const late = await grown(before, [[thief], root, 99]);
  expect(await takeHistory(primitives, changed, historyOf(late))).toEqual({ kind: "known", list: changed });
  const theirs = named(thief, thief);
  const stolen = await taken(before, entryAfter(before, [thief], nextRoot, { root: theirs, day: 99 }));
  expect((await takeHistory(primitives, changed, historyOf(stolen))).kind).toBe("contested");
  // Who saw the former root's word comes over to the new one.
  expect(await takeHistory(primitives, late, historyOf(changed))).toMatchObject({ kind: "advanced" });
  expect((await takeEntry(primitives, changed, entryAfter(changed, [phone, fresh], newRoot))).kind).toBe("advanced");
});
