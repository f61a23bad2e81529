/** Signed app: copies of the built web app, and releases of it by the test keys. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { bodyOf, type Release, sha256Hex } from "@yanshu/release";
import { signedByTestKeys } from "@yanshu/release/testing";
import { RealServer } from "./server.ts";

/** Copies a build without its note and its compressed forms, which would be those of other bytes. */
export function copyApp(dist: string, into: string): void {
  cpSync(dist, into, { recursive: true, filter: (path) => !/\.(?:br|gz|note)$/.test(path) });
}

/** SHA-256 of each file, in hex. */
export async function hashesIn(folder: string): Promise<Release["files"]> {
  const hashes: Record<string, string> = {};
  for await (const path of new Bun.Glob("**/*").scan(folder))
    hashes[path] = sha256Hex(await Bun.file(join(folder, path)).bytes());
  return hashes;
}

/** The release of these files, signed by so many of the test keys. */
export function noteOf({ version, files }: Pick<Release, "version" | "files">, keys: number): string {
  const release: Release = { version, commit: "00".repeat(20), previous: null, sbom: "00".repeat(32), files };
  return signedByTestKeys(bodyOf(release), keys);
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
