/** What home keeps of one, written down: a file that any program reads, with all of it. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { HomePage } from "@yanshu/client";
import { World } from "@yanshu/testing";
import { writeHome } from "./home-json.ts";

setDefaultTimeout(60_000);

const of = { at: "2026-11-26T00:00:00.000Z", account: "ab", server: "yan.test" };

async function written(source: { homePage: (from?: Uint8Array) => Promise<HomePage> }) {
  const pieces: Uint8Array[] = [];
  const out = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece) });
  await writeHome(source, out, of);
  return Buffer.concat(pieces).toString();
}

test("[KP13] the file holds every row of every table, with bytes that can be read back", async () => {
  const world = new World({ seed: 951 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await ann.say(await world.befriend(ann, ben), "吃了吗？");
  await world.pass(60_000);
  const counts = await world.during(ann.api.homeCounts());
  const text = await world.during(written(ann.api));
  const { tables, ...head } = JSON.parse(text);
  expect(head).toEqual({ format: "yanshu-home", version: 1, ...of });
  expect(tables.map(({ table, rows }: { table: string; rows: unknown[] }) => [table, rows.length])).toEqual(
    counts.map(({ table, rows }) => [table, rows]),
  );
  const accounts = tables.find(({ table }: { table: string }) => table === "accounts");
  expect(accounts.columns).toEqual(["ref", "id", "inception", "root", "next_root", "since_day", "suspended"]);
  expect(accounts.rows[0][1]).toEqual({ hex: ann.account });
});

test("[KP13] one table over many pages is one, and cells of every kind stand as they are", async () => {
  const row = [-1, '名"\n', null, Uint8Array.of(0, 255)] as const;
  const pages: HomePage[] = [
    { table: "a", columns: ["x", "y", "z", "w"], rows: [row], next: Uint8Array.of(1) },
    { table: "a", columns: ["x", "y", "z", "w"], rows: [row, row], next: Uint8Array.of(2) },
    { table: "b", columns: ["x"], rows: [] },
  ];
  const { tables } = JSON.parse(await written({ homePage: async (from) => pages[from?.[0] ?? 0] as HomePage }));
  const plain = [-1, '名"\n', null, { hex: "00ff" }];
  expect(tables).toEqual([
    { table: "a", columns: ["x", "y", "z", "w"], rows: [plain, plain, plain] },
    { table: "b", columns: ["x"], rows: [] },
  ]);
});
