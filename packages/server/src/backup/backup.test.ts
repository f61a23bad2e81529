/** Backup of a folder in use, and a server made of it. */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBlobStore } from "../blobs/bun.ts";
import { filmsInFolder } from "../blobs/bun-films.ts";
import { serverKeys } from "../features/peers/keys.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { StandingInvitation } from "../token.ts";
import { backUp, restore } from "./bun.ts";
import { backupCommand, drillCommand, restoreCommand } from "./command.ts";
import { copyName, intervalOf, listCopies, outdated } from "./schedule.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-backup-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (name: string) => join(folder, `${made++}-${name}`);
const bytes = (value: number, length = 32) => new Uint8Array(length).fill(value);
const words = Buffer.from("what was deleted before the copy was made");

/** A server in use: two files, and a row that was there and is gone. */
async function serverInUse() {
  const data = fresh("data");
  const blobs = openBlobStore(join(data, "blobs"));
  new StandingInvitation(data);
  const log = openSqliteLog(join(data, "yanshu.db"));
  for (const id of ["aa11", "bb22"]) {
    await blobs.disk.write(id, 0, bytes(7, 5_000));
    const row = { bytes: 5_000, written: 5_000, days: 3, expiresDay: 9, ownerHash: bytes(1) };
    blobs.index.create(id, row, []);
  }
  return { data, log, blobs, close: () => [log.close(), blobs.close()] };
}

test("[DS54] [CH19] films of channels, and the key that signs their packs, are in the copy and come back with it", async () => {
  const { data, log, close } = await serverInUse();
  const hash = bytes(0xcd);
  log.transaction(() => log.features.channels.addFilm({ hash, bytes: 300, list: bytes(9) }, 20_000));
  const film = { id: "cd".repeat(32), bytes: 300 };
  await filmsInFolder(join(data, "films")).write(film, 0, bytes(5, 300));
  const { signKey } = serverKeys(data);
  const [copy, back] = [fresh("copy"), fresh("back")];
  expect(await backUp(data, copy)).toEqual({ files: 3, bytes: 10_300 });
  close();
  await restore(copy, back);
  expect(await filmsInFolder(join(back, "films")).read(film, 0, 300)).toEqual(bytes(5, 300));
  expect(serverKeys(back).signKey).toEqual(signKey);
});

test("[DS54] a server in use is copied as it stood at one moment, for its user alone, without what was deleted", async () => {
  const { data, blobs, close } = await serverInUse();
  const other = new Database(join(data, "yanshu.db"));
  other.run("PRAGMA secure_delete = OFF");
  other.run("CREATE TABLE note (words BLOB)");
  other.query("INSERT INTO note VALUES (?)").run(words);
  other.run("DELETE FROM note");
  other.close();
  // It is removed while the copy is made: the index that was copied names it, and no file is there.
  await blobs.disk.remove("bb22");
  const to = fresh("copy");
  expect(await backUp(data, to)).toEqual({ files: 1, bytes: 5_000 });
  close();
  expect(readFileSync(join(to, "registration-token"))).toEqual(readFileSync(join(data, "registration-token")));
  const modes = [to, join(to, "yanshu.db"), join(to, "blobs", "aa", "aa11")].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600, 0o600]);
  expect(readFileSync(join(to, "yanshu.db")).includes(words)).toBe(false);
  expect(existsSync(`${to}.part`)).toBe(false);
  await expect(backUp(data, to)).rejects.toThrow(/exists.*--to/);
  await expect(backUp(data, "/proc/nobody-may/copy")).rejects.toThrow(/cannot be made.*--to/);
  await expect(backUp(fresh("nothing"), fresh("copy"))).rejects.toThrow(/holds no server.*--data/);
});

test("[DS55] a copy becomes a server that knows that it was put back; a damaged one becomes none", async () => {
  const { data, log, close } = await serverInUse();
  const { incarnation } = log;
  const copy = fresh("copy");
  await backUp(data, copy);
  close();
  const back = fresh("back");
  expect(await restore(copy, back)).toEqual({ files: 2, bytes: 10_000 });
  const opened = openSqliteLog(join(back, "yanshu.db"));
  expect(opened.incarnation).not.toEqual(incarnation);
  opened.close();
  const files = openBlobStore(join(back, "blobs"));
  expect([files.index.find("aa11")?.written, (await files.disk.read("bb22", 0, 9_999)).length]).toEqual([5_000, 5_000]);
  files.close();
  expect(new StandingInvitation(back).token()).toEqual(new StandingInvitation(data).token());

  await expect(restore(copy, back)).rejects.toThrow(/holds a server.*move it away/);
  await expect(restore(fresh("nothing"), fresh("back"))).rejects.toThrow(/holds no backup.*--from/);
  writeFileSync(join(copy, "yanshu.db"), "no database ".repeat(500));
  const never = fresh("back");
  await expect(restore(copy, never)).rejects.toThrow(/damaged/);
  expect(existsSync(join(never, "yanshu.db"))).toBe(false);
});

test("[DS34] [DS54] a command that is called wrongly says what is missing", async () => {
  const wrong = (...args: string[]) => backupCommand(args, {});
  await expect(wrong("--data", "/a")).rejects.toThrow("--to DIR is missing");
  await expect(wrong("--data")).rejects.toThrow(/--data needs a value/);
  await expect(wrong("--into", "/a")).rejects.toThrow("unknown option --into");
  await expect(wrong("--data", "/a", "--to", "/b", "--every", "5s")).rejects.toThrow("such as 30m, 6h or 1d");
  await expect(wrong("--data", "/a", "--to", "/b", "--keep", "0")).rejects.toThrow("--keep");
  await expect(restoreCommand(["--from", "/a"])).rejects.toThrow("--data DIR is missing");
  await expect(drillCommand([])).rejects.toThrow("--from DIR is missing");
});

test("[DS54] [DS129] files that were only announced take no room of a server that was put back", async () => {
  const { data, blobs, close } = await serverInUse();
  const unfinished = { bytes: 1_000_000, written: 0, days: 3, expiresDay: 2, ownerHash: bytes(1) };
  blobs.index.create("cc33", unfinished, []);
  expect(blobs.index.counts()).toEqual({ blobs: 3, bytes: 10_000 });
  const [copy, back] = [fresh("copy"), fresh("back")];
  await backUp(data, copy);
  close();
  await restore(copy, back);
  const files = openBlobStore(join(back, "blobs"));
  expect(files.index.counts()).toEqual({ blobs: 3, bytes: 10_000 });
  for (const id of files.index.expired(9, 10)) files.index.remove(id);
  expect(files.index.counts()).toEqual({ blobs: 0, bytes: 0 });
  files.close();
});

test("[DS148] the newest copies stay, one of each week before them, and what is named otherwise", () => {
  const day = 86_400_000;
  const nowMs = Date.parse("2026-11-28T03:15:00Z");
  const names = Array.from({ length: 40 }, (_, age) => copyName(nowMs - age * day));
  expect(names[0]).toBe("2026-11-28T031500Z");
  const copies = listCopies([...names, "before-the-upgrade", "2026-13-40T000000Z", "2026-11-20T031500Z.part"]);
  expect(copies).toHaveLength(40);
  expect(copies.at(-1)).toEqual({ name: names[0] as string, atMs: nowMs });
  const stays = (keep: number, weeks: number) => {
    const gone = new Set(outdated(copies, keep, weeks));
    return copies.filter((copy) => !gone.has(copy)).map(({ atMs }) => (nowMs - atMs) / day);
  };
  expect(stays(7, 0)).toEqual([6, 5, 4, 3, 2, 1, 0]);
  expect(stays(2, 4)).toEqual([17, 10, 3, 1, 0]);
  expect(stays(0, 0)).toEqual([0]);
});

test("[DS148] an interval is minutes, hours or days", () => {
  expect(["30m", "6h", "1d", "0m", "5s", "1w", "d", ""].map(intervalOf)).toEqual([
    1_800_000,
    21_600_000,
    86_400_000,
    ...Array<undefined>(5).fill(undefined),
  ]);
});

test("[DS148] a drill starts a server over the newest copy and leaves nothing; over a damaged one it fails", async () => {
  const { data, log, blobs } = await serverInUse();
  const copies = fresh("copies");
  await backupCommand(["--data", data, "--to", copies, "--keep", "2"], {});
  log.close();
  blobs.close();
  const before = readdirSync(copies);
  expect(before).toHaveLength(1);
  await drillCommand(["--from", copies]);
  expect(readdirSync(copies)).toEqual(before);
  writeFileSync(join(copies, before[0] as string, "yanshu.db"), "not a database".repeat(500));
  await expect(drillCommand(["--from", copies])).rejects.toThrow("the backup's database is damaged");
  expect(readdirSync(copies)).toEqual(before);
});
