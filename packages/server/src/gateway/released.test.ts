/** What the operator is told of the web app that their home hands out. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bodyOf, entryOf, headOf, keyPair, proofText, readNote, sha256Hex, signNote } from "@yanshu/release";
import { loadAssets } from "./assets.ts";
import { releaseSaid } from "./released.ts";

const [ann, ben] = ["Ann", "Ben"].map((name, at) => keyPair(name, new Uint8Array(32).fill(at + 1))) as [Pair, Pair];
type Pair = ReturnType<typeof keyPair>;
const lou = keyPair("Lou", new Uint8Array(32).fill(3));
const log = { verifier: lou.verifier };
const keys = { verifiers: [ann.verifier, ben.verifier], threshold: 2, isTest: false, log };
const utf8 = new TextEncoder();

function handsOut(texts: Readonly<Record<string, string>>, note?: string, proof = note && proofOf(note)) {
  const beside = { ...(note && { "release.note": note }), ...(proof && { "release.proof": proof }) };
  const all = Object.entries({ ...texts, ...beside });
  return new Map(all.map(([path, text]) => [path, () => [utf8.encode(text)]]));
}

function noteOf(texts: Readonly<Record<string, string>>, ...by: readonly Pair[]): string {
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const files = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, hash(text)]));
  const body = bodyOf({ version: "1.0.0", commit: "ab".repeat(20), previous: null, sbom: "00".repeat(32), files });
  return by.reduce((note, { secret }) => signNote(note, secret), body);
}

/** The proof that a release stands in the log. */
function proofOf(note: string): string {
  const entries = [entryOf("1.0.0", sha256Hex(readNote(note)?.text ?? ""))];
  return proofText({ entries, index: 0, checkpoint: signNote(headOf(entries, log), lou.secret) });
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
  // Without the proof, and with that of another release.
  for (const proof of ["", proofOf(noteOf({ ...app, x: "" }, ann, ben))])
    expect(releaseSaid(handsOut(app, note, proof), keys)).toContain("it stands in no log of releases");
});

test("[RE12] each form in which a file is sent is held against the release, and one that nothing can unpack differs", () => {
  const app = { "index.html": "<p>", "assets/a.js": "1" };
  const folder = mkdtempSync(join(tmpdir(), "yanshu-released-"));
  const put = (path: string, bytes: string | Uint8Array) => writeFileSync(join(folder, path), bytes);
  const beside = { "release.note": noteOf(app, ann, ben), "release.proof": proofOf(noteOf(app, ann, ben)) };
  const said = () => releaseSaid(loadAssets(folder, {}).files, keys);
  try {
    mkdirSync(join(folder, "assets"));
    for (const [path, text] of Object.entries({ ...app, ...beside })) put(path, text);
    put("assets/a.js.br", brotliCompressSync("1"));
    put("assets/a.js.gz", gzipSync("1"));
    expect(said()).toBe("the web app is the release 1.0.0, signed by Ann and Ben");
    // A browser takes Brotli where it can.
    for (const swapped of [brotliCompressSync("2"), "no Brotli at all"]) {
      put("assets/a.js.br", swapped);
      expect(said()).toEndWith("beside it: assets/a.js differs");
    }
    put("assets/a.js.br", brotliCompressSync("1"));
    put("assets/a.js.gz", gzipSync("2"));
    expect(said()).toEndWith("beside it: assets/a.js differs");
    // Without the other form the file itself is kept as well.
    rmSync(join(folder, "assets/a.js.gz"));
    put("assets/a.js.br", brotliCompressSync("2"));
    expect(said()).toEndWith("beside it: assets/a.js differs");
    put("assets/a.js.br", brotliCompressSync("1"));
    put("release.note.br", brotliCompressSync("another"));
    expect(said()).toContain("cannot be read");
    put("release.note.br", brotliCompressSync(noteOf(app, ann, ben)));
    put("release.note", "another");
    expect(said()).toEndWith("beside it: release.note differs");
    put("release.note", beside["release.note"]);
    put("release.proof.br", brotliCompressSync(beside["release.proof"]));
    expect(said()).toBe("the web app is the release 1.0.0, signed by Ann and Ben");
    put("release.proof", "another");
    expect(said()).toEndWith("beside it: release.proof differs");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
