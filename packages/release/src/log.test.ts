/** What is believed of the log of releases, and what is not. Ann, Ben and Cat sign releases; Lou keeps the log. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { bodyOf } from "./body.ts";
import { sha256Hex } from "./bytes.ts";
import { checkRelease, type Seen, type Verdict } from "./check.ts";
import {
  besideLog,
  checkLogged,
  entryOf,
  growthsBeside,
  headIn,
  headOf,
  headWithGrowth,
  proofText,
  viewIn,
} from "./log.ts";
import { keyPair, signNote } from "./note.ts";
import { seenIn, seenText } from "./seen.ts";

const [ann, ben, lou, eve] = ["Ann", "Ben", "Lou", "Eve"].map((name, at) =>
  keyPair(name, new Uint8Array(32).fill(at + 1)),
) as [Pair, Pair, Pair, Pair];
type Pair = ReturnType<typeof keyPair>;
const keys = { verifiers: [ann.verifier, ben.verifier], threshold: 2 };
const log = { verifier: lou.verifier };

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

function judged(
  version: string,
  proof: string | undefined,
  newest?: Seen,
  commit?: string,
  heard?: readonly string[],
): Verdict {
  return checkLogged(checkRelease(noteAt(version, commit), keys, newest), proof, log, newest, heard);
}

function viewOf(entries: readonly string[]) {
  const view = viewIn(proofOf(entries), log);
  if (view === undefined) throw new Error("no proof");
  return view;
}

/** What a reader keeps that believed this. */
function believed(version: string, proof: string, commit?: string): Seen {
  const verdict = judged(version, proof, undefined, commit);
  const seen = verdict.kind === "released" ? seenIn(seenText(verdict, keys, log), keys) : undefined;
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

test("[RE17] no release is old enough to need no log", () => {
  expect(judged("0.0.1", undefined)).toEqual({ kind: "unlogged" });
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
    "a place before the first": proofOf([one, two, three], { index: 0 }).replace("index 0", "index -1"),
    "a place between two": proof.replace("index 2", "index 2.5"),
    "a place that is no number": proof.replace("index 2", "index NaN"),
    "a place written otherwise": proof.replace("index 2", "index 02"),
    "other entries": proof.replace(/extra .*/, `extra ${btoa(`${one}\n`)}`),
    "no entries": proof.replace(/extra .*/, "extra "),
    "entries that are none": proof.replace(/extra .*/, `extra ${btoa("<p>\n")}`),
    "an entry that is none, which the log's key signed": proofOf(["<p>"]),
    "no signature": `${proof.slice(0, proof.lastIndexOf("—"))}`,
    "a changed head": proof.replace(`\n3\n`, "\n2\n"),
    "a smaller size": proofOf([one, two, three], { head: head.replace("\n3\n", "\n2\n") }),
    "another root": proofOf([one, two, three], { head: headOf([one, two], lou).replace("\n2\n", "\n3\n") }),
    "another origin": proofOf([one, two, three], { head: head.replace("Lou", "Eve") }),
    "one line more": proofOf([one, two, three], { head: `${head}more\n` }),
    "too many entries": proofOf(many),
    "too long a head": proofOf([one, two, three], { head: `${head}${"x".repeat(5_000)}\n` }),
    "too long a cosignature": `${proof}— Eve ${btoa("x".repeat(4_000))}\n`,
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

/** What the log's key, or another, signs. */
const head = (entries: readonly string[], by = lou) => signNote(headOf(entries, by), by.secret);

test("[RE18] a fork at the version that was believed, or before it, is a split view, and no rival alone", () => {
  const seen = believed("1.1.0", proofOf([one, two]));
  const forked = [one, entryAt("1.1.0", "cd")];
  expect(judged("1.1.0", proofOf(forked), seen, "cd")).toEqual({
    kind: "split",
    ours: head([one, two]),
    theirs: head(forked),
  });
  expect(judged("1.0.0", proofOf([entryAt("1.0.0", "cd")]), seen, "cd").kind).toBe("split");
  expect(judged("1.0.0", proofOf([one]), seen).kind).toBe("older");
  expect(judged("1.1.0", proofOf([one, two]), seen, "cd").kind).toBe("rival");
});

test("[RE20] a log that begins otherwise than one whose head a friend told takes nothing along, ahead of the first too", () => {
  const seen = believed("1.0.0", proofOf([one]));
  const forked = proofOf([one, entryAt("1.1.0", "cd")]);
  const split = { kind: "split", ours: head([one, entryAt("1.1.0", "cd")]), theirs: head([one, two]) } as const;
  // Beside the log that is kept the friend's is longer, and says nothing yet.
  expect(judged("1.1.0", forked, seen, "cd", [head([one, two])])).toEqual(split);
  expect(judged("1.1.0", forked, undefined, "cd", [head([one]), head([one, two])])).toEqual(split);
  expect(judged("1.1.0", proofOf([one, two]), seen, undefined, [head([one, two])]).kind).toBe("released");
  // A longer log, and what the log's key did not sign, hinder nothing.
  for (const said of [head([one, two, three]), head([three], eve), "hello"])
    expect(judged("1.1.0", proofOf([one, two]), seen, undefined, [said]).kind).toBe("released");
  // Once the kept log itself contradicts a friend's, nothing that continues it is taken.
  const lost = believed("1.1.0", forked, "cd");
  const more = proofOf([one, entryAt("1.1.0", "cd"), three]);
  expect(judged("1.2.0", more, lost, undefined, [head([one, two])]).kind).toBe("split");
});

test("[RE18] the first log of another key continues the one that was believed under the key of before", () => {
  const old = keyPair("Old", new Uint8Array(32).fill(8));
  const seen = { version: "1.1.0", hash: "", log: proofOf([one, two], { by: old }), logKey: old.verifier };
  expect(judged("1.2.0", proofOf([one, two, three]), seen)).toMatchObject({ kind: "released" });
  expect(judged("1.2.0", proofOf([one, three]), seen)).toMatchObject({ kind: "split", ours: head([one, two], old) });
  expect(believed("1.1.0", proofOf([one, two]))).toMatchObject({ logKey: lou.verifier });
});

test("[RE21] a log that already names a later release says which", () => {
  expect(judged("1.1.0", proofOf([one, two, three], { index: 1 }))).toMatchObject({
    kind: "released",
    latest: "1.2.0",
  });
  expect(judged("1.2.0", proofOf([one, two, three]))).toMatchObject({ kind: "released", latest: "1.2.0" });
});

test("[RE18] heads of others are compared with one's own log: of the same, of another, of a longer one, and of nobody's", () => {
  const own = viewIn(proofOf([one, two]), log);
  if (own === undefined) throw new Error("no proof");
  expect(besideLog(own, head([one, two]), log)).toBe("same");
  expect(besideLog(own, head([one]), log)).toBe("same");
  expect(besideLog(own, head([one, three]), log)).toBe("split");
  expect(besideLog(own, head([three]), log)).toBe("split");
  expect(besideLog(own, head([one, two, three]), log)).toBe("later");
  expect(besideLog(own, head([one, three], eve), log)).toBe("none");
  expect(besideLog(own, "hello", log)).toBe("none");
});

test("[RE20] a head has one text: lines of others go, so that a home makes no two of one", () => {
  const plain = head([one]);
  const others = signNote(signNote(headOf([one], lou), eve.secret), lou.secret);
  expect(headIn(others, log)).toBe(plain);
  expect(headIn(signNote(plain, eve.secret), log)).toBe(plain);
  expect(headIn(head([one], eve), log)).toBeUndefined();
  const varied = proofText({ entries: [one], index: 0, checkpoint: others });
  expect(viewIn(varied, log)).toMatchObject({ head: plain });
});

test("[RE22] a fork that was made longer is seen by who keeps the honest log too, once it is told with its growth", () => {
  const honest = viewOf([one, two]);
  const forked = viewOf([one, entryAt("1.0.5"), entryAt("1.1.0", "cd"), three]);
  expect(besideLog(forked, honest.head, log)).toBe("split");
  expect(besideLog(honest, forked.head, log)).toBe("later");
  const told = headWithGrowth(forked, 2);
  expect(told.length).toBeLessThan(1_024);
  expect(besideLog(honest, told, log)).toBe("split");
  expect(headIn(told, log)).toBe(forked.head);
  // What only goes on from the honest log is no other one, and neither is one from which more is told than one has.
  expect(besideLog(honest, headWithGrowth(viewOf([one, two, three]), 2), log)).toBe("later");
  expect(besideLog(viewOf([one]), told, log)).toBe("later");
  expect(besideLog(viewOf([one]), headWithGrowth(forked, 1), log)).toBe("later");
  // Hashes that lead elsewhere, or to nothing, say nothing.
  const hash = Buffer.alloc(32, 1).toString("base64");
  for (const wrong of [
    told.replace(/\n[^\n]{44}\n/, `\n${hash}\n`),
    told.replace("from 2", "from 1"),
    told.replace("from 2", "from 02"),
    told.replace("from 2\n", "from 2\nno hash\n"),
    told.replace(/from 2\n.*\n/, "from 2\n"),
    headWithGrowth(forked, 2).replace("from 2", "from 0"),
  ])
    expect([wrong, besideLog(honest, wrong, log)]).toEqual([wrong, "later"]);
  expect(besideLog(honest, told.replace("\n4\n", "\n5\n"), log)).toBe("none");
  expect(besideLog(honest, "from 2\n", log)).toBe("none");
  // No release of the fork is taken then, nor one that goes on from what it contradicts.
  const seen = believed("1.1.0", proofOf([one, two]));
  expect(judged("1.2.0", proofOf([one, two, three]), seen, undefined, [told]).kind).toBe("split");
});

test("[RE25] hashes cut elsewhere, so that the root of an honest head comes of them all the same, alarm nobody", () => {
  const [own, grown] = [viewOf([one]), viewOf([one, two])];
  const [, ...rest] = headWithGrowth(grown, 1).split("\n");
  const both = Buffer.concat(rest.slice(0, 2).map((hash) => Buffer.from(hash, "base64")));
  for (const at of [1, 31, 33, 63]) {
    const cut = [both.subarray(0, at), both.subarray(at)].map((hash) => hash.toString("base64"));
    expect(besideLog(own, ["from 1", ...cut, "", grown.head].join("\n"), log)).toBe("later");
  }
});

test("[RE26] a signed head of no entries is none, and one that is told breaks nothing", () => {
  const own = viewOf([one]);
  const nothing = signNote(headOf([], log).replace(/\n0\n.*\n/, `\n0\n${"A".repeat(43)}=\n`), lou.secret);
  for (const told of [head([]), nothing]) {
    expect(headIn(told, log)).toBeUndefined();
    expect(besideLog(own, told, log)).toBe("none");
  }
});

test("[RE27] a growth from one friend’s head shows nothing of another’s, so each is told of theirs", () => {
  const [honest, forked] = [viewOf([one, two]), viewOf([one, entryAt("1.0.5"), entryAt("1.1.0", "cd"), three])];
  // Who has the log's key too makes a head of what nobody keeps, to hide the honest one behind it.
  const poison = head([entryAt("1.0.0", "ef")]);
  const growths = growthsBeside(forked, [head([one]), honest.head, head([one, two, three]), poison], log);
  expect(growths.map(([theirs]) => theirs)).toEqual([poison, honest.head, head([one, two, three])]);
  expect(growths.map(([, words]) => besideLog(honest, words, log))).toEqual(["later", "split", "later"]);
  // A longer log sees of itself that this one is another.
  expect(growthsBeside(honest, [forked.head], log)).toEqual([]);
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
