/**
 * R2.2: what home answers to somebody who asks for all that it keeps of them (docs/spec/delivery.md DS70), against an
 * export of its database made without it: by what each table's columns are called, in bytes that are written here.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HomePage } from "@yanshu/client";
import { createBunPush, keysOf, ofNobody } from "@yanshu/server";
import { PushHost } from "../../push/host.ts";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { allOf, type Check } from "../check.ts";

type Row = HomePage["rows"][number];
type Table = { readonly columns: readonly string[]; readonly rows: readonly Row[] };
type Tables = ReadonlyMap<string, Table>;

/** @param forgets for the test of the evidence: a table of which home tells nothing. */
export async function everythingOfOne(forgets?: string): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-all-"));
  const host = await PushHost.open();
  try {
    return await compare(join(folder, "home.db"), host, forgets);
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(logPath: string, host: PushHost, forgets: string | undefined): Promise<Check> {
  const push = createBunPush({
    keys: keysOf(new Uint8Array(32).fill(9)),
    subject: "mailto:home@yan.test",
    loopback: true,
  });
  const world = new World({ seed: 610, logPath, push });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  for (const [person, fill] of [
    [ann, 1],
    [ben, 2],
  ] as const) {
    await world.during(person.api.setHandle(`${person.name.toLowerCase()}-of-yan`));
    await world.during(person.api.subscribePush(host.subscribe()));
    await world.during(person.api.keepPasskey({ secret: new Uint8Array(32).fill(fill) }));
  }
  tablet.crash(); // Away, so that messages to it wait.
  for (let n = 0; n < 20; n++) await ben.say(chat, `信 ${n}`);
  await world.pass(120_000); // Vault and recovery record are at home.
  const before = exportOf(logPath, ann);
  const told = await ask(world, ann, forgets);
  const kept = exportOf(logPath, ann);
  const others = exportOf(logPath, ben);
  const names = [...kept].filter(([, { rows }]) => rows.length > 0).map(([name]) => name);
  const different = [...kept.keys()].filter((name) => bytesOf(told, name) !== bytesOf(kept, name));
  const [rows, bytes] = sizeOf(kept);
  return allOf(
    "P2.everything",
    "who asks home for all that it keeps of them is told byte for byte what its database holds of them, and nothing of others",
    {
      "every table is the same": different.length === 0,
      "no other table": [...told.keys()].every((name) => kept.has(name)),
      "none of another's": [...told].every(([name, { rows: own }]) => isApart(own, others.get(name)?.rows ?? [])),
    },
    names.length >= 13 && encodedOf(before) === encodedOf(kept) && sizeOf(others)[0] > 20,
    `${rows} rows of ${names.length} tables, ${bytes} bytes; of nobody are ${ofNobody.join(", ")}${different.length > 0 ? `; not the same: ${different.join(", ")}` : ""}`,
  );
}

async function ask(world: World, person: Person, forgets: string | undefined): Promise<Tables> {
  const told = new Map<string, Table>();
  let page: HomePage | undefined;
  do {
    page = await world.during(person.api.homePage(page?.next));
    const { table, columns, rows } = page;
    if (table !== forgets) told.set(table, { columns, rows: [...(told.get(table)?.rows ?? []), ...rows] });
  } while (page.next !== undefined);
  return told;
}

/** Whatever has a column of the account, or of one of its devices, and the messages that wait for these. */
function exportOf(path: string, person: Person): Tables {
  const file = new Database(path, { readonly: true });
  try {
    const values = (sql: string) => file.query<unknown, []>(sql).values() as Row[];
    const account = `x'${person.account}'`;
    const ref = Number(values(`SELECT ref FROM accounts WHERE id = ${account}`)[0]?.[0]);
    const devices = `(SELECT ref FROM devices WHERE account = ${ref})`;
    const found = new Map<string, Table>();
    for (const [name] of values("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")) {
      const table = String(name);
      const columns = values(`PRAGMA table_info("${table}")`).map((column) => String(column[1]));
      const where = columns.includes("account")
        ? `account = ${ref}`
        : columns.includes("device")
          ? `device IN ${devices}`
          : { accounts: `id = ${account}`, envelopes: `id IN (SELECT envelope FROM queue WHERE device IN ${devices})` }[
              table
            ];
      // Lists of devices stand for a few seconds while messages are pushed; here nothing is.
      if (where === undefined && table !== "packed") continue;
      found.set(table, { columns, rows: where === undefined ? [] : values(`SELECT * FROM ${table} WHERE ${where}`) });
    }
    return found;
  } finally {
    file.close();
  }
}

function bytesOf(tables: Tables, name: string): string {
  const { columns, rows } = tables.get(name) ?? { columns: [], rows: [] };
  const order = columns.toSorted().map((column) => columns.indexOf(column));
  const sorted = rows.map((row) => encoded(order.map((at) => row[at] ?? null))).toSorted();
  return [columns.toSorted().join(), ...sorted].join("\n");
}

const encodedOf = (tables: Tables) => [...tables.keys()].map((name) => bytesOf(tables, name)).join("\n");
const isApart = (own: readonly Row[], others: readonly Row[]) => {
  const theirs = new Set(others.map(encoded));
  return own.every((row) => !theirs.has(encoded(row)));
};

function sizeOf(tables: Tables): readonly [rows: number, bytes: number] {
  const all = [...tables.values()].flatMap(({ rows }) => rows.map(encoded));
  return [all.length, all.reduce((sum, one) => sum + one.length / 2, 0)];
}

/** CBOR of a row in its deterministic encoding (RFC 8949 §4.2), in hexadecimal. */
function encoded(row: Row): string {
  return Buffer.concat([head(4, row.length), ...row.map(cell)]).toString("hex");
}

function cell(value: Row[number]): Buffer {
  if (value === null) return Buffer.of(0xf6);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  const bytes = Buffer.from(value);
  return Buffer.concat([head(typeof value === "string" ? 3 : 2, bytes.length), bytes]);
}

function head(major: number, n: number): Buffer {
  const first = (low: number) => (major << 5) | low;
  if (n < 24) return Buffer.of(first(n));
  if (n < 0x100) return Buffer.of(first(24), n);
  const wide = Buffer.alloc(n < 0x1_0000 ? 3 : n < 0x1_0000_0000 ? 5 : 9);
  if (wide.length === 3) wide.writeUInt16BE(n, 1);
  else if (wide.length === 5) wide.writeUInt32BE(n, 1);
  else wide.writeBigUInt64BE(BigInt(n), 1);
  wide[0] = first({ 3: 25, 5: 26, 9: 27 }[wide.length] ?? 27);
  return wide;
}
