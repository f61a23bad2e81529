import { expect, test } from "bun:test";
import { faultsIn } from "./given-up-names.ts";

const faultsWith = (text: string, path = "packages/client/src/groups/a.ts") => faultsIn(new Map([[path, text]]));

test.each([
  "const deeds = readDeeds(db);",
  'db.run("DELETE FROM heal_answers");',
  'encodeNote({ kind: "heal" })',
  "return readDeeds(db);",
  "listener.closeDoor();",
  "export type Door = { readonly port: number };",
  "// They go astray.",
  'plan(engine, conversation, { kind: "refound" });',
])("[RO22] a name that the code gave up is found: %s", (text) => {
  expect(faultsWith(text).length).toBeGreaterThan(0);
});

test("[RO22] another word that holds it is none, and a migration names what was there", () => {
  expect(faultsWith('fetch("/healthz"); const indeed = outdoors(unhealthy);')).toEqual([]);
  expect(faultsWith("ALTER TABLE deeds RENAME TO committed_changes", "packages/store/src/migrations/a.ts")).toEqual([]);
});

test("[RO22] forty lines may say letter or whoever, as those about an alphabet do, and no more", () => {
  expect(faultsWith("// Whoever sends a letter.\n".repeat(40))).toEqual([]);
  expect(faultsWith("// Whoever sends a letter.\n".repeat(41))).toHaveLength(1);
});
