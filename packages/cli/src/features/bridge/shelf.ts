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
const tidyEveryMs = 3_600_000;

type Room = { readonly bytes: number; readonly files: number };
/** A person could fill the disk of who runs the bridge; beyond it the oldest go. */
const shelfRoom: Room = { bytes: 2 * 2 ** 30, files: 10_000 };
const nothing: Room = { bytes: 0, files: 0 };

/** Runs something again and again. Returns what ends it. */
type Every = (run: () => void, ms: number) => () => void;

const everyOf: Every = (run, ms) => {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
};

export class Shelf {
  private readonly folder: string;
  private readonly nowMs: () => number;
  private readonly room: Room;
  /** One at a time: a file of which one half is being written is not taken for what a crash left. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, nowMs: () => number = Date.now, room: Room = shelfRoom) {
    this.folder = folder;
    this.nowMs = nowMs;
    this.room = room;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Returns its media id. */
  put(bytes: Uint8Array, kept: Kept): Promise<string> {
    return this.inTurn(async () => {
      await this.sweep({ bytes: bytes.length, files: 1 });
      const id = randomBytes(24).toString("base64url");
      await writeFile(join(this.folder, `${id}.json`), JSON.stringify(kept), { mode: 0o600 });
      await writeFile(join(this.folder, id), bytes, { mode: 0o600 });
      return id;
    });
  }

  /** What is over goes now, and from now on each hour. Returns what ends it. */
  keepTidy(every: Every = everyOf): () => void {
    // What cannot be removed now may be in an hour; after its three days `get` gives it to nobody.
    const tidy = () => void this.inTurn(() => this.sweep(nothing)).catch(() => undefined);
    tidy();
    return every(tidy, tidyEveryMs);
  }

  /** Resolves once what was begun is done. */
  async idle(): Promise<void> {
    await this.last;
  }

  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const next = this.last.then(run);
    this.last = next.catch(() => undefined);
    return next;
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

  /** Removes what is over, halves of files, and the oldest until there is room for `coming`. */
  private async sweep(coming: Room): Promise<void> {
    const all = new Set(await readdir(this.folder));
    const remove = (name: string) => rm(join(this.folder, name), { force: true });
    const names: string[] = [];
    for (const name of all) {
      const other = name.endsWith(".json") ? name.slice(0, -".json".length) : `${name}.json`;
      if (!all.has(other)) await remove(name);
      else if (!name.endsWith(".json")) names.push(name);
    }
    const found = await Promise.all(names.map(async (name) => ({ name, ...(await statOf(join(this.folder, name))) })));
    let bytes = found.reduce((sum, { size }) => sum + size, coming.bytes);
    let files = found.length + coming.files;
    for (const { name, size, mtimeMs } of found.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      // @checks PA36
      if (mtimeMs >= this.nowMs() - keptMs && bytes <= this.room.bytes && files <= this.room.files) return;
      bytes -= size;
      files--;
      await remove(name);
      await remove(`${name}.json`);
    }
  }
}

const statOf = (path: string) =>
  stat(path).then(
    ({ size, mtimeMs }) => ({ size, mtimeMs }),
    () => ({ size: 0, mtimeMs: 0 }),
  );
