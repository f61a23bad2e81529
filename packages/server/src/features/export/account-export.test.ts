/** All that is kept of somebody: told to them row by row, no row of anybody else, and no table forgotten. */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRow, encodeRow, limits, type Row } from "@yanshu/wire";
import { minuteMs } from "../../core/rate.ts";
import { ofNobody, ofOne } from "../../log/sql/account-export.ts";
import type { Client } from "../../testkit/client.ts";
import { fill } from "../../testkit/fill.ts";
import type { Person } from "../../testkit/person.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer } from "../../testkit/test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-everything-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** All answers, put together: `table hex` of each row, in order. */
async function told(client: Client): Promise<{ rows: string[]; answers: number }> {
  const rows: string[] = [];
  let cut = new Uint8Array();
  let from: Uint8Array | undefined;
  let answers = 0;
  do {
    const page = await client.call("everything", from === undefined ? {} : { from });
    answers++;
    for (const [i, bytes] of page.rows.entries()) {
      const whole = Uint8Array.from([...cut, ...bytes]);
      cut = new Uint8Array();
      if (page.isCut && i === page.rows.length - 1) cut = whole;
      else rows.push(`${page.table} ${Buffer.from(whole).toString("hex")}`);
    }
    from = page.next;
  } while (from !== undefined);
  return { rows, answers };
}

/** What stands in the file of one account, by a query that knows nothing of how it was told. */
function standing(path: string, person: Person): string[] {
  const file = new Database(path, { readonly: true });
  const values = (sql: string) => file.query<unknown, []>(sql).values() as Row[];
  const ref = file
    .query<{ ref: number }, [Uint8Array]>("SELECT ref FROM accounts WHERE id = ?")
    .get(person.account)?.ref;
  const devices = `(SELECT ref FROM devices WHERE account = ${ref})`;
  const own = new Set(values(`SELECT ref FROM devices WHERE account = ${ref}`).map(([it]) => it));
  const packed = values("SELECT * FROM packed").flatMap(([envelope, bytes]) => {
    const list = new Uint32Array((bytes as Uint8Array).slice().buffer).filter((device) => own.has(device));
    return list.length === 0 ? [] : [[envelope ?? null, new Uint8Array(list.buffer)] as const];
  });
  const messages = [0, ...packed.map(([envelope]) => envelope)].join();
  const found: Record<string, readonly Row[]> = {
    accounts: values(`SELECT * FROM accounts WHERE ref = ${ref}`),
    devices: values(`SELECT * FROM devices WHERE account = ${ref}`),
    packed,
    envelopes: values(
      `SELECT * FROM envelopes WHERE id IN (SELECT envelope FROM queue WHERE device IN ${devices}) OR id IN (${messages})`,
    ),
  };
  const ofAccounts = [
    "entries",
    "handles",
    "passkeys",
    "families",
    "vaults",
    "segments",
    "records",
    "homes",
    "mark_draws",
  ];
  for (const table of ofAccounts) found[table] = values(`SELECT * FROM ${table} WHERE account = ${ref}`);
  for (const table of ["addresses", "packages", "capabilities", "subscriptions", "queue"])
    found[table] = values(`SELECT * FROM ${table} WHERE device IN ${devices}`);
  file.close();
  return Object.entries(found).flatMap(([table, rows]) =>
    rows.map((row) => `${table} ${Buffer.from(encodeRow(row)).toString("hex")}`),
  );
}

const countsOf = (rows: readonly string[]) => {
  const counts = new Map<string, { rows: number; bytes: number }>();
  for (const line of rows) {
    const [table = "", hex = ""] = line.split(" ");
    const held = counts.get(table) ?? { rows: 0, bytes: 0 };
    const bytes = decodeRow(Buffer.from(hex, "hex")).reduce<number>((sum, cell) => sum + bytesOf(cell), held.bytes);
    counts.set(table, { rows: held.rows + 1, bytes });
  }
  return counts;
};
const bytesOf = (cell: Row[number]) =>
  cell === null ? 0 : cell instanceof Uint8Array ? cell.length : Buffer.byteLength(`${cell}`);

test("[DS70] who asks is told every row of their own, and none of anybody else", async () => {
  const path = join(folder, "home.db");
  const home = new TestServer({ path });
  const people = [await home.person("ann"), await home.person("ben")];
  for (const person of people) {
    await fill(home, person, await person.phone.signIn(home));
    const account = home.log.accounts.find(person.account)?.ref ?? 0;
    const [{ ref } = { ref: 0 }] = home.log.accounts.devices(account);
    const [key, secret] = [new Uint8Array(limits.pushKeyBytes).fill(ref), new Uint8Array(16).fill(ref)];
    home.log.features.push.setSubscription(ref, { endpoint: `https://push.example/${person.name}`, key, secret });
  }
  const [ann, ben] = people as [Person, Person];
  const [phone, other] = [await ann.phone.signIn(home), await ben.phone.signIn(home)];
  // On its way to both, at this moment.
  const both = [await ann.phone.address(phone), await ben.phone.address(other)];
  const stranger = await home.client();
  const { hash } = await stranger.call("uploadList", { addresses: both });
  const message = new Uint8Array(500).fill(9);
  await stranger.post(
    { mode: "deposit" },
    both.map((address) => ({ target: { kind: "address" as const, address }, envelope: message })),
  );
  expect(hash.length).toBe(32);
  expect(phone.pushes.length).toBeGreaterThan(0);
  const standingNow = [standing(path, ann), standing(path, ben)] as const;
  const { rows } = await told(phone);
  expect(rows.toSorted()).toEqual(standingNow[0].toSorted());
  expect(new Set(rows).size).toBe(rows.length);
  expect((await told(other)).rows.toSorted()).toEqual(standingNow[1].toSorted());
  // Every table that can hold something of somebody held something.
  expect([...new Set(rows.map((line) => line.split(" ")[0]))]).toEqual(ofOne.map(({ table }) => table));
  const { tables } = await phone.call("everythingCounts", {});
  const counted = countsOf(rows);
  expect(tables.map(({ table, ...counts }) => [table, counts])).toEqual([...counted]);
});

test("[DS70] it goes in answers that fit a frame: many rows, large ones, and one that is larger than an answer", async () => {
  const path = join(folder, "large.db");
  const home = new TestServer({ path });
  const ann = await home.person("ann");
  const phone = await ann.phone.signIn(home);
  const address = await ann.phone.address(phone);
  for (let at = 0; at < 3; at++)
    await phone.call("vaultAppend", { at, segment: new Uint8Array(512 << 10).fill(at + 1) });
  phone.close();
  await home.clock.pass(10);
  const stranger = await home.client();
  const target = { kind: "address" as const, address };
  const messages = Array.from({ length: 1_200 }, (_, n) => ({ target, envelope: Uint8Array.of(n, n >> 8) }));
  for (let at = 0; at < messages.length; at += 300) {
    await stranger.post({ mode: "deposit" }, messages.slice(at, at + 300));
    await home.clock.pass(minuteMs);
  }
  const envelope = new Uint8Array(limits.frameBytesMax - 31).fill(5); // The largest that a post holds.
  await stranger.post({ mode: "deposit" }, [{ target, envelope }]);
  const again = await ann.phone.signIn(home);
  const { rows, answers } = await told(again);
  expect(rows.toSorted()).toEqual(standing(path, ann).toSorted());
  expect(rows.filter((line) => line.startsWith("queue ")).length).toBe(1_201);
  expect(answers).toBeGreaterThan(10);
});

test("[KP14] what stands all the while is told once, whatever comes and goes meanwhile", async () => {
  const home = new TestServer({ path: join(folder, "changing.db") });
  const ann = await home.person("ann");
  const phone = await ann.phone.signIn(home);
  const names = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) =>
      Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? (from + n) * 7 : from + n)),
    );
  const add = async (all: Uint8Array[]) => {
    for (let at = 0; at < all.length; at += 200)
      await phone.call("addresses", { add: all.slice(at, at + 200), remove: [] });
  };
  const held = Array.from({ length: 1_500 }, (_, n) => new Uint8Array(16).fill(n % 251).fill(n >> 5, 8));
  await add(held);
  const come = names(1, 40);
  const seen: string[] = [];
  let from: Uint8Array | undefined;
  do {
    const page = await phone.call("everything", from === undefined ? {} : { from });
    if (page.table === "addresses") {
      for (const bytes of page.rows) seen.push(Buffer.from(decodeRow(bytes)[0] as Uint8Array).toString("hex"));
      await add(come.splice(0, 20));
      await phone.call("addresses", { add: [], remove: held.splice(0, 5) });
    }
    from = page.next;
  } while (from !== undefined);
  expect(new Set(seen).size).toBe(seen.length);
  for (const one of held) expect(seen).toContain(Buffer.from(one).toString("hex"));
});

test("[DS70] nobody is told who is not signed in, a place that is none is refused, and one of another's leads to no row of theirs", async () => {
  const home = new TestServer({ path: join(folder, "places.db") });
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  const [phone, other] = [await ann.phone.signIn(home), await ben.phone.signIn(home)];
  await other.call("vaultAppend", { at: 0, segment: new Uint8Array(1_024).fill(3) });
  expect(await refusal((await home.client()).call("everything", {}))).toBe("not-signed-in");
  expect(await refusal((await home.client()).call("everythingCounts", {}))).toBe("not-signed-in");
  for (const from of [
    new Uint8Array(),
    Uint8Array.of(1),
    encodeRow(["gates", 0]),
    encodeRow(["accounts", -1]),
    encodeRow([1, 0]),
  ])
    expect(await refusal(phone.call("everything", { from }))).toBe("malformed");
  const ref = home.log.accounts.find(ben.account)?.ref ?? 0;
  const { rows } = await phone.call("everything", { from: encodeRow(["segments", 0, ref, -1]) });
  expect(rows).toEqual([]);
  expect(await refusal(phone.call("everything", { from: encodeRow(["accounts", 5_000]) }))).toBe("stale-offset");
});

test("[DS71] each table of the database is either of one, with all its columns, or of nobody; docs/DATA.md says which", () => {
  const path = join(folder, "schema.db");
  new TestServer({ path }).log.close();
  const file = new Database(path, { readonly: true });
  const tables = file
    .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => name);
  expect([...ofOne.map(({ table }) => table), ...ofNobody].toSorted()).toEqual(tables.toSorted());
  for (const { table, columns } of ofOne) {
    const live = file.query<{ name: string }, []>(`PRAGMA table_info("${table}")`).all();
    expect([table, ...columns]).toEqual([table, ...live.map(({ name }) => name)]);
  }
  file.close();
  const page = readFileSync(join(import.meta.dir, "../../../../../docs/DATA.md"), "utf8");
  const said = /Of nobody are ([^.]+)\./.exec(page)?.[1] ?? "";
  const named = new Set([...said.matchAll(/`([a-z_]+)`/g)].map(([, table]) => table));
  expect(named).toEqual(new Set(ofNobody));
});
