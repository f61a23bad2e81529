/** Saving a file of a message or a post to the disk, a mebibyte at a time. */
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { ClientApi } from "@yanshu/client";
import type { Kept } from "./feature.ts";

const stepBytes = 1 << 20;

/** Resolves with its path. Rejects with `file-gone`. */
export async function saveOne(
  api: Pick<ClientApi, "readFile">,
  folder: string,
  { name, file, inline }: Kept,
): Promise<string> {
  const path = freePath(folder, name);
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

/** A sender chose the name, so only its last part counts, and nothing is written over. */
function freePath(folder: string, name: string): string {
  const clean = basename(name.replaceAll("\\", "/")).replace(/^\.+/, "") || "file";
  const [, stem = clean, ending = ""] = /^(.+?)(\.[^.]{1,12})?$/.exec(clean) ?? [];
  for (let count = 1; ; count++) {
    const path = resolve(join(folder, count === 1 ? clean : `${stem} (${count})${ending}`));
    if (!existsSync(path)) return path;
  }
}
