/**
 * Shelf: files that a bot sends or is sent, by the names that WeChat's interface calls media ids. They lie open in the
 * account's folder for three days, as at WeChat (docs/spec/bridge.md PA36).
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type Kept = {
  readonly mime: string;
  /** Where a person spoke it: how long, and its bars in hex. */
  readonly ms?: number;
  readonly waveform?: string;
};

export const fileBytesMax = 20 << 20;
const keptMs = 3 * 86_400_000;
/** A person could fill the disk of who runs the bridge; beyond it the oldest go. */
const shelfBytesMax = 2 * 2 ** 30;

export class Shelf {
  private readonly folder: string;
  private readonly nowMs: () => number;
  private readonly bytesMax: number;

  constructor(folder: string, nowMs: () => number = Date.now, bytesMax: number = shelfBytesMax) {
    this.folder = folder;
    this.nowMs = nowMs;
    this.bytesMax = bytesMax;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Returns its media id. */
  async put(bytes: Uint8Array, kept: Kept): Promise<string> {
    await this.sweep();
    const id = randomBytes(24).toString("base64url");
    await writeFile(join(this.folder, `${id}.json`), JSON.stringify(kept), { mode: 0o600 });
    await writeFile(join(this.folder, id), bytes, { mode: 0o600 });
    return id;
  }

  async get(id: string): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly kept: Kept } | undefined> {
    // A path is made of it. @checks PA36
    if (!/^[\w-]{32}$/.test(id)) return undefined;
    const path = join(this.folder, id);
    try {
      if ((await stat(path)).mtimeMs < this.nowMs() - keptMs) return undefined;
      const kept = JSON.parse(await readFile(`${path}.json`, "utf8")) as Kept;
      return { bytes: new Uint8Array(await readFile(path)), kept };
    } catch {
      return undefined; // It went, or never was.
    }
  }

  private async sweep(): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => !name.endsWith(".json"));
    const found = await Promise.all(names.map(async (name) => ({ name, ...(await statOf(join(this.folder, name))) })));
    let left = found.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size, mtimeMs } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      // @checks PA36
      if (mtimeMs >= this.nowMs() - keptMs && left <= this.bytesMax) return;
      left -= size;
      for (const path of [name, `${name}.json`]) await rm(join(this.folder, path), { force: true });
    }
  }
}

const statOf = (path: string) =>
  stat(path).then(
    ({ size, mtimeMs }) => ({ size, mtimeMs }),
    () => ({ size: 0, mtimeMs: 0 }),
  );
