/** Calls: those of the core and of all features make one table. */
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { calls } from "./calls.ts";
import { callsByFeature } from "./features/index.ts";

test("[WI5] every feature's calls are in the one table, and no two parts name the same call", () => {
  const files = readdirSync(join(import.meta.dir, "features"))
    .filter((name) => !name.endsWith(".test.ts") && name !== "index.ts")
    .map((name) => name.replace(".ts", ""));
  expect(Object.keys(callsByFeature).toSorted()).toEqual(files.toSorted());
  const named = Object.values(callsByFeature).flatMap((part) => Object.entries(part));
  for (const [name, call] of named) expect(calls).toHaveProperty(name, call);
  expect(new Set(named.map(([name]) => name)).size).toBe(named.length);
  for (const name of ["hello", "register", "signIn", "claim"]) expect(named.map(([one]) => one)).not.toContain(name);
});
