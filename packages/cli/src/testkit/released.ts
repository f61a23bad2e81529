/** An app of two files that the test keys signed, as small as one can be. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bodyOf, noteFile, pinned, proofFile, viewIn } from "@yanshu/release";
import { loggedByTestKey, signedByTestKeys } from "@yanshu/release/testing";

export const releasedFiles = { "index.html": "<!doctype html><title>雁书</title>", "assets/main-AbCd1234.js": "1" };

/**
 * @param signers how many of the test keys; none: there is no note. @param change what lies there in the place of what
 *   was signed. @param after the folder of the release before, whose log this one continues.
 */
export function build(
  into: string,
  signers: number,
  change: Readonly<Record<string, string>> = {},
  { version = "1.2.0", commit = "ab", after }: { version?: string; commit?: string; after?: string } = {},
): string {
  mkdirSync(join(into, "assets"), { recursive: true });
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const hashes = Object.fromEntries(Object.entries(releasedFiles).map(([path, text]) => [path, hash(text)]));
  const body = bodyOf({
    version,
    commit: commit.repeat(20),
    previous: null,
    sbom: "00".repeat(32),
    files: hashes,
  });
  for (const [path, text] of Object.entries({ ...releasedFiles, ...change })) writeFileSync(join(into, path), text);
  if (signers === 0) return into;
  const before = after === undefined ? "" : readFileSync(join(after, proofFile), "utf8");
  writeFileSync(join(into, noteFile), signedByTestKeys(body, signers));
  writeFileSync(join(into, proofFile), loggedByTestKey(body, viewIn(before, pinned.log)?.entries));
  return into;
}
