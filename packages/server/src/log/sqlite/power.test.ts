/**
 * Power: the files as they may be when the power goes (docs/spec/delivery.md DS63). What a transaction wrote since the
 * last one was answered is on disk in blocks, some of them and in no order; what was answered before is there. From
 * each pair of moments images are made of the blocks of both, and the log is opened over them.
 */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chanceFrom } from "../../testkit/chance.ts";
import type { Log } from "../feature-tables.ts";
import { openSqliteLog } from "./bun.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-power-"));
afterAll(() => rmSync(folder, { recursive: true }));

const blockBytes = 512;
const moments = 60;
const imagesAMoment = 5;

type Files = { readonly database: Buffer; readonly ahead: Buffer };
/** Ids of what waits, oldest first. */
type State = readonly number[];

function filesOf(path: string): Files {
  const ahead = `${path}-wal`;
  return { database: readFileSync(path), ahead: existsSync(ahead) ? readFileSync(ahead) : Buffer.alloc(0) };
}

/** Blocks of what was, some of them already as they shall be, some of those torn into noise; as long as either. */
function between(before: Buffer, after: Buffer, chance: (below: number) => number, noise: boolean): Buffer {
  const image = Buffer.alloc(chance(2) === 0 ? Math.max(before.length, after.length) : after.length);
  before.copy(image);
  const share = chance(5);
  for (let at = 0; at < image.length; at += blockBytes) {
    const [was, shall] = [before.subarray(at, at + blockBytes), after.subarray(at, at + blockBytes)];
    if (was.equals(shall)) continue;
    const drawn = chance(4);
    if (drawn < share) shall.copy(image, at);
    // A disk leaves alone what stood in the block already and is not written.
    else if (noise && drawn === 3)
      for (let i = at; i < Math.min(image.length, at + blockBytes); i++)
        if (before[i] !== after[i]) image[i] = chance(256);
  }
  return image;
}

function read(image: Files): { readonly state: State; readonly isSound: boolean } {
  const path = join(folder, "image.db");
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  writeFileSync(path, image.database);
  writeFileSync(`${path}-wal`, image.ahead);
  const log = openSqliteLog(path);
  const state = stateOf(log);
  log.close();
  const database = new Database(path);
  const [row] = database.query<{ integrity_check: string }, []>("PRAGMA integrity_check").all();
  database.close();
  return { state, isSound: row?.integrity_check === "ok" };
}

/** The first half of tidying, by itself: so the log that the second half brings into the database is known. */
function giveBack(path: string): void {
  const beside = new Database(path);
  beside.run("PRAGMA incremental_vacuum(512)");
  beside.close();
}

const device = 1;

function stateOf(log: Log): State {
  const waiting = log.delivery.backlog(device, 0, 10_000);
  for (const { id, frame } of waiting)
    if (!isFrame(frame, id)) throw new Error(`envelope ${id} is not what was stored`);
  return waiting.map(({ id }) => id);
}

/** Every envelope says whose it is from its first byte to its last. */
const frameOf = (id: number, length: number) => new Uint8Array(length).fill(id % 251);
const isFrame = (frame: Uint8Array, id: number) => frame.length > 0 && frame.every((byte) => byte === id % 251);

test(`[DS63] whatever blocks of the last transaction reached the disk, what was answered before is there, in ${moments * imagesAMoment} images`, () => {
  const chance = chanceFrom(7);
  const path = join(folder, "home.db");
  const log = openSqliteLog(path);
  log.transaction(() => {
    const account = log.accounts.create(new Uint8Array(32).fill(1), new Uint8Array(40));
    expect(log.accounts.addDevice(account, new Uint8Array(32).fill(2), new Uint8Array(32))).toBe(device);
  });
  let next = 1;
  let [state, files]: [State, Files] = [stateOf(log), filesOf(path)];
  let torn = 0;
  for (let moment = 0; moment < moments; moment++) {
    const kind = chance(10);
    if (kind === 0) {
      // What gives pages back is written ahead like all else; then all goes into the database, and the log is cut.
      giveBack(path);
      files = filesOf(path);
      log.tidy();
    } else
      log.transaction(() => {
        for (let n = 1 + chance(4); n > 0; n--, next++)
          log.delivery.put(next, frameOf(next, 200 + chance(12_000)), [], [device]);
        if (kind < 4 && state.length > 0)
          log.delivery.ack(device, state[0] as number, state[chance(state.length)] as number);
      });
    const [after, written]: [State, Files] = [stateOf(log), filesOf(path)];
    for (let i = 0; i < imagesAMoment; i++) {
      // SQLite writes ahead and waits for the disk, and only then writes into the database.
      const isAhead = kind !== 0 && chance(3) > 0;
      const image = isAhead
        ? { database: files.database, ahead: between(files.ahead, written.ahead, chance, true) }
        : {
            database: between(files.database, written.database, chance, false),
            ahead: kind === 0 ? files.ahead : written.ahead,
          };
      const found = read(image);
      expect(found.isSound).toBe(true);
      expect([state.join(), after.join()]).toContain(found.state.join());
      if (!isAhead) expect(found.state).toEqual(after);
      if (!image.ahead.equals(files.ahead) && !image.ahead.equals(written.ahead)) torn++;
    }
    [state, files] = [after, written];
  }
  expect(torn).toBeGreaterThan(moments); // They were no copies of one moment or the other.
  expect(next).toBeGreaterThan(moments);
  log.close();
}, 60_000);

test("[DS63] a lost block of what was answered would be seen", () => {
  const path = join(folder, "lost.db");
  const log = openSqliteLog(path);
  log.transaction(() => {
    const account = log.accounts.create(new Uint8Array(32).fill(1), new Uint8Array(40));
    log.accounts.addDevice(account, new Uint8Array(32).fill(2), new Uint8Array(32));
  });
  log.transaction(() => log.delivery.put(1, frameOf(1, 9_000), [], [device]));
  const { database, ahead } = filesOf(path);
  expect(read({ database, ahead }).state).toEqual([1]);
  ahead.fill(0, ahead.length - 6_000);
  expect(read({ database, ahead }).state).toEqual([]);
  log.close();
});
