/**
 * Released: whether the web app that this server serves is the release whose signed note lies beside it
 * (docs/spec/release.md RE11, RE12). The operator reads the result; the app checks by itself for its users.
 */
import { createHash } from "node:crypto";
import { checkHandedOut, differences, noteFile, type Pinned, pinned, proofFile, type Verdict } from "@yanshu/release";

const namesMax = 3;

/**
 * @param files by path, each in every encoding, unpacked as a browser would.
 * @returns one sentence for the operator; undefined without a note, as after a build of one's own.
 */
export function releaseSaid(
  files: ReadonlyMap<string, () => readonly Uint8Array[]>,
  keys: Pinned = pinned,
): string | undefined {
  const [note, ...others] = files.get(noteFile)?.() ?? [];
  if (note === undefined) return undefined;
  const [proof, ...otherProofs] = files.get(proofFile)?.() ?? [];
  const verdict = checkHandedOut(textOf(note), proof && textOf(proof), keys);
  if (verdict.kind !== "released") return `the web app is no release: ${reasons[verdict.kind]}`;
  const { release, signers } = verdict;
  const found = new Map([...files].map(([path, forms]) => [path, hashOf(forms(), release.files[path])]));
  for (const beside of [noteFile, proofFile]) found.delete(beside);
  const different = differences(release, found).map(({ path }) => path);
  if (others.some((other) => !Buffer.from(other).equals(note))) different.push(noteFile);
  if (otherProofs.some((other) => !Buffer.from(other).equals(proof ?? new Uint8Array()))) different.push(proofFile);
  if (different.length > 0)
    return `the web app is not the release ${release.version} that stands beside it: ${few(different)}`;
  const doubt = keys.isTest ? ", with test keys, which proves nothing" : "";
  return `the web app is the release ${release.version}, signed by ${signers.join(" and ")}${doubt}`;
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The hash of an encoding that differs from the release, if any: the browser chooses which encoding it gets. */
function hashOf(forms: readonly Uint8Array[], released: string | undefined): string | undefined {
  const hashes = forms.map((form) => createHash("sha256").update(form).digest("hex"));
  return hashes.find((hash) => hash !== released) ?? hashes[0];
}

const reasons: Readonly<Record<Exclude<Verdict["kind"], "released">, string>> = {
  unsigned: "none of the holders of its keys signed it",
  "too-few": "too few of the holders of its keys signed it",
  malformed: "its note cannot be read, or was changed after it was signed",
  older: "it is older than another",
  rival: "there is another one of its version",
  unlogged: "it stands in no log of releases that others see",
  shorter: "its log ends before another",
  split: "its log is another than others see",
};

function few(paths: readonly string[]): string {
  const rest = paths.length - namesMax;
  return `${paths.slice(0, namesMax).join(", ")}${rest > 0 ? ` and ${rest} more differ` : paths.length === 1 ? " differs" : " differ"}`;
}
