import { expect, test } from "bun:test";
import { linesOf } from "./lines.ts";

test("[HM49] before the account is deleted the page says that a reserve which it does not reach keeps its copy, and of no other", () => {
  const said = (homes: Parameters<typeof linesOf>[0]) => linesOf(homes).map(([, id]) => id);
  const reserve = { server: "two.test", done: 1, of: 1, isWhole: true };
  const before = said(undefined);
  expect(before).not.toContain("delete.reserve");
  expect(said({ home: "yan.test", others: [] })).toEqual(before);
  expect(said({ home: "yan.test", others: [], reserve })).toEqual(before);
  const told = said({ home: "yan.test", others: [], reserve: { ...reserve, isOutOfReach: true } });
  expect(told).toEqual([...before.slice(0, -1), "delete.reserve", "delete.noWayBack"]);
});
