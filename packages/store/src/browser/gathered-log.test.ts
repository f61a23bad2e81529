/** The log of a commit in one piece, by SQLite itself over files that tell what they are asked. */
import { expect, test } from "bun:test";
import { connectionPragmas, databaseOver } from "../database-over.ts";
import { gatherLogs } from "./gathered-log.ts";
import { connectionOf, loadSqlite } from "./sqlite-wasm.ts";

/** Files in memory, under a name of their own, which note each call that writes, and what stood there at each sync. */
async function files(name: string) {
  const sqlite3 = await loadSqlite();
  const { capi, wasm } = sqlite3;
  const stands = new Map<string, Uint8Array>();
  const synced = new Map<string, Uint8Array>();
  const open = new Map<number, string>();
  const calls: string[] = [];
  const fault = { isFull: false };
  const of = (file: number) => stands.get(open.get(file) ?? "") ?? new Uint8Array();
  const put = (file: number, bytes: Uint8Array) => stands.set(open.get(file) ?? "", bytes);
  const sort = (file: number) => (open.get(file)?.endsWith("-wal") === true ? "log" : "database");
  const heap = (from: number, length: number) => wasm.heap8u().subarray(Number(from), Number(from) + length);
  const io = new capi.sqlite3_io_methods();
  const vfs = new capi.sqlite3_vfs();
  const { structInfo } = capi.sqlite3_file as unknown as { structInfo: { sizeof: number } };
  Object.assign(io, { $iVersion: 1 });
  Object.assign(vfs, {
    $iVersion: 1,
    $szOsFile: structInfo.sizeof,
    $mxPathname: 512,
    $zName: wasm.allocCString(name, false),
  });
  const methods = {
    xClose: () => 0,
    xRead: (file: number, to: number, length: number, at: bigint) => {
      const there = of(file).subarray(Number(at), Number(at) + length);
      heap(to, length).fill(0).set(there);
      return there.length < length ? capi.SQLITE_IOERR_SHORT_READ : 0;
    },
    xWrite: (file: number, from: number, length: number, at: bigint) => {
      calls.push(`${sort(file)} ${at} ${length}`);
      if (fault.isFull) return capi.SQLITE_FULL;
      const [before, end] = [of(file), Number(at) + length];
      const bytes = new Uint8Array(Math.max(before.length, end));
      bytes.set(before);
      bytes.set(heap(from, length), Number(at));
      put(file, bytes);
      return 0;
    },
    xTruncate: (file: number, size: bigint) => {
      put(file, of(file).slice(0, Number(size)));
      return 0;
    },
    xSync: (file: number) => {
      calls.push(`${sort(file)} sync`);
      synced.set(open.get(file) ?? "", of(file).slice());
      return 0;
    },
    xFileSize: (file: number, to: number) => {
      new DataView(wasm.heap8u().buffer).setBigInt64(Number(to), BigInt(of(file).length), true);
      return 0;
    },
    xLock: () => 0,
    xUnlock: () => 0,
    xCheckReservedLock: (_: number, to: number) => {
      wasm.poke32(to, 0);
      return 0;
    },
    xFileControl: () => capi.SQLITE_NOTFOUND,
    xSectorSize: () => 4_096,
    xDeviceCharacteristics: () => 0,
  };
  const ofVfs = {
    xOpen: (_: number, path: number, file: number, flags: number, out: number) => {
      const struct = new capi.sqlite3_file(file as never);
      Object.assign(struct, { $pMethods: io.pointer });
      struct.dispose();
      open.set(file, wasm.cstrToJs(path) ?? "");
      if (out) wasm.poke32(out, flags);
      return 0;
    },
    xDelete: (_: number, path: number) => {
      stands.delete(wasm.cstrToJs(path) ?? "");
      return 0;
    },
    xAccess: (_: number, path: number, __: number, to: number) => {
      wasm.poke32(to, stands.has(wasm.cstrToJs(path) ?? "") ? 1 : 0);
      return 0;
    },
    xFullPathname: (_: number, path: number, length: number, to: number) =>
      wasm.cstrncpy(to, path, length) < length ? 0 : capi.SQLITE_CANTOPEN,
    xRandomness: (_: number, length: number, to: number) => {
      crypto.getRandomValues(heap(to, length));
      return length;
    },
    xSleep: () => 0,
    xCurrentTime: () => 0,
    xGetLastError: () => 0,
  };
  sqlite3.vfs.installVfs({
    io: { struct: io as never, methods: methods as never },
    vfs: { struct: vfs as never, methods: ofVfs as never },
  });
  const opened = () => {
    const native = new sqlite3.oo1.DB({ filename: "/main.db", flags: "c", vfs: name });
    native.exec(`PRAGMA locking_mode = EXCLUSIVE; ${connectionPragmas}`);
    return databaseOver(connectionOf(sqlite3, native, () => undefined));
  };
  return { sqlite3, stands, synced, calls, fault, opened };
}

const many = "x".repeat(20_000);

test("[ST46] what a commit writes into the log goes there in one piece, and is on the disk when it is committed", async () => {
  const { sqlite3, stands, synced, calls, opened } = await files("gathered");
  gatherLogs(sqlite3, "gathered");
  const db = opened();
  db.script("CREATE TABLE note (text TEXT NOT NULL) STRICT");
  db.transaction(() => db.run("INSERT INTO note (text) VALUES (?)", many));
  calls.length = 0;
  db.transaction(() => db.run("INSERT INTO note (text) VALUES (?)", many));
  expect(calls.map((call) => call.replace(/\d+/g, "N"))).toEqual(["log N N", "log sync"]);
  // The power goes: what was synced is left, and all that was committed is in it.
  db.transaction(() => db.run("INSERT INTO note (text) VALUES ('last')"));
  const left = new Map([...synced].map(([path, bytes]) => [path, bytes.slice()]));
  stands.clear();
  for (const [path, bytes] of left) stands.set(path, bytes);
  const again = opened();
  expect(again.all<{ text: string }>("SELECT text FROM note").map(({ text }) => text.length)).toEqual([
    many.length,
    many.length,
    4,
  ]);
  again.close();
});

test("[ST46] a transaction larger than a piece is read and committed whole, and one that comes to nothing leaves none", async () => {
  const { sqlite3, opened } = await files("gathered-large");
  gatherLogs(sqlite3, "gathered-large");
  const db = opened();
  // Pages that a small cache spills into the log are read from there before they are committed.
  db.script("PRAGMA cache_size = 8; CREATE TABLE note (nth INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
  const fill = (from: number) => {
    for (let nth = from; nth < from + 100; nth++) db.run("INSERT INTO note (nth, text) VALUES (?, ?)", nth, many);
    return db.get<{ bytes: number }>("SELECT sum(length(text)) AS bytes FROM note")?.bytes;
  };
  expect(db.transaction(() => fill(0))).toBe(100 * many.length);
  const comesToNothing = () =>
    db.transaction(() => {
      fill(100);
      throw new Error("stop");
    });
  expect(comesToNothing).toThrow("stop");
  expect(db.transaction(() => fill(200))).toBe(200 * many.length);
  expect(db.get<{ busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)")?.busy).toBe(0);
  expect(db.get("PRAGMA integrity_check")).toEqual({ integrity_check: "ok" });
  db.close();
  const again = opened();
  expect(again.get("SELECT count(*) AS count FROM note")).toEqual({ count: 200 });
  again.close();
});

test("[ST14] [ST46] a disk that is full when a commit is written fails that commit, and the database serves again", async () => {
  const { sqlite3, fault, opened } = await files("gathered-full");
  gatherLogs(sqlite3, "gathered-full");
  const db = opened();
  db.script("CREATE TABLE note (text TEXT NOT NULL) STRICT");
  db.transaction(() => db.run("INSERT INTO note (text) VALUES ('before')"));
  fault.isFull = true;
  const say = (text: string) => db.transaction(() => db.run("INSERT INTO note (text) VALUES (?)", text));
  for (let tries = 0; tries < 2; tries++) expect(() => say("lost")).toThrow("FULL");
  expect(db.all("SELECT text FROM note")).toEqual([{ text: "before" }]);
  fault.isFull = false;
  say("after");
  expect(db.all("SELECT text FROM note")).toEqual([{ text: "before" }, { text: "after" }]);
  db.close();
  const again = opened();
  expect(again.all("SELECT text FROM note")).toEqual([{ text: "before" }, { text: "after" }]);
  again.close();
});

/** A database with one commit, and one that failed because the disk was full; it is full no more. */
async function failed(name: string) {
  const { sqlite3, stands, fault, opened } = await files(name);
  gatherLogs(sqlite3, name);
  const db = opened();
  db.script("PRAGMA cache_size = 8; CREATE TABLE note (text TEXT NOT NULL) STRICT");
  db.transaction(() => db.run("INSERT INTO note (text) VALUES ('before')"));
  fault.isFull = true;
  expect(() => db.transaction(() => db.run("INSERT INTO note (text) VALUES ('failed')"))).toThrow("FULL");
  fault.isFull = false;
  /** Opens what stood there when the process ended. */
  const after = (left: ReadonlyMap<string, Uint8Array>) => {
    stands.clear();
    for (const [path, bytes] of left) stands.set(path, bytes);
    return opened();
  };
  return { db, stands, after };
}

test("[ST14] [ST47] a commit that failed by a full disk is not there after a crash in the next transaction", async () => {
  const { db, stands, after } = await failed("gathered-failed");
  const left = new Map<string, Uint8Array>();
  const stops = () =>
    db.transaction(() => {
      // Its pages are spilled into the log before it is committed.
      for (let nth = 0; nth < 10; nth++) db.run("INSERT INTO note (text) VALUES (?)", many);
      for (const [path, bytes] of stands) left.set(path, bytes.slice());
      throw new Error("stop");
    });
  expect(stops).toThrow("stop");
  const again = after(left);
  expect(again.all("SELECT text FROM note")).toEqual([{ text: "before" }]);
  again.close();
});

test("[ST14] [ST47] nor is it after a crash while the log is emptied, and what was committed is whole", async () => {
  const { db, stands, after } = await failed("gathered-emptied");
  let left = new Map<string, Uint8Array>();
  const { set } = stands;
  stands.set = (path, bytes) => {
    // Just before the first page goes from the log to the database, and with what was written into the log for it.
    if (!path.endsWith("-wal") && left.size === 0)
      left = new Map([...stands].map(([key, value]) => [key, value.slice()]));
    return set.call(stands, path, bytes);
  };
  expect(db.get<{ busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)")?.busy).toBe(0);
  stands.set = set;
  expect(db.all("SELECT text FROM note")).toEqual([{ text: "before" }]);
  db.transaction(() => db.run("INSERT INTO note (text) VALUES ('after')"));
  expect(db.get("PRAGMA integrity_check")).toEqual({ integrity_check: "ok" });
  const again = after(left);
  expect(again.all("SELECT text FROM note")).toEqual([{ text: "before" }]);
  again.close();
});
