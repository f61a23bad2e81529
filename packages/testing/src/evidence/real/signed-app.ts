/** Signed app: copies of the built web app, and releases of it by the test keys. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bodyOf, entryOf, noteFile, proofFile, type Release, sha256Hex } from "@yanshu/release";
import { loggedByTestKey, signedByTestKeys } from "@yanshu/release/testing";
import { RealServer } from "./server.ts";

/** Copies a build without its note, its proof and its compressed forms, which would be those of other bytes. */
export function copyApp(dist: string, into: string): void {
  cpSync(dist, into, { recursive: true, filter: (path) => !/\.(?:br|gz|note|proof)$/.test(path) });
}

/** SHA-256 of each file, in hex. */
export async function hashesIn(folder: string): Promise<Release["files"]> {
  const hashes: Record<string, string> = {};
  for await (const path of new Bun.Glob("**/*").scan(folder))
    hashes[path] = sha256Hex(await Bun.file(join(folder, path)).bytes());
  return hashes;
}

type Named = Pick<Release, "version" | "files">;

const textOf = ({ version, files }: Named) =>
  bodyOf({ version, commit: "00".repeat(20), previous: null, sbom: "00".repeat(32), files });

/** The release of these files, signed by so many of the test keys. */
export function noteOf(release: Named, keys: number): string {
  return signedByTestKeys(textOf(release), keys);
}

/** The proof that it stands in the test log. @param before the entries ahead of it. */
export function proofOf(release: Named, before: readonly string[] = []): string {
  return loggedByTestKey(textOf(release), before);
}

export function entryOfRelease(release: Named): string {
  return entryOf(release.version, sha256Hex(textOf(release)));
}

/** Puts note and proof beside the files. @param before the entries of the log ahead of this release. */
export function putRelease(into: string, release: Named, keys: number, before: readonly string[] = []): void {
  writeFileSync(join(into, noteFile), noteOf(release, keys));
  writeFileSync(join(into, proofFile), proofOf(release, before));
}

/** What `take` is answered by a server that hands out these files, and ends then. */
export async function fromServer<T>(assets: string, take: (origin: string) => Promise<T>): Promise<T> {
  const server = await RealServer.start(assets);
  try {
    return await take(`http://127.0.0.1:${server.port}`);
  } finally {
    await server.end();
  }
}
