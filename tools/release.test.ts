/** How a release is made: what it lists, who may sign it, and what stays out of it. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkLogged, checkRelease, keyPair, pinned, signNote, viewIn } from "@yanshu/release";
import { signedByTestKeys, testKeys, testLogKey } from "@yanshu/release/testing";
import { countDifferent, toSign } from "./build-release.ts";
import { makeKey } from "./release-key.ts";
import { logged } from "./release-log.ts";
import { signed } from "./release-sign.ts";
import { type Lock, looseParts, sbomOf } from "./sbom.ts";
import { root } from "./setup.mjs";
import { hashesIn } from "./web-files.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-release-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lock;
const built = { version: "0.2.0", commit: "ab".repeat(20), files: { "index.html": "03".repeat(32) }, sbom: "{}\n" };

test("[RE7] a build is told by every file that a browser is handed, its compressed forms and the note left out", () => {
  const dist = join(folder, "dist");
  mkdirSync(join(dist, "assets"), { recursive: true });
  for (const path of [
    "index.html",
    "index.html.br",
    "index.html.gz",
    "assets/a-12345678.js",
    "release.note",
    "release.proof",
    "release.json",
  ])
    writeFileSync(join(dist, path), "");
  const hashes = hashesIn(dist);
  expect(Object.keys(hashes)).toEqual(["assets/a-12345678.js", "index.html", "release.json"]);
  writeFileSync(join(dist, "index.html"), "!");
  expect(countDifferent(hashes, hashesIn(dist))).toBe(1);
  rmSync(join(dist, "release.json"));
  expect(countDifferent(hashes, hashesIn(dist))).toBe(2);
});

test("[RE8] the list of parts names each with version, licence and hash, which runs and which builds, alike each time", () => {
  const text = sbomOf(lock);
  expect(sbomOf(JSON.parse(JSON.stringify(lock)))).toBe(text);
  const { components } = JSON.parse(text) as { components: readonly Record<string, unknown>[] };
  const by = (name: string) => components.find((one) => one["name"] === name);
  expect(by("preact")).toMatchObject({ scope: "required", purl: expect.stringMatching(/^pkg:npm\/preact@\d/) });
  expect(by("@noble/curves")).toMatchObject({ purl: expect.stringMatching(/^pkg:npm\/%40noble\/curves@/) });
  expect(by("vite")).toMatchObject({ scope: "excluded" });
  for (const { hashes } of components)
    expect(hashes).toEqual([{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
  expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
  expect(text).not.toMatch(/"(?:timestamp|serialNumber|tools)"/);
});

test("[RE8] nothing that runs in the program runs a script when it is installed, and everything is held to its bytes", () => {
  expect(looseParts(lock)).toEqual([]);
  const loose = { version: "1.0.0", integrity: "sha512-x", hasInstallScript: true };
  const packages = {
    "node_modules/a": loose,
    "node_modules/b": { ...loose, dev: true },
    "node_modules/c": { version: "2.0.0" },
  };
  expect(looseParts({ version: "0", packages })).toEqual(["a@1.0.0", "c@2.0.0"]);
});

test("[RE9] a holder signs what they built, and nothing that others signed of something else", () => {
  const body = toSign(built, undefined);
  const [first, second, third] = testKeys.map(({ secret }) => secret) as [string, string, string];
  const one = signed(body, undefined, [first]);
  expect(checkRelease(one, pinned).kind).toBe("too-few");
  const two = signed(body, one, [third]);
  expect(checkRelease(two, pinned)).toMatchObject({ kind: "released", signers: [testName(1), testName(3)] });
  const other = signed(toSign({ ...built, files: { "index.html": "04".repeat(32) } }, undefined), undefined, [first]);
  expect(() => signed(body, other, [second])).toThrow("not what was built here");
  expect(() => signed(body, undefined, [keyPair("Dan", new Uint8Array(32)).secret])).toThrow("none of those");
});

const testName = (n: number) => `test-${n}.yanshu.example`;

test("[RE9] a release names the one before it, and is a later one", () => {
  const secret = testKeys[0]?.secret ?? "";
  const before = signNote(toSign(built, undefined), secret);
  expect(JSON.parse(toSign({ ...built, version: "0.3.0" }, before)).previous).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(toSign(built, undefined)).previous).toBeNull();
  for (const version of ["0.2.0", "0.1.9"])
    expect(() => toSign({ ...built, version }, before)).toThrow("no later version");
  expect(() => toSign(built, "hello")).toThrow("no signed note");
  expect(() => toSign(built, signNote("hello\n", secret))).toThrow("no release");
  expect(() => toSign({ ...built, files: { "a b": "" } }, undefined)).toThrow("can name");
});

test("[RE19] a release is added to the log of the one before it, and what is none, no later one or another's log is not", () => {
  const note = (version: string, keys = 2) => signedByTestKeys(toSign({ ...built, version }, undefined), keys);
  const secret = testLogKey.secret;
  const first = logged(note("0.2.0"), undefined, secret);
  const second = logged(note("0.3.0"), first, secret);
  expect(viewIn(second, pinned.log)?.entries).toEqual([
    expect.stringMatching(/^0\.2\.0 /),
    expect.stringMatching(/^0\.3\.0 /),
  ]);
  expect(checkLogged(checkRelease(note("0.3.0"), pinned), second, pinned.log, { log: first }).kind).toBe("released");
  for (const version of ["0.3.0", "0.2.9"])
    expect(() => logged(note(version), second, secret)).toThrow("no later version");
  expect(() => logged(note("0.3.0", 1), first, secret)).toThrow("no release: too-few");
  expect(() => logged(note("0.3.0"), first, testKeys[0]?.secret ?? "")).toThrow("not the log's");
  expect(() => logged(note("0.3.0"), "hello", secret)).toThrow("no proof of this log");
});

test("[RE6] a key's secret half is written once, outside of the tree, for its person alone", () => {
  const out = join(folder, "ann.key");
  const verifier = makeKey("Ann", out);
  expect(verifier).toMatch(/^Ann\+[0-9a-f]{8}\+A/);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const secret = readFileSync(out, "utf8").trim();
  expect(checkRelease(signNote(toSign(built, undefined), secret), { verifiers: [verifier], threshold: 1 }).kind).toBe(
    "released",
  );
  expect(() => makeKey("Ann", out)).toThrow(); // Never over one that is there.
  expect(() => makeKey("Ben", join(root, "ben.key"))).toThrow("outside of the tree");
  expect(() => makeKey("Ben", join(root, "tools", "ben.key"))).toThrow("outside of the tree");
});
