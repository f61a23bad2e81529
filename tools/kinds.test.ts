import { expect, test } from "bun:test";
import { faultsIn, namesIn, type Other } from "./kinds.ts";

const names = namesIn(['rules({ name: "group", idByte: 0 })', 'rules({ name: "feed" })']);
const faultsWith = (text: string, path = "packages/client/src/groups/a.ts", allowed: readonly Other[] = []) =>
  faultsIn(new Map([[path, text]]), names, allowed);

test.each([
  'if (row?.kind === "group") return;',
  'if (state.kind !== "feed") return;',
  'const isOne = "group" === kind;',
  'switch (kind) {\n  case "feed":\n    return 1;\n}',
  '["direct", "group"].includes(row.kind)',
  "const sql = `SELECT 1 FROM conversations AS c WHERE c.kind = 'group'`;",
  "const sql = `WHERE kind IN ('feed', 'group')`;",
])("[RO16] a place that asks which kind a conversation is, is found: %s", (text) => {
  expect(faultsWith(text)).toHaveLength(1);
});

test("[RO16] a table of kinds names them, and so does the place that makes one; a property may be asked for anywhere", () => {
  expect(faultsWith('if (kind === "group") return;', "packages/client/src/kinds/group.ts")).toEqual([]);
  expect(faultsWith('if (kind === "group") return;', "packages/web/src/kit/kinds/group.ts")).toEqual([]);
  expect(faultsWith('insert(db, { kind: "group" }); if (kindOf(engine, row).hasPeer) return;')).toEqual([]);
  expect(faultsWith('if (body.kind === "text") return;')).toEqual([]);
});

test("[RO16] something else of that name is let be while it is there, and no longer", () => {
  const link = { path: "packages/client/src/groups/a.ts", of: "read?.kind", why: "a link" };
  expect(faultsWith('if (read?.kind !== "group") return;', link.path, [link])).toEqual([]);
  expect(faultsWith('if (row?.kind !== "group") return;', link.path, [link])).toHaveLength(2);
  expect(faultsWith("", link.path, [link])).toEqual([
    "packages/client/src/groups/a.ts is let ask read?.kind, and does not: take it out of tools/kinds.ts",
  ]);
});
