/**
 * Backup of a data folder while its server runs, and its way back (docs/spec/delivery.md DS54, DS55). A backup is a
 * data folder itself: databases as they stood at one moment, without what SQLite keeps of deleted rows, and the files
 * they name.
 */
import { Database } from "bun:sqlite";
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { chmod, copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openIndexFile } from "../blobs/bun.ts";
import { LogOpenError } from "../log/log.ts";
import { beginAnew } from "../log/sqlite/bun.ts";
import { OptionError } from "../options.ts";

const databaseFile = "yanshu.db";
const indexFile = join("blobs", "index.db");
const smallFiles = ["registration-token", "push-key", "peer-key"];

export type Copied = { readonly files: number; readonly bytes: number };

/**
 * @param to is made, and complete once it has this name.
 * @throws OptionError when `data` holds no server, or `to` exists.
 */
export async function backUp(data: string, to: string): Promise<Copied> {
  if (!existsSync(join(data, databaseFile))) throw new OptionError(`${data} holds no server: see --data`);
  if (existsSync(to)) throw new OptionError(`${to} exists: a backup gets a folder of its own, see --to`);
  const part = `${to}.part`;
  rmSync(part, { recursive: true, force: true });
  makeFolder(join(part, "blobs"));
  // Files are begun before their row says so, and removed after it is gone: those that the copied index names come
  // last.
  snapshot(join(data, databaseFile), join(part, databaseFile));
  if (existsSync(join(data, indexFile))) snapshot(join(data, indexFile), join(part, indexFile));
  const copied = sum(
    await copyBlobs(join(data, "blobs"), join(part, "blobs")),
    await copyFilms(join(part, databaseFile), join(data, "films"), join(part, "films")),
  );
  await copySmall(data, part);
  flush(part);
  renameSync(part, to);
  flush(dirname(to));
  return copied;
}

/**
 * The next start of `data` is that of a server that was put back: its devices tell it again what it lost.
 *
 * @throws OptionError when `from` is no backup, or `data` holds a server.
 * @throws LogOpenError when its database is damaged.
 */
export async function restore(from: string, data: string): Promise<Copied> {
  const [source, target] = [join(from, databaseFile), join(data, databaseFile)];
  if (!existsSync(source)) throw new OptionError(`${from} holds no backup: see --from`);
  if (existsSync(target)) throw new OptionError(`${data} holds a server: move it away first, or see --data`);
  mkdirSync(join(data, "blobs"), { recursive: true, mode: 0o700 });
  const part = `${target}.part`;
  rmSync(part, { force: true });
  putBack(source, part);
  rmSync(join(data, indexFile), { force: true });
  if (existsSync(join(from, indexFile))) snapshot(join(from, indexFile), join(data, indexFile));
  const copied = sum(
    await copyBlobs(join(from, "blobs"), join(data, "blobs")),
    await copyFilms(part, join(from, "films"), join(data, "films")),
  );
  await copySmall(from, data);
  renameSync(part, target);
  flush(data);
  return copied;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as { code?: string };
    throw new OptionError(`the copy cannot be made there (${code}): see --to`);
  }
}

/** One moment of a database that others write; `secure_delete` or not, nothing of deleted rows is in it. */
function snapshot(from: string, to: string): void {
  const database = new Database(from, { readwrite: true, create: false });
  try {
    database.run("PRAGMA busy_timeout = 10000");
    database.query("VACUUM INTO ?").run(to);
  } finally {
    database.close(false);
  }
  chmodSync(to, 0o600);
  flush(to);
}

/** Those that the index in `to` names; it forgets what has expired since. */
async function copyBlobs(from: string, to: string): Promise<Copied> {
  const path = join(to, "index.db");
  if (!existsSync(path)) return { files: 0, bytes: 0 };
  const database = openIndexFile(path);
  try {
    // What has parts lies in a bucket, which its keeper copies.
    const rows = database
      .query<{ id: string; written: number }, []>(
        "SELECT id, written FROM blobs b WHERE NOT EXISTS (SELECT 1 FROM blob_parts p WHERE p.id = b.id)",
      )
      .all();
    let [files, bytes] = [0, 0];
    for (const { id, written } of rows) {
      const isThere = written === 0 || (await copyById(id, from, to));
      if (!isThere) database.query("DELETE FROM blobs WHERE id = ?").run(id);
      files += isThere ? 1 : 0;
      bytes += isThere ? written : 0;
    }
    database.run("UPDATE blob_totals SET (blobs, bytes) = (SELECT count(*), coalesce(sum(written), 0) FROM blobs)");
    return { files, bytes };
  } finally {
    database.close(false);
  }
}

function sum(one: Copied, other: Copied): Copied {
  return { files: one.files + other.files, bytes: one.bytes + other.bytes };
}

/** Films of channels that the copied database names; those in a bucket its keeper copies. */
async function copyFilms(database: string, from: string, to: string): Promise<Copied> {
  const copied = new Database(database, { readonly: true });
  try {
    const isKept = copied.query("SELECT 1 FROM sqlite_schema WHERE name = 'channel_films'").get() !== null;
    const rows = isKept
      ? copied.query<{ id: string; bytes: number }, []>("SELECT lower(hex(hash)) id, bytes FROM channel_films").all()
      : [];
    let [files, bytes] = [0, 0];
    for (const { id, bytes: length } of rows) {
      if (!(await copyById(id, from, to))) continue;
      files++;
      bytes += length;
    }
    return { files, bytes };
  } finally {
    copied.close(false);
  }
}

/** A file as `folderDisk` lays it. Answers whether it is there. */
async function copyById(id: string, from: string, to: string): Promise<boolean> {
  const folder = join(to, id.slice(0, 2));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return copyPrivately(join(from, id.slice(0, 2), id), join(folder, id));
}

async function copySmall(from: string, to: string): Promise<void> {
  for (const name of smallFiles) await copyPrivately(join(from, name), join(to, name));
}

/** Answers whether it is there. */
async function copyPrivately(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return false;
    throw error;
  }
  await chmod(to, 0o600);
  flush(to);
  return true;
}

/** Also of a folder that was copied by hand, with what SQLite keeps beside its database. */
function putBack(from: string, to: string): void {
  try {
    snapshot(from, to);
    const database = new Database(to, { readwrite: true, create: false });
    const [found] = database.query("PRAGMA integrity_check(1)").values();
    if (found?.[0] === "ok") beginAnew(database, crypto.getRandomValues(new Uint8Array(16)));
    database.close(false);
    if (found?.[0] !== "ok") throw new Error("not whole");
  } catch {
    rmSync(to, { force: true });
    throw new LogOpenError("the backup's database is damaged");
  }
  flush(to);
}

/** Onto the disk: a file, or what a folder and those in it are called. */
function flush(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
