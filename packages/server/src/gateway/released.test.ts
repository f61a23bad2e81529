/** What the operator is told of the web app that their home hands out. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { bodyOf, keyPair, signNote } from "@yanshu/release";
import { releaseSaid } from "./released.ts";

const [ann, ben] = ["Ann", "Ben"].map((name, at) => keyPair(name, new Uint8Array(32).fill(at + 1))) as [Pair, Pair];
type Pair = ReturnType<typeof keyPair>;
const keys = { verifiers: [ann.verifier, ben.verifier], threshold: 2, isTest: false };
const utf8 = new TextEncoder();

function handsOut(texts: Readonly<Record<string, string>>, note?: string) {
  const all = Object.entries({ ...texts, ...(note === undefined ? {} : { "release.note": note }) });
  return new Map(all.map(([path, text]) => [path, () => utf8.encode(text)]));
}

function noteOf(texts: Readonly<Record<string, string>>, ...by: readonly Pair[]): string {
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const files = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, hash(text)]));
  const body = bodyOf({ version: "1.0.0", commit: "ab".repeat(20), previous: null, sbom: "00".repeat(32), files });
  return by.reduce((note, { secret }) => signNote(note, secret), body);
}

test("[RE11] home says at its start whether what it hands out is the release beside it, and nothing where there is none", () => {
  const app = { "index.html": "<p>", "assets/a.js": "1" };
  expect(releaseSaid(handsOut(app), keys)).toBeUndefined();
  const note = noteOf(app, ann, ben);
  expect(releaseSaid(handsOut(app, note), keys)).toBe("the web app is the release 1.0.0, signed by Ann and Ben");
  expect(releaseSaid(handsOut(app, note), { ...keys, isTest: true })).toEndWith("with test keys, which proves nothing");
  expect(releaseSaid(handsOut({ ...app, "assets/a.js": "2" }, note), keys)).toEndWith("beside it: assets/a.js differs");
  expect(releaseSaid(handsOut({ "index.html": "<p>", x: "", y: "", z: "" }, note), keys)).toEndWith(
    "assets/a.js, x, y and 1 more differ",
  );
  expect(releaseSaid(handsOut(app, noteOf(app, ann)), keys)).toContain("too few");
  expect(releaseSaid(handsOut(app, "hello"), keys)).toContain("cannot be read");
});
