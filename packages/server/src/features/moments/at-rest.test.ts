/** What a disk tells of holes: not which of them were put together, once their table was made anew (HO5). */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bytes, toHex } from "@yanshu/wire";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { dayMs, hourMs } from "../../core/rate.ts";
import { openSqliteLog } from "../../log/sqlite/bun.ts";
import { pagesOf, remakes } from "../../testkit/remakes.ts";
import { TestServer } from "../../testkit/test-server.ts";
import type { HoleRow } from "./tables.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-holes-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hashed = (text: string): Bytes => nodePrimitives.sha256(new TextEncoder().encode(text));
const rounds = 200;
/** A row of a name, 96 bytes and a day, its head, and its place in the page. */
const rowOnDisk = 16 + 96 + 3 + 5 + 2 + 2;
const cells = 64;

function roundOf(round: number): HoleRow[] {
  return Array.from({ length: cells }, (_, i) => ({
    name: hashed(`name ${round} ${i}`).subarray(0, 16),
    value: new Uint8Array(96).map((_byte, at) => hashed(`value ${round} ${i}`)[at % 32] ?? 0),
    expiresDay: 20_804,
    before: undefined,
  }));
}

/** Where in which page of the file each name stands. */
function places(path: string, roundByName: ReadonlyMap<string, number>): Map<number, { at: number; round: number }[]> {
  const data = readFileSync(path);
  const pageBytes = data.readUInt16BE(16);
  const leaf = 0x0a;
  const found = new Map<number, { at: number; round: number }[]>();
  for (let page = 1; (page + 1) * pageBytes <= data.length; page++) {
    const start = page * pageBytes;
    if (data[start] !== leaf) continue;
    const rows: { at: number; round: number }[] = [];
    for (let cell = 0; cell < data.readUInt16BE(start + 3); cell++) {
      const at = data.readUInt16BE(start + 8 + 2 * cell);
      for (let skip = 0; skip < 12; skip++) {
        const round = roundByName.get(toHex(data.subarray(start + at + skip, start + at + skip + 16)));
        if (round !== undefined) rows.push({ at, round });
      }
    }
    if (rows.length > 0) found.set(page, rows);
  }
  return found;
}

/**
 * How often two holes of one page that were put together lie nearer to each other than two that were not: half of the
 * time where the page tells nothing.
 */
function auc(pages: ReadonlyMap<number, readonly { at: number; round: number }[]>): number {
  const together: number[] = [];
  const apart: number[] = [];
  for (const rows of pages.values())
    for (const [i, one] of rows.entries())
      for (const other of rows.slice(0, i))
        (one.round === other.round ? together : apart).push(Math.abs(one.at - other.at));
  apart.sort((a, b) => a - b);
  const below = (value: number): number => {
    let [low, high] = [0, apart.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((apart[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const wins = together.reduce((sum, d) => sum + (2 * apart.length - below(d) - below(d + 1)) / 2 / apart.length, 0);
  expect(together.length).toBeGreaterThan(500);
  return wins / together.length;
}

test("[HO5] a page of the file tells which holes were put together until their table is made anew, and nothing then", async () => {
  const path = join(folder, "home.db");
  const log = openSqliteLog(path);
  const roundByName = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const rows = roundOf(round);
    for (const { name } of rows) roundByName.set(toHex(name), round);
    log.transaction(() => log.features.moments.put(rows));
  }
  log.tidy();
  const before = places(path, roundByName);
  expect([...before.values()].flat().length).toBeGreaterThan(0.9 * rounds * cells);
  expect(auc(before)).toBeGreaterThan(0.55); // Else nothing below would show anything.
  expect(log.isRemakeDue()).toBe(false);
  await log.remake(["holes"]);
  log.tidy();
  const after = places(path, roundByName);
  expect([...after.values()].flat().length).toBeGreaterThan(0.9 * rounds * cells);
  expect(Math.abs(auc(after) - 0.5)).toBeLessThan(0.03);
  const again = roundOf(7);
  expect(log.features.moments.held(again.map(({ name }) => name)).map((held) => held?.value)).toEqual(
    again.map(({ value }) => value),
  );
  log.close();
}, 60_000);

test("[HO20] when their table is made anew a quarter of each page stays free, so that few pages split where holes come", async () => {
  const path = join(folder, "room.db");
  const log = openSqliteLog(path);
  const { moments } = log.features;
  const some = 60;
  const fill = (from: number, to: number) => {
    for (let round = from; round < to; round++) log.transaction(() => moments.put(roundOf(round)));
    log.tidy();
  };
  fill(0, some);
  const names = Array.from({ length: some }, (_, round) => roundOf(round).map(({ name }) => name)).flat();
  const values = moments.held(names);
  const full = fullness(path);
  // A round comes while the table is made anew, another is cleared.
  const remade = log.remake(["holes"]);
  fill(some, some + 1);
  log.transaction(() => moments.drop(names.slice(0, cells)));
  await remade;
  log.tidy();
  expect(moments.totals().holes).toBe(some * cells);
  expect(moments.held(names.slice(cells))).toEqual(values.slice(cells));
  const roomy = fullness(path);
  expect(full.share).toBeGreaterThan(0.82); // Else there was room anyhow.
  expect(roomy.share).toBeGreaterThan(0.62);
  expect(roomy.share).toBeLessThan(0.7);
  // A tenth more than there are.
  fill(some + 1, Math.round(1.1 * some));
  expect(fullness(path).leaves).toBeLessThan(1.02 * roomy.leaves);
  log.close();
}, 60_000);

/** How many pages hold names at their ends, and the share of them that is taken. */
function fullness(path: string): { readonly leaves: number; readonly share: number } {
  const data = readFileSync(path);
  const pageBytes = data.readUInt16BE(16);
  let [leaves, cellsInAll] = [0, 0];
  for (let start = pageBytes; start + pageBytes <= data.length; start += pageBytes) {
    const count = data[start] === 0x0a ? data.readUInt16BE(start + 3) : 0;
    if (count < 4) continue;
    leaves++;
    cellsInAll += count;
  }
  return { leaves, share: (cellsInAll * rowOnDisk) / (leaves * pageBytes) };
}

test("[HO5] the table is made anew at the first quiet minute of each day, within a day where none is quiet, and not for nothing", async () => {
  const remade: (readonly string[] | undefined)[] = [];
  const home = new TestServer({
    between: (ports) => ({
      ...ports,
      log: { ...ports.log, remake: async (only) => remade.push(only) && 0 },
    }),
  });
  await home.clock.pass(2 * dayMs);
  expect(remade).toEqual([]);
  home.log.transaction(() => home.log.features.moments.put(roundOf(1).map((row) => ({ ...row, expiresDay: 99_999 }))));
  await home.clock.pass(dayMs);
  expect(remade).toEqual([["holes"]]);
  for (let day = 0; day < 3; day++) await home.clock.pass(dayMs);
  expect(remade).toEqual(Array.from({ length: 4 }, () => ["holes"]));
  // Somebody writes every half a minute: no minute is quiet.
  const phone = await home.client();
  for (let at = 0; at < 34 * hourMs; at += 30_000) {
    await phone.call("clearHoles", { secrets: new Uint8Array(32) });
    await home.clock.pass(30_000);
  }
  expect(remade.length).toBe(5);
}, 60_000);

test("[DS197] holes whose table could not be made anew are tried again after an hour, not the next day", async () => {
  const path = join(folder, "full.db");
  const log = openSqliteLog(path);
  for (let round = 0; round < 30; round++)
    log.transaction(() => log.features.moments.put(roundOf(round).map((row) => ({ ...row, expiresDay: 99_999 }))));
  log.close();
  const { begun, minutes } = remakes({ path, log: { pagesMax: pagesOf(path).all + 4 } });
  await minutes(70);
  expect(begun).toHaveLength(2);
  expect((begun[1] as number) - (begun[0] as number)).toBeGreaterThanOrEqual(hourMs);
}, 60_000);
