/**
 * Released: whether a version of the app is a signed release (docs/spec/web.md WE136–WE138, docs/spec/release.md). A
 * version is told by the name of its service worker, which is its hash and names every file by its own (WE33): so a
 * release that lists that name with that hash has signed all of it.
 */
import { signal } from "@preact/signals";
import { checkRelease, pinned, type Release, type Seen, seenIn, seenText, type Verdict } from "@yanshu/release";

/** What speaks against a version; `other-code`: what was signed is another one. */
export type Refusal = Exclude<Verdict, { readonly kind: "released" }> | { readonly kind: "other-code" };
export type Judged = (Extract<Verdict, { readonly kind: "released" }> & { readonly note: string }) | Refusal;

/** A version that home offered and this browser did not take, and what speaks against it (WE137). */
export const refused = signal<{ readonly worker: string; readonly why: Refusal } | undefined>(undefined);

export const isTest = pinned.isTest;

/** The newest release that this browser has run, or was about to; nothing before it is taken any more (RE4, RE13). */
export const seenKey = "yanshu.release.seen";
/** Notes of versions that were taken: home may hand out the next one's by now. */
const notesCache = "yanshu-release";
const noteCharsMax = 256 * 1024;

/**
 * @param worker the name of a version. @throws where home cannot be asked.
 */
export async function judge(worker: string): Promise<Judged> {
  return judged(await noteOfHome(), worker, readSeen());
}

/** The same of the version that runs here, by the note that came with it where home has another by now. */
export async function judgeOwn(worker: string): Promise<Judged> {
  const home = await noteOfHome().catch(() => undefined);
  const now = judged(home, worker, undefined);
  if (now.kind === "released") return now;
  const kept = await keptNote(worker);
  return kept === undefined ? now : judged(kept, worker, undefined);
}

function judged(note: string | undefined, worker: string, seen: Seen | undefined): Judged {
  if (note === undefined) return { kind: "unsigned" };
  const verdict = checkRelease(note, pinned, seen);
  if (verdict.kind !== "released") return verdict;
  return verdict.release.files[worker] === hashIn(worker) ? { ...verdict, note } : { kind: "other-code" };
}

const hashIn = (worker: string) => /^sw-([0-9a-f]{64})\.js$/.exec(worker)?.[1];

/**
 * Whether a version may be taken: a release; or anything that claims to be none, in a browser that never saw one, for
 * families build from source. Once a browser has run a release it goes back to nothing else (WE137).
 */
export function mayTake(verdict: Judged): boolean {
  return verdict.kind === "released" || (verdict.kind === "unsigned" && readSeen() === undefined);
}

/** From now on nothing before this one is taken. */
export async function believe(worker: string, verdict: Judged): Promise<void> {
  if (verdict.kind !== "released") return;
  localStorage.setItem(seenKey, seenText(verdict, pinned));
  await (await caches.open(notesCache)).put(`/${worker}.note`, new Response(verdict.note));
}

const readSeen = (): Seen | undefined => seenIn(localStorage.getItem(seenKey), pinned);

async function noteOfHome(): Promise<string | undefined> {
  const answer = await fetch("/release.note", { cache: "no-cache" });
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error("home does not say whether its version is a release");
  return (await answer.text()).slice(0, noteCharsMax + 1);
}

async function keptNote(worker: string): Promise<string | undefined> {
  return (await (await caches.open(notesCache)).match(`/${worker}.note`))?.text();
}

/** The files that this browser keeps of a release, and those of them that are others. */
export async function keptFiles({ files }: Release): Promise<{ readonly kept: number; readonly different: string[] }> {
  const different: string[] = [];
  let kept = 0;
  for (const [path, hash] of Object.entries(files)) {
    // As `keptKey` of release.ts has it; imported, it would be a file of its own.
    const answer = await caches.match(`/${path}?v=${encodeURIComponent(base64Of(hash))}`);
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

const base64Of = (hex: string) =>
  btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))));
