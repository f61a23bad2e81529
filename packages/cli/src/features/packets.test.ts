/** `yanshu packet` and `yanshu ledger`: two terminals, each of which reckons by itself, and the real server. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { TestServer } from "../testkit/server.ts";
import { befriendAnnAndBen, bugs, Terminal } from "../testkit/terminal.ts";
import { sumIn } from "./packets.ts";

setDefaultTimeout(120_000);
const server = new TestServer();
const [ann, ben] = [new Terminal(), new Terminal()];

beforeAll(async () => {
  await server.start();
  await befriendAnnAndBen(ann, ben, server.invite);
  await ann.says("group", "Home", "Ben");
});
afterAll(async () => {
  for (const one of [ann, ben]) one.remove();
  await server.remove();
  expect(bugs).toEqual([]);
});

test("[TE25] a sum is written with its currency, and without one it is points", () => {
  expect(sumIn("88")).toEqual({ total: 8_800, currency: "" });
  expect(sumIn("88.5USD")).toEqual({ total: 8_850, currency: "USD" });
  for (const wrong of ["", "-1", "1.234", "1e3", "88 USD", "USD"]) expect(sumIn(wrong)).toBeUndefined();
});

test("[TE25] [TE26] a packet is given, opened and checked in the terminal, and stands in the ledger", async () => {
  await ann.says("packet", "send", "Home", "88.00USD", "2", "新年好");
  expect(await ben.saysAtLast("新年好", "packet", "take", "Home")).toContain("you have");
  await ann.says("packet", "take", "Home");
  const check = await ben.saysAtLast("every hundredth agrees", "packet", "check", "Home");
  expect(check.match(/cut at/g)).toHaveLength(2);
  const figures = (text: string) => JSON.parse(text)[0].pots.map(({ secrets, draw }: never) => ({ secrets, draw }));
  const seen = figures(await ben.says("packet", "check", "Home", "--json"));
  expect(figures(await ann.says("packet", "check", "Home", "--json"))).toEqual(seen);
  // Ann's own lot is no debt; Ben's is hers.
  expect(await ben.says("ledger", "Home")).toMatch(/Ann pays (?:You|you) [\d.]+ USD/);
  expect(await ann.says("ledger", "Home", "csv")).toContain('"packet","新年好"');
});
