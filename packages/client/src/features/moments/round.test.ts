/** A round that waits: what home may see of its tries. */
import { expect, test } from "bun:test";
import { encodeMomentBody } from "@yanshu/content";
import {
  addMoment,
  addMomentPut,
  type MomentWordRow,
  readMomentFriend,
  readMomentHoles,
  readMomentOwnLogs,
  readMomentPlace,
  readMomentPuts,
  readMomentWord,
  writeMomentFriend,
  writeMomentOwnLog,
  writeMomentPlace,
  writeMomentRoot,
} from "@yanshu/store";
import { type AccountId, type Bytes, concat, equalBytes, fromHex, toHex, type UnixMs } from "@yanshu/wire";
import { ClientError, pack } from "../../feature.ts";
import { crypto, filled, me, nowMs, opened as openedStore, standIn } from "../../testing/moments.ts";
import { sealAhead, takeAhead } from "./ahead.ts";
import { renewLog, takeToldItem } from "./exchange.ts";
import { addRound, friendsOf } from "./jobs.ts";
import { say, takeBack } from "./own.ts";
import { checkDue, putAll, tryRefusedAgain } from "./round.ts";
import {
  bodySecret,
  cellFlags,
  cellKinds,
  cellSecret,
  headSecret,
  holeName,
  openCell,
  postIdOf,
  postPayload,
  roundFilling,
  wayTo,
} from "./sealed.ts";
import type { HoleToPut } from "./server.ts";
import { waitingRounds } from "./spent.ts";

const [ben, cleo] = [filled(1) as AccountId, filled(2) as AccountId];
const row = {
  author: me,
  name: filled(7, 16),
  kind: "post",
  at_ms: 1 as UnixMs,
  day: 1,
  until_day: 0,
  signed: new Uint8Array(),
  mention: 0,
  state: "sending",
  audience: null,
  told: null,
  got_ms: 1 as UnixMs,
  stamp_ms: 1,
} as const;
const [root, filledBy, post] = [filled(3), filled(4), filled(5, 16)];
const cells = [ben, cleo].map((to) => ({ to, kind: cellKinds.post, flags: 0, payload: filled(6, 64) }));
const secretsOf = (holes: readonly HoleToPut[]) => holes.map(({ secret }) => toHex(secret));
const secretTo = (friend: AccountId, theirs: number, place = 0) =>
  toHex(cellSecret(crypto, wayTo(crypto, root, 1, friend, theirs), place));

/** A device with two friends, and a home. */
function opened() {
  const db = openedStore();
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
    /** While the connection opens. */
    opens: () => {},
    tokensSpent: 0,
    /** Puts whose tokens home calls false: of a week that is over. */
    badTokens: 0,
    refuses: (_: readonly HoleToPut[]): boolean => false,
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
  const later: (() => void)[] = [];
  const drops = { count: 0 };
  const clock = { ms: nowMs };
  const sealed: Bytes[] = [];
  const seal: typeof crypto.seal = (key, nonce, ...rest) => {
    sealed.push(nonce);
    return crypto.seal(key, nonce, ...rest);
  };
  const context = standIn(db, {
    rooms: { crypto: { ...crypto, seal }, devicesIn: () => [] },
    directs: { with: (account: AccountId) => account },
    nowMs: () => clock.ms,
    after: (_: number, run: () => void) => later.push(run),
    failed: (error: unknown) => {
      throw error;
    },
    devices: () => [filled(8)],
    dropsOf: (account: AccountId) => (account === ben ? drops.count : 0),
    tellOwnDevices: () => {},
    server: {
      callPaid: async (name: "putHoles" | "readHoles", count: number, argsOf: (tokens: readonly []) => never) => {
        if (!home.hasTokens) throw new ClientError("too-often");
        const args = (): { readonly holes: readonly HoleToPut[]; readonly names: Bytes } => {
          home.opens();
          const made = db.transaction(() => argsOf([]));
          home.tokensSpent += count;
          return made;
        };
        let said = args();
        // Others are drawn, and it is said once more.
        for (; name === "putHoles" && home.badTokens > 0; home.badTokens--) said = args();
        if (name === "putHoles" && home.refuses(said.holes)) throw new ClientError("refused");
        const answer = name === "putHoles" ? put(said.holes) : read(said.names);
        home.meanwhile[name]();
        if (!home.answers) throw new ClientError("offline");
        return answer;
      },
    },
  });
  const dropsDevice = () => {
    drops.count = 1;
    db.transaction(() =>
      takeToldItem(context, {
        kind: "momentTold",
        account: ben,
        ways: [{ way: filled(7), generation: 2, next: 0 }],
        logs: [],
      }),
    );
  };
  const tried = () => putAll(context).catch(() => false);
  const add = () => db.transaction(() => addRound(context, cells, post, { filledBy }));
  /** What stands for Ben at the first place of the way of now. */
  const benReads = () => {
    const value = stands.get(toHex(holeName(crypto, cellSecret(crypto, wayTo(crypto, root, 1, ben, 2), 0))));
    return value && openCell(crypto, wayTo(crypto, root, 1, ben, 2), 0, value);
  };
  /** Somebody begins to write, and goes on until what is sealed ahead is. */
  const writes = async () => {
    sealAhead(context);
    for (let run = later.shift(); run !== undefined; run = later.shift()) {
      run();
      await new Promise((settled) => setImmediate(settled));
    }
  };
  /** A post to both, which calls those. */
  const posts = (...called: readonly AccountId[]) => {
    const secret = takeAhead(context, root) ?? crypto.random(32);
    const payload = postPayload(secret, holeName(crypto, bodySecret(crypto, root, secret, 0)));
    const id = postIdOf(crypto, { author: me, secret });
    const told = [me, ben, cleo].map((to) => {
      return { to, kind: cellKinds.post, flags: called.includes(to) ? cellFlags.mention : 0, payload };
    });
    db.transaction(() => {
      addMoment(db, { ...row, id, secret });
      addRound(context, told, id);
    });
    return { secret, payload };
  };
  const valuesOf = (holes: readonly HoleToPut[] = []) =>
    new Map(holes.map(({ secret, value }) => [toHex(secret), toHex(value)]));
  return { db, context, home, clock, stands, puts, sealed, dropsDevice, tried, add, benReads, writes, posts, valuesOf };
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
  expect(readMomentPlace(db, ben)).toBe(1);
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

const dayMs = 86_400_000;

test("[MO96] cells that were sealed while a post was written are put as they are, and again, though another is begun", async () => {
  const { home, puts, sealed, tried, writes, posts, valuesOf } = opened();
  await writes();
  expect(sealed.length).toBe(3);
  await writes(); // It is of now still.
  expect(sealed.length).toBe(3);
  const { payload } = posts();
  home.answers = false;
  await tried();
  expect([puts[0]?.length, sealed.length]).toEqual([64, 3]);
  const [value] = (puts[0] ?? []).filter(({ secret }) => toHex(secret) === secretTo(cleo, 1));
  const way = wayTo(crypto, root, 1, cleo);
  expect((await openCell(crypto, way, 0, (value as HoleToPut).value))?.payload).toEqual(payload);
  await writes();
  const before = sealed.length;
  home.answers = true;
  expect(await tried()).toBe(true);
  expect(sealed.length).toBe(before + 3);
  expect(valuesOf(puts[1])).toEqual(valuesOf(puts[0]));
  // All that is random is another for the next post.
  posts();
  expect(await tried()).toBe(true);
  expect(new Set(sealed.map(toHex)).size).toBe(sealed.length - 3);
});

test("[MO96] what turned out otherwise is sealed anew by another draw: who is called, a place that moved, another day", async () => {
  const { db, clock, puts, sealed, tried, writes, posts } = opened();
  const noncesOf = (from: number) => sealed.slice(from).map(toHex);
  await writes();
  writeMomentPlace(db, ben, 1);
  posts(cleo);
  expect(await tried()).toBe(true);
  expect(sealed.length).toBe(3 + 2);
  expect(new Set(noncesOf(0)).size).toBe(5);
  const secrets = secretsOf(puts[0] ?? []);
  expect([secretTo(ben, 1, 0), secretTo(ben, 1, 1), secretTo(cleo, 1, 0)].map((one) => secrets.includes(one))).toEqual([
    false,
    true,
    true,
  ]);
  await writes();
  const before = sealed.length;
  clock.ms += dayMs;
  posts();
  expect(await tried()).toBe(true);
  expect(sealed.length).toBe(before + 3);
  expect(new Set(noncesOf(0)).size).toBe(sealed.length);
});

test("[MO96] one seed is of one round: a post whose first round failed is told by another", async () => {
  const { db, context, puts, sealed, tried, writes, posts } = opened();
  await writes();
  const { secret, payload } = posts();
  expect(await tried()).toBe(true);
  const id = postIdOf(crypto, { author: me, secret });
  const told = [me, ben, cleo].map((to) => ({ to, kind: cellKinds.post, flags: 0, payload }));
  db.transaction(() => addRound(context, told, id));
  expect(await tried()).toBe(true);
  expect(new Set(sealed.map(toHex)).size).toBe(6);
  const [first = [], second = []] = [puts[0], puts[1]].map((holes = []) => holes.map(({ value }) => toHex(value)));
  expect(second.filter((value) => first.includes(value))).toEqual([]);
});

test("[MO149] a second post reads nothing of friends again, and one after a friend was written does", async () => {
  const { db, context, writes, posts, tried, puts } = opened();
  const asked: string[] = [];
  const { all } = db;
  Object.assign(db, {
    all: (sql: string, ...params: never[]) => {
      if (/(FROM|JOIN) moment_friends/.test(sql)) asked.push(sql);
      return all(sql, ...params);
    },
  });
  const post = async () => {
    await writes();
    asked.length = 0;
    posts();
    await tried();
    return asked.length;
  };
  await post();
  expect(await post()).toBe(0);
  expect([readMomentPlace(db, ben), readMomentPlace(db, cleo)]).toEqual([2, 2]);
  const leftOut = () => friendsOf(context).map(({ isLeftOut }) => isLeftOut);
  expect(leftOut()).toEqual([false, false]);
  writeMomentFriend(db, ben, { hides_mine: 1 });
  expect(leftOut()).toEqual([true, false]);
  asked.length = 0;
  posts();
  await tried();
  expect([readMomentPlace(db, ben), readMomentPlace(db, cleo)]).toEqual([2, 3]);
  expect(puts.length).toBe(3);
});

test("[MO150] a body without token or connection writes nothing, and what left the device is said again as it was", async () => {
  const { db, context, home, puts, tried } = opened();
  Object.assign(context, { files: { areStored: () => true } });
  const secret = crypto.random(32);
  const id = postIdOf(crypto, { author: me, secret });
  const body = encodeMomentBody({ kind: "post", author: me, atMs: 1 as UnixMs, text: "一", pictures: [] });
  const name = holeName(crypto, bodySecret(crypto, root, secret, 0));
  addMoment(db, { ...row, id, secret, name, signed: concat(new Uint8Array(64), body) });
  addMomentPut(db, "post", pack({}), id);
  const written = () => db.written("moment_puts", "moment_holes");
  const before = written();
  home.hasTokens = false;
  await tried();
  expect([written(), puts.length]).toEqual([before, 0]);
  home.hasTokens = true;
  home.answers = false;
  await tried();
  expect(written()).toBeGreaterThan(before);
  home.answers = true;
  await tried();
  expect(puts.length).toBe(2);
  expect(puts[1]).toEqual(puts[0] as (typeof puts)[number]);
  expect(readMomentPuts(db)).toEqual([]);
});

/** A device that likes its own post, and has told nobody yet. */
async function liked() {
  const all = opened();
  const { db, context } = all;
  const { privateKey } = await crypto.signatureKeyPair(filled(21));
  Object.assign(context.rooms.crypto, { sign: (bytes: Bytes) => crypto.sign(privateKey, bytes) });
  const toLike = { ...row, id: post, secret: filled(20) };
  addMoment(db, toLike);
  const key = filled(22);
  writeMomentOwnLog(db, { key, root, generation: 1, since_ms: 1 as UnixMs, told: new Uint8Array() });
  const likes = () => fromHex(say(context, toLike, { kind: "like", text: "" }));
  const placeOf = (log: Bytes) => readMomentOwnLogs(db).find((one) => equalBytes(one.key, log))?.place;
  const headOf = (log: Bytes, place: number, of = root) => toHex(headSecret(crypto, of, log, place));
  return { ...all, key, likes, placeOf, headOf };
}

test("[MO155] a like without token or connection spends no place, and what left the device is said again as it was", async () => {
  const { db, home, puts, tried, key, likes, placeOf, headOf } = await liked();
  const id = likes();
  const written = () => db.written("moment_puts", "moment_own_logs");
  const before = written();
  home.hasTokens = false;
  await tried();
  expect([written(), placeOf(key)]).toEqual([before, 0]);
  home.hasTokens = true;
  home.answers = false;
  await tried();
  const place = placeOf(key) as number;
  expect(place).toBeGreaterThan(0);
  home.answers = true;
  expect(await tried()).toBe(true);
  expect([puts.length, placeOf(key), readMomentWord(db, id)?.state]).toEqual([2, place, "here"]);
  expect(puts[1]).toEqual(puts[0] as (typeof puts)[number]);
  expect(secretsOf(puts[0] ?? [])).toContain(headOf(key, 0));
  likes();
  await tried();
  expect(secretsOf(puts[2] ?? [])).toContain(headOf(key, place));
  expect(readMomentPuts(db)).toEqual([]);
});

test("[MO155] a like that is taken back while the connection opens never leaves, and costs no token and no place", async () => {
  const { db, context, home, puts, tried, key, likes, placeOf } = await liked();
  const id = likes();
  home.opens = () => takeBack(context, readMomentWord(db, id) as MomentWordRow);
  await tried();
  expect([puts.length, home.tokensSpent, placeOf(key)]).toEqual([0, 0, 0]);
  expect([readMomentPuts(db), readMomentWord(db, id)?.state]).toEqual([[], "gone"]);
});

test("[MO155] where M changes while the connection opens nothing is said in the log of before, where its place is taken not at that place", async () => {
  const { db, home, puts, tried, key, likes, placeOf, headOf } = await liked();
  likes();
  home.opens = () => {
    home.opens = () => {};
    db.run("UPDATE moment_own_logs SET place = 5");
  };
  expect([await tried(), puts.length, home.tokensSpent, placeOf(key)]).toEqual([false, 0, 0, 5]);
  expect(await tried()).toBe(true);
  expect(secretsOf(puts[0] ?? [])).toContain(headOf(key, 5));
  likes();
  const [root2, key2] = [filled(23), filled(24)];
  home.opens = () => {
    home.opens = () => {};
    writeMomentRoot(db, root2, 2, 2);
    writeMomentOwnLog(db, { key: key2, root: root2, generation: 2, since_ms: 2 as UnixMs, told: new Uint8Array() });
  };
  const before = placeOf(key);
  expect([await tried(), puts.length, placeOf(key)]).toEqual([false, 1, before]);
  expect(await tried()).toBe(true);
  expect(secretsOf(puts[1] ?? [])).toContain(headOf(key2, 0, root2));
});

test("[MO155] a place that an earlier version spent before there were bytes is filled", async () => {
  const { db, puts, tried, key, likes, placeOf, headOf } = await liked();
  likes();
  db.run("UPDATE moment_own_logs SET place = 1");
  db.run("UPDATE moment_puts SET holes = ?", pack({ log: key, place: 0, hasCover: false }));
  expect(await tried()).toBe(true);
  expect([secretsOf(puts[0] ?? []).includes(headOf(key, 0)), placeOf(key)]).toEqual([true, 1]);
});

test("[MO155] a like whose tokens home calls false, for their week is over, goes with others at once", async () => {
  const { home, puts, tried, likes, db } = await liked();
  const id = likes();
  home.badTokens = 1;
  expect([await tried(), puts.length, readMomentWord(db, id)?.state]).toEqual([true, 1, "here"]);
});

test("[MO162] a like that waits for a connection while an own device lets a friend go is in no log that they hold", async () => {
  const { db, home, puts, tried, key, likes, headOf } = await liked();
  likes();
  const key2 = filled(24);
  home.opens = () => {
    home.opens = () => {};
    db.run("DELETE FROM contacts WHERE account = ?", cleo);
    writeMomentOwnLog(db, { key: key2, root, generation: 1, since_ms: 2 as UnixMs, told: new Uint8Array() });
  };
  await tried();
  await tried();
  const said = puts.flatMap(secretsOf);
  expect([said.includes(headOf(key, 0)), said.includes(headOf(key2, 0))]).toEqual([false, true]);
});

test("[MO162] a like that waits for a connection while this device lets a friend go is in no log that they hold", async () => {
  const { db, context, home, puts, tried, key, likes, headOf } = await liked();
  writeMomentOwnLog(db, { key, root, generation: 1, since_ms: 1 as UnixMs, told: concat(ben, cleo) });
  likes();
  home.opens = () => {
    home.opens = () => {};
    db.run("DELETE FROM contacts WHERE account = ?", cleo);
  };
  expect([await tried(), puts.length, home.tokensSpent]).toEqual([false, 0, 0]);
  renewLog(context);
  expect(await tried()).toBe(true);
  const said = puts.flatMap(secretsOf);
  const now = readMomentOwnLogs(db).find((one) => !equalBytes(one.key, key))?.key as Bytes;
  expect([said.includes(headOf(key, 0)), said.includes(headOf(now, 0))]).toEqual([false, true]);
});

test("[MO163] a body that home refuses keeps no like from going, and does not spend tokens at each look", async () => {
  const { db, context, home, clock, puts, tried, likes } = await liked();
  Object.assign(context, { files: { areStored: () => true } });
  const secret = crypto.random(32);
  const id = postIdOf(crypto, { author: me, secret });
  const body = encodeMomentBody({ kind: "post", author: me, atMs: 1 as UnixMs, text: "一", pictures: [] });
  const first = bodySecret(crypto, root, secret, 0);
  addMoment(db, { ...row, id, secret, name: holeName(crypto, first), signed: concat(new Uint8Array(64), body) });
  addMomentPut(db, "post", pack({}), id);
  const like = likes();
  let refusals = 0;
  home.refuses = (holes) => {
    const isBody = secretsOf(holes).includes(toHex(first));
    if (isBody) refusals++;
    return isBody;
  };
  await tried();
  expect([refusals, readMomentWord(db, like)?.state]).toEqual([1, "here"]);
  // Four hours on the screen.
  for (let looks = 0; looks < 1_200; looks++) {
    clock.ms += 12_000;
    await tried();
  }
  expect(refusals).toBeGreaterThan(8);
  expect(refusals).toBeLessThan(14);
  // Who taps “send again” waits for no hour.
  const before = refusals;
  clock.ms += 12_000;
  await tried();
  expect(refusals).toBe(before);
  tryRefusedAgain(db);
  await tried();
  expect(refusals).toBe(before + 1);
  home.refuses = () => false;
  clock.ms += 3_600_000;
  expect([await tried(), secretsOf(puts.at(-1) ?? [])]).toEqual([true, [toHex(first)]]);
});

test("[MO163] no word goes before one that home refuses: nobody reads beyond the place of that one", async () => {
  const { home, puts, tried, likes, key, headOf } = await liked();
  likes();
  likes();
  let refusals = 0;
  home.refuses = () => ++refusals === 1;
  expect([await tried(), puts.length]).toEqual([false, 0]);
  expect([await tried(), puts.length]).toEqual([true, 2]);
  expect(secretsOf(puts[0] ?? [])).toContain(headOf(key, 0));
});

test("[MO163] what home lost and refuses to take again is tried once", async () => {
  const { db, context, home } = opened();
  const check = "INSERT INTO moment_checks (secret, value, due_ms) VALUES (?, ?, ?)";
  db.run(check, filled(9), filled(9, 128), context.nowMs());
  let puts = 0;
  home.refuses = () => ++puts > 0;
  for (let looks = 0; looks < 5; looks++) await checkDue(context).catch(() => {});
  expect(puts).toBe(1);
});

test("[MO155] a word that is tried again does not leave in the log of before, where M changes while the connection opens", async () => {
  const { db, home, puts, tried, likes, headOf } = await liked();
  likes();
  home.answers = false;
  await tried();
  home.answers = true;
  const [root2, key2] = [filled(23), filled(24)];
  home.opens = () => {
    home.opens = () => {};
    writeMomentRoot(db, root2, 2, 2);
    writeMomentOwnLog(db, { key: key2, root: root2, generation: 2, since_ms: 2 as UnixMs, told: new Uint8Array() });
  };
  expect([await tried(), puts.length]).toEqual([false, 1]);
  expect(await tried()).toBe(true);
  expect(secretsOf(puts[1] ?? [])).toContain(headOf(key2, 0, root2));
});
