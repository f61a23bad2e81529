/**
 * Update: a release of the app from any server that hands one out, or from a folder (docs/spec/homes.md HM79). Nobody
 * who hands it out is believed: the signatures are, and every file is held against them before one is written.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkHandedOut, compareVersions, noteFile, type Pinned, proofFile, seenIn } from "@yanshu/release";
import { type Checked, checkedFiles } from "./build.ts";
import { writeNewest } from "./newest.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;
type Released = Extract<Checked, { readonly kind: "released" }>;

/** Of the note, and of the proof that it is in the log. */
const noteBytesMax = 256 << 10;
const fileBytesMax = 16 << 20;
const bytesMax = 128 << 20;
const msMax = 60_000;
const atOnce = 4;
const folderShape = /^web-(\d+\.\d+\.\d+)$/;

/**
 * The release that a server hands out, as far as it is one.
 *
 * @param newest the newest one that was taken before. @throws where the server cannot be reached, or sends no end.
 */
export async function buildAt(get: Fetch, origin: string, keys: Pinned, newest: string | undefined): Promise<Checked> {
  const note = await fileAt(get, origin, noteFile, noteBytesMax);
  const proof = await fileAt(get, origin, proofFile, noteBytesMax);
  const verdict = checkHandedOut(textOf(note), textOf(proof), keys, seenIn(newest, keys));
  // @checks HM79
  if (verdict.kind !== "released") return { kind: "refused", why: verdict };
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [path, bytes] of [
    [noteFile, note],
    [proofFile, proof],
  ] as const)
    if (bytes !== undefined) files.set(path, bytes);
  let left = bytesMax;
  const waiting = Object.keys(verdict.release.files)[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const path of waiting) {
        const bytes = await fileAt(get, origin, path, Math.min(left, fileBytesMax));
        if (bytes === undefined) continue; // It is named as one that is missing.
        left -= bytes.length;
        files.set(path, bytes);
      }
    }),
  );
  return checkedFiles(files, keys, false, newest);
}

const textOf = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

async function fileAt(
  get: Fetch,
  origin: string,
  path: string,
  lengthMax: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const signal = AbortSignal.timeout(msMax);
  const answer = await get(`${origin}/${path}`, { redirect: "manual", cache: "no-store", signal });
  if (!answer.ok) {
    await answer.body?.cancel();
    return undefined;
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    // @checks HM79
    if (length > lengthMax) throw new Error("it sends more than an app has");
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Whole or not at all, whenever the power fails; those of before go once it is there. */
export function keepBuild(folder: string, { files, version, seen }: Released): void {
  const name = `web-${version}`;
  const [into, fresh] = [join(folder, name), join(folder, `${name}.new`)];
  rmSync(fresh, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(fresh, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(fresh, path), bytes);
  }
  rmSync(into, { recursive: true, force: true });
  renameSync(fresh, into);
  writeNewest(folder, seen);
  for (const other of keptIn(folder)) if (other !== name) rmSync(join(folder, other), { recursive: true, force: true });
}

/** The folder of the newest release that was taken so; undefined where none was. */
export function newestKept(folder: string): string | undefined {
  const name = keptIn(folder)
    .toSorted((a, b) => compareVersions(a.slice(4), b.slice(4)))
    .at(-1);
  return name === undefined ? undefined : join(folder, name);
}

function keptIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => folderShape.test(name));
  } catch {
    return []; // No such folder.
  }
}
