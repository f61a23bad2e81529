/**
 * Check: whether a note is a valid release, and which files differ from it (docs/spec/release.md RE3–RE5). Web,
 * terminal and home all use this check.
 */
import { compareVersions, type Release, releaseIn } from "./body.ts";
import { sha256Hex } from "./bytes.ts";
import { isSignedBy, keyIn, type NoteKey, readNote } from "./note.ts";

/** The keys that may sign, as `name+id+base64`, and the number of signatures required. */
export type Keys = { readonly verifiers: readonly string[]; readonly threshold: number };
/** A release that was seen before: its version, the hash of its text, and the proof that it is in the log. */
export type Seen = {
  readonly version: string;
  readonly hash: string;
  readonly log?: string;
  /** The key under which that log was believed. */
  readonly logKey?: string;
};

export type Verdict =
  | {
      readonly kind: "released";
      readonly release: Release;
      /** SHA-256 in hex of the release's text. */
      readonly hash: string;
      readonly signers: readonly string[];
      /** The proof that it is in the log, once that was checked (log.ts). */
      readonly log?: string;
      /** The version of the last release in that log. */
      readonly latest?: string;
    }
  /** No note, or one without a signature by any of the keys. */
  | { readonly kind: "unsigned" }
  | { readonly kind: "too-few"; readonly signers: readonly string[]; readonly threshold: number }
  /** Not a note, not a release, or a wrong signature in the name of one of the keys. */
  | { readonly kind: "malformed" }
  | { readonly kind: "older"; readonly version: string; readonly than: string }
  /** Another release with the same version was seen before: one of the two may be made for a single victim. */
  | { readonly kind: "rival"; readonly version: string }
  /** It is signed, and in no log that others see. */
  | { readonly kind: "unlogged" }
  /** The log ends before one that was seen before. */
  | { readonly kind: "shorter" }
  /** The log's key signed two logs: the checkpoints of both. */
  | { readonly kind: "split"; readonly ours: string; readonly theirs: string };

/**
 * @param note undefined if there is none.
 * @param newest the newest release that this reader has accepted; older ones are refused.
 */
export function checkRelease(note: string | undefined, keys: Keys, newest?: Seen): Verdict {
  if (note === undefined) return { kind: "unsigned" };
  const held = readNote(note);
  // @checks RE2
  if (held === undefined) return { kind: "malformed" };
  const signers = new Set<string>();
  for (const key of keys.verifiers.map(mustBeKey)) {
    const own = held.signatures.find(({ name, id }) => name === key.name && id === key.id);
    if (own === undefined) continue;
    // @checks RE3
    if (!isSignedBy(held.text, own, key)) return { kind: "malformed" };
    signers.add(key.name);
  }
  // @checks RE3
  if (signers.size === 0) return { kind: "unsigned" };
  // @checks RE3
  if (signers.size < keys.threshold) return { kind: "too-few", signers: [...signers], threshold: keys.threshold };
  const release = releaseIn(held.text);
  // @checks RE1
  if (release === undefined) return { kind: "malformed" };
  const hash = sha256Hex(held.text);
  return beside(release, hash, newest) ?? { kind: "released", release, hash, signers: [...signers] };
}

function beside({ version }: Release, hash: string, newest: Seen | undefined): Verdict | undefined {
  if (newest === undefined) return undefined;
  const order = compareVersions(version, newest.version);
  // @checks RE4
  if (order < 0) return { kind: "older", version, than: newest.version };
  // @checks RE4
  if (order === 0 && hash !== newest.hash) return { kind: "rival", version };
  return undefined;
}

function mustBeKey(verifier: string): NoteKey {
  const key = keyIn(verifier);
  if (key === undefined) throw new Error("a pinned key is none");
  return key;
}

export type Difference = { readonly path: string; readonly what: "changed" | "missing" | "extra" };

/**
 * In what files differ from a release.
 *
 * @param found SHA-256 in hex by path; undefined: it is not there.
 */
export function differences({ files }: Release, found: ReadonlyMap<string, string | undefined>): readonly Difference[] {
  const ours = Object.entries(files).flatMap(([path, hash]): readonly Difference[] => {
    const other = found.get(path);
    if (other === hash) return [];
    return [{ path, what: other === undefined ? "missing" : "changed" }];
  });
  const others = [...found].flatMap(([path, hash]): readonly Difference[] =>
    hash === undefined || Object.hasOwn(files, path) ? [] : [{ path, what: "extra" }],
  );
  return [...ours, ...others];
}
