/** Saving a file of a message or a post to the disk, a mebibyte at a time. */
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { ClientApi } from "@yanshu/client";
import type { Kept } from "./feature.ts";

const stepBytes = 1 << 20;

/** Resolves with its path; undefined where the file is kept no more. */
export async function saveOne(
  api: Pick<ClientApi, "readFile">,
  folder: string,
  kept: Kept,
): Promise<string | undefined> {
  return written(api, folder, kept).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== "file-gone") throw error;
    return undefined;
  });
}

async function written(
  api: Pick<ClientApi, "readFile">,
  folder: string,
  { name, file, inline }: Kept,
): Promise<string> {
  // A sender chose the name, so only its last part counts.
  const path = freePath(folder, basename(name.replaceAll("\\", "/")).replace(/^\.+/, "") || "file");
  // Read first: nothing is left behind of a file that cannot be had.
  const first = inline ?? (file === undefined ? new Uint8Array() : await api.readFile(file.handle, 0, stepBytes));
  const out = await open(path, "wx", 0o600);
  try {
    await out.write(first);
    for (let at = first.length; file !== undefined && at < file.bytes; ) {
      const part = await api.readFile(file.handle, at, stepBytes);
      await out.write(part);
      at += part.length;
    }
  } finally {
    await out.close();
  }
  return path;
}

/** That name in the folder, with a number where something has it: nothing is written over. */
export function freePath(folder: string, name: string): string {
  const [, stem = name, ending = ""] = /^(.+?)(\.[^.]{1,12})?$/.exec(name) ?? [];
  for (let count = 1; ; count++) {
    const path = resolve(join(folder, count === 1 ? name : `${stem} (${count})${ending}`));
    if (!existsSync(path)) return path;
  }
}
