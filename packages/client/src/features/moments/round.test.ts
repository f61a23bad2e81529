/** A round that waits: what home may see of its tries. */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  addMomentPut,
  migrate,
  migrations,
  readMomentFriend,
  readMomentHoles,
  readMomentPuts,
  writeMomentFriend,
  writeMomentRoot,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { type AccountId, type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, pack } from "../../feature.ts";
import { takeToldItem } from "./exchange.ts";
import { addRound } from "./jobs.ts";
import { putAll } from "./round.ts";
import { cellKinds, cellSecret, holeName, openCell, roundFilling, wayTo } from "./sealed.ts";
import type { HoleToPut } from "./server.ts";
import { waitingRounds } from "./spent.ts";

const crypto = createBunCrypto();
const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
const [ben, cleo] = [filled(1) as AccountId, filled(2) as AccountId];
const [root, filledBy, post] = [filled(3), filled(4), filled(5, 16)];
const cells = [ben, cleo].map((to) => ({ to, kind: cellKinds.post, flags: 0, payload: filled(6, 64) }));
const secretsOf = (holes: readonly HoleToPut[]) => holes.map(({ secret }) => toHex(secret));
const secretTo = (friend: AccountId, theirs: number, place = 0) =>
  toHex(cellSecret(crypto, wayTo(crypto, root, 1, friend, theirs), place));

/** A device with two friends, and a home. */
function opened() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  writeMomentRoot(db, root, 1, 1);
  for (const friend of [ben, cleo])
    db.run("INSERT INTO contacts (account, state, stamp_ms) VALUES (?, 'contact', 1)", friend);
  const stands = new Map<string, Bytes>();
  const puts: (readonly HoleToPut[])[] = [];
  const home = {
    hasTokens: true,
    answers: true,
    /** While it is asked. */
    meanwhile: { putHoles: () => {}, readHoles: () => {} },
  };
  const put = (holes: readonly HoleToPut[]) => {
    puts.push(holes);
    const isTaken = ({ secret, value, was }: HoleToPut) => {
      const there = stands.get(toHex(holeName(crypto, secret)));
      return there !== undefined && !equalBytes(there, value) && !(was && equalBytes(crypto.sha256(there), was));
    };
    const taken = holes.flatMap((hole, at) => (isTaken(hole) ? [at] : []));
    if (taken.length === 0) for (const { secret, value } of holes) stands.set(toHex(holeName(crypto, secret)), value);
    return { taken };
  };
  const read = (names: Bytes) => ({
    values: Array.from({ length: names.length / 16 }, (_, at) => {
      return stands.get(toHex(names.subarray(16 * at, 16 * at + 16))) ?? new Uint8Array();
    }),
  });
  const context = {
    db,
    rooms: { crypto },
    own: () => filled(9),
    nowMs: () => 1_800_000_000_000,
    random: crypto.random,
    sha256: crypto.sha256,
    chance: () => 0.5,
    serverName: () => "home.example",
    devices: () => [filled(8)],
    tellOwnDevices: () => {},
    changed: () => {},
    server: {
      callPaid: async (name: "putHoles" | "readHoles", _: number, argsOf: (tokens: readonly []) => never) => {
        if (!home.hasTokens) throw new ClientError("too-often");
        const args: { readonly holes: readonly HoleToPut[]; readonly names: Bytes } = argsOf([]);
        const answer = name === "putHoles" ? put(args.holes) : read(args.names);
        home.meanwhile[name]();
        if (!home.answers) throw new ClientError("offline");
        return answer;
      },
    },
  } as unknown as FeatureContext;
  const dropsDevice = () =>
    db.transaction(() =>
      takeToldItem(context, {
        kind: "momentTold",
        account: ben,
        ways: [{ way: filled(7), generation: 2, next: 0 }],
        logs: [],
      }),
    );
  const tried = () => putAll(context).catch(() => false);
  const add = () => db.transaction(() => addRound(context, cells, post, { filledBy }));
  /** What stands for Ben at the first place of the way of now. */
  const benReads = () => {
    const value = stands.get(toHex(holeName(crypto, cellSecret(crypto, wayTo(crypto, root, 1, ben, 2), 0))));
    return value && openCell(crypto, wayTo(crypto, root, 1, ben, 2), 0, value);
  };
  return { db, context, home, stands, puts, dropsDevice, tried, add, benReads };
}

test("[MO121] under another M a round that home has already is filled by other names", async () => {
  const { db, home, puts, tried, add } = opened();
  add();
  home.answers = false;
  expect(await tried()).toBe(false);
  writeMomentRoot(db, filled(13), 2, 2);
  home.answers = true;
  expect(await tried()).toBe(true);
  const [first = [], second = []] = puts.map(secretsOf);
  expect([puts.length, first.length, second.length]).toEqual([2, 64, 64]);
  expect(second.filter((secret) => first.includes(secret))).toEqual([]);
  db.close();
});

test("[MO121] a round that waited while the app was renewed is filled by other names than before", async () => {
  const { db, puts, tried } = opened();
  addMomentPut(db, "round", pack({ cells, days: 400, filledBy }), new Uint8Array());
  const before = { root, at: [], fillings: [], filled: 62 };
  db.run("UPDATE moment_puts SET holes = ?", pack(before));
  expect(await tried()).toBe(true);
  const former = Array.from({ length: 62 }, (_, at) => toHex(roundFilling(crypto, filledBy, at)));
  expect(secretsOf(puts[0] ?? []).filter((secret) => former.includes(secret))).toEqual([]);
  db.close();
});

test("[MO122] a friend of whom an own device says that they dropped a device has the round by the way of now", async () => {
  const { db, home, puts, dropsDevice, tried, add, benReads } = opened();
  add();
  home.answers = false;
  await tried();
  dropsDevice();
  await tried();
  home.answers = true;
  expect(await tried()).toBe(true);
  const [first = [], second = [], third = []] = puts;
  const differs = (one: readonly HoleToPut[], other: readonly HoleToPut[]) =>
    secretsOf(one).filter((secret) => !secretsOf(other).includes(secret));
  expect([differs(first, second), differs(second, first)]).toEqual([[secretTo(ben, 1)], [secretTo(ben, 2)]]);
  expect(differs(second, third)).toEqual([]);
  // What was left on the way of before is known, and goes with its post.
  expect(readMomentHoles(db, post).map(({ secret }) => toHex(secret))).toEqual([secretTo(ben, 1)]);
  expect((await benReads())?.kind).toBe(cellKinds.post);
  expect(readMomentFriend(db, ben)?.out_next).toBe(1);
  db.close();
});

for (const asked of ["putHoles", "readHoles"] as const)
  test(`[MO123] places that are given while home answers ${asked} are kept, and put`, async () => {
    const { db, home, stands, puts, dropsDevice, tried, add, benReads } = opened();
    // Home says that something stands in the place of the cell to Ben.
    const place = cellSecret(crypto, wayTo(crypto, root, 1, ben), 0);
    if (asked === "readHoles") stands.set(toHex(holeName(crypto, place)), filled(0, 96));
    add();
    home.meanwhile[asked] = () => {
      if (readMomentFriend(db, ben)?.theirs !== 2) dropsDevice();
    };
    expect(await tried()).toBe(false);
    const [{ spent } = { spent: undefined }] = waitingRounds({ db });
    expect(spent?.at.map(({ nth, place: at }) => [nth, at, spent.theirs[nth]])).toEqual([
      [0, 0, 2],
      [1, 0, undefined],
    ]);
    expect(await tried()).toBe(true);
    expect((await benReads())?.kind).toBe(cellKinds.post);
    expect(secretsOf(puts.at(-1) ?? [])).toContain(secretTo(ben, 2));
    db.close();
  });

for (const isLost of [false, true])
  test(`[MO124] who is let go of a round that ${isLost ? "was put" : "never left"} is left out ${isLost ? "over what stands" : "unseen"}`, async () => {
    const { db, home, puts, tried, add } = opened();
    add();
    home.hasTokens = isLost;
    home.answers = false;
    await tried();
    expect(puts.length).toBe(isLost ? 1 : 0);
    writeMomentFriend(db, ben, { hides_mine: 1 });
    home.hasTokens = true;
    home.answers = true;
    expect(await tried()).toBe(true);
    const last = puts.at(-1) ?? [];
    expect(last.filter(({ was }) => was !== undefined).length).toBe(isLost ? 64 : 0);
    expect(readMomentPuts(db)).toEqual([]);
    db.close();
  });
test("[MO125] of two rounds that wait for one friend from one place on no filling has a name of the other", async () => {
  const { context, db, home, stands, puts, tried } = opened();
  const twice = () => db.transaction(() => addRound(context, cells, new Uint8Array(), { filledBy }));
  twice();
  home.answers = false;
  await tried();
  twice();
  expect(puts.length).toBe(1);
  // Home has the first, and one filling of it is taken: it goes on at another name.
  const [of] = (puts[0] ?? []).filter(({ secret }) => equalBytes(secret, roundFilling(crypto, filledBy, 7)));
  stands.set(toHex(holeName(crypto, (of as HoleToPut).secret)), filled(99, 96));
  home.answers = true;
  expect(await tried()).toBe(true);
  const names = puts.flatMap(secretsOf);
  const [first = [], again = [], moved = [], second = []] = puts.map(secretsOf);
  expect([puts.length, first.toSorted()]).toEqual([4, again.toSorted()]);
  expect(moved.filter((secret) => !first.includes(secret)).length).toBe(1);
  expect(second.filter((secret) => [...first, ...moved].includes(secret))).toEqual([]);
  expect(new Set(names).size).toBe(64 + 1 + 64);
  expect(readMomentPuts(db)).toEqual([]);
  db.close();
});

