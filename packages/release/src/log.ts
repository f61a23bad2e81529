/**
 * Log: the list of all releases, which is only added to (docs/spec/release.md RE15–RE18). Its head is a C2SP checkpoint
 * (https://c2sp.org/tlog-checkpoint); what stands beside a release is a C2SP proof (https://c2sp.org/tlog-proof) whose
 * `extra` holds all entries. So each reader holds the whole log, and compares two of them entry by entry.
 */
import { compareVersions } from "./body.ts";
import { base64Of, bytesOf, bytesOfHex, utf8Of } from "./bytes.ts";
import type { Seen, Verdict } from "./check.ts";
import { grownBy, growthPath, inclusionPath, leafHash, rootOf } from "./merkle.ts";
import { isSignedBy, keyIn, readNote } from "./note.ts";

/** The pinned key of the log: its name is the log's origin. */
export type Log = { readonly verifier: string };
/** A log as somebody was shown it. */
export type LogView = {
  readonly entries: readonly string[];
  /** Which of them this proof is about. */
  readonly index: number;
  /** The signed head. */
  readonly checkpoint: string;
};
/** `head`: the checkpoint with the line of the log's own key alone, so that it has one text. */
export type Viewed = LogView & { readonly head: string };
type Checkpoint = { readonly size: number; readonly root: string; readonly head: string };

const magic = "c2sp.org/tlog-proof@v1";
const growthWord = "from ";
const charsMax = 256 * 1024;
const checkpointCharsMax = 4 * 1024;
const entriesMax = 1_000;
const hashBytes = 32;
const entryShape = /^(?<version>\d{1,6}(?:\.\d{1,6}){2}) [0-9a-f]{64}$/;
const number = /^(?:0|[1-9]\d{0,8})$/;

/** @param hash SHA-256 in hex of the release's text. */
export function entryOf(version: string, hash: string): string {
  return `${version} ${hash}`;
}

/** The text that the log's key signs. */
export function headOf(entries: readonly string[], { verifier }: Log): string {
  return `${keyIn(verifier)?.name ?? ""}\n${entries.length}\n${base64Of(rootOf(leavesOf(entries)))}\n`;
}

export function proofText({ entries, index, checkpoint }: LogView): string {
  const extra = base64Of(utf8Of(entries.map((entry) => `${entry}\n`).join("")));
  const path = inclusionPath(leavesOf(entries), index).map((hash) => `${base64Of(hash)}\n`);
  return `${magic}\nextra ${extra}\nindex ${index}\n${path.join("")}\n${checkpoint}`;
}

function leavesOf(entries: readonly string[]): readonly Uint8Array[] {
  return entries.map((entry) => leafHash(utf8Of(entry)));
}

/** @returns undefined if it is no proof, or its checkpoint is not the log's. */
export function viewIn(proof: string, log: Log): Viewed | undefined {
  // not a check: a longer one is no proof by its text; this spares reading it.
  if (proof.length > charsMax) return undefined;
  const end = proof.indexOf("\n\n");
  const [first, extra = "", index = ""] = proof.slice(0, Math.max(end, 0)).split("\n");
  // not a check: a proof has one text, with which all of it is compared below.
  if (first !== magic || !extra.startsWith("extra ") || !index.startsWith("index ")) return undefined;
  const checkpoint = checkpointOf(proof);
  const head = checkpointIn(checkpoint, log);
  const entries = entriesIn(extra.slice("extra ".length));
  const at = index.slice("index ".length);
  // @checks RE16
  if (head === undefined || entries === undefined || !number.test(at)) return undefined;
  const view = { entries, index: Number(at), checkpoint };
  // @checks RE16
  if (view.index >= entries.length || headOf(entries, log) !== textOf(head, log)) return undefined;
  // @checks RE16
  return proofText(view) === proof ? { ...view, head: head.head } : undefined;
}

/** The signed head in a proof, with all its signatures. */
export function checkpointOf(proof: string): string {
  return proof.slice(proof.indexOf("\n\n") + 2);
}

/** The one text of a head, which may come with its growth. @returns undefined if the log's key did not sign it. */
export function headIn(told: string, log: Log): string | undefined {
  return checkpointIn(toldIn(told).checkpoint, log)?.head;
}

/** Own head, with the hashes by which who keeps a log of `size` or more entries sees whether it is another (RE22). */
export function headWithGrowth({ entries, head }: Viewed, size: number): string {
  const path = growthPath(leavesOf(entries), size).map((hash) => `${base64Of(hash)}\n`);
  return `${growthWord}${size}\n${path.join("")}\n${head}`;
}

type Told = { readonly checkpoint: string; readonly growth?: { readonly from: number; readonly path: Uint8Array[] } };

/** A head as friends tell it: alone, or after its growth. */
function toldIn(told: string): Told {
  if (!told.startsWith(growthWord)) return { checkpoint: told };
  const end = told.indexOf("\n\n");
  const [from = "", ...hashes] = told.slice(growthWord.length, Math.max(end, 0)).split("\n");
  const path = hashes.flatMap((hash) => bytesOf(hash) ?? []);
  // @checks RE25: bytes of one hash that stand in the next lead to the same root, and to any root before it.
  const isWhole = path.length === hashes.length && path.every(({ length }) => length === hashBytes);
  return {
    checkpoint: told.slice(end + 2),
    ...(number.test(from) && isWhole && { growth: { from: Number(from), path } }),
  };
}

/**
 * For each of these heads that the own log contradicts and is no shorter than: the own head with its growth from there
 * (RE27). Those of the smallest logs stand first.
 */
export function growthsBeside(
  own: Viewed,
  heads: readonly string[],
  log: Log,
): readonly (readonly [theirs: string, words: string])[] {
  return heads
    .map((theirs) => ({ theirs, size: checkpointIn(toldIn(theirs).checkpoint, log)?.size ?? 0 }))
    .filter(({ theirs, size }) => size <= own.entries.length && besideLog(own, theirs, log) === "split")
    .sort((one, other) => one.size - other.size)
    .map(({ theirs, size }) => [theirs, headWithGrowth(own, size)]);
}

function textOf({ size, root }: Pick<Checkpoint, "size" | "root">, { verifier }: Log): string {
  return `${keyIn(verifier)?.name ?? ""}\n${size}\n${root}\n`;
}

function entriesIn(base64: string): readonly string[] | undefined {
  const bytes = bytesOf(base64);
  const text = bytes === undefined ? "" : new TextDecoder().decode(bytes);
  // not a check: of entries comes one text, with which theirs is compared in the end.
  if (!text.endsWith("\n")) return undefined;
  const entries = text.slice(0, -1).split("\n");
  // @checks RE16
  if (entries.length > entriesMax || !entries.every((entry) => entryShape.test(entry))) return undefined;
  // @checks RE17
  return entries.every((entry, at) => at === 0 || isLater(entry, entries[at - 1] ?? "")) ? entries : undefined;
}

function isLater(entry: string, before: string): boolean {
  return compareVersions(versionIn(entry), versionIn(before)) > 0;
}

export function versionIn(entry: string): string {
  return entryShape.exec(entry)?.groups?.["version"] ?? "";
}

/** @returns undefined if it is no checkpoint of this log. */
function checkpointIn(checkpoint: string, { verifier }: Log): Checkpoint | undefined {
  const key = keyIn(verifier);
  // @checks RE16
  if (checkpoint.length > checkpointCharsMax) return undefined;
  const note = readNote(checkpoint);
  const own = note?.signatures.find(({ name, id }) => name === key?.name && id === key.id);
  // @checks RE16
  if (key === undefined || note === undefined || own === undefined) return undefined;
  // @checks RE16
  if (!isSignedBy(note.text, own, key)) return undefined;
  const [, size = "", root = ""] = note.text.split("\n");
  const line = base64Of(new Uint8Array([...bytesOfHex(own.id), ...own.bytes]));
  const held = { size: Number(size), root, head: `${note.text}\n— ${own.name} ${line}\n` };
  // @checks RE26
  if (held.size < 1) return undefined;
  return number.test(size) && textOf(held, { verifier }) === note.text ? held : undefined;
}

/**
 * Whether a release that was signed also stands in the log, and the log continues the one of before.
 *
 * @param proof undefined if there is none. @param kept what this reader believed last. @param heard heads that others
 *   were shown, which the log may not contradict.
 */
export function checkLogged(
  verdict: Verdict,
  proof: string | undefined,
  log: Log,
  kept: Pick<Seen, "log" | "logKey"> = {},
  heard: readonly string[] = [],
): Verdict {
  const isLower = verdict.kind === "older" || verdict.kind === "rival";
  if (verdict.kind !== "released" && !isLower) return verdict;
  const view = proof === undefined ? undefined : viewIn(proof, log);
  const before = keptIn(kept, log);
  // @checks RE18
  if (view !== undefined && before !== undefined && !isContinued(before, view))
    return { kind: "split", ours: before.head, theirs: view.head };
  if (isLower) return verdict;
  // @checks RE17
  if (proof === undefined || view === undefined) return { kind: "unlogged" };
  const theirs = heard.find((head) => besideLog(view, head, log) === "split");
  // @checks RE20
  if (theirs !== undefined) return { kind: "split", ours: view.head, theirs: headIn(theirs, log) ?? "" };
  // @checks RE17
  if (view.entries[view.index] !== entryOf(verdict.release.version, verdict.hash)) return { kind: "unlogged" };
  // @checks RE18
  if (before !== undefined && view.entries.length < before.entries.length) return { kind: "shorter" };
  return { ...verdict, log: proof, latest: versionIn(view.entries.at(-1) ?? "") };
}

/** The log that was believed, under the key that was pinned then. */
function keptIn(kept: Pick<Seen, "log" | "logKey">, { verifier }: Log): Viewed | undefined {
  return kept.log === undefined ? undefined : viewIn(kept.log, { verifier: kept.logKey ?? verifier });
}

/** Whether one of two logs begins with all of the other. */
function isContinued({ entries: ours }: LogView, { entries: theirs }: LogView): boolean {
  const both = Math.min(ours.length, theirs.length);
  return ours.slice(0, both).every((entry, at) => entry === theirs[at]);
}

/**
 * How a head that somebody else was shown stands to one's own log. `later`: it is of a longer log, of which nothing
 * shows that it is another; `none`: the log's key did not sign it.
 *
 * @param told the head, alone or with its growth.
 */
export function besideLog(own: LogView, told: string, log: Log): "same" | "split" | "later" | "none" {
  const { checkpoint, growth } = toldIn(told);
  const head = checkpointIn(checkpoint, log);
  // @checks RE18
  if (head === undefined) return "none";
  const rootAt = (size: number) => base64Of(rootOf(leavesOf(own.entries.slice(0, size))));
  // not a check: of the size of the own log, or below.
  if (head.size <= own.entries.length) return rootAt(head.size) === head.root ? "same" : "split";
  const grown = growth === undefined ? undefined : grownBy(growth.path, growth.from, head.size);
  // not a check: without growth it is compared once the own log is as long.
  if (growth === undefined || grown === undefined || growth.from > own.entries.length) return "later";
  // @checks RE22
  if (base64Of(grown.now) !== head.root) return "later";
  return base64Of(grown.before) === rootAt(growth.from) ? "later" : "split";
}
