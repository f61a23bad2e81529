/** What is believed of the log of releases, and what is not. Ann, Ben and Cat sign releases; Lou keeps the log. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { bodyOf } from "./body.ts";
import { sha256Hex } from "./bytes.ts";
import { checkRelease, type Seen, type Verdict } from "./check.ts";
import { besideLog, checkLogged, entryOf, headOf, proofText, viewIn } from "./log.ts";
import { keyPair, signNote } from "./note.ts";
import { seenIn, seenText } from "./seen.ts";

const [ann, ben, lou, eve] = ["Ann", "Ben", "Lou", "Eve"].map((name, at) =>
  keyPair(name, new Uint8Array(32).fill(at + 1)),
) as [Pair, Pair, Pair, Pair];
type Pair = ReturnType<typeof keyPair>;
const keys = { verifiers: [ann.verifier, ben.verifier], threshold: 2 };
const log = { verifier: lou.verifier, since: "1.0.0" };

const bodyAt = (version: string, commit = "ab") =>
  bodyOf({ version, commit: commit.repeat(20), previous: null, sbom: "00".repeat(32), files: {} });
const noteAt = (version: string, commit?: string) =>
  [ann, ben].reduce((note, { secret }) => signNote(note, secret), bodyAt(version, commit));
const entryAt = (version: string, commit?: string) => entryOf(version, sha256Hex(bodyAt(version, commit)));

/** The proof of a log of these entries, about the last. */
function proofOf(
  entries: readonly string[],
  { by = lou, index = entries.length - 1, head = headOf(entries, by) } = {},
) {
  return proofText({ entries, index, checkpoint: signNote(head, by.secret) });
}

const [one, two, three] = [entryAt("1.0.0"), entryAt("1.1.0"), entryAt("1.2.0")] as const;

function judged(version: string, proof: string | undefined, newest?: Seen, commit?: string): Verdict {
  return checkLogged(checkRelease(noteAt(version, commit), keys, newest), proof, log, newest?.log);
}

/** What a reader keeps that believed this. */
function believed(version: string, proof: string, commit?: string): Seen {
  const verdict = judged(version, proof, undefined, commit);
  const seen = verdict.kind === "released" ? seenIn(seenText(verdict, keys), keys) : undefined;
  if (seen === undefined) throw new Error("not believed");
  return seen;
}

test("[RE17] a release that stands in the log is one, and is kept with its log", () => {
  const proof = proofOf([one, two]);
  expect(judged("1.1.0", proof)).toMatchObject({ kind: "released", log: proof });
  expect(believed("1.1.0", proof)).toMatchObject({ version: "1.1.0", log: proof });
  // A cosignature that nobody asked for is passed over.
  const cosigned = proofText({
    entries: [one],
    index: 0,
    checkpoint: signNote(signNote(headOf([one], lou), lou.secret), eve.secret),
  });
  expect(judged("1.0.0", cosigned).kind).toBe("released");
});

test("[RE17] a release in no log is none, nor is one by a proof of another, by another's log, or twice of its version", () => {
  const unlogged = { kind: "unlogged" } as const;
  expect(judged("1.1.0", undefined)).toEqual(unlogged);
  expect(judged("1.1.0", "")).toEqual(unlogged);
  expect(judged("1.1.0", proofOf([one]))).toEqual(unlogged);
  expect(judged("1.1.0", proofOf([one, two], { index: 0 }))).toEqual(unlogged);
  expect(judged("1.1.0", proofOf([one, two]), undefined, "cd")).toEqual(unlogged);
  expect(judged("1.1.0", proofOf([one, two], { by: eve }))).toEqual(unlogged);
  const impostor = keyPair("Lou", new Uint8Array(32).fill(9));
  expect(judged("1.1.0", proofOf([one, two], { by: impostor }))).toEqual(unlogged);
  expect(judged("1.1.0", proofOf([one, entryAt("1.1.0", "cd"), two]))).toEqual(unlogged);
  expect(judged("1.0.0", proofOf([two, one]))).toEqual(unlogged);
});

test("[RE17] what was made before the log needs none, and nobody who believed it is locked out", () => {
  expect(judged("0.9.9", undefined)).toMatchObject({ kind: "released" });
  const before = seenIn(seenText(judged("0.9.9", undefined) as never, keys), keys);
  expect(judged("1.0.0", proofOf([one]), before)).toMatchObject({ kind: "released" });
  expect(judged("1.0.0", undefined, before)).toEqual({ kind: "unlogged" });
  // And who believed one of the log goes back to none of before.
  expect(judged("0.9.9", undefined, believed("1.0.0", proofOf([one]))).kind).toBe("older");
});

test("[RE16] a proof has one text, and what is longer, cut, of another size or root, or no proof at all is none", () => {
  const proof = proofOf([one, two, three]);
  expect(viewIn(proof, log)).toMatchObject({ index: 2, entries: [one, two, three] });
  const head = headOf([one, two, three], lou);
  const many = Array.from({ length: 1_001 }, (_, n) => entryAt(`1.${n}.0`));
  const hash = Buffer.alloc(32, 1).toString("base64");
  const broken: Readonly<Record<string, string>> = {
    nothing: "",
    "no proof": "hello\n\nworld\n",
    "another version": proof.replace("@v1", "@v2"),
    "one hash more": proof.replace("\n\n", `\n${hash}\n\n`),
    "many hashes more": proof.replace("\n\n", `\n${`${hash}\n`.repeat(9_000)}\n`),
    "one hash less": proof.replace(/index 2\n.*\n/, "index 2\n"),
    "another place": proof.replace("index 2", "index 1"),
    "a place outside": proof.replace("index 2", "index 3"),
    "a place that is none": proof.replace("index 2", "index -1"),
    "a place written otherwise": proof.replace("index 2", "index 02"),
    "other entries": proof.replace(/extra .*/, `extra ${btoa(`${one}\n`)}`),
    "no entries": proof.replace(/extra .*/, "extra "),
    "entries that are none": proof.replace(/extra .*/, `extra ${btoa("<p>\n")}`),
    "no signature": `${proof.slice(0, proof.lastIndexOf("—"))}`,
    "a changed head": proof.replace(`\n3\n`, "\n2\n"),
    "a smaller size": proofOf([one, two, three], { head: head.replace("\n3\n", "\n2\n") }),
    "another root": proofOf([one, two, three], { head: headOf([one, two], lou).replace("\n2\n", "\n3\n") }),
    "another origin": proofOf([one, two, three], { head: head.replace("Lou", "Eve") }),
    "one line more": proofOf([one, two, three], { head: `${head}more\n` }),
    "too many entries": proofOf(many),
    "too long a head": proofOf([one, two, three], { head: `${head}${"x".repeat(5_000)}\n` }),
  };
  for (const [what, text] of Object.entries(broken)) expect([what, viewIn(text, log)]).toEqual([what, undefined]);
});

test("[RE18] a log that continues the one of before is believed, and whatever else is a split view, with both heads", () => {
  const seen = believed("1.1.0", proofOf([one, two]));
  expect(judged("1.2.0", proofOf([one, two, three]), seen)).toMatchObject({ kind: "released" });
  expect(judged("1.1.0", proofOf([one, two]), seen)).toMatchObject({ kind: "released" });
  const headIn = (proof: string) => proof.slice(proof.indexOf("\n\n") + 2);
  const forked = (entries: readonly string[]) => {
    const theirs = proofOf(entries);
    expect(judged("1.2.0", theirs, seen)).toEqual({
      kind: "split",
      ours: headIn(proofOf([one, two])),
      theirs: headIn(theirs),
    });
  };
  // Of the same size, larger, and smaller.
  forked([one, three]);
  forked([one, entryAt("1.1.0", "cd"), three]);
  forked([entryAt("1.0.1"), two, three]);
  forked([three]);
});

test("[RE18] a log that ends before the one that was seen takes nothing along", () => {
  const seen = { ...believed("1.2.0", proofOf([one, two, three])), version: "1.0.0" };
  expect(judged("1.1.0", proofOf([one, two]), seen)).toEqual({ kind: "shorter" });
});

test("[RE18] heads of others are compared with one's own log: of the same, of another, of a longer one, and of nobody's", () => {
  const proof = proofOf([one, two]);
  const head = (entries: readonly string[], by = lou) => signNote(headOf(entries, by), by.secret);
  expect(besideLog(proof, head([one, two]), log)).toBe("same");
  expect(besideLog(proof, head([one]), log)).toBe("same");
  expect(besideLog(proof, head([one, three]), log)).toBe("split");
  expect(besideLog(proof, head([three]), log)).toBe("split");
  expect(besideLog(proof, head([one, two, three]), log)).toBe("later");
  expect(besideLog(proof, head([one, three], eve), log)).toBe("none");
  expect(besideLog(proof, "hello", log)).toBe("none");
  expect(besideLog("hello", head([one]), log)).toBe("none");
});

test("[RE18] of any two logs of one key exactly those that begin alike are one", () => {
  const entries = fc.array(fc.constantFrom("ab", "cd"), { minLength: 1, maxLength: 4 });
  const logOf = (commits: readonly string[]) => commits.map((commit, n) => entryAt(`1.${n}.0`, commit));
  fc.assert(
    fc.property(entries, entries, (first, next) => {
      const seen = believed(`1.${first.length - 1}.0`, proofOf(logOf(first)), first.at(-1));
      const both = Math.min(first.length, next.length);
      const isOne = first.slice(0, both).join() === next.slice(0, both).join();
      const verdict = judged(
        `1.${next.length - 1}.0`,
        proofOf(logOf(next)),
        { ...seen, version: "0.0.0" },
        next.at(-1),
      );
      expect(verdict.kind).toBe(!isOne ? "split" : next.length < first.length ? "shorter" : "released");
    }),
    { numRuns: 15 },
  );
});
