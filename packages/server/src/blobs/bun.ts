/**
 * Store of blobs in a folder: one file each under its id, and an index in SQLite beside them. Both are on disk before
 * anything is answered, and neither tells a time finer than a day once a blob is whole (docs/spec/media.md ME7, ME7a).
 * The index serves a store whose bytes lie elsewhere, too.
 */
import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { mkdir, open, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes } from "@yanshu/wire";
import { LogFullError, LogOpenError } from "../log/log.ts";
import { isFull as isSqliteFull, keepPrivate, preparing, transactions, withoutRoom } from "../log/sqlite/bun.ts";
import { migrate, versionOf } from "../log/sqlite/migrate.ts";
import { blobIndex } from "./sql-index.ts";
import { type BlobDisk, BlobDiskFullError, type BlobIndex, type BlobStore } from "./store.ts";

const migrations: readonly string[] = [
  `CREATE TABLE server (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seed BLOB NOT NULL
  ) STRICT;
  CREATE TABLE blobs (
    id          TEXT    PRIMARY KEY,       -- lowercase hex; names the file too
    bytes       INTEGER NOT NULL,          -- announced
    written     INTEGER NOT NULL,          -- acknowledged; a file may hold more, which does not count
    days        INTEGER NOT NULL,          -- it is kept, from the day on which it is whole
    expires_day INTEGER NOT NULL,
    owner_hash  BLOB    NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blobs_by_day ON blobs (expires_day);
  CREATE TABLE spent (                     -- upload tokens (RFC 9497)
    epoch INTEGER NOT NULL,                -- the week of their key
    input BLOB    NOT NULL,
    PRIMARY KEY (epoch, input)
  ) STRICT, WITHOUT ROWID;`,
  // 2: bytes may lie in a bucket, in parts, and what was removed is remembered until they are gone.
  `CREATE TABLE blob_parts (
    id     TEXT    NOT NULL,
    begins INTEGER NOT NULL,
    ends   INTEGER NOT NULL,
    PRIMARY KEY (id, begins)
  ) STRICT, WITHOUT ROWID;
  -- Removed; their bytes are not gone yet.
  CREATE TABLE leaving_blobs (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE blob_totals (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    blobs INTEGER NOT NULL,                -- of the rows in blobs
    bytes INTEGER NOT NULL
  ) STRICT;
  INSERT INTO blob_totals SELECT 1, count(*), coalesce(sum(bytes), 0) FROM blobs;`,
  // 3: bytes count once they are written, not once they are announced.
  "UPDATE blob_totals SET bytes = (SELECT coalesce(sum(written), 0) FROM blobs);",
];

/**
 * @param seed 32 bytes, from which the keys of upload tokens follow (ME3), where several servers share them; absent:
 * the folder's own. @param onFullDisk the disk has no room: the index is not written at the opening.
 * @throws LogOpenError when the folder's index cannot be used. @throws LogFullError when only room is lacking.
 */
export function openBlobStore(folder: string, seed?: Bytes, onFullDisk = false): BlobStore {
  const { index, close } = openBlobIndex(folder, false, onFullDisk);
  return { index: seed === undefined ? index : { ...index, seed }, disk: folderDisk(folder), close };
}

/**
 * @param keepsParts true where the bytes lie in a bucket: the index then remembers each part. @param onFullDisk as
 * above.
 * @throws LogOpenError when the folder's index cannot be used. @throws LogFullError when only room is lacking.
 */
export function openBlobIndex(
  folder: string,
  keepsParts: boolean,
  onFullDisk = false,
): { readonly index: BlobIndex; readonly close: () => void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = openIndexFile(join(folder, "index.db"), onFullDisk);
  const index = blobIndex({
    prepare: preparing(database),
    transaction: transactions(database),
    keepsParts,
    tidy: () => database.run("PRAGMA wal_checkpoint(TRUNCATE)"),
  });
  return { index, close: () => database.close(false) };
}

/** @throws LogOpenError when it cannot be used. @throws LogFullError when only room is lacking. */
export function openIndexFile(path: string, onFullDisk = false): Database {
  let database: Database | undefined;
  try {
    keepPrivate(path);
    database = new Database(path, { create: true, strict: true });
    if (onFullDisk) withoutRoom(database);
    const version = versionOf(database);
    if (version > migrations.length) {
      throw new LogOpenError(
        `the index of blobs has version ${version}, this server knows ${migrations.length}: use a newer server`,
      );
    }
    for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "busy_timeout = 2000"])
      database.run(`PRAGMA ${pragma}`);
    migrate(database, migrations, !onFullDisk);
    if (database.query("SELECT 1 FROM server").get() === null)
      database.prepare("INSERT INTO server (id, seed) VALUES (1, ?)").run(crypto.getRandomValues(new Uint8Array(32)));
    return database;
  } catch (error) {
    database?.close(false);
    if (error instanceof LogOpenError) throw error;
    if (isSqliteFull(error)) throw new LogFullError("no room left");
    throw new LogOpenError("the index of blobs cannot be opened");
  }
}

/** Files in a folder, each under its id. */
export function folderDisk(folder: string): BlobDisk {
  // 256 folders: a directory of a million files is slow on some disks.
  const pathOf = (id: string) => join(folder, id.slice(0, 2), id);
  return {
    async write(id, offset, bytes) {
      try {
        await mkdir(join(folder, id.slice(0, 2)), { recursive: true, mode: 0o700 });
        const file = await open(pathOf(id), offset === 0 ? "w" : "r+", 0o600);
        try {
          for (let at = 0; at < bytes.length; )
            at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
          await file.datasync();
        } finally {
          await file.close();
        }
      } catch (error) {
        throw isDiskFull(error) ? new BlobDiskFullError("no room left") : error;
      }
    },
    async writeStream(id, offset, chunks) {
      try {
        await mkdir(join(folder, id.slice(0, 2)), { recursive: true, mode: 0o700 });
        const file = await open(pathOf(id), offset === 0 ? "w" : "r+", 0o600);
        try {
          let length = 0;
          for await (const bytes of chunks)
            for (let at = 0; at < bytes.length; ) {
              const { bytesWritten } = await file.write(bytes, at, bytes.length - at, offset + length);
              at += bytesWritten;
              length += bytesWritten;
            }
          await file.datasync();
          return length;
        } finally {
          await file.close();
        }
      } catch (error) {
        throw isDiskFull(error) ? new BlobDiskFullError("no room left") : error;
      }
    },
    file: (id, offset, length) => Bun.file(pathOf(id)).slice(offset, offset + length),
    async read(id, offset, length) {
      const file = await open(pathOf(id), "r");
      try {
        const bytes = new Uint8Array(length);
        let at = 0;
        while (at < length) {
          const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
          if (bytesRead === 0) break;
          at += bytesRead;
        }
        return bytes.subarray(0, at);
      } finally {
        await file.close();
      }
    },
    finish: (id, day) => utimes(pathOf(id), day * 86_400, day * 86_400),
    remove: (id) => rm(pathOf(id), { force: true }),
  };
}

/** A disk that fails (EIO) has no room for anything either: what it should keep is refused, and nothing ends. */
function isDiskFull(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ENOSPC" || code === "EDQUOT" || code === "EIO";
}
