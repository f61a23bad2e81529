/**
 * Compare: a home's files with a signed release (docs/spec/terminal.md TE18, TE19). The release is the person's own
 * file, from elsewhere, or the one that home hands out itself.
 */
import {
  checkLogged,
  checkRelease,
  type Difference,
  differences,
  noteFile,
  type Pinned,
  proofFile,
  type Release,
  type Verdict,
  viewIn,
} from "@yanshu/release";
import { type Fetch, type Handed, handedOut, type Trick } from "./handed-out.ts";

type Refused = Exclude<Verdict, { readonly kind: "released" }>;
export type Oddity = { readonly path: string } & (Trick | { readonly what: Difference["what"] });
export type Finding =
  /** The person's own file is no release. */
  | { readonly kind: "own-refused"; readonly why: Refused }
  /** What home says of its release is not to be believed. */
  | { readonly kind: "refused"; readonly why: Refused }
  | {
      readonly kind: "same" | "different";
      readonly release: Release;
      readonly signers: readonly string[];
      /** The proof that it is in the log. */
      readonly log: string;
      /** The version of the last release in that log: home may hand out one of before. */
      readonly latest: string;
      readonly oddities: readonly Oddity[];
    };

/** Paths at which a person may open the app: home could have another page at any of them. */
const pages = ["/", "/chats", "/me/settings"];
/** Names that a browser of an older app asks for. */
const others = ["sw.js"];
const atOnce = 4;

/** What the person has from elsewhere: a signed release, and the proof of any release. */
export type Own = { readonly release?: string | undefined; readonly log?: string | undefined };

/** @throws where home cannot be reached. */
export async function compareHome(get: Fetch, origin: string, keys: Pinned, own: Own): Promise<Finding> {
  const held = own.release === undefined ? undefined : checkRelease(own.release, keys);
  // @checks TE19
  if (held !== undefined && held.kind !== "released") return { kind: "own-refused", why: held };
  // @checks TE19
  if (own.log !== undefined && viewIn(own.log, keys.log) === undefined)
    return { kind: "own-refused", why: { kind: "unlogged" } };
  const note = await handedOut(get, origin, `/${noteFile}`, false);
  const proof = await handedOut(get, origin, `/${proofFile}`, false);
  const seen = held && { version: held.release.version, hash: held.hash };
  const homes = checkRelease(note.hash === undefined ? undefined : note.text, keys, seen);
  // A home that does not hand out the note may still hand out the files.
  const signed = homes.kind === "unsigned" && note.hash === undefined ? (held ?? homes) : homes;
  const log = proof.hash === undefined ? own.log : proof.text;
  const verdict = checkLogged(signed, log, keys.log, { ...(own.log !== undefined && { log: own.log }) });
  // @checks TE19
  if (verdict.kind !== "released") return { kind: "refused", why: verdict };
  const { release, signers } = verdict;
  const oddities = [
    ...besides(noteFile, note),
    ...besides(proofFile, proof),
    ...(await odditiesOf(get, origin, release)),
  ];
  return {
    kind: oddities.length === 0 ? "same" : "different",
    release,
    signers,
    log: verdict.log ?? "",
    latest: verdict.latest ?? "",
    oddities,
  };
}

async function odditiesOf(get: Fetch, origin: string, release: Release): Promise<readonly Oddity[]> {
  const found = new Map<string, string | undefined>();
  const tricks: Oddity[] = [];
  const take = (path: string, handed: Handed) => {
    found.set(path, handed.hash);
    tricks.push(...besides(path, handed));
  };
  const paths = [...Object.keys(release.files), ...others];
  const waiting = paths[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const path of waiting) take(path, await handedOut(get, origin, `/${path}`, false));
    }),
  );
  const opened: Oddity[] = [];
  for (const path of pages) {
    const handed = await handedOut(get, origin, path, true);
    const { hash } = handed;
    if (hash !== release.files["index.html"]) opened.push({ path, what: hash === undefined ? "missing" : "changed" });
    opened.push(...besides(path, handed));
  }
  return [...differences(release, found), ...tricks, ...opened];
}

function besides(path: string, { tricks }: Handed): readonly Oddity[] {
  return tricks.map((trick) => ({ path, ...trick }));
}
