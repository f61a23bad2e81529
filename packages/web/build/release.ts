/**
 * Release: the service worker bears its hash as its name and names each file of the app by its SHA-256, so that its
 * name stands for the whole app (docs/spec/web.md WE33). `release.json` says which is the newest.
 */
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "../src/release.ts";

/** What the service worker fetches when it is installed, and what it keeps from its first use on. */
export type ReleaseFile = { readonly url: string; readonly revision: string; readonly isExtra?: true };

/** Large extras: the scanner, pinyin, emoji, and what draws mini programs. */
const extra = /^assets\/(?:lazy-|.*zxing)|^mini\//;

/** For workbox, once the files stand in `dist`. */
export function releaseFiles(dist: string) {
  return (entries: readonly { readonly url: string }[]) => ({
    manifest: entries.map(({ url }): ReleaseFile & { size: number } => {
      const revision = createHash("sha256")
        .update(readFileSync(join(dist, url)))
        .digest("base64");
      return { url, revision, size: 0, ...(extra.test(url) ? { isExtra: true } : {}) };
    }),
    warnings: [],
  });
}

/** Gives a service worker its name, beside which the release is written. */
export function writeRelease(dist: string, source: string, files: Release["files"]): Release {
  const worker = `sw-${createHash("sha256").update(source).digest("hex")}.js`;
  const release: Release = { v: 1, worker, files };
  writeFileSync(join(dist, worker), source);
  writeFileSync(join(dist, "release.json"), JSON.stringify(release));
  return release;
}

/** @throws when the build made no service worker, or one whose list of files cannot be read. */
export function nameWorker(dist: string): void {
  const source = readFileSync(join(dist, "sw.js"), "utf8");
  const listed = [...source.matchAll(/\{[^{}]*\burl"?:\s*["'`][^{}]*\}/g)].map(([entry]) => entry);
  const field = (entry: string, name: string) => new RegExp(`\\b${name}"?:\\s*["'\`]([^"'\`]+)`).exec(entry)?.[1] ?? "";
  const ahead = listed.filter((entry) => !entry.includes("isExtra"));
  const files = Object.fromEntries(ahead.map((entry) => [field(entry, "url"), field(entry, "revision")]));
  if (files["index.html"] === undefined || Object.values(files).some((hash) => hash.length !== 44))
    throw new Error("the service worker does not name its files by their hashes");
  writeRelease(dist, source, files);
  rmSync(join(dist, "sw.js"));
}
