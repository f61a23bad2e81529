/** Home records under random play: one counts at the end, in whichever order they come (HM1–HM7). */
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Bytes,
  beginList,
  compareHomeRecords,
  type DeviceList,
  encodeHomeBody,
  encodeHomeRecord,
  fittingHomes,
  type HomeRecord,
  type Homes,
  headOf,
  historyOf,
  homeRecordBytes,
  homeRefusal,
  homesOf,
  limits,
  nextHomeBody,
  openHomeRecord,
  rootWordOf,
  standing,
  takeEntries,
  takeHistory,
  takeHomeRecord,
  withRootHomes,
} from "./index.ts";
import { entryAfter, inceptionOf, primitives, type Signer, signer } from "./testing/signers.ts";

const [root, next, a, b, c] = ["root", "next root", "a", "b", "c"].map(signer) as [
  Signer,
  Signer,
  Signer,
  Signer,
  Signer,
];
const begun = beginList(primitives, inceptionOf(root, next));

type Change = Parameters<typeof entryAfter>[3];
async function after(list: DeviceList, listed: readonly Signer[], by: Signer, change: Change = {}) {
  const step = await takeEntries(primitives, list, [entryAfter(list, listed, by, change)]);
  if (step.kind !== "advanced") throw new Error(step.kind);
  return step.list;
}

const signed = (body: Bytes, by: Signer): Bytes => encodeHomeRecord(body, by.sign(homeRecordBytes(body)));
const moved = (list: DeviceList, by: Signer, homes: readonly string[], held?: HomeRecord): Bytes =>
  signed(nextHomeBody(list, held, { homes }, by.publicKey), by);
const opened = (bytes: Bytes): HomeRecord => openHomeRecord(bytes) as HomeRecord;

async function take(list: DeviceList, held: HomeRecord | undefined, bytes: Bytes): Promise<HomeRecord | undefined> {
  const step = await takeHomeRecord(primitives, list, held, bytes);
  return step.kind === "refused" ? held : step.record;
}
const why = async (list: DeviceList, bytes: Bytes, held?: HomeRecord): Promise<string> => {
  const step = await takeHomeRecord(primitives, list, held, bytes);
  return step.kind === "refused" ? step.why : step.kind;
};

/** Phone and tablet since entry 1; home is as entry 0 says it. */
const first = await after(begun, [a], root, { homeServers: ["old.example"] });
const two = await after(first, [a, b], a);

test("[HM1] one to three homes by name, none twice, and a reserve that is none of them", () => {
  const of = (homes: readonly string[], reserve?: string) => () =>
    encodeHomeBody({
      ...opened(moved(two, a, ["old.example"])).body,
      homes,
      ...(reserve === undefined ? {} : { reserve }),
    });
  expect(of(["old.example", "new.example:7717", "[2001:db8::1]"], "spare.example")).not.toThrow();
  expect(of([])).toThrow();
  expect(of(["a.example", "b.example", "c.example", "d.example"])).toThrow();
  expect(of(["a.example", "a.example"])).toThrow();
  expect(of(["a.example"], "a.example")).toThrow();
  for (const name of ["", "a.example/x", "A.example", "a@b.example", "a b", `${"a".repeat(64)}`])
    expect(of([name])).toThrow();
  const long = (char: string) => char.repeat(51);
  expect(of([long("a"), long("b"), long("c")], "d".repeat(47))).not.toThrow();
  expect(of([long("a"), long("b"), long("c")], "d".repeat(48))).toThrow();
});

test("[HM1] a name is a host, with a port or without, that an address can be made of; else it is none", () => {
  const isName = (name: string) => fittingHomes({ homes: [name] }) !== undefined;
  const names = ["localhost:7717", "127.0.0.1:1", "a-b.example", "[::1]:65535", "[::]", "[1:2:3:4:5:6:7:8]", "a.1x"];
  expect(names.filter((name) => !isName(name))).toEqual([]);
  const ports = ["a:b", "a:0", "a:65536", "a:08", "a:1:2", "a:", ":1"];
  const hosts = [":::", "::1", "a..b", ".a", "1.2.3", "1.2.3.256", "1.2.3.4.5", "a.0", "a.0x1", "-", "[a", "a]", "[a]"];
  const wide = ["[]", "[::1::]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[12345::]", "[:1::]", "[::1]a", "[::1]:"];
  expect([...ports, ...hosts, ...wide].filter(isName)).toEqual([]);
  let seed = 1;
  const drawn = (of: string) => {
    seed = (seed * 48_271) % 0x7fff_ffff;
    return of[seed % of.length];
  };
  const taken = new Set<string>();
  for (let n = 0; n < 50_000; n++) {
    const name = Array.from({ length: 1 + (n % 9) }, () => drawn("a01x9.:[]-")).join("");
    if (isName(name)) taken.add(name);
  }
  expect(taken.size).toBeGreaterThan(1_000);
  expect([...taken].filter((name) => !URL.canParse(`wss://${name}/ws`))).toEqual([]);
});

test("[HM3] the longest record is at most 512 bytes, and one that was changed anywhere is none, or not signed", async () => {
  const body = encodeHomeBody({
    ...opened(moved(two, a, ["old.example"])).body,
    homes: ["a", "b", "c"].map((char) => char.repeat(50)),
    reserve: "d".repeat(50),
    n: 1,
    seq: limits.homeSeqMax,
  });
  const whole = signed(body, a);
  expect(whole.length).toBeLessThanOrEqual(limits.homeRecordBytesMax);
  expect(await why(two, whole)).toBe("taken");
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at] = (changed[at] as number) ^ 1;
    expect(await why(two, changed)).not.toBe("taken");
  }
  expect(openHomeRecord(new Uint8Array(limits.homeRecordBytesMax + 1))).toBeUndefined();
});

test("[HM2] the root says in its entry where the account is, and no device changes it; what cannot be read says nothing", async () => {
  expect(homesOf(two, undefined)).toEqual({ homes: ["old.example"] });
  const more = withRootHomes(undefined, { homes: ["new.example"], reserve: "spare.example" });
  const said = await after(two, [a, b], root, { more });
  expect(homesOf(said, undefined)).toEqual({ homes: ["new.example"], reserve: "spare.example" });
  const linked = await after(said, [a, b, c], b);
  expect(rootWordOf(linked).base).toEqual(headOf(said)?.hash as Bytes);
  const lie = entryAfter(linked, [a, b, c], b, { more: withRootHomes(more, { homes: ["evil.example"] }) });
  expect(await takeEntries(primitives, linked, [lie])).toEqual({ kind: "refused", why: "root-only" });
  const unread = await after(linked, [a], root, { more: [{ type: 1, data: Uint8Array.of(7) }] });
  expect(homesOf(unread, undefined)).toEqual({ homes: ["old.example"] });
});

test("[HM2] the same homes said again by the root are another word, and other additions stay", async () => {
  const other = { type: 300, data: Uint8Array.of(3) };
  const once = withRootHomes([other], { homes: ["new.example"] });
  const again = withRootHomes(once, { homes: ["new.example"] });
  expect(again).toHaveLength(2);
  expect(again).toContainEqual(other);
  const one = await after(two, [a, b], root, { more: once });
  const stolen = opened(moved(one, b, ["evil.example"]));
  expect(homesOf(one, stolen)).toEqual({ homes: ["evil.example"] });
  const later = await after(one, [a], root, { more: again });
  expect(homesOf(later, stolen)).toEqual({ homes: ["new.example"] });
  expect(homeRefusal(later, stolen)).toBe("old-base");
  // An entry of the root's that says nothing new of homes leaves what devices said.
  const card = await after(one, [a, b], root, { more: once });
  expect(homesOf(card, stolen)).toEqual({ homes: ["evil.example"] });
});

test("[HM4] a record counts by a list that has its head, names its signer there, and has no newer word of the root", async () => {
  const record = moved(two, b, ["new.example"]);
  expect(await why(two, record)).toBe("taken");
  expect(await why(first, record)).toBe("unknown-head");
  expect(await why(two, signed(nextHomeBody(two, undefined, { homes: ["x.example"] }, c.publicKey), c))).toBe(
    "not-a-signer",
  );
  const forged = encodeHomeRecord(nextHomeBody(two, undefined, { homes: ["x.example"] }, a.publicKey), b.sign(record));
  expect(await why(two, forged)).toBe("bad-signature");
  const strange = await after(beginList(primitives, inceptionOf(signer("other"), next)), [a], signer("other"));
  expect(await why(strange, record)).toBe("wrong-account");
  const by = await after(two, [a, b], root, { more: withRootHomes(undefined, { homes: ["r.example"] }) });
  expect(await why(by, record)).toBe("old-base");
  expect(await why(two, Uint8Array.of(1, 2, 3))).toBe("malformed");
  // The list moved on without it: another entry stands there.
  const replaced = await after({ ...first, entries: first.entries }, [a, c], root);
  expect(await why(replaced, record)).toBe("unknown-head");
  expect(homesOf(replaced, opened(record))).toEqual({ homes: ["old.example"] });
});

test("[HM4] while an account is frozen no record counts that stands upon the doubtful entries, and the earlier ones do", async () => {
  const early = opened(moved(two, b, ["new.example"]));
  const mine = await after(two, [a, b, c], b);
  const rival = entryAfter(two, [b], b);
  const step = await takeEntries(primitives, mine, [rival]);
  if (step.kind !== "frozen") throw new Error(step.kind);
  expect(await why(step.list, moved(mine, b, ["late.example"]))).toBe("frozen");
  expect(homesOf(step.list, early)).toEqual({ homes: ["new.example"] });
});

test("[HM5] two devices that move at once to two homes: both lists stay as they are, and one answer counts for all", async () => {
  const toNew = moved(two, a, ["new.example", "old.example"]);
  const toFar = moved(two, b, ["far.example", "old.example"]);
  const ends = await Promise.all(
    [
      [toNew, toFar],
      [toFar, toNew],
    ].map(async (order) => {
      let held: HomeRecord | undefined;
      for (const bytes of order) held = await take(two, held, bytes);
      return held;
    }),
  );
  expect(ends[0]?.bytes).toEqual(ends[1]?.bytes as Bytes);
  expect(two.frozenAt).toBeUndefined();
  // Each of the two can go on from there, and then that counts.
  const onward = moved(two, b, ["far.example"], ends[0]);
  expect((await take(two, ends[0], onward))?.bytes).toEqual(onward);
});

test("[HM7] a stolen device moves the account as often as it likes: the record of who revokes it counts", async () => {
  const stolen = signed(encodeHomeBody({ ...opened(moved(two, b, ["evil.example"])).body, seq: limits.homeSeqMax }), b);
  const held = await take(two, undefined, stolen);
  expect(homesOf(two, held)).toEqual({ homes: ["evil.example"] });
  const without = await after(two, [a], a);
  const back = moved(without, a, ["old.example"], held);
  const now = await take(without, held, back);
  expect(homesOf(without, now)).toEqual({ homes: ["old.example"] });
  expect(await why(without, stolen, now)).toBe("outranked");
  // Nor on the new head, which does not name it.
  const body = { ...opened(back).body, seq: 9, signer: b.publicKey };
  expect(await why(without, signed(encodeHomeBody(body), b), now)).toBe("not-a-signer");
});

test("[HM7] a number that was used up is followed on the next entry", async () => {
  const full = signed(encodeHomeBody({ ...opened(moved(two, a, ["x.example"])).body, seq: limits.homeSeqMax }), a);
  const held = await take(two, undefined, full);
  expect(opened(moved(two, a, ["y.example"], held)).body.seq).toBe(limits.homeSeqMax);
  const longer = await after(two, [a, b], a);
  const next = moved(longer, a, ["y.example"], held);
  expect(homesOf(longer, await take(longer, held, next))).toEqual({ homes: ["y.example"] });
});

/** What was signed over the life of an account: each record by a device, on a head; at some point the root speaks. */
const plan = fc.record({
  records: fc.array(
    fc.record({
      on: fc.integer({ min: 0, max: 3 }),
      by: fc.constantFrom(a, b, c),
      seq: fc.integer({ min: 0, max: 2 }),
      home: fc.constantFrom("old.example", "new.example", "far.example"),
      isOld: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  speaks: fc.constantFrom("nobody", "device", "root"),
});

test("[HM5] [HM8] whichever way lists and records come, together or apart, everybody ends at one answer", async () => {
  const three = await after(two, [a, b, c], b);
  const lists = [first, two, three];
  const spoken = {
    nobody: three,
    device: await after(three, [a, c], a),
    // The root cuts what devices added since, and says where the account is.
    root: await after(first, [a, c], root, { more: withRootHomes(undefined, { homes: ["root.example"] }) }),
  };
  await fc.assert(
    fc.asyncProperty(plan, async ({ records, order, speaks }) => {
      const last = spoken[speaks];
      const all = [...lists, last];
      const bundles = records.map(({ on, by, seq, home, isOld }) => {
        const list = all[on] as DeviceList;
        const base = rootWordOf(isOld ? first : list).base;
        const body = { ...opened(moved(list, by, [home])).body, seq, base };
        return { list, bytes: signed(encodeHomeBody(body), by) };
      });
      const counted: (HomeRecord | undefined)[] = [];
      for (const shift of [0, 1]) {
        const sorted = bundles
          .map((bundle, at) => ({ bundle, rank: (order[at] ?? 0) * (shift === 0 ? 1 : -1) }))
          .toSorted((x, y) => x.rank - y.rank)
          .map(({ bundle }) => bundle);
        let list: DeviceList = first;
        let held: HomeRecord | undefined;
        for (const { list: shown, bytes } of [...sorted, ...(shift === 0 ? [] : sorted)]) {
          // A record travels with the list that has its head.
          const step = await takeHistory(primitives, list, historyOf(shown));
          if (step.kind !== "refused") list = step.list;
          held = await take(list, held, bytes);
        }
        const end = await takeHistory(primitives, list, historyOf(last));
        if (end.kind === "refused") throw new Error(end.why);
        expect(headOf(end.list)?.hash).toEqual(headOf(last)?.hash as Bytes);
        counted.push(standing(end.list, held));
      }
      expect(counted[0]?.bytes).toEqual(counted[1]?.bytes as Bytes);
    }),
    { numRuns: 80 },
  );
});

test("[HM5] the order is total: of any two one counts, both ways round, and of three none goes in a ring", () => {
  const pool = [two]
    .flatMap((list) =>
      [a, b].flatMap((by) =>
        [0, 1, 2].flatMap((seq) => ["x.example", "y.example"].map((home) => ({ list, by, seq, home }))),
      ),
    )
    .flatMap(({ list, by, seq, home }) =>
      [0, 1].map((n) => opened(signed(encodeHomeBody({ ...opened(moved(list, by, [home])).body, seq, n }), by))),
    );
  const sign = (x: HomeRecord, y: HomeRecord) => Math.sign(compareHomeRecords(primitives, x, y));
  for (const x of pool)
    for (const y of pool) {
      expect(sign(x, y)).toBe(-sign(y, x) || 0);
      expect(sign(x, y) === 0).toBe(x === y);
      for (const z of pool) if (sign(x, y) > 0 && sign(y, z) > 0) expect(sign(x, z)).toBe(1);
    }
});

test("[HM6] who is told of no record reads the root's word, and before there was one the first entry's", async () => {
  const where: Homes = { homes: ["new.example", "old.example"] };
  const word = await after(two, [a, b], root, { more: withRootHomes(undefined, where) });
  expect(homesOf(first, undefined)).toEqual({ homes: ["old.example"] });
  expect(homesOf(word, undefined)).toEqual(where);
  const record = opened(moved(word, b, ["far.example"]));
  expect(homesOf(word, record)).toEqual({ homes: ["far.example"] });
});

test("[HM32] of any names those are said that a record has, in their order", () => {
  const listed = first;
  const long = (char: string) => `${char.repeat(54)}.example`;
  expect(fittingHomes({ homes: ["my_home:8443", "b.example:8443", "Big.example"] })).toEqual({
    homes: ["b.example:8443"],
  });
  expect(fittingHomes({ homes: ["my_home", "a".repeat(64)], reserve: "r.example" })).toBeUndefined();
  const four = fittingHomes({ homes: ["h.example", long("a"), long("b"), long("c")], reserve: long("d") });
  expect(four).toEqual({ homes: ["h.example", long("a"), long("b")], reserve: long("d") });
  const full = fittingHomes({ homes: [long("a"), long("b"), long("c")], reserve: long("d") });
  expect(full).toEqual({ homes: [long("a"), long("b"), long("c")] });
  const name = fc.oneof(fc.domain(), fc.string({ maxLength: 80 }), fc.constantFrom("a", "b", long("e"), long("f")));
  const some = fc.record({ homes: fc.array(name, { maxLength: 5 }), reserve: fc.option(name, { nil: undefined }) });
  fc.assert(
    fc.property(some, ({ homes, reserve }) => {
      const said = fittingHomes(reserve === undefined ? { homes } : { homes, reserve });
      if (said !== undefined) expect(() => nextHomeBody(listed, undefined, said, a.publicKey)).not.toThrow();
    }),
  );
});
