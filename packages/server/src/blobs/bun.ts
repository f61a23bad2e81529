/**
 * Store of blobs in a folder: one file each under its random name, and an index in SQLite beside them. Both are on
 * disk before anything is answered, and neither tells a time finer than a day (docs/spec/media.md ME7).
 */
import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { mkdir, open, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes } from "@yanshu/wire";
import { LogOpenError } from "../log/log.ts";
import { type BlobDisk, BlobDiskFullError, type BlobIndex, type BlobRow, type BlobStore } from "./store.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS server (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seed BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS blobs (
    id          TEXT    PRIMARY KEY,       -- lowercase hex; names the file too
    bytes       INTEGER NOT NULL,
    written     INTEGER NOT NULL,          -- on disk; what a file holds beyond was never acknowledged
    days        INTEGER NOT NULL,
    expires_day INTEGER NOT NULL,
    owner_hash  BLOB    NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS blobs_by_day ON blobs (expires_day);
  CREATE TABLE IF NOT EXISTS spent (
    epoch INTEGER NOT NULL,
    input BLOB    NOT NULL,
    PRIMARY KEY (epoch, input)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = 1;
`;

/** @throws LogOpenError when the folder's index cannot be used. */
export function openBlobStore(folder: string): BlobStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = openIndex(join(folder, "index.db"));
  return { index: indexOver(database), disk: diskIn(folder), close: () => database.close(false) };
}

function openIndex(path: string): Database {
  try {
    const database = new Database(path, { create: true, strict: true });
    const version = (database.query("PRAGMA user_version").get() as { user_version: number }).user_version;
    if (version > 1) {
      database.close(false);
      throw new LogOpenError(`the index of blobs has version ${version}, this server knows 1: use a newer server`);
    }
    for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "busy_timeout = 2000"])
      database.run(`PRAGMA ${pragma}`);
    database.run(schema);
    const insert = database.prepare("INSERT OR IGNORE INTO server (id, seed) VALUES (1, ?)");
    insert.run(crypto.getRandomValues(new Uint8Array(32)));
    return database;
  } catch (error) {
    if (error instanceof LogOpenError) throw error;
    throw new LogOpenError("the index of blobs cannot be opened");
  }
}

type StoredRow = { bytes: number; written: number; days: number; expires_day: number; owner_hash: Bytes };

function indexOver(database: Database): BlobIndex {
  const find = database.prepare("SELECT bytes, written, days, expires_day, owner_hash FROM blobs WHERE id = ?");
  const insert = database.prepare(
    "INSERT INTO blobs (id, bytes, written, days, expires_day, owner_hash) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const spend = database.prepare("INSERT INTO spent (epoch, input) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const advance = database.prepare("UPDATE blobs SET written = ?, expires_day = ? WHERE id = ?");
  const remove = database.prepare("DELETE FROM blobs WHERE id = ?");
  const expired = database.prepare("SELECT id FROM blobs WHERE expires_day <= ? LIMIT ?");
  const forget = database.prepare("DELETE FROM spent WHERE epoch < ?");
  const count = database.prepare("SELECT count(*) AS blobs, coalesce(sum(bytes), 0) AS bytes FROM blobs");
  const { seed } = database.prepare("SELECT seed FROM server").get() as { seed: Bytes };
  // Asked at every upload: kept beside the table, which only this process writes.
  let counts = count.get() as { blobs: number; bytes: number };
  const pay = (tokens: Tokens) => {
    for (const { epoch, input } of tokens) if (spend.run(epoch, input).changes === 0) throw new SpentError();
  };
  const create = database.transaction((id: string, row: BlobRow, tokens: Tokens) => {
    pay(tokens);
    insert.run(id, row.bytes, row.written, row.days, row.expiresDay, row.ownerHash);
  });
  const spendAll = database.transaction(pay);
  return {
    seed,
    find: (id) => {
      const row = find.get(id) as StoredRow | null;
      if (row === null) return undefined;
      const { expires_day: expiresDay, owner_hash: ownerHash, ...rest } = row;
      return { ...rest, expiresDay, ownerHash };
    },
    create: (id, row, tokens) => {
      if (!unspent(() => create.immediate(id, row, tokens))) return false;
      counts = { blobs: counts.blobs + 1, bytes: counts.bytes + row.bytes };
      return true;
    },
    spend: (tokens) => unspent(() => spendAll.immediate(tokens)),
    advance: (id, written, expiresDay) => void advance.run(written, expiresDay, id),
    remove: (id) => {
      remove.run(id);
      counts = count.get() as { blobs: number; bytes: number };
    },
    expired: (day, max) => (expired.all(day, max) as { id: string }[]).map(({ id }) => id),
    forgetSpent: (beforeEpoch) => void forget.run(beforeEpoch),
    tidy: () => database.run("PRAGMA wal_checkpoint(TRUNCATE)"),
    counts: () => counts,
  };
}

type Tokens = Parameters<BlobIndex["spend"]>[0];

/** Rolls the transaction back. */
class SpentError extends Error {}

function unspent(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof SpentError) return false;
    throw error;
  }
}

function diskIn(folder: string): BlobDisk {
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
        throw isFull(error) ? new BlobDiskFullError("no room left") : error;
      }
    },
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

function isFull(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ENOSPC" || code === "EDQUOT" || code === "EIO";
}
