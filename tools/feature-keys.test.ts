import { expect, test } from "bun:test";
import { faultsIn, keyQueries } from "./feature-keys.ts";

const queries = new Map([
  [
    "packages/store/src/queries/groups.ts",
    `export function readGroup(db: Database, id: Bytes) {
  return db.get("SELECT * FROM groups WHERE group_id = ?", id);
}
function stored(db: Database) {
  return db.all("SELECT secret FROM key_packages");
}
export function stock(db: Database) {
  return stored(db).length;
}
export function readGateOf(db: Database) {
  return db.get("SELECT gate FROM groups");
}
export function readMembers(db: Database) {
  return db.all("SELECT account FROM members");
}
`,
  ],
]);
const rule = {
  tables: ["groups", "key_packages"],
  keyless: [{ name: "readGateOf", why: "a name" }],
  secrets: ["master-key"],
};
const path = "packages/client/src/features/polls.ts";
const gate = 'import { readGateOf } from "@yanshu/store";\n';
const faultsWith = (text: string) => faultsIn(new Map([[path, gate + text]]), queries, rule);

test("[RO20] queries over a table with keys are known, also those that ask by another", () => {
  expect([...keyQueries(queries, rule.tables)].sort()).toEqual(["readGateOf", "readGroup", "stock", "stored"]);
});

test.each([
  ["reads a table with keys", "const sql = `SELECT base\n  FROM groups AS g`;"],
  ["writes one", 'db.run("UPDATE groups SET epoch = 0");'],
  ["asks the store for one", 'import { readGroup } from "@yanshu/store";'],
  ["asks for one in a list of imports", 'import {\n  readMembers,\n  stock as count,\n} from "@yanshu/store";'],
  ["reads a key of the account", 'readMeta(db, "master-key");'],
])("[RO20] a feature that %s is found", (_, text) => {
  expect(faultsWith(text)).toHaveLength(1);
});

test("[RO20] tables and values without keys are a feature's to read", () => {
  expect(faultsWith('import { readMembers, type GroupRow } from "@yanshu/store";\nreadMeta(db, "privacy");')).toEqual(
    [],
  );
  expect(faultsWith("const sql = `SELECT * FROM members JOIN group_names`;")).toEqual([]);
});

test("[RO20] a query that is let be is one that a feature asks", () => {
  expect(faultsIn(new Map([[path, ""]]), queries, rule)).toEqual([
    "readGateOf is let be as a query without keys, and no feature asks it",
  ]);
});
