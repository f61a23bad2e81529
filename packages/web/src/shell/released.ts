/**
 * Released: whether a version of the app is a signed release (docs/spec/web.md WE136–WE138, docs/spec/release.md). The
 * name of its service worker is that file's hash, and the worker lists the hash of every other file (WE33). So a
 * release that signs this one name and hash signs the whole version.
 */
import { signal } from "@preact/signals";
import {
  base64OfHex,
  checkHandedOut,
  headIn,
  noteFile,
  pinned,
  proofFile,
  type Release,
  type Seen,
  seenIn,
  seenText,
  type Verdict,
} from "@yanshu/release";

/** Why a version is not a release; `other-code`: the signed release is another version. */
export type Refusal = Exclude<Verdict, { readonly kind: "released" }> | { readonly kind: "other-code" };
export type Judged = (Extract<Verdict, { readonly kind: "released" }> & { readonly note: string }) | Refusal;

/** A version that home offered and this browser refused, or the one that runs (`isOwn`), and why (WE137). */
export const refused = signal<{ readonly worker: string; readonly why: Refusal; readonly isOwn: boolean } | undefined>(
  undefined,
);

export const isTest = pinned.isTest;

/** The log of releases of the newest release that this browser accepted; undefined before the first. */
export const log = signal<string | undefined>(undefined);

/** The newest release that this browser accepted. Older ones are refused, against a rollback (RE4, RE13). */
export const seenKey = "yanshu.release.seen";
/** The heads of two logs that one key signed, once such were met (WE320). */
const splitKey = "yanshu.release.split";
/** Signed heads that friends told and the kept log does not hold (WE321): for a page whose account is not open. */
const heardKey = "yanshu.release.heard";
const heardMax = 64;
/** Release notes and proofs of accepted versions: home may serve those of the next version by now. */
const notesCache = "yanshu-release";
const noteCharsMax = 256 * 1024;

/**
 * Whether the version that home offers is a release.
 *
 * @param worker file name of its service worker, `sw-HASH.js`. @throws when home cannot be reached.
 */
export async function judge(worker: string): Promise<Judged> {
  const look = async () => judged(await besideOfHome(), worker, readSeen());
  const first = await look();
  // The note and the proof are two files: a home that changed them in between is asked once more.
  const verdict = first.kind === "unlogged" ? await look() : first;
  if (verdict.kind === "split") keepSplit(verdict);
  return verdict;
}

/** As `judge`, for the version that runs here; by its kept note where home's note is for another version. */
export async function judgeOwn(worker: string): Promise<Judged> {
  const home = await besideOfHome().catch(() => nothing);
  const now = judged(home, worker, undefined);
  if (now.kind === "released") return now;
  const kept = await keptBeside(worker);
  return kept.note === undefined ? now : judged(kept, worker, undefined);
}

/** What stands beside a release: its note, and the proof that it is in the log. */
type Beside = { readonly note: string | undefined; readonly proof: string | undefined };
const nothing: Beside = { note: undefined, proof: undefined };

function judged({ note, proof }: Beside, worker: string, seen: Seen | undefined): Judged {
  if (note === undefined) return { kind: "unsigned" };
  const verdict = checkHandedOut(note, proof, pinned, seen, readHeard());
  if (verdict.kind !== "released") return verdict;
  return verdict.release.files[worker] === hashIn(worker) ? { ...verdict, note } : { kind: "other-code" };
}

const hashIn = (worker: string) => /^sw-([0-9a-f]{64})\.js$/.exec(worker)?.[1];

/**
 * Whether a version may be installed: a release; or an unsigned version in a browser that never accepted a release,
 * because families may build from source. After its first release a browser refuses unsigned versions (WE137).
 */
export function mayTake(verdict: Judged): boolean {
  return verdict.kind === "released" || (verdict.kind === "unsigned" && readSeen() === undefined);
}

/**
 * Whether what home says of the running version speaks against it. A home that has another version's note beside it, or
 * none, as families who build from source, says nothing of it.
 */
export const isDoubtful = ({ kind }: Judged) =>
  kind !== "released" && kind !== "unsigned" && kind !== "other-code" && kind !== "older";

/** More than a version has. */
const filesMax = 2_000;

/**
 * Whether the files that home lists are those of the release that was judged, so that home fills nobody's disk with
 * what nobody signed. Of a version that is not signed the list is home's, and has a bound.
 */
export function areFilesOf(files: Readonly<Record<string, string>>, verdict: Judged): boolean {
  const listed = Object.entries(files);
  if (verdict.kind !== "released") return listed.length <= filesMax;
  return listed.every(([path, hash]) => base64OfHex(verdict.release.files[path] ?? "") === hash);
}

/** Records a release as accepted: from now on older ones are refused. */
export async function believe(worker: string, verdict: Judged): Promise<void> {
  if (verdict.kind !== "released") return;
  localStorage.setItem(seenKey, seenText(verdict, pinned, pinned.log));
  log.value = verdict.log;
  const cache = await caches.open(notesCache);
  await cache.put(`/${worker}.note`, new Response(verdict.note));
  if (verdict.log !== undefined) await cache.put(`/${worker}.proof`, new Response(verdict.log));
}

/** The heads of two logs, as text to show others; undefined while one log was met. */
export function keptSplit(): string | undefined {
  try {
    const kept = localStorage.getItem(splitKey);
    if (kept === null) return undefined;
    if (kept !== split?.kept) split = { kept, heads: headsIn(kept) };
    // What a key signed that is not pinned any more, as the test keys, says nothing.
    return split.heads.length === 2 ? split.heads.join("\n") : undefined;
  } catch {
    return undefined; // A private window refuses storage, and keeps no log either.
  }
}

/** The signatures are checked once, and not with each drawing. */
let split: { readonly kept: string; readonly heads: readonly string[] } | undefined;

/** The first two that were met stay. */
export function keepSplit({ ours, theirs }: { readonly ours: string; readonly theirs: string }): void {
  if (keptSplit() === undefined) localStorage.setItem(splitKey, JSON.stringify([ours, theirs]));
}

/** Those that the log's pinned key signed. */
function headsIn(kept: string): readonly string[] {
  return textsIn(kept).flatMap((told) => headIn(told, pinned.log) ?? []);
}

function textsIn(kept: string): readonly string[] {
  try {
    const texts: unknown = JSON.parse(kept);
    return Array.isArray(texts) ? texts.map(String) : [];
  } catch {
    return []; // Of an earlier form.
  }
}

/** Keeps what friends' apps say of the log, so that no other one is taken, before an account is open too. */
export function keepHeard(heads: readonly string[]): void {
  localStorage.setItem(heardKey, JSON.stringify(heads.slice(-heardMax)));
}

/** While everybody has the log's key, what is said says nothing (RE6). */
const readHeard = () => (pinned.isTest ? [] : textsIn(localStorage.getItem(heardKey) ?? "[]"));

export const readSeen = (): Seen | undefined => seenIn(localStorage.getItem(seenKey), pinned);

async function besideOfHome(): Promise<Beside> {
  return { note: await textOfHome(noteFile), proof: await textOfHome(proofFile) };
}

async function textOfHome(path: string): Promise<string | undefined> {
  const answer = await fetch(`/${path}`, { cache: "no-cache" });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error("home does not say whether its version is a release");
  return (await answer.text()).slice(0, noteCharsMax + 1);
}

async function keptBeside(worker: string): Promise<Beside> {
  const cache = await caches.open(notesCache);
  const text = async (kind: string) => (await cache.match(`/${worker}.${kind}`))?.text();
  return { note: await text("note"), proof: await text("proof") };
}

/** How many of a release's files are in the cache, and the paths of those whose hash differs from the release's. */
export async function keptFiles({ files }: Release): Promise<{ readonly kept: number; readonly different: string[] }> {
  const different: string[] = [];
  let kept = 0;
  for (const [path, hash] of Object.entries(files)) {
    // The same key as `keptKey` of release.ts; importing it would add a file to the first load.
    const answer = await caches.match(`/${path}?v=${encodeURIComponent(base64OfHex(hash))}`);
    if (answer === undefined) continue;
    kept++;
    if ((await hexHash(answer)) !== hash) different.push(path);
  }
  return { kept, different };
}

async function hexHash(answer: Response): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
