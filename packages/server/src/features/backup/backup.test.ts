/** The vault at home: whose it is, how it grows, what is refused, and that what goes is gone from the disk. */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeCall, vaultLimits, vaultSegmentSizes } from "@yanshu/wire";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer, type TestServerOptions } from "../../testkit/test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-vault-"));
afterAll(() => rmSync(folder, { recursive: true }));

const segment = (value: number, length = 1_024) => new Uint8Array(length).fill(value);
const hash = nodePrimitives.sha256;

async function home(options: TestServerOptions = {}) {
  const made = new TestServer(options);
  const [ann, ben] = [await made.person("ann"), await made.person("ben")];
  return { home: made, ann, phone: await ann.phone.signIn(made), ben: await ben.phone.signIn(made) };
}

test("[VA1] all devices of an account have one vault, and nobody else has it", async () => {
  const { home: made, ann, phone, ben } = await home();
  await phone.call("vaultAppend", { at: 0, segment: segment(1) });
  const tablet = await (await ann.addDevice(made, "tablet")).signIn(made);
  await tablet.call("vaultAppend", { at: 1, segment: segment(2, 4_096) });
  expect(await phone.call("vaultRead", { before: 2 })).toEqual({
    segments: [
      { at: 1, segment: segment(2, 4_096) },
      { at: 0, segment: segment(1) },
    ],
  });
  expect(await phone.call("vaultState", {})).toMatchObject({ isOn: true, start: 0, next: 2, bytes: 5_120 });
  expect(await ben.call("vaultState", {})).toMatchObject({ next: 0, bytes: 0 });
  expect(await ben.call("vaultRead", { before: 9 })).toEqual({ segments: [] });
  const stranger = await made.client();
  expect(await refusal(stranger.call("vaultRead", { before: 9 }))).toBe("not-signed-in");
});

test("[VA1] the slower device is told, and what was answered is there after a crash", async () => {
  const { home: made, ann, phone } = await home();
  await phone.call("vaultAppend", { at: 0, segment: segment(1) });
  expect(await refusal(phone.call("vaultAppend", { at: 0, segment: segment(2) }))).toBe("stale-offset");
  expect(await refusal(phone.call("vaultAppend", { at: 5, segment: segment(2) }))).toBe("stale-offset");
  made.crash([phone]);
  const again = await ann.phone.signIn(made);
  expect(await again.call("vaultRead", { before: 5 })).toEqual({ segments: [{ at: 0, segment: segment(1) }] });
});

test("[HM43] an empty vault begins where its first segment says, and one that has begun, or began there before, does not", async () => {
  const { ann, phone, home: made } = await home();
  const put = (at: number) => phone.call("vaultAppend", { at, segment: segment(at % 200) });
  expect(await refusal(put(vaultLimits.beginMax + 1))).toBe("malformed");
  await put(7);
  expect(await phone.call("vaultState", {})).toMatchObject({ start: 7, next: 8, bytes: 1_024 });
  for (const at of [0, 6, 7, 9, 20]) expect(await refusal(put(at))).toBe("stale-offset");
  await put(8);
  await phone.call("vaultSwitch", { isOn: false });
  await phone.call("vaultSwitch", { isOn: true });
  for (const at of [0, 7, 8]) expect(await refusal(put(at))).toBe("stale-offset");
  await put(12);
  made.crash([phone]);
  const again = await ann.phone.signIn(made);
  expect(await again.call("vaultState", {})).toMatchObject({ start: 12, next: 13 });
  expect(await again.call("vaultRead", { before: 20 })).toEqual({ segments: [{ at: 12, segment: segment(12) }] });
});

test("[VA2] a segment has one of few lengths, and a page no more than fits a frame", async () => {
  const { phone } = await home();
  for (const length of [0, 1, 1_023, 1_025, 3_000, 600 * 1_024])
    expect(await refusal(phone.call("vaultAppend", { at: 0, segment: segment(1, length) }))).toBe("malformed");
  let at = 0;
  for (const length of vaultSegmentSizes) await phone.call("vaultAppend", { at: at++, segment: segment(1, length) });
  for (let before = at; before > 0; ) {
    const { segments } = await phone.call("vaultRead", { before });
    const bytes = segments.reduce((sum, one) => sum + one.segment.length, 0);
    expect(segments.length === 1 || bytes <= vaultLimits.pageBytesMax).toBe(true);
    before = segments.at(-1)?.at ?? 0;
  }
});

test("[VA3] the quota holds, says so by its own name, and counts what is there", async () => {
  const { phone } = await home({ config: { vaultBytesMax: 3_000 } });
  await phone.call("vaultAppend", { at: 0, segment: segment(1, 2_048) });
  expect(await refusal(phone.call("vaultAppend", { at: 1, segment: segment(1, 1_024) }))).toBe("vault-full");
  expect(await phone.call("vaultState", {})).toMatchObject({ next: 1, bytes: 2_048, bytesMax: 3_000 });
  await phone.call("vaultRewrite", { at: 0, was: hash(segment(1, 2_048)), segment: segment(2) });
  await phone.call("vaultAppend", { at: 1, segment: segment(3) });
});

test("[VA4] a segment is rewritten by a device that knows what stands there, never to a larger one, and its bytes are gone", async () => {
  const path = join(folder, "rewritten.db");
  const { home: made, phone } = await home({ path });
  const secret = new TextEncoder().encode("sealed words that were recalled ".repeat(32));
  await phone.call("vaultAppend", { at: 0, segment: secret });
  const rewrite = (was: Uint8Array, length = 1_024, at = 0) =>
    phone.call("vaultRewrite", { at, was: hash(was), segment: segment(2, length) });
  expect(await refusal(rewrite(segment(9)))).toBe("stale-offset");
  expect(await refusal(rewrite(secret, 1_024, 1))).toBe("stale-offset");
  for (const length of [2_048, 1_000]) expect(await refusal(rewrite(secret, length))).toBe("malformed");
  await rewrite(secret);
  expect(await phone.call("vaultRead", { before: 1 })).toEqual({ segments: [{ at: 0, segment: segment(2) }] });
  made.log.tidy();
  expect(readFileSync(path).includes("recalled")).toBe(false);
});

test("[VA5] switched off, nothing of it is on disk and nothing is taken; on again it begins empty, at a place of its own", async () => {
  const path = join(folder, "off.db");
  const { home: made, phone } = await home({ path });
  const secret = new TextEncoder().encode("sealed words of a whole life... ".repeat(32));
  await phone.call("vaultAppend", { at: 0, segment: secret });
  for (let i = 0; i < 2; i++) await phone.call("vaultSwitch", { isOn: false });
  expect(await phone.call("vaultState", {})).toMatchObject({ isOn: false, start: 1, next: 1, bytes: 0 });
  expect(await refusal(phone.call("vaultAppend", { at: 1, segment: segment(1) }))).toBe("vault-off");
  made.log.tidy();
  expect(readFileSync(path).includes("whole life")).toBe(false);
  await phone.call("vaultSwitch", { isOn: true });
  await phone.call("vaultAppend", { at: 1, segment: segment(1) });
  await phone.call("vaultSwitch", { isOn: true }); // Asked again, it stays as it is.
  expect(await phone.call("vaultState", {})).toMatchObject({ isOn: true, start: 1, next: 2, bytes: 1_024 });
});

test("[VA13] an account has one record, which its devices put and read, whose length is one of few, and which goes with the vault", async () => {
  const path = join(folder, "record.db");
  const { home: made, ann, phone, ben } = await home({ path, config: { vaultBytesMax: 1_024 } });
  expect(await phone.call("readRecord", {})).toEqual({});
  const first = new TextEncoder().encode("sealed to a key on paper in a drawer".padEnd(1_024, "."));
  await phone.call("vaultAppend", { at: 0, segment: segment(1) });
  await phone.call("keepRecord", { ...ann.head, record: first }); // Beside the quota, which is used up.
  for (const length of [0, 1_000, 3_000])
    expect(await refusal(phone.call("keepRecord", { ...ann.head, record: segment(1, length) }))).toBe("malformed");
  made.crash([phone, ben]);
  const again = await ann.phone.signIn(made);
  expect(await again.call("readRecord", {})).toEqual({ record: first });
  await again.call("keepRecord", { ...ann.head, record: segment(2, 4_096) });
  expect(await again.call("readRecord", {})).toEqual({ record: segment(2, 4_096) });
  made.log.tidy();
  expect(readFileSync(path).includes("paper in a drawer")).toBe(false);
  const other = await made.client();
  expect(await refusal(other.call("readRecord", {}))).toBe("not-signed-in");
  expect(await refusal(other.call("keepRecord", { ...ann.head, record: segment(3) }))).toBe("not-signed-in");
  await again.call("vaultSwitch", { isOn: false });
  expect(await again.call("readRecord", {})).toEqual({});
  expect(await refusal(again.call("keepRecord", { ...ann.head, record: segment(3) }))).toBe("vault-off");
});

test("[VA28] a record that was made under another list than the one at home is not taken", async () => {
  const { home: made, ann, phone, ben } = await home();
  const before = ann.head;
  await phone.call("keepRecord", { ...before, record: segment(1) });
  const tablet = await (await ann.addDevice(made, "tablet")).signIn(made);
  expect(await refusal(phone.call("keepRecord", { ...before, record: segment(2) }))).toBe("list-conflict");
  for (const other of [
    { n: 0, entryHash: ann.head.entryHash },
    { n: 2, entryHash: ann.head.entryHash },
    { n: 1, entryHash: before.entryHash },
  ])
    expect(await refusal(tablet.call("keepRecord", { ...other, record: segment(3) }))).toBe("list-conflict");
  expect(await refusal(ben.call("keepRecord", { ...ann.head, record: segment(3) }))).toBe("list-conflict");
  expect(await tablet.call("readRecord", {})).toEqual({ record: segment(1) });
  await phone.call("keepRecord", { ...ann.head, record: segment(4) });
  expect(await tablet.call("readRecord", {})).toEqual({ record: segment(4) });
});

test("[DS131] a large vault leaves in steps between which others are served, and a crash in between leaves nothing behind", async () => {
  const path = join(folder, "steps.db");
  const { home: made, ann, phone, ben } = await home({ path });
  const account = made.log.accounts.find(ann.account)?.ref as number;
  made.log.transaction(() => {
    for (let i = 0; i < 1_000; i++) made.log.features.backup.appendSegment(account, segment(7, 16_384));
  });
  const rows = () =>
    new Database(path, { readonly: true }).query("SELECT count(*) AS n FROM segments").get() as { n: number };
  let steps = 0;
  let served = 0;
  const drop = made.log.features.backup.dropPassed;
  (made.log.features.backup as { dropPassed: typeof drop }).dropPassed = (of, most) => {
    steps++;
    const count = drop(of, most);
    expect(count * 16_384).toBeLessThanOrEqual(1 << 20);
    return count;
  };
  phone.send(encodeCall(900, "vaultSwitch", { isOn: false }));
  await made.clock.pass(4);
  for (; phone.answered(900) === undefined && served < 5; served++) await ben.call("vaultState", {});
  expect(phone.answered(900)).toBeUndefined();
  expect(steps).toBeGreaterThan(2);
  expect(await phone.call("vaultRead", { before: 1_000 })).toEqual({ segments: [] }); // What goes is nobody's any more.
  const before = rows().n;
  expect(before).toBeGreaterThan(0);
  made.crash([phone, ben]);
  await made.clock.pass(200);
  expect(rows().n).toBe(0);
  const again = await ann.phone.signIn(made);
  expect(await again.call("vaultState", {})).toMatchObject({ isOn: false, start: 1_000, next: 1_000, bytes: 0 });
});

test("[DS180] who switches a large vault off six hundred times keeps nobody waiting: their emptying is one, and has its turn beside another's", async () => {
  const path = join(folder, "turns.db");
  const { home: made, ann, phone, ben } = await home({ path });
  const [annRef, benRef] = [ann.account, (await made.person("ben")).account].map(
    (id) => made.log.accounts.find(id)?.ref as number,
  ) as [number, number];
  made.log.transaction(() => {
    for (let i = 0; i < 640; i++) made.log.features.backup.appendSegment(annRef, segment(7, 16_384));
    for (let i = 0; i < 3; i++) made.log.features.backup.appendSegment(benRef, segment(8));
  });
  const steps: number[] = [];
  const drop = made.log.features.backup.dropPassed;
  (made.log.features.backup as { dropPassed: typeof drop }).dropPassed = (of, most) => {
    steps.push(of);
    return drop(of, most);
  };
  for (let i = 0; i < 590; i++) phone.send(encodeCall(1_000 + i, "vaultSwitch", { isOn: false }));
  await made.clock.pass(4);
  steps.length = 0;
  ben.send(encodeCall(900, "deleteAccount", {}));
  for (let i = 0; i < 20 && ben.answered(900) === undefined && ben.connection !== undefined; i++)
    await made.clock.pass(1);
  expect(made.log.accounts.byRef(benRef)).toBeUndefined();
  expect(phone.answered(1_000)).toBeUndefined(); // Hers is still on its way.
  expect(steps.filter((of) => of === annRef).length).toBeLessThan(6);
  for (let i = 0; i < 100 && phone.answered(1_589) === undefined; i++) await made.clock.pass(1);
  expect(phone.answered(1_000)?.type).toBe("result");
  expect(phone.answered(1_589)?.type).toBe("result");
  expect(steps.filter((of) => of === annRef).length).toBeLessThan(30);
});

test("[DS180] an emptying that fails again and again is in nobody else's way, and goes on once it can", async () => {
  const { home: made, ann, phone, ben } = await home();
  const annRef = made.log.accounts.find(ann.account)?.ref as number;
  await phone.call("vaultAppend", { at: 0, segment: segment(1) });
  await ben.call("vaultAppend", { at: 0, segment: segment(1) });
  let isDamaged = true;
  const drop = made.log.features.backup.dropPassed;
  (made.log.features.backup as { dropPassed: typeof drop }).dropPassed = (of, most) => {
    if (of === annRef && isDamaged) throw new Error("a damaged page");
    return drop(of, most);
  };
  phone.send(encodeCall(900, "vaultSwitch", { isOn: false }));
  await made.clock.pass(20);
  ben.send(encodeCall(901, "vaultSwitch", { isOn: false }));
  await made.clock.pass(20);
  expect([phone.answered(900), ben.answered(901)?.type]).toEqual([undefined, "result"]);
  isDamaged = false;
  await made.clock.pass(1_000);
  expect(phone.answered(900)?.type).toBe("result");
});

test("[DS132] how much a vault holds is known without reading it, and one count is made at a time", async () => {
  const { home: made, ann, phone } = await home();
  const account = made.log.accounts.find(ann.account)?.ref as number;
  made.log.transaction(() => {
    for (let i = 0; i < 1_234; i++)
      made.log.features.backup.appendSegment(account, segment(7, i % 2 === 0 ? 1_024 : 2_048));
  });
  const { tables } = await phone.call("everythingCounts", {});
  const digits = Array.from({ length: 1_234 }, (_, at) => `${account}${at}`.length).reduce((sum, one) => sum + one);
  expect(tables.find(({ table }) => table === "segments")).toEqual({
    table: "segments",
    rows: 1_234,
    bytes: 617 * (1_024 + 2_048) + digits,
  });
  for (let i = 0; i < 3; i++) phone.send(encodeCall(700 + i, "everythingCounts", {}));
  await made.clock.pass(5);
  expect([700, 701, 702].map((request) => phone.answered(request)?.type)).toEqual(["result", "error", "error"]);
});

test("[DS136] rows of segments tell nothing of the order in which accounts kept something", async () => {
  const path = join(folder, "order.db");
  const { ann, ben, phone, home: made } = await home({ path });
  for (let at = 0; at < 3; at++) {
    await phone.call("vaultAppend", { at, segment: segment(1) });
    await ben.call("vaultAppend", { at, segment: segment(2) });
  }
  const rows = new Database(path).query("SELECT rowid, account, at FROM segments ORDER BY rowid").values();
  const account = made.log.accounts.find(ann.account)?.ref as number;
  expect(rows).toHaveLength(6);
  expect(rows.slice(0, 3).map(([, of]) => of)).toEqual([account, account, account]);
  for (const [rowid, of, at] of rows as [number, number, number][]) expect(rowid).toBe(of * 2 ** 31 + at);
});
