/**
 * Reading (docs/spec/moments.md MO5–MO11): what friends told this account, then what they say on posts that are here.
 * What is not signed by a listed device of its author, or is malformed, is not shown, and is looked for again.
 */
import { momentLimits } from "@yanshu/content";
import {
  addMoment,
  addMomentClear,
  addMomentClosed,
  addMomentLog,
  addMomentWay,
  countDiagnostic,
  type Database,
  keepNewestMomentKeys,
  type MomentLogRow,
  type MomentRow,
  type MomentWayRow,
  readMomentFriend,
  readMomentLogs,
  readMomentLogsOf,
  readMomentOwnLogs,
  readMomentRoot,
  readMomentWay,
  readMomentWays,
  readMomentWaysOf,
  setMomentHeads,
  setMomentWayNext,
  setMomentWaySaid,
  writeMomentFriend,
} from "@yanshu/store";
import { type AccountId, type Bytes, concat, equalBytes, toHex, type UnixMs } from "@yanshu/wire";
import type { FeatureContext, Said } from "../../feature.ts";
import { endedSql, fullAuthorsSql, ownWaitingSql, readBodies, wantedMs } from "./bodies.ts";
import { forgetGap, noteGap } from "./gaps.ts";
import { sharedTables, sharedWith } from "./jobs.ts";
import { keptUntilWritten } from "./kept.ts";
import {
  type At,
  eachOf,
  keysNotListed,
  lookForPutOff,
  none,
  noteRead,
  readEach,
  triesAtLooks,
  waitingMax,
  wantedMax,
} from "./reading.ts";
import {
  type Cell,
  cellFlags,
  cellKinds,
  cellName,
  cellSecret,
  type Header,
  headsAhead,
  headsFrom,
  openCell,
  openHeader,
  postIdOf,
  wayTo,
} from "./sealed.ts";
import { homesOf, lookHolesAt, shuffled } from "./server.ts";
import { dayMs, dayOf, inParts, keysOfOne, pieces } from "./values.ts";
import { forgetPost, readClosed } from "./words.ts";

/**
 * Places ahead that are asked for where something may be missing: near ones, and others at doubling distances, which
 * are asked for once what is near was read and shown (MO90).
 */
const near = [0, 1, 2, 3] as const;
const beyond = [4, 5, 6, 7] as const;
const far = [...beyond, 15, 31, 63, 127, 255, 511, 1_023] as const;
const farMax = 1_024;
/** Read at once of one friend, behind the last place where something is, where those behind it were not asked for. */
const atOnce = 16;
/** Names that are kept of one way: those that the next look asks for, and a far one did already. */
const namesKeptMax = 8;
/** Friends whose far places are read in one look: a home that calls all of them full costs no more. */
const farFriendsMax = 16;
/** Gaps that are noted of one friend at once. */
const gapsAtOnceMax = 64;
/** Words of one author that wait for their post: what comes beyond is passed over, and counted. */
const closedMax = 4_000;
/** A way or log that another one followed is looked at so long. */
const formerMs = 14 * dayMs;
const clearAfterMs = 30 * dayMs;
/** Logs of one friend that were told by a way of before. */
const formerLogsMax = 8;
/** Cells of friends that are noted to be cleared, and as many of own devices: others end by themselves. */
const clearsMax = 65_536;

/** What came of so many friends is kept in one transaction. */
const friendsAtOnce = 64;

/** How far ahead one looks: the next place, four or eight near ones, or those behind four. */
type Reach = "next" | "near" | "eight" | "far";

/** Questions of one look for cells, and as many for headers: what is behind them comes at the next look. */
const questionsMax = 64;

/**
 * Looks once. Resolves with whether anything came. Rejects where home cannot be reached. Posts come before what is said
 * on them (MO90). @param isDeep ahead as well.
 */
export async function pullAll(context: FeatureContext, isDeep: boolean): Promise<boolean> {
  const former = isDeep ? await keysNotListed(context) : [];
  followOwn(context);
  if (isDeep) lookForPutOff(context);
  const read = new Set<string>();
  const first: Reach = isDeep ? "eight" : "next";
  const cells = everything(first, async (reach) => readWays(context, await lookedForWays(context, reach)));
  const headers = everything(first, async (reach) => readLogs(context, await lookedForLogs(context, reach), read));
  let came = await cells.read();
  await readBodies(context, shownFriends(context).ways);
  if (isDeep && (await readWays(context, await lookedForWays(context, "far")))) {
    came = true;
    cells.expect();
    await cells.read();
    await readBodies(context, shownFriends(context).ways);
  }
  if (came) headers.expect();
  while (await headers.read()) {
    came = true;
    // Where something is, more may be, or may be missing: also of what is not said in a log.
    cells.expect();
    if (!(await cells.read())) break;
    await readBodies(context, shownFriends(context).ways);
    headers.expect();
  }
  await readClosed(context, came || isDeep);
  if (isDeep) {
    tidy(context);
    noteRead(context, former);
  }
  return came;
}

/** Asks again and again, until nothing comes. @param ask resolves with whether something came. */
function everything(first: Reach, ask: (reach: Reach) => Promise<boolean>) {
  let [reach, asked] = [first, 0];
  return {
    /** Something came elsewhere: the next question is for near places too. */
    expect: () => {
      if (asked > 0 || first === "next") reach = "near";
    },
    read: async () => {
      let came = false;
      while (asked++ < questionsMax && (await ask(reach))) {
        came = true;
        reach = "near";
      }
      return came;
    },
  };
}

/** Own devices read what others of them say, as friends do. */
const followOwn = keptUntilWritten(({ db, own, rooms, nowMs }: FeatureContext): void => {
  const root = readMomentRoot(db);
  if (root === undefined) return;
  const account = own();
  const known = new Set(readMomentLogsOf(db, account).map(({ key }) => toHex(key)));
  const way = wayTo(rooms.crypto, root.root, root.generation, account);
  db.transaction(() => {
    addMomentWay(db, { way, account, generation: root.generation, next: 0, since_ms: nowMs() });
    for (const log of readMomentOwnLogs(db))
      if (!known.has(toHex(log.key)))
        addMomentLog(db, {
          key: log.key,
          account,
          heads: concat(...headsFrom(rooms.crypto, log.root, log.key, 0)),
          since_ms: log.since_ms,
        });
  });
});

type Shown = { readonly ways: ReadonlySet<string>; readonly logs: ReadonlySet<string> };

const shownFriends = keptUntilWritten((context: FeatureContext): Shown => {
  const friends = sharedWith(context);
  const me = toHex(context.own());
  return {
    ways: new Set([me, ...friends.filter((one) => one.hides_theirs === 0).map(({ hex }) => hex)]),
    logs: new Set([me, ...friends.map(({ hex }) => hex)]),
  };
}, sharedTables);

/** Friends of whom so many bodies wait that no more are told (MO109). */
function fullAuthors({ db, own, nowMs }: FeatureContext, most = waitingMax): ReadonlySet<string> {
  const rows = db.all<{ author: AccountId }>(fullAuthorsSql, nowMs() - wantedMs, triesAtLooks, most);
  return new Set(rows.map(({ author }) => toHex(author)).filter((author) => author !== toHex(own())));
}

/** Whether so many own bodies wait of which no own device tells that no more are read by ways of before (MO166). */
function isOwnFull({ db, own }: FeatureContext): boolean {
  return db.get(ownWaitingSql, own(), wantedMax - 1) !== undefined;
}

/** Of each friend, by account in hex, the way that they told last. */
function toldLast(ways: readonly MomentWayRow[]): ReadonlyMap<string, MomentWayRow> {
  const last = new Map<string, MomentWayRow>();
  for (const row of ways) {
    const held = last.get(toHex(row.account));
    if (held === undefined || held.since_ms <= row.since_ms) last.set(toHex(row.account), row);
  }
  return last;
}

/** All ways. */
const waysKept = keptUntilWritten(({ db }: Pick<FeatureContext, "db">) => readMomentWays(db), ["moment_ways"]);

/** A way goes on there, and no other is read again for it. Inside a transaction. */
function goOn(context: FeatureContext, row: MomentWayRow, next: number): void {
  const { db, nowMs } = context;
  waysKept.write(
    context,
    () => setMomentWayNext(db, row, next, nowMs()),
    (ways) => {
      const now = readMomentWay(db, row.account, row.way);
      const isIt = ({ account, way }: MomentWayRow) => equalBytes(way, row.way) && equalBytes(account, row.account);
      return ways.flatMap((one) => (isIt(one) ? (now ?? []) : one));
    },
  );
}

/** Ways with names from their next place on, and their homes. */
const waysAsked = keptUntilWritten((context: FeatureContext) => {
  const [shown, full] = [shownFriends(context), fullAuthors(context)];
  // A device that was put out knows those of before: it holds up none of now.
  const fullOfFormer = fullAuthors(context, wantedMax);
  const all = waysKept(context);
  const told = toldLast(all);
  const former = isOwnFull(context) ? new Set([...fullOfFormer, toHex(context.own())]) : fullOfFormer;
  const ways = all.filter((row) => {
    const author = toHex(row.account);
    const isFull = (told.get(author) === row ? full : former).has(author);
    return shown.ways.has(author) && !isFull && row.next < momentLimits.placeMax;
  });
  const [nameAt, homes] = [namesOf(context, ways), homesOf(context)];
  return {
    ways,
    nameAt,
    homes,
    next: ways.map((row) => ({ row, at: homes(row.account), names: [nameAt(row.way, row.next)] })),
  };
});

/** Logs that are read. */
const logsShown = keptUntilWritten(
  (context: FeatureContext): readonly MomentLogRow[] => {
    const { logs } = shownFriends(context);
    return readMomentLogs(context.db).filter(({ account }) => logs.has(toHex(account)));
  },
  [...sharedTables, "moment_logs"],
);

/** Logs with the name of their next header, and their homes. */
const logsAsked = keptUntilWritten((context: FeatureContext): readonly At<MomentLogRow>[] => {
  const homes = homesOf(context);
  return logsShown(context).map((row) => ({ row, at: homes(row.account), names: firstOf(row.heads) }));
});
const firstOf = (heads: Bytes): readonly Bytes[] => (heads.length < 16 ? [] : [heads.subarray(0, 16)]);

/** Names of places from `next` on, by way: a look derives none again that one before it asked for. */
type NamesFrom = { readonly next: number; readonly names: readonly Bytes[] };
const namesMade = new WeakMap<Database, ReadonlyMap<string, NamesFrom>>();

/** The name of a place on one of these ways. */
function namesOf({ db, rooms }: FeatureContext, ways: readonly MomentWayRow[]) {
  const before = namesMade.get(db);
  const now = new Map(
    ways.map(({ way, next }) => {
      const held = before?.get(toHex(way));
      const isBehind = held === undefined || held.next > next;
      return [way, { next, names: isBehind ? [] : (held.names.slice(next - held.next) as Bytes[]) }];
    }),
  );
  namesMade.set(db, new Map(Array.from(now, ([way, from]) => [toHex(way), from])));
  return (way: Bytes, place: number): Bytes => {
    const from = now.get(way);
    const at = from === undefined ? -1 : place - from.next;
    const held = from?.names[at];
    if (held !== undefined) return held;
    const name = cellName(rooms.crypto, way, place);
    if (at === from?.names.length && at < namesKeptMax) from.names.push(name);
    return name;
  };
}

/** Ways on which something is, with all names up to it, and some behind it: none behind the last place (MO49). */
async function lookedForWays(context: FeatureContext, reach: Reach): Promise<readonly At<MomentWayRow>[]> {
  const places: readonly number[] = { next: [0], near, eight: [...near, ...beyond], far }[reach];
  const { ways, nameAt, homes, next: nearest } = waysAsked(context);
  // What an author told again is read up to where they say that it goes on, whatever home says.
  const isSaid = ({ next, said = 0 }: MomentWayRow) => said > next;
  const asked =
    reach === "next"
      ? nearest
      : ways.map((row) => ({ row, at: homes(row.account), names: places.map((at) => nameAt(row.way, row.next + at)) }));
  /** Of each the last place where something is, and the next one where nothing is. */
  const found = new Map(
    (await anyOf(context, asked)).map((one) => {
      const last = one.found.lastIndexOf(true);
      const at = places[last] ?? 0;
      return [one.row, { last: at, behind: places[last + 1] ?? at + atOnce }];
    }),
  );
  let farFriends = 0;
  return shuffled(
    context,
    ways.filter((row) => found.has(row) || isSaid(row)),
  ).flatMap((row) => {
    const from = Math.max(row.next, (row.said ?? 0) - farMax);
    const there = found.get(row);
    const last = Math.max(row.next + (there?.last ?? 0), row.said ?? 0) - from;
    if (last >= atOnce && ++farFriends > farFriendsMax) return [];
    const begun = { ...row, next: from };
    // What was asked for behind the last one is not there.
    const behind = there === undefined || isSaid(row) ? last + atOnce : row.next + there.behind - from;
    const length = Math.min(behind, momentLimits.placeMax - from);
    return [
      { row: begun, at: homes(row.account), names: Array.from({ length }, (_, at) => nameAt(row.way, from + at)) },
    ];
  });
}

async function lookedForLogs(context: FeatureContext, reach: Reach): Promise<readonly At<MomentLogRow>[]> {
  const rows = logsAsked(context);
  const withAll = (one: At<MomentLogRow>) => ({ ...one, names: pieces(one.row.heads, 16) });
  const found = await anyOf(context, reach === "next" ? rows : rows.map(withAll));
  const there = new Set(found.map(({ row }) => row));
  return rows.filter(({ row }) => there.has(row)).map(withAll);
}

/** Those of which a name may be there. */
async function anyOf<T>(
  context: FeatureContext,
  asked: readonly At<T>[],
): Promise<readonly (At<T> & { readonly found: readonly boolean[] })[]> {
  const looked = await eachOf(asked, (at, names) => lookHolesAt(context, at, names));
  return looked.flatMap(({ values: found, ...one }) => (found.includes(true) ? [{ ...one, found }] : []));
}

/** How many more cells that are read are noted to be cleared: they may come without end. */
type ClearsLeft = { own: number; theirs: number };

function clearsLeft(db: Database): ClearsLeft {
  const sql = "SELECT count(*) AS count FROM moment_clears WHERE is_own = ? AND due_ms > 0";
  const left = (isOwn: number) => clearsMax - (db.get<{ count: number }>(sql, isOwn)?.count ?? 0);
  return { own: left(1), theirs: left(0) };
}

/**
 * Resolves with whether something came. A way goes on behind the last cell that opened: what does not open is a gap, as
 * what is not there before one that does.
 */
async function readWays(context: FeatureContext, asked: readonly At<MomentWayRow>[]): Promise<boolean> {
  const { crypto } = context.rooms;
  const room = asked.length > 0 && isFirstDevice(context) ? clearsLeft(context.db) : undefined;
  return keptTogether(
    context,
    await readEach(context, asked),
    ({ row, names, values }) =>
      Promise.all(values.map(async (value, at) => value && openCell(crypto, row.way, row.next + at, value, names[at]))),
    (one, opened) => keepCells(context, one, opened, room),
  );
}

/**
 * Opens some, and keeps them in one transaction, whose way to the disk takes longer than all of them (MO91). Resolves
 * with whether `keep` returned true for any.
 */
async function keptTogether<T, Opened>(
  context: FeatureContext,
  read: readonly T[],
  open: (one: T) => Promise<Opened>,
  keep: (one: T, opened: Opened) => boolean,
): Promise<boolean> {
  let came = false;
  for (const some of inParts(read, friendsAtOnce)) {
    const opened = await Promise.all(some.map(async (one) => [one, await open(one)] as const));
    context.db.transaction(() => {
      for (const [one, what] of opened) if (keep(one, what)) came = true;
    });
    context.changed("moments");
  }
  return came;
}

type ReadAt<T> = At<T> & { readonly values: readonly (Bytes | undefined)[] };

/** Inside a transaction. */
function keepCells(
  context: FeatureContext,
  { row, at: home, values }: ReadAt<MomentWayRow>,
  opened: readonly (Cell | undefined)[],
  room: ClearsLeft | undefined,
): boolean {
  const { db, rooms, nowMs } = context;
  const isOwn = equalBytes(row.account, context.own());
  const last = opened.findLastIndex((cell) => cell !== undefined);
  let gaps = 0;
  for (const [at, cell] of opened.entries()) {
    const [place, value] = [row.next + at, values[at]];
    const isGap = cell === undefined && (value !== undefined || at < last) && place >= (row.said ?? 0);
    const isNew = isGap && gaps++ < gapsAtOnceMax && noteGap(context, row.account, none, place, none);
    if (isNew && value !== undefined) countDiagnostic(db, "moments-false-cell");
    if (cell === undefined) continue;
    takeCell(context, row.account, cell, row);
    forgetGap(context, row.account, none, place, none);
    // @checks MO168
    if (room === undefined || room[isOwn ? "own" : "theirs"]-- <= 0) continue;
    const server = home ?? context.serverName();
    addMomentClear(db, cellSecret(rooms.crypto, row.way, place), nowMs() + clearAfterMs, server, isOwn);
  }
  const next = Math.max(row.next + last + 1, row.said ?? 0);
  if (next > row.next) goOn(context, row, next);
  return last >= 0;
}

/**
 * A cell to own devices that this one put: it needs not look for it (MO84), unless another own device was at a place
 * before it. Inside a transaction.
 */
export function passOwnCell(context: FeatureContext, way: Bytes, place: number): void {
  const { db, own, nowMs, rooms, serverName } = context;
  const row = readMomentWay(db, own(), way);
  if (row?.next !== place) return;
  goOn(context, row, place + 1);
  if (isFirstDevice(context))
    addMomentClear(db, cellSecret(rooms.crypto, way, place), nowMs() + clearAfterMs, serverName());
}

/** The same of a header, behind which the log goes on with these names. Inside a transaction. */
export function passOwnHeader({ db, own }: FeatureContext, log: Bytes, header: Bytes, heads: readonly Bytes[]): void {
  const row = readMomentLogsOf(db, own()).find(({ key }) => equalBytes(key, log));
  if (row !== undefined && equalBytes(row.heads.subarray(0, header.length), header))
    setMomentHeads(db, row, concat(...heads));
}

export function isFirstDevice({ devices, device }: FeatureContext): boolean {
  const [first] = devices();
  return first !== undefined && equalBytes(first, device());
}

/** What a friend told this account. Inside a transaction. @param by absent: in the chat of two. */
function takeCell(context: FeatureContext, author: AccountId, { kind, flags, day, payload }: Cell, by?: MomentWayRow) {
  const { db, rooms, nowMs, own } = context;
  if (kind === cellKinds.log) {
    if (equalBytes(author, own())) return;
    const held = readMomentLogsOf(db, author);
    // Of those that come in one look the last is the newest (MO83).
    const last = held.at(-1)?.since_ms ?? 0;
    // One by a way of before is older than any that was told with the one of now, and takes the place of none (MO31).
    const newest = by && toldLast(readMomentWaysOf(db, author));
    const { way, since_ms: toldMs = 0 } = newest?.get(toHex(author)) ?? {};
    const isFormer = by !== undefined && way !== undefined && !equalBytes(way, by.way);
    const since_ms = (isFormer ? toldMs - 1 : Math.max(nowMs(), last + 1)) as UnixMs;
    // What is said in those that were told earlier may not be read yet. @checks MO167
    if (isFormer && held.filter((one) => one.since_ms === since_ms).length >= formerLogsMax) return;
    addMomentLog(db, { key: payload.slice(0, 32), account: author, heads: payload.slice(32, 64), since_ms });
    keepNewestMomentKeys(db, author, keysOfOne);
    return;
  }
  if (kind !== cellKinds.post && kind !== cellKinds.status) return;
  const secret = payload.slice(0, 32);
  const atMs = Math.min(day * dayMs, nowMs()) as UnixMs;
  addMoment(db, {
    id: postIdOf(rooms.crypto, { author, secret }),
    author,
    secret,
    name: payload.slice(32, 48),
    kind: kind === cellKinds.status ? "status" : (flags & cellFlags.cover) !== 0 ? "cover" : "post",
    at_ms: atMs,
    day,
    until_day: 0,
    signed: none,
    mention: (flags & cellFlags.mention) !== 0 ? 1 : 0,
    state: "wanted",
    audience: null,
    told: null,
    got_ms: nowMs(),
    stamp_ms: nowMs(),
  });
}

/** What was told again in the chat of two. Inside a transaction. */
export function takeAgain(context: FeatureContext, { conversation, by, body }: Said<"momentsAgain">): void {
  const { db, directs, own, nowMs } = context;
  // @checks MO1
  if (equalBytes(by, own()) || !equalBytes(conversation, directs.with(by))) return;
  const { owed = 0 } = readMomentFriend(db, by) ?? {};
  // @checks MO108
  if (owed <= 0) {
    countDiagnostic(db, "moments-unasked");
    return;
  }
  // Gaps stay, and are asked for again. @checks MO109
  if (fullAuthors(context).has(toHex(by))) return;
  writeMomentFriend(db, by, { owed: owed - 1 });
  for (const cell of body.cells) takeCell(context, by, cell);
  const isNew = addMomentLog(db, { key: body.log, account: by, heads: concat(...body.heads), since_ms: nowMs() });
  keepNewestMomentKeys(db, by, keysOfOne);
  // It goes on where its author is now; what stands before that was not to be had, or is found on the way there.
  const held = readMomentLogsOf(db, by).find(({ key }) => equalBytes(key, body.log));
  if (!isNew && held !== undefined) {
    const gone = db
      .all<{ name: Bytes }>("SELECT name FROM moment_gaps WHERE account = ? AND log = ?", by, body.log)
      .map(({ name }) => name);
    const isGone = (head: Bytes) => gone.some((name) => equalBytes(name, head));
    const known = pieces(held.heads, 16)
      .filter((head) => !isGone(head))
      .slice(0, headsAhead);
    const fresh = body.heads.filter((head) => !known.some((one) => equalBytes(one, head)));
    setMomentHeads(db, held, concat(...known, ...fresh));
  }
  const way = toldLast(readMomentWaysOf(db, by)).get(toHex(by));
  if (way !== undefined) setMomentWaySaid(db, way, body.place ?? 0, nowMs());
  // Words that were missed are looked for at once: their author puts again what is not there.
  db.run(
    `UPDATE moment_closed SET tries = 0, again_ms = 0 WHERE author = ?1
       AND name IN (SELECT name FROM moment_gaps WHERE account = ?1 AND log = x'')`,
    by,
  );
  db.run("DELETE FROM moment_gaps WHERE account = ?", by);
  context.changed("moments");
}

/** Resolves with whether something came. A log goes on behind the last header that opened. */
async function readLogs(
  context: FeatureContext,
  asked: readonly At<MomentLogRow>[],
  /** Names that were read in this look: a header that leads back to one ends its log. */
  read: Set<string>,
): Promise<boolean> {
  const { crypto } = context.rooms;
  return keptTogether(
    context,
    await readEach(context, asked),
    ({ row, names, values }) =>
      Promise.all(values.map(async (value, at) => value && openHeader(crypto, row.key, names[at] as Bytes, value))),
    (one, opened) => keepHeaders(context, one, opened, read),
  );
}

/** Inside a transaction. */
function keepHeaders(
  context: FeatureContext,
  { row, names, values }: ReadAt<MomentLogRow>,
  opened: readonly (Header | undefined)[],
  read: Set<string>,
): boolean {
  const { db, nowMs } = context;
  const last = opened.findLastIndex((header) => header !== undefined);
  const idOf = (name: Bytes) => `${toHex(row.account)} ${toHex(name)}`;
  for (const name of names.slice(0, last + 1)) read.add(idOf(name));
  let heads = last < 0 ? names : names.slice(last + 1);
  const waiting = db.get<{ count: number }>(
    "SELECT count(*) AS count FROM moment_closed WHERE author = ?",
    row.account,
  );
  let room = closedMax - (waiting?.count ?? 0);
  for (const [at, header] of opened.entries()) {
    const [name, value] = [names[at] as Bytes, values[at]];
    if (header === undefined) {
      const isGap = value !== undefined || at < last;
      const isNew = isGap && noteGap(context, row.account, row.key, 0, name);
      if (isNew && value !== undefined) countDiagnostic(db, "moments-false-header");
    } else {
      forgetGap(context, row.account, row.key, 0, name);
      // Those that it names stand behind it; of what we knew already, what is not read yet stays.
      if (at === last) heads = header.next.filter((next) => !read.has(idOf(next)));
      if (room-- <= 0) countDiagnostic(db, "moments-too-many-words");
      else
        addMomentClosed(db, {
          name: header.word,
          author: row.account,
          log: row.key,
          header: name,
          hint: header.hint,
          day: header.day,
          got_ms: nowMs(),
        });
    }
  }
  if (last >= 0) setMomentHeads(db, row, concat(...heads.slice(0, headsAhead)));
  if (heads.length === 0) noteGap(context, row.account, row.key, 1, none);
  return last >= 0;
}

/** What is over goes: once in a while. */
function tidy(context: FeatureContext): void {
  const { db, nowMs, own } = context;
  const today = dayOf(nowMs());
  db.transaction(() => {
    const over = db.all<MomentRow>(
      `SELECT * FROM moments WHERE author <> ? AND state = 'here' AND
         ((until_day > 0 AND until_day <= ?) OR (kind = 'status' AND at_ms < ?))`,
      own(),
      today,
      nowMs() - 2 * dayMs,
    );
    for (const post of over) forgetPost(context, post);
    for (const table of ["moment_ways", "moment_logs"] as const)
      db.run(
        `DELETE FROM ${table} WHERE since_ms < ?1 AND account <> ?2 AND EXISTS (
           SELECT 1 FROM ${table} AS o WHERE o.account = ${table}.account AND o.since_ms > ${table}.since_ms AND o.since_ms < ?1)`,
        nowMs() - formerMs,
        own(),
      );
    for (const table of ["moment_closed", "moment_taken_back"] as const)
      db.run(`DELETE FROM ${table} WHERE got_ms < ?`, nowMs() - 180 * dayMs);
    db.run("DELETE FROM moment_gaps WHERE since_ms < ?", nowMs() - 30 * dayMs);
    db.run(endedSql, own(), nowMs() - wantedMs, triesAtLooks);
  });
}
