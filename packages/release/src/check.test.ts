/** What is believed as a release, and what is not. Ann, Ben and Cat hold the keys; Dan holds none of them. */
import { expect, test } from "bun:test";
import { bodyOf, compareVersions, type Release, releaseIn } from "./body.ts";
import { checkRelease, differences } from "./check.ts";
import { keyPair, signNote } from "./note.ts";
import { pinned } from "./pinned.ts";
import { seenIn, seenText } from "./seen.ts";
import { testKeys } from "./testing/test-keys.ts";

const [ann, ben, cat, dan] = ["Ann", "Ben", "Cat", "Dan"].map((name, at) =>
  keyPair(name, new Uint8Array(32).fill(at + 1)),
) as [Pair, Pair, Pair, Pair];
type Pair = ReturnType<typeof keyPair>;
const keys = { verifiers: [ann, ben, cat].map(({ verifier }) => verifier), threshold: 2 };

const second: Release = {
  version: "0.2.0",
  commit: "ab".repeat(20),
  previous: "01".repeat(32),
  sbom: "02".repeat(32),
  files: { "index.html": "03".repeat(32), "assets/shell-Ab_1.js": "04".repeat(32) },
};

function signed(release: Release | string, ...by: readonly Pair[]): string {
  const text = typeof release === "string" ? release : bodyOf(release);
  return by.reduce((note, { secret }) => signNote(note, secret), text);
}

test("[RE3] two of the three make a release, whichever they are, and are told by name", () => {
  for (const pair of [
    [ann, ben],
    [cat, ann],
    [ben, cat],
  ] as const) {
    const verdict = checkRelease(signed(second, ...pair), keys);
    expect(verdict).toMatchObject({ kind: "released", release: { version: "0.2.0", files: second.files } });
    if (verdict.kind === "released") expect(verdict.signers).toHaveLength(2);
  }
  const all = checkRelease(signed(second, dan, ann, ben, cat), keys);
  expect(all).toMatchObject({ kind: "released", signers: ["Ann", "Ben", "Cat"] });
});

test("[RE3] nobody's, one key's, one key's said twice, and a stranger's besides are no release", () => {
  expect(checkRelease(undefined, keys)).toEqual({ kind: "unsigned" });
  expect(checkRelease(signed(second, dan), keys)).toEqual({ kind: "unsigned" });
  const tooFew = { kind: "too-few", signers: ["Ann"], threshold: 2 } as const;
  expect(checkRelease(signed(second, ann), keys)).toEqual(tooFew);
  expect(checkRelease(signed(second, ann, ann), keys)).toEqual(tooFew);
  expect(checkRelease(signed(second, ann, dan), keys)).toEqual(tooFew);
});

test("[RE3] a signature under a holder's name that is not theirs refuses the note, with all other signatures right", () => {
  const note = signed(second, ann, ben, cat);
  expect(checkRelease(note, keys).kind).toBe("released");
  const forged =
    signed({ ...second, version: "0.3.0" }, cat)
      .split("\n")
      .at(-2) ?? "";
  const lines = note.split("\n");
  lines[lines.length - 2] = forged;
  expect(checkRelease(lines.join("\n"), keys)).toEqual({ kind: "malformed" });
  // A holder's name with another key is a stranger's signature.
  const impostor = keyPair("Cat", new Uint8Array(32).fill(9));
  expect(checkRelease(signed(second, ann, impostor), keys)).toMatchObject({ kind: "too-few", signers: ["Ann"] });
});

test("[RE3] what was changed after it was signed is refused", () => {
  const note = signed(second, ann, ben);
  expect(checkRelease(note.replace("03".repeat(32), "05".repeat(32)), keys)).toEqual({ kind: "malformed" });
  expect(checkRelease("<!doctype html>", keys)).toEqual({ kind: "malformed" });
});

test("[RE1] a release has one form; whatever else two holders signed is none", () => {
  const body = bodyOf(second);
  expect(releaseIn(body)).toEqual(second);
  const broken = {
    "other order": bodyOf(second).replace(/("index[^\n]*?),?\n/, ""),
    "a name twice": body.replace('"version"', '"version": "9.9.9",\n "version"'),
    "no line at its end": body.slice(0, -1),
    "on one line": `${JSON.stringify(second)}\n`,
    "more than that": body.replace('"commit"', '"also": 1,\n "commit"'),
    "a path that leads out": bodyOf({ ...second, files: { "../x": "03".repeat(32) } }),
    "a path from the top": bodyOf({ ...second, files: { "/index.html": "03".repeat(32) } }),
    "a hash that is none": bodyOf({ ...second, files: { "index.html": "03" } }),
    "a version that is none": bodyOf({ ...second, version: "2" }),
    "a commit that is none": bodyOf({ ...second, commit: "main" }),
    "a release before it that is none": bodyOf({ ...second, previous: "0.1.0" }),
    "no list of parts": bodyOf({ ...second, sbom: "" }),
    "no files": bodyOf(second).replace(/\{\n {2}"[^}]*\}/, "null"),
    "files without names": bodyOf(second).replace(/\{\n {2}"[^}]*\}/, `[\n  "${"03".repeat(32)}"\n ]`),
    list: "[]\n",
    nothing: "null\n",
    words: "hello\n",
  };
  for (const [what, text] of Object.entries(broken)) {
    expect([what, releaseIn(text)]).toEqual([what, undefined]);
    if (!text.endsWith("\n")) continue; // No note can hold it.
    expect([what, checkRelease(signed(text, ann, ben), keys)]).toEqual([what, { kind: "malformed" }]);
  }
});

test("[RE4] an older release than one that was seen is refused, and so is another one of the same version", () => {
  const note = signed(second, ann, ben);
  const seen = checkRelease(note, keys);
  if (seen.kind !== "released") throw new Error(seen.kind);
  const newest = { version: seen.release.version, hash: seen.hash };
  expect(checkRelease(note, keys, newest).kind).toBe("released");
  expect(checkRelease(signed({ ...second, version: "0.2.1" }, ann, cat), keys, newest).kind).toBe("released");
  const older = { kind: "older", version: "0.1.9", than: "0.2.0" } as const;
  expect(checkRelease(signed({ ...second, version: "0.1.9" }, ann, cat), keys, newest)).toEqual(older);
  const rival = { ...second, files: { "index.html": "06".repeat(32) } };
  expect(checkRelease(signed(rival, ann, ben), keys, newest)).toEqual({ kind: "rival", version: "0.2.0" });
});

test("[RE4] versions are ordered as numbers", () => {
  expect(compareVersions("0.10.0", "0.9.9")).toBeGreaterThan(0);
  expect(compareVersions("1.0.0", "0.99.99")).toBeGreaterThan(0);
  expect(compareVersions("1.2.3", "1.2.4")).toBeLessThan(0);
  expect(compareVersions("1.2.3", "1.2.3")).toBe(0);
});

test("[RE5] a file that is another, one that is missing and one too many are told by name", () => {
  const hash = second.files["index.html"] ?? "";
  expect(differences(second, new Map(Object.entries(second.files)))).toEqual([]);
  const found = new Map([
    ["index.html", hash],
    ["assets/shell-Ab_1.js", "05".repeat(32)],
    ["sw.js", hash],
    ["gone.js", undefined],
  ]);
  expect(differences(second, found)).toEqual([
    { path: "assets/shell-Ab_1.js", what: "changed" },
    { path: "sw.js", what: "extra" },
  ]);
  expect(differences(second, new Map([["index.html", hash]]))).toEqual([
    { path: "assets/shell-Ab_1.js", what: "missing" },
  ]);
});

test("[RE6] three keys are pinned, two of them sign, and while they are the test keys that is known", () => {
  expect(new Set(pinned.verifiers).size).toBe(3);
  expect(pinned.threshold).toBe(2);
  expect(checkRelease(undefined, pinned).kind).toBe("unsigned"); // Each of them is a key, or this throws.
  expect(() => checkRelease(signed(second, ann), { verifiers: ["no key"], threshold: 1 })).toThrow();
  const test = testKeys.map(({ verifier }) => verifier);
  expect(pinned.isTest).toBe(pinned.verifiers.some((one) => test.includes(one)));
});

test("[RE13] what test keys signed says nothing of what is newest once others are pinned, and a change of one key does not forget", () => {
  const testers = { verifiers: testKeys.map(({ verifier }) => verifier), threshold: 2 };
  const [one, two] = testKeys as [Pair, Pair, Pair];
  const kept = (note: string, by: typeof keys) => {
    const verdict = checkRelease(note, by);
    if (verdict.kind !== "released") throw new Error(verdict.kind);
    return seenText(verdict, by, pinned.log);
  };
  const far = kept(signed({ ...second, version: "999999.0.0" }, one, two), testers);
  expect(checkRelease(signed(second, ann, ben), keys, seenIn(far, keys)).kind).toBe("released");
  expect(checkRelease(signed(second, one, two), testers, seenIn(far, testers)).kind).toBe("older");

  const own = kept(signed(second, ann, ben), keys);
  const before = { ...second, version: "0.1.0" };
  const next = { verifiers: [ben, cat, dan].map(({ verifier }) => verifier), threshold: 2 };
  expect(checkRelease(signed(before, ann, ben), keys, seenIn(own, keys)).kind).toBe("older");
  expect(checkRelease(signed(before, ben, cat), next, seenIn(own, next)).kind).toBe("older");
  expect(seenIn(own, { ...keys, verifiers: [cat.verifier, dan.verifier] })).toBeUndefined();
  for (const text of [null, undefined, "", "{", "null", "{}", '{"version":"9.0.0","hash":"00"}'])
    expect(seenIn(text, keys)).toBeUndefined();
});
