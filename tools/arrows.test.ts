/**
 * The arrow check, checked: this tree has no violation, and a made-up tree with one has exactly that.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { violationsIn } from "./arrows.ts";
import { arrows, type FeatureRules, type RoomOrders } from "./arrows-rules.ts";
import { globalsOf, importsOf, parse } from "./arrows-scan.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A tree of all rooms, in which every arrow is used once and nothing is wrong, and `files` besides. */
function treeWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "yanshu-arrows-"));
  folders.push(root);
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  for (const [room, targets] of Object.entries(arrows)) {
    const hasAdapters = room === "mls" || room === "store";
    const exports = {
      ".": "./src/index.ts",
      ...(hasAdapters ? { "./bun": "./src/bun/index.ts", "./browser": "./src/browser/index.ts" } : {}),
      ...(room === "mls" ? { "./testing": "./src/testing/forge.ts" } : {}),
    };
    const dependencies = Object.fromEntries(targets.map((target) => [`@yanshu/${target}`, "0.1.0"]));
    write(`packages/${room}/package.json`, JSON.stringify({ exports, dependencies }));
    const imports = targets.map((target) => `import { ${target} } from "@yanshu/${target}";`).join("\n");
    write(`packages/${room}/src/index.ts`, `${imports}\nexport const ${room} = [${targets.join(", ")}];\n`);
    if (hasAdapters) {
      write(`packages/${room}/src/bun/index.ts`, `import "node:fs";\nexport const made = Bun.nanoseconds();\n`);
      write(`packages/${room}/src/browser/index.ts`, "export const made = performance.now();\n");
    }
  }
  write("packages/testing/src/forged.ts", `import "@yanshu/mls/testing";\n`);
  write("packages/web/src/worker/main.ts", `import "@yanshu/mls/browser";\nimport "@yanshu/store/browser";\n`);
  write("packages/cli/src/bun.ts", `import "@yanshu/mls/bun";\nimport "@yanshu/store/bun";\nBun.argv;\n`);
  write("packages/server/src/log/bun-sqlite.ts", `import { Database } from "bun:sqlite";\nexport { Database };\n`);
  write("packages/server/src/clock.ts", "export const now = () => Date.now();\n");
  write("packages/client/src/client.test.ts", `import { test } from "bun:test";\nimport "@yanshu/testing";\ntest;\n`);
  write("packages/web/e2e/first.spec.ts", `import "node:fs";\nimport "../../../tools/page.ts";\n`);
  write("packages/web/vite.config.ts", `import "node:path";\n`);
  write("tools/page.ts", `import "@yanshu/server";\nBun.argv;\n`);
  write("packages/testing/second/client.ts", `import "cborg";\nimport "./frames.ts";\n`);
  write("packages/testing/second/frames.ts", "export const frames = 1;\n");
  write("packages/testing/second/second.test.ts", `import "@yanshu/server";\nimport "./client.ts";\n`);
  write("bench/main.ts", `import "@yanshu/store/bun";\n`);
  for (const [path, content] of Object.entries(files)) write(path, content);
  return root;
}

const seeded: readonly (readonly [rule: string, what: string, files: Record<string, string>, fault: RegExp])[] = [
  [
    "RO1",
    "content imports client",
    { "packages/content/src/a.ts": `import "@yanshu/client";` },
    /no arrow from content/,
  ],
  [
    "RO1",
    "wire imports content",
    { "packages/wire/src/a.ts": `export * from "@yanshu/content";` },
    /no arrow from wire/,
  ],
  ["RO1", "web imports wire", { "packages/web/src/a.ts": `import { x } from "@yanshu/wire";` }, /no arrow from web/],
  ["RO1", "client's code imports testing", { "packages/client/src/a.ts": `import "@yanshu/testing";` }, /to testing/],
  [
    "RO1",
    "store depends on mls",
    {
      "packages/store/package.json": `{"exports":{".":"./src/index.ts","./bun":"./src/bun/index.ts","./browser":"./src/browser/index.ts"},"dependencies":{"@yanshu/mls":"0.1.0"}}`,
    },
    /depends on mls/,
  ],
  [
    "RO1",
    "the second client imports wire",
    { "packages/testing/second/a.ts": `import type { x } from "@yanshu/wire";` },
    /written from the spec alone/,
  ],
  [
    "RO1",
    "the second client imports what lies outside its folder",
    { "packages/testing/second/a.ts": `import "../src/index.ts";` },
    /written from the spec alone/,
  ],
  [
    "RO1",
    "the second client imports its own test",
    {
      "packages/testing/second/a.ts": `import "./b.test.ts";`,
      "packages/testing/second/b.test.ts": `import "@yanshu/server";`,
    },
    /written from the spec alone/,
  ],
  [
    "RO23",
    "what runs strangers' code imports client",
    { "packages/mini/src/logic/a.ts": `import "@yanshu/client";` },
    /no arrow from mini to client/,
  ],
  [
    "RO23",
    "what runs strangers' code imports a type of wire",
    { "packages/mini/src/a.ts": `import type { x } from "@yanshu/wire";` },
    /no arrow from mini to wire/,
  ],
  ["RO1", "an import of no package", { "packages/cli/src/a.ts": `import "@yanshu/push";` }, /no such package/],
  [
    "RO2",
    "server imports a type of mls",
    { "packages/server/src/a.ts": `import type { M } from "@yanshu/mls";` },
    /to mls/,
  ],
  ["RO2", "server imports client late", { "packages/server/src/a.ts": `await import("@yanshu/client");` }, /to client/],
  [
    "RO2",
    "server names a type of store",
    { "packages/server/src/a.ts": `type S = import("@yanshu/store").S;` },
    /to store/,
  ],
  [
    "RO2",
    "server's main imports an adapter",
    { "packages/server/src/main.ts": `import "@yanshu/store/bun";` },
    /adapter/,
  ],
  [
    "RO2",
    "server re-exports content",
    { "packages/server/src/a.ts": `export type { T } from "@yanshu/content";` },
    /to content/,
  ],
  ["RO3", "client imports an adapter", { "packages/client/src/a.ts": `import "@yanshu/mls/bun";` }, /composition root/],
  ["RO3", "cli's other files do", { "packages/cli/src/say.ts": `import "@yanshu/store/bun";` }, /composition root/],
  [
    "RO3",
    "store's core imports its own adapter",
    { "packages/store/src/a.ts": `import "./bun/index.ts";` },
    /portable/,
  ],
  [
    "RO3",
    "code imports another room's subpath for tests",
    { "packages/client/src/a.ts": `import "@yanshu/mls/testing";` },
    /for tests/,
  ],
  ["RO3", "code imports what is for tests", { "packages/mls/src/a.ts": `import "./a.test.ts";` }, /for tests/],
  ["RO4", "a screen imports store", { "packages/web/src/screens/a.tsx": `import "@yanshu/store";` }, /to store/],
  ["RO4", "a screen imports mls", { "packages/web/src/screens/a.tsx": `import "@yanshu/mls/browser";` }, /adapter/],
  ["RO5", "past an index by name", { "packages/mls/src/a.ts": `import "@yanshu/wire/src/bytes.ts";` }, /past that/],
  [
    "RO5",
    "past an index by path",
    { "packages/mls/src/a.ts": `import "../../wire/src/bytes.ts";` },
    /outside its package/,
  ],
  ["RO5", "past an index from tools", { "tools/a.ts": `import "../packages/wire/src/bytes.ts";` }, /past its package/],
  ["RO5", "its own package by name", { "packages/wire/src/a.ts": `import "@yanshu/wire";` }, /its own package/],
  ["RO5", "a name made at run time", { "packages/server/src/a.ts": "await import(`@yanshu/${x}`);" }, /run time/],
  ["RO6", "wire reads the clock", { "packages/wire/src/a.ts": "export const t = Date.now();" }, /Date\.now/],
  [
    "RO6",
    "client reads the clock otherwise",
    { "packages/client/src/a.ts": "export const t = new Date();" },
    /new Date/,
  ],
  ["RO6", "content rolls dice", { "packages/content/src/a.ts": "export const r = Math.random();" }, /Math\.random/],
  ["RO6", "client sets a timer", { "packages/client/src/a.ts": "setTimeout(() => 1, 1);" }, /setTimeout/],
  ["RO6", "mls uses WebCrypto", { "packages/mls/src/a.ts": "await crypto.subtle.digest('SHA-256', b);" }, /crypto/],
  ["RO6", "store reaches the page", { "packages/store/src/a.ts": "document.title = 'x';" }, /document/],
  ["RO6", "client opens a socket", { "packages/client/src/a.ts": "new WebSocket('wss://x');" }, /WebSocket/],
  ["RO6", "client fetches", { "packages/client/src/a.ts": "const x = { a: await fetch('/') };" }, /fetch/],
  ["RO6", "client goes around", { "packages/client/src/a.ts": "const x = globalThis['fetch'];" }, /globalThis/],
  ["RO6", "mls imports node", { "packages/mls/src/a.ts": `import { randomBytes } from "node:crypto";` }, /node:crypto/],
  ["RO6", "mls touches Bun", { "packages/mls/src/a.ts": "Bun.sleepSync(1);" }, /Bun/],
  ["RO7", "server touches Bun", { "packages/server/src/gateway/a.ts": "Bun.serve({});" }, /Bun outside/],
  ["RO7", "server imports bun:sqlite", { "packages/server/src/log/a.ts": `import "bun:sqlite";` }, /bun:sqlite/],
  ["RO7", "a server folder is named like it", { "packages/server/src/rebun/a.ts": `import "bun";` }, /bun outside/],
  ["RO7", "a screen touches Bun", { "packages/web/src/screens/a.tsx": "const v = Bun.version;" }, /Bun outside/],
  ["RO7", "a screen imports node", { "packages/web/src/screens/a.tsx": `import "node:fs";` }, /node:fs/],
  [
    "RO8",
    "two files of one package",
    {
      "packages/client/src/a.ts": `import { b } from "./b.ts"; export const a = b;`,
      "packages/client/src/b.ts": `import type { A } from "./a.ts"; export type B = A;`,
    },
    /cycle: packages\/client\/src\/a\.ts → packages\/client\/src\/b\.ts → packages\/client\/src\/a\.ts/,
  ],
  ["RO8", "a file of itself", { "packages/wire/src/a.ts": `export * from "./a.ts";` }, /cycle/],
  ["RO9", "code outside src", { "packages/server/lib/a.ts": "export const a = 1;" }, /outside its package's src/],
];

test("[RO1] [RO8] this tree keeps to its arrows", () => {
  expect(violationsIn(join(import.meta.dir, ".."))).toEqual([]);
});

test("[RO1] a tree in which every arrow is used has no violation", () => {
  expect(violationsIn(treeWith({}), {}, {})).toEqual([]);
});

describe("a seeded violation is caught, and nothing else", () => {
  for (const [rule, what, files, fault] of seeded) {
    test(`[${rule}] ${what}`, () => {
      const found = violationsIn(treeWith(files), {}, {});
      expect(found.map(({ what: said }) => said)).toEqual([expect.stringMatching(fault)]);
      expect(Object.keys(files)).toContain(found[0]?.path as string);
    });
  }
});

describe("features of a package", () => {
  const rules: FeatureRules = {
    cli: {
      contract: ["feature.ts", "shell/"],
      lists: ["features/index.ts"],
      notYet: ["old"],
    },
  };
  const tree = {
    "packages/cli/src/feature.ts": "export const feature = 1;",
    "packages/cli/src/shell/page.ts": "export const page = 1;",
    "packages/cli/src/core.ts": `import { all } from "./features/index.ts"; import "./features/old.ts"; export const core = all;`,
    "packages/cli/src/features/index.ts": `import { polls } from "./polls/index.ts"; import { pat } from "./pat.ts"; export const all = [polls, pat];`,
    "packages/cli/src/features/pat.ts": `import { feature } from "../feature.ts"; export const pat = feature;`,
    "packages/cli/src/features/pat.test.ts": `import "../core.ts"; import "./polls/card.ts";`,
    "packages/cli/src/features/polls/index.ts": `import "./card.ts"; import "../../shell/page.ts"; export const polls = 2;`,
    "packages/cli/src/features/polls/card.ts": `import "@yanshu/content"; export const card = 1;`,
    "packages/cli/src/features/old.ts": `import "../away.ts"; import "./pat.ts"; export const old = 1;`,
    "packages/cli/src/away.ts": "export const away = 1;",
    // A package that is not named is not held to the rule.
    "packages/web/src/features/a.ts": `import "./b.ts";`,
    "packages/web/src/features/b.ts": "export const b = 1;",
  };
  const withRules = (files: Readonly<Record<string, string>>) =>
    violationsIn(treeWith({ ...tree, ...files }), rules, {});

  test("[RO13] a tree whose features keep to their contract has no violation", () => {
    expect(withRules({})).toEqual([]);
  });

  const broken: readonly (readonly [what: string, path: string, source: string, fault: RegExp])[] = [
    ["imports another", "features/pat.ts", `import "./polls/card.ts";`, /the feature pat imports no other feature/],
    ["imports one that is not moved", "features/pat.ts", `import "./old.ts";`, /pat imports no other feature/],
    ["imports the list", "features/polls/more.ts", `import "../index.ts";`, /nothing of the core but its contract/],
    ["imports the core", "features/polls/more.ts", `import type { A } from "../../away.ts";`, /but its contract/],
    ["imports a folder like its contract", "features/pat.ts", `import "../shell.ts";`, /but its contract/],
    ["is imported by the core", "away.ts", `import "./features/polls/card.ts";`, /by features\/index\.ts alone/],
    ["is imported late by the core", "away.ts", `await import("./features/pat.ts");`, /by features\/index\.ts alone/],
  ];
  for (const [what, path, source, fault] of broken) {
    test(`[RO13] a feature ${what}`, () => {
      const found = withRules({ "packages/cli/src/shell.ts": "", [`packages/cli/src/${path}`]: source });
      expect(found.map(({ what: said }) => said)).toContainEqual(expect.stringMatching(fault));
      expect(found.filter(({ what: said }) => !said.includes("cycle")).map((one) => one.path)).toEqual([
        `packages/cli/src/${path}`,
      ]);
    });
  }

  test("[RO13] an exception for a feature that is gone is refused, so that the list becomes shorter", () => {
    const { "packages/cli/src/features/old.ts": _, ...without } = tree;
    const core = { "packages/cli/src/core.ts": "export const core = 1;" };
    expect(violationsIn(treeWith({ ...without, ...core }), rules, {}).map(({ what }) => what)).toEqual([
      "excuses old of cli, which is not there",
    ]);
  });
});

describe("rooms of a package", () => {
  const orders: RoomOrders = {
    cli: {
      rooms: [{ name: "base", files: ["ids.ts"] }, "messages", "views", { name: "whole", files: ["index.ts"] }],
      back: [{ from: "messages", to: "views", why: "a line is shown as it is stored" }],
    },
  };
  const tree = {
    "packages/cli/src/ids.ts": "export const ids = 1;",
    "packages/cli/src/messages/say.ts": `import "../ids.ts"; import "../views/line.ts"; export const say = 1;`,
    "packages/cli/src/messages/say.test.ts": `import "../index.ts";`,
    "packages/cli/src/views/line.ts": `import "../ids.ts"; import "@yanshu/content"; export const line = 1;`,
    "packages/cli/src/index.ts": `import "./messages/say.ts";`,
  };
  const found = (files: Readonly<Record<string, string>>) => violationsIn(treeWith({ ...tree, ...files }), {}, orders);

  test("[RO13] a tree whose rooms keep to their order, but for arrows that are named, has no violation", () => {
    expect(found({})).toEqual([]);
  });

  const broken: readonly (readonly [what: string, path: string, source: string, fault: RegExp])[] = [
    ["imports one above it", "ids.ts", `import type { A } from "./views/line.ts";`, /base stands below views in cli/],
    ["imports one above it late", "ids.ts", `await import("./messages/other.ts");`, /base stands below messages/],
    [
      "has an arrow back that is not named",
      "messages/other.ts",
      `import "../index.ts";`,
      /messages stands below whole/,
    ],
    ["is not in the order", "attic/old.ts", `import "../ids.ts";`, /stands in no room of cli/],
  ];
  for (const [what, path, source, fault] of broken) {
    test(`[RO13] a room that ${what} is caught`, () => {
      const all = found({ "packages/cli/src/messages/other.ts": "", [`packages/cli/src/${path}`]: source });
      expect(all.filter(({ what: said }) => fault.test(said)).map((one) => one.path)).toEqual([
        `packages/cli/src/${path}`,
      ]);
    });
  }

  test("[RO13] an excuse for an arrow that is gone is refused, so that the list becomes shorter", () => {
    const say = { "packages/cli/src/messages/say.ts": "export const say = 1;" };
    expect(found(say).map(({ what }) => what)).toEqual([
      "excuses an arrow from messages to views of cli, which is not there",
    ]);
  });
});

test("[RO8] a cycle across packages is caught, besides the missing arrow that it needs", () => {
  const root = treeWith({ "packages/wire/src/index.ts": `import "@yanshu/content"; export const wire = [];` });
  const said = violationsIn(root, {}, {}).map(({ what }) => what);
  expect(said).toContainEqual(expect.stringContaining("no arrow from wire to content"));
  expect(said).toContainEqual(expect.stringContaining("cycle: packages/content/src/index.ts → packages/wire/src"));
});

describe("reading a source", () => {
  const importsIn = (source: string) => importsOf(parse(source)).map(({ specifier }) => specifier);
  const globalsIn = (source: string) =>
    globalsOf(parse(source), new Set(["Bun", "fetch", "crypto", "Date.now", "new Date()"])).map(({ name }) => name);

  test("[RO1] every form of import is seen, with its line", () => {
    const source = `import a from "1"; import * as b from '2'; import { c as d, type e } from "3"
      import type { f } from "4"; import "5"; export * from "6"; export * as g from "7"; export { h } from "8";
      export type { i } from "9"; const j = await import("10"); type K = import("11").L; const m = require("12");
      import n, { "odd name" as o } from "13"; import p from "14" with { type: "json" };`;
    expect(importsIn(source)).toEqual(Array.from({ length: 14 }, (_, n) => String(n + 1)));
    expect(importsOf(parse(source))[4]).toEqual({ specifier: "5", line: 2 });
  });

  test("[RO1] what only looks like an import is none", () => {
    const source = `
      // import "comment"
      /* import "block" */
      const a = 'import "text"'; const b = \`import "template" \${a} import "more"\`;
      const c = /import "regex"/; const d = x / y; const e = "import(" + '"plus")';
      ports.import("member"); import.meta.url; export const from = "here"; export default "there";
      export function f(text = "not") {}`;
    expect(importsIn(source)).toEqual([]);
  });

  test("[RO1] code after a template, a regular expression or an apostrophe is read again", () => {
    expect(importsIn('const a = `x${`y${1}`}z`; import "1";')).toEqual(["1"]);
    expect(importsIn('const a = b.replace(/["\'`]/g, ""); import "1";')).toEqual(["1"]);
    expect(importsIn('const a = <p>don\'t</p>;\nimport "1";')).toEqual(["1"]);
    expect(importsIn('const a = <p></p>; const b = <i>/</i>; import "1";')).toEqual(["1"]);
    expect(importsIn('const a = `${{ b: "}" }.b}`; import("1")')).toEqual(["1"]);
    expect(importsIn('if (a) /"/.test(b); import "1"; if (c) /"/.test(d);')).toEqual(["1"]);
  });

  test("[RO6] a global is told from a member, a key, a parameter and a name of the file's own", () => {
    expect(globalsIn("ports.fetch(); const x = { fetch: 1 }; type P = { readonly crypto: C; fetch?: F };")).toEqual([]);
    expect(globalsIn("function a(fetch: F) { return fetch(); }")).toEqual([]);
    expect(globalsIn("const a = (crypto: C): D => crypto.seal();")).toEqual([]);
    expect(globalsIn("const { crypto } = ports; crypto.seal();")).toEqual([]);
    expect(globalsIn('import { fetch } from "x"; fetch();')).toEqual([]);
    expect(globalsIn("new Date(1).getTime(); dates.now();")).toEqual([]);
    expect(globalsIn("a = [...fetch]; b = c ? fetch : d; e = { fetch };")).toEqual(["fetch", "fetch", "fetch"]);
    expect(globalsIn("new Date().getTime(); Date.now(); const n = Date.now; `${Bun.version}`;")).toEqual([
      "new Date()",
      "Date.now",
      "Date.now",
      "Bun",
    ]);
  });
});
