/** What a package may not hold, and a program not say: each fault by itself (docs/spec/programs.md PR1, PR2, PR5). */
import { expect, test } from "bun:test";
import { strToU8, zipSync } from "fflate";
import { packProgram } from "./compile/index.ts";
import { packageLimits } from "./format/limits.ts";
import { packageId, readPackage } from "./format/package.ts";
import { isPackagePath, unzip, zip } from "./format/zip.ts";
import { frameLimits, programMessage } from "./frame-messages.ts";
import { orchard, orchardAbout } from "./testkit/orchard.ts";

const part = { path: "pages/one/one", isPage: true, config: {}, scope: "" };
const manifest = {
  v: 1,
  name: "果园",
  version: "1.0.0",
  pages: ["pages/one/one"],
  parts: [part],
  window: {},
  tabs: [] as unknown,
  modules: {},
};

/** A package whose files are all as its manifest says. */
function packageOf(said: object, styles: unknown = {}, logic: string | undefined = "1") {
  const files = new Map([["styles.json", strToU8(JSON.stringify(styles))]]);
  if (logic !== undefined) files.set("logic.js", strToU8(logic));
  const hashes = Object.fromEntries([...files].map(([path, content]) => [path, packageId(content)]));
  files.set("program.json", strToU8(JSON.stringify({ ...manifest, ...said, files: hashes })));
  return zip(files);
}

test("[PR1] a manifest whose parts, tabs or styles have another shape is no package's", () => {
  const isRead = (bytes: Uint8Array) => "program" in readPackage(bytes);
  expect(isRead(packageOf({}))).toBe(true);
  expect(isRead(packageOf({ parts: [{ ...part, config: { usingComponents: { a: "b" } } }] }))).toBe(true);
  const parts = [
    7,
    null,
    { ...part, path: 1 },
    { ...part, isPage: 1 },
    { ...part, scope: 1 },
    { ...part, config: [] },
    { ...part, config: { usingComponents: { a: 1 } } },
  ];
  expect(parts.map((one) => isRead(packageOf({ parts: [one] })))).toEqual(parts.map(() => false));
  const tab = { path: "pages/one/one", text: "一" };
  expect(isRead(packageOf({ tabs: [tab, { ...tab, icon: "a.png", chosenIcon: "b.png" }] }))).toBe(true);
  const tabs = [
    null,
    { ...tab, path: 1 },
    { ...tab, text: "x".repeat(21) },
    { ...tab, icon: 1 },
    { ...tab, chosenIcon: "a\nb" },
  ];
  expect(tabs.map((one) => isRead(packageOf({ tabs: [one] })))).toEqual(tabs.map(() => false));
  expect(readPackage(packageOf({}, { a: 1 }))).toEqual({ fault: "not-a-package" });
  expect(readPackage(packageOf({}, {}, ""))).toHaveProperty("program");
  expect(readPackage(zip(new Map([["program.json", strToU8("{}")]])))).toEqual({ fault: "not-a-package" });
  const noLogic = new Map([["styles.json", strToU8("{}")]]);
  const files = { "styles.json": packageId(strToU8("{}")) };
  noLogic.set("program.json", strToU8(JSON.stringify({ ...manifest, files })));
  expect(readPackage(zip(noLogic))).toEqual({ fault: "not-a-package" });
});

test("[PR1] a path that is not of NFC, or holds a colon or a control character, is none of a package", () => {
  expect(["caf\u00e9", "a.b/c"].map(isPackagePath)).toEqual([true, true]);
  const bad = ["cafe\u0301", "a:b", "a\u0001", "a\\b", "", "./a", "图".repeat(86)];
  expect(bad.map(isPackagePath)).toEqual(bad.map(() => false));
});

/** A zip of stored files, `at(n)` telling where the directory's entry `n` begins. */
function stored(files: Readonly<Record<string, string>>) {
  const bytes = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), {
    level: 0,
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const places = [view.getUint32(bytes.length - 6, true)];
  for (let at = places[0] ?? 0; view.getUint32(at, true) === 0x02014b50; ) {
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    places.push(at);
  }
  return { bytes, view, at: (n: number) => places[n] ?? 0 };
}

test("[PR1] each false word of a zip's directory is refused by its own fault", () => {
  const broken = (
    change: (zip: ReturnType<typeof stored>) => void,
    files: Record<string, string> = { a: "1", b: "2" },
  ) => {
    const made = stored(files);
    change(made);
    return unzip(made.bytes);
  };
  expect(broken(() => undefined)).toHaveProperty("files");
  // A folder is an entry of its own, and no file.
  expect(broken(() => undefined, { "d/": "", "d/a": "1" })).toEqual({ files: new Map([["d/a", strToU8("1")]]) });
  expect(broken(({ view, at }) => view.setUint32(at(1), 0, true))).toEqual({ fault: "not-a-package" });
  // Ten is LZMA's predecessor; a package is stored or deflated.
  expect(broken(({ view, at }) => view.setUint16(at(0) + 10, 10, true))).toEqual({ fault: "not-a-package" });
  // Both entries have one name.
  expect(broken(({ bytes, at }) => bytes.set(strToU8("a"), at(1) + 46))).toEqual({ fault: "twice", path: "a" });
  expect(broken(({ view, at }) => view.setUint32(at(0) + 24, 2, true))).toEqual({ fault: "bomb", path: "a" });
  // A file that would begin behind the end of the package.
  expect(broken(({ view, bytes, at }) => view.setUint32(at(1) + 42, bytes.length - 30, true))).toEqual({
    fault: "bomb",
    path: "b",
  });
  const large = (packed: number) => (made: ReturnType<typeof stored>) => {
    made.view.setUint16(made.at(0) + 10, 8, true);
    made.view.setUint32(made.at(0) + 20, packed, true);
    made.view.setUint32(made.at(0) + 24, packageLimits.unpackedBytesMax + 1, true);
  };
  expect(broken(large(1))).toEqual({ fault: "too-large", path: "a" });
  const steep = (made: ReturnType<typeof stored>) => {
    made.view.setUint16(made.at(0) + 10, 8, true);
    made.view.setUint32(made.at(0) + 24, packageLimits.ratioMax * 1_000, true);
  };
  expect(broken(steep)).toEqual({ fault: "bomb", path: "a" });
});

test("[PR1] a package that says it is a ZIP64 is refused, though the rest of it can be read", () => {
  const { bytes } = stored({ a: "1" });
  const locator = new Uint8Array(20);
  const withIt = (signature: number) => {
    new DataView(locator.buffer).setUint32(0, signature, true);
    return unzip(Uint8Array.from([...bytes.subarray(0, -22), ...locator, ...bytes.subarray(-22)]));
  };
  expect(withIt(0)).toHaveProperty("files");
  expect(withIt(0x07064b50)).toEqual({ fault: "not-a-package" });
});

test("[PR2] sheets that import one another too deep are refused", async () => {
  const deep = orchard();
  for (let n = 0; n <= packageLimits.importDepthMax; n++)
    deep.set(`deep/${n}.wxss`, strToU8(n === packageLimits.importDepthMax ? "" : `@import "./${n + 1}.wxss";`));
  const of = (first: number) =>
    packProgram(new Map(deep).set("app.wxss", strToU8(`@import "/deep/${first}.wxss";`)), orchardAbout);
  await of(1);
  expect(of(0)).rejects.toThrow("deeper");
});

test("[PR5] each word of a program's message has its shape, or the whole is nothing", () => {
  const heard = (...all: readonly object[]) => all.map((one) => programMessage(one) !== undefined);
  const page = { kind: "page", path: "a", depth: 1, bar: {} };
  expect(heard(page, { ...page, path: 1 }, { ...page, depth: -1 }, { ...page, bar: [] })).toEqual([
    true,
    false,
    false,
    false,
  ]);
  const store = {
    kind: "store",
    id: 1,
    key: "k".repeat(frameLimits.keyMax),
    value: "x".repeat(frameLimits.valueBytesMax),
  };
  expect(heard(store, { ...store, id: 0.5 }, { ...store, key: 1 }, { ...store, value: 1 })).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(heard({ ...store, key: `${store.key}k` }, { ...store, value: `${store.value}x` })).toEqual([false, false]);
  const modal = { kind: "modal", id: 1, modal: {} };
  expect(heard(modal, { ...modal, id: "1" }, { ...modal, modal: "words" })).toEqual([true, false, false]);
  const choose = { kind: "choose", id: 1, items: ["a"] };
  expect(heard(choose, { ...choose, id: -1 }, { ...choose, items: "a" }, { ...choose, items: [] })).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(heard({ kind: "forget", id: 1 }, { kind: "forget" })).toEqual([true, false]);
  expect([[store], null, Object.assign([], { kind: "ready" })].map(programMessage)).toEqual(Array(3).fill(undefined));
});
