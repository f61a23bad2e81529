/**
 * Body: the content of a release, as the text that the key holders sign (docs/spec/release.md RE1). One release has one
 * text: another encoding of the same values is refused.
 */
export type Release = {
  /** Three numbers, as `0.1.0`: a later release has a higher one. */
  readonly version: string;
  /** The commit of the sources, 40 hex digits. */
  readonly commit: string;
  /** SHA-256 in hex of the previous release's text; null for the first release. */
  readonly previous: string | null;
  /** SHA-256 in hex of the software bill of materials (`sbom.json`). */
  readonly sbom: string;
  /** SHA-256 in hex of every file that a browser gets, by its path without the first slash. */
  readonly files: Readonly<Record<string, string>>;
};

/** Beside the files that a release names: the signed release, and the proof that it is in the log. */
export const noteFile = "release.note";
export const proofFile = "release.proof";

const hash = /^[0-9a-f]{64}$/;
const pathShape = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/;
const versionShape = /^(?:0|[1-9]\d{0,5})(?:\.(?:0|[1-9]\d{0,5})){2}$/;
const filesMax = 2_000;

export function bodyOf({ version, commit, previous, sbom, files }: Release): string {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ version, commit, previous, sbom, files: sorted }, null, 1)}\n`;
}

/** @returns undefined if the text is no release. */
export function releaseIn(text: string): Release | undefined {
  const held = parsed(text);
  // @checks RE1
  if (!isRelease(held)) return undefined;
  // @checks RE1
  if (bodyOf(held) !== text) return undefined;
  return held;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRelease(held: unknown): held is Release {
  // @checks RE1
  if (typeof held !== "object" || held === null) return false;
  const { version, commit, previous, sbom, files } = held as Record<string, unknown>;
  // @checks RE1
  if (!isText(version, versionShape) || !isText(commit, /^[0-9a-f]{40}$/) || !isText(sbom, hash)) return false;
  // @checks RE1
  if (previous !== null && !isText(previous, hash)) return false;
  // @checks RE1
  if (typeof files !== "object" || files === null) return false; // A list is written otherwise than `bodyOf` does.
  const entries = Object.entries(files);
  return entries.length <= filesMax && entries.every(([path, value]) => pathShape.test(path) && isText(value, hash));
}

function isText(value: unknown, shape: RegExp): value is string {
  return typeof value === "string" && shape.test(value);
}

/** Below zero where the first is the older one. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  for (const at of [0, 1, 2]) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
