/**
 * Reading (docs/spec/moments.md MO5–MO11): what friends told this account, then what they say on posts that are here.
 * What is not signed by a listed device of its author, or is malformed, is dropped and counted.
 */
import { type MomentKind, momentLimits } from "@yanshu/content";
import {
  addMoment,
  addMomentClear,
  addMomentLog,
  addMomentPut,
  addMomentTakenBack,
  addMomentWay,
  addMomentWord,
  countDiagnostic,
  countMomentTakenBack,
  eraseMomentWord,
  isMomentTakenBack,
  keepNewestMomentKeys,
  type MomentClosedRow,
  type MomentLogRow,
  type MomentRow,
  type MomentWayRow,
  readMoment,
  readMomentFriend,
  readMomentFriends,
  readMomentLogs,
  readMomentOwnLogs,
  readMomentRoot,
  readMomentWays,
  readMomentWord,
  readMomentWords,
  setMoment,
  setMomentHeads,
  setMomentWayNext,
  setMomentWaySaid,
  setMomentWord,
  toBeSigned,
  writeMomentFriend,
} from "@yanshu/store";
import { type AccountId, type Bytes, concat, equalBytes, toHex, type UnixMs } from "@yanshu/wire";
import { type FeatureContext, pack, type Said } from "../../feature.ts";
import { refsOf } from "./jobs.ts";
import {
  bodyToSign,
  type Cell,
  cellFlags,
  cellKinds,
  cellName,
  cellSecret,
  headsAhead,
  headsFrom,
  hintOf,
  openBody,
  openBodyPart,
  openCell,
  openHeader,
  openWord,
  postIdOf,
  type SignedWord,
  wayTo,
  wordIdOf,
  wordToSign,
} from "./sealed.ts";
import { lookHoles, readHoles, shuffled } from "./server.ts";
import { dayMs, dayOf, keysOfOne, pieces } from "./values.ts";
import { bodyOf } from "./views.ts";

/** Places ahead that are asked for where something may be missing: near ones, and others at doubling distances. */
const near = [0, 1, 2, 3] as const;
const far = [...near, 4, 5, 6, 7, 15, 31, 63, 127, 255, 511, 1_023] as const;
const farMax = 1_024;
/** Read at once of one friend, behind the last place where something is. */
const atOnce = 16;
/** Friends whose far places are read in one look: a home that calls all of them full costs no more. */
const farFriendsMax = 16;
/** Gaps that are noted of one friend at once. */
const gapsAtOnceMax = 64;
/** A way by which nothing came for so long is asked for: its author tells their keys anew each thirty days. */
const silentMs = 40 * dayMs;
/** Words of one author that wait for their post: what comes beyond is passed over, and counted. */
const closedMax = 4_000;
/** A way or log that another one followed is looked at so long. */
const formerMs = 14 * dayMs;
const clearAfterMs = 30 * dayMs;
/** Bodies that are looked for, of one author, in one look; and words of one author on one post that did not open. */
const wantedMax = 200;
/** What is not there, or does not open, is looked for at so many looks, then after an hour, two, and so on. */
const triesAtLooks = 3;
const againMs = { first: 3_600_000, max: 7 * dayMs } as const;
/** A gap is asked for at a moment of chance after it was met: between these. */
const askAfterMs = { min: 2 * 3_600_000, max: dayMs } as const;
/** A body that is false is told as a gap after so long: until then home may think better of it. */
const falseBodyMs = dayMs;
const none = new Uint8Array();

type At<T> = { readonly row: T; readonly names: readonly Bytes[] };
/** How far ahead one looks: the next place, near ones, or far ones as well. */
type Reach = "next" | "near" | "far";

/**
 * Looks once. Resolves with whether anything came. Rejects where home cannot be reached. @param isDeep ahead as well.
 */
export async function pullAll(context: FeatureContext, isDeep: boolean): Promise<boolean> {
  followOwn(context);
  let came = false;
  const read = new Set<string>();
  for (let round = 0, reach: Reach = isDeep ? "far" : "next"; round < 64; round++) {
    const ways = await lookedForWays(context, reach);
    const logs = await lookedForLogs(context, reach);
    const cells = await readWays(context, ways);
    const headers = await readLogs(context, logs, read);
    if (!cells && !headers) break;
    came = true;
    reach = "near"; // Where something is, more may be, or may be missing.
  }
  await readBodies(context);
  await readClosed(context, came || isDeep);
  if (isDeep) tidy(context);
  return came;
}

/** Own devices read what others of them say, as friends do. */
function followOwn({ db, own, rooms, nowMs }: FeatureContext): void {
  const root = readMomentRoot(db);
  if (root === undefined) return;
  const account = own();
  const isOwn = (of: { readonly account: AccountId }) => equalBytes(of.account, account);
  const known = new Set(
    readMomentLogs(db)
      .filter(isOwn)
      .map(({ key }) => toHex(key)),
  );
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
}

function shownFriends({ db, own }: FeatureContext): { readonly ways: Set<string>; readonly logs: Set<string> } {
  const friends = readMomentFriends(db).filter(({ chats_only }) => chats_only === 0);
  const me = toHex(own());
  return {
    ways: new Set([me, ...friends.filter((one) => one.hides_theirs === 0).map(({ account }) => toHex(account))]),
    logs: new Set([me, ...friends.map(({ account }) => toHex(account))]),
  };
}

function waysOf(context: FeatureContext): readonly MomentWayRow[] {
  const { ways } = shownFriends(context);
  return readMomentWays(context.db).filter(({ account }) => ways.has(toHex(account)));
}

/** Ways on which something is, with all names up to it, and some behind it: none behind the last place. @checks MO49 */
async function lookedForWays(context: FeatureContext, reach: Reach): Promise<readonly At<MomentWayRow>[]> {
  const { crypto } = context.rooms;
  const places: readonly number[] = { next: [0], near, far }[reach];
  const nameAt = (row: MomentWayRow, at: number) => cellName(crypto, row.way, row.next + at);
  const ways = waysOf(context).filter(({ next }) => next < momentLimits.placeMax);
  // What an author told again is read up to where they say that it goes on, whatever home says.
  const isSaid = ({ next, said = 0 }: MomentWayRow) => said > next;
  const asked = ways.map((row) => ({ row, names: places.map((at) => nameAt(row, at)) }));
  const found = new Map(
    (await anyOf(context, asked)).map((one) => [one.row, places[one.found.lastIndexOf(true)] ?? 0]),
  );
  let farFriends = 0;
  return shuffled(
    context,
    ways.filter((row) => found.has(row) || isSaid(row)),
  ).flatMap((row) => {
    const from = Math.max(row.next, (row.said ?? 0) - farMax);
    const last = Math.max(row.next + (found.get(row) ?? 0), row.said ?? 0) - from;
    if (last >= atOnce && ++farFriends > farFriendsMax) return [];
    const begun = { ...row, next: from };
    const length = Math.min(last + atOnce, momentLimits.placeMax - from);
    return [{ row: begun, names: Array.from({ length }, (_, at) => nameAt(begun, at)) }];
  });
}

async function lookedForLogs(context: FeatureContext, reach: Reach): Promise<readonly At<MomentLogRow>[]> {
  const { logs } = shownFriends(context);
  const rows = readMomentLogs(context.db)
    .filter(({ account }) => logs.has(toHex(account)))
    .map((row) => ({ row, names: pieces(row.heads, 16) }));
  const found = await anyOf(
    context,
    rows.map(({ row, names }) => ({ row, names: reach === "next" ? names.slice(0, 1) : names })),
  );
  return rows.filter(({ row }) => found.some((one) => one.row === row));
}

/** Those of which a name may be there. */
async function anyOf<T>(
  context: FeatureContext,
  asked: readonly At<T>[],
): Promise<readonly (At<T> & { readonly found: readonly boolean[] })[]> {
  const names = asked.flatMap((one) => one.names);
  if (names.length === 0) return [];
  const all = await lookHoles(context, names);
  let at = 0;
  return asked.flatMap((one) => {
    const found = all.slice(at, at + one.names.length);
    at += one.names.length;
    return found.includes(true) ? [{ ...one, found }] : [];
  });
}

async function readEach<T>(
  context: FeatureContext,
  asked: readonly At<T>[],
): Promise<readonly (At<T> & { readonly values: readonly (Bytes | undefined)[] })[]> {
  if (asked.length === 0) return [];
  const values = await readHoles(
    context,
    asked.flatMap(({ names }) => names),
  );
  let at = 0;
  return asked.map((one) => {
    const mine = values.slice(at, at + one.names.length);
    at += one.names.length;
    return { ...one, values: mine };
  });
}

/**
 * Resolves with whether something came. A way goes on behind the last cell that opened: what does not open is a gap, as
 * what is not there before one that does.
 */
async function readWays(context: FeatureContext, asked: readonly At<MomentWayRow>[]): Promise<boolean> {
  const { db, rooms, nowMs } = context;
  let came = false;
  for (const { row, values } of await readEach(context, asked)) {
    const opened = await Promise.all(
      values.map(async (value, at) => value && openCell(rooms.crypto, row.way, row.next + at, value)),
    );
    const last = opened.findLastIndex((cell) => cell !== undefined);
    if (last >= 0) came = true;
    db.transaction(() => {
      let gaps = 0;
      for (const [at, cell] of opened.entries()) {
        const [place, value] = [row.next + at, values[at]];
        const isGap = cell === undefined && (value !== undefined || at < last) && place >= (row.said ?? 0);
        const isNew = isGap && gaps++ < gapsAtOnceMax && noteGap(context, row.account, none, place, none);
        if (isNew && value !== undefined) countDiagnostic(db, "moments-false-cell");
        if (cell === undefined) continue;
        takeCell(context, row.account, cell);
        forgetGap(context, row.account, none, place, none);
        if (isFirstDevice(context))
          addMomentClear(
            db,
            cellSecret(rooms.crypto, row.way, place),
            nowMs() + clearAfterMs,
            equalBytes(row.account, context.own()),
          );
      }
      const next = Math.max(row.next + last + 1, row.said ?? 0);
      if (next > row.next) setMomentWayNext(db, row, next, nowMs());
    });
    context.changed("moments");
  }
  return came;
}

export function isFirstDevice({ devices, device }: FeatureContext): boolean {
  const [first] = devices();
  return first !== undefined && equalBytes(first, device());
}

/** Returns whether it is new. Inside a transaction. */
function noteGap(
  { db, nowMs, own }: FeatureContext,
  account: AccountId,
  log: Bytes,
  place: number,
  name: Bytes,
): boolean {
  if (equalBytes(account, own())) return false; // not a check: what another own device did not put, it will.
  const sql =
    "INSERT INTO moment_gaps (account, log, place, name, since_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  return db.run(sql, account, log, place, name, nowMs()) > 0;
}

/** What did not open before does now. Inside a transaction. */
function forgetGap({ db }: FeatureContext, account: AccountId, log: Bytes, place: number, name: Bytes): void {
  const sql = "DELETE FROM moment_gaps WHERE account = ? AND log = ? AND place = ? AND name = ?";
  db.run(sql, account, log, place, name);
}

/** What a friend told this account. Inside a transaction. */
function takeCell(context: FeatureContext, author: AccountId, { kind, flags, day, payload }: Cell): void {
  const { db, rooms, nowMs, own } = context;
  if (kind === cellKinds.log) {
    if (equalBytes(author, own())) return;
    addMomentLog(db, { key: payload.slice(0, 32), account: author, heads: payload.slice(32, 64), since_ms: nowMs() });
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
  if (equalBytes(by, own()) || !equalBytes(conversation, directs.with(by))) return;
  for (const cell of body.cells) takeCell(context, by, cell);
  const isNew = addMomentLog(db, { key: body.log, account: by, heads: concat(...body.heads), since_ms: nowMs() });
  keepNewestMomentKeys(db, by, keysOfOne);
  // It goes on where its author is now; what stands before that was not to be had, or is found on the way there.
  const held = readMomentLogs(db).find(({ account, key }) => equalBytes(account, by) && equalBytes(key, body.log));
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
  const way = readMomentWays(db).findLast(({ account }) => equalBytes(account, by));
  if (way !== undefined) setMomentWaySaid(db, way, body.place ?? 0, nowMs());
  db.run("DELETE FROM moment_gaps WHERE account = ?", by);
  context.changed("moments");
}

/** When what was tried so often in vain is tried again. */
function triedAgainAt({ nowMs }: FeatureContext, tries: number): number {
  if (tries < triesAtLooks) return 0;
  return nowMs() + Math.min(againMs.max, againMs.first * 2 ** (tries - triesAtLooks));
}

/**
 * Asks friends for what did not come: once a day each, and two hours to a day after it was met, so that home does not
 * learn by the time whose it was (MO36). Nothing at all for forty days is asked for as well.
 */
export function askForGaps(context: FeatureContext): void {
  const { db, nowMs, directs, chance } = context;
  const rows = db.all<{ account: AccountId }>(
    `SELECT c.account FROM contacts AS c JOIN conversations AS v ON v.peer = c.account AND v.state = 'open'
     LEFT JOIN moment_friends AS f ON f.account = c.account
     WHERE c.state = 'contact' AND coalesce(f.chats_only, 0) = 0 AND (
       (coalesce(f.asked_ms, 0) < ?1 AND EXISTS (
         SELECT 1 FROM moment_gaps AS g WHERE g.account = c.account AND (g.log <> x'' OR g.name = x'' OR g.since_ms < ?3)))
       OR (coalesce(f.asked_ms, 0) < ?2 AND
         (SELECT max(max(w.since_ms, w.came_ms)) FROM moment_ways AS w WHERE w.account = c.account) < ?2))`,
    nowMs() - dayMs,
    nowMs() - silentMs,
    nowMs() - falseBodyMs,
  );
  const isDue = (account: AccountId): boolean => {
    const askMs = readMomentFriend(db, account)?.ask_ms ?? 0;
    if (askMs !== 0) return askMs <= nowMs();
    const ask_ms = nowMs() + Math.floor(askAfterMs.min + (askAfterMs.max - askAfterMs.min) * chance());
    db.transaction(() => writeMomentFriend(db, account, { ask_ms }));
    return false;
  };
  const asked = rows.map(({ account }) => account);
  // What came meanwhile is not asked for; and what comes next has a moment of its own.
  db.transaction(() => {
    for (const { account } of readMomentFriends(db).filter(({ ask_ms }) => ask_ms !== 0))
      if (!asked.some((one) => equalBytes(one, account))) writeMomentFriend(db, account, { ask_ms: 0 });
  });
  for (const account of asked.filter(isDue)) {
    const names = db
      .all<{ name: Bytes }>(
        "SELECT name FROM moment_gaps WHERE account = ? AND log = x'' AND name <> x'' AND since_ms < ? LIMIT ?",
        account,
        nowMs() - falseBodyMs,
        momentLimits.gapNamesMax,
      )
      .map(({ name }) => name);
    context.say(directs.with(account), names.length > 0 ? { kind: "momentsGap", names } : { kind: "momentsGap" }, {
      before: () => {
        writeMomentFriend(db, account, { asked_ms: nowMs(), ask_ms: 0 });
      },
    });
  }
}

/** Bodies of posts that one was told of. */
async function readBodies(context: FeatureContext): Promise<void> {
  const { db, nowMs } = context;
  const { ways } = shownFriends(context);
  const wanted = db
    .all<MomentRow>(
      `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY author ORDER BY tries, at_ms DESC) AS nth FROM moments
         WHERE state = 'wanted' AND stamp_ms > ? AND again_ms <= ?)
       WHERE nth <= ? ORDER BY tries, at_ms DESC LIMIT 1000`,
      nowMs() - 30 * dayMs,
      nowMs(),
      wantedMax,
    )
    .filter(({ author }) => ways.has(toHex(author)));
  for (let from = 0; from < wanted.length; from += 64) {
    const some = wanted.slice(from, from + 64).map((row) => ({ row, names: [row.name] }));
    for (const { row, values } of await readEach(context, some))
      if (values[0] === undefined || !(await takeBody(context, row, values[0]))) triedInVain(context, row);
  }
}

function triedInVain(context: FeatureContext, { id, author, tries: before = 0 }: MomentRow): void {
  const { db, own } = context;
  // Own ones are where own devices put them, or will.
  const tries = equalBytes(author, own()) ? 0 : before + 1;
  db.transaction(() => setMoment(db, id, { tries, again_ms: triedAgainAt(context, tries) }));
}

/** Resolves with whether it needs not be looked at again. What is false is a gap later, and looked for again (MO37). */
async function takeBody(context: FeatureContext, row: MomentRow, first: Bytes): Promise<boolean> {
  const { db, rooms, nowMs, own, files } = context;
  const begun = await openBody(rooms.crypto, row.secret, row.name, first);
  const rest = begun && begun.names.length > 0 ? await readHoles(context, begun.names) : [];
  if (rest.includes(undefined)) return false; // not a check: not all of it is there, and it is looked for again.
  const parts = await Promise.all(
    rest.map((value, at) => openBodyPart(rooms.crypto, row.secret, at + 1, begun?.names[at] as Bytes, value as Bytes)),
  );
  const signed =
    begun === undefined || parts.includes(undefined) ? none : concat(begun.bytes, ...(parts as readonly Bytes[]));
  const body = signed.length > 64 ? bodyOf({ signed }) : undefined;
  const toSign = bodyToSign(rooms.crypto, row, signed.subarray(64));
  const isOwn = equalBytes(row.author, own());
  const isTheirs =
    body !== undefined &&
    equalBytes(body.author, row.author) &&
    // Of an own one the recovery record does not say what it is.
    (isOwn || body.kind === (row.kind as MomentKind)) &&
    (await isSigned(context, row.author, toSign, signed.subarray(0, 64)));
  const isTaken = db.transaction(() => {
    if (readMoment(db, row.id)?.state !== "wanted") return true;
    // @checks MO37
    if (!isTheirs || body === undefined) {
      if (noteGap(context, row.author, none, 0, row.name)) countDiagnostic(db, "moments-false-body");
      return false;
    }
    forgetGap(context, row.author, none, 0, row.name);
    const today = dayOf(nowMs());
    const until = body.kind === "status" ? Math.min(body.untilDay ?? today + 2, today + 2) : (body.untilDay ?? 0);
    setMoment(db, row.id, {
      at_ms: Math.min(body.atMs, nowMs()) as UnixMs,
      day: dayOf(body.atMs),
      until_day: until,
      ...(isOwn && { kept_day: toBeSigned }),
      kind: body.kind,
      signed,
      state: "here",
    });
    files.learnRefs(refsOf(body));
    return true;
  });
  context.changed("moments");
  return isTaken;
}

/** By a listed device; of own ones also by one that was. */
async function isSigned(context: FeatureContext, by: AccountId, bytes: Bytes, signature: Bytes): Promise<boolean> {
  const former = equalBytes(by, context.own()) ? context.ownKeysEver() : [];
  for (const key of [...(await context.keysOf(by)), ...former])
    if (await context.rooms.crypto.verify(key, bytes, signature)) return true;
  return false;
}

/** Resolves with whether something came. A log goes on behind the last header that opened. */
async function readLogs(
  context: FeatureContext,
  asked: readonly At<MomentLogRow>[],
  /** Names that were read in this look: a header that leads back to one ends its log. */
  read: Set<string>,
): Promise<boolean> {
  const { db, rooms, nowMs } = context;
  let came = false;
  for (const { row, names, values } of await readEach(context, asked)) {
    const opened = await Promise.all(
      values.map(async (value, at) => value && openHeader(rooms.crypto, row.key, names[at] as Bytes, value)),
    );
    const last = opened.findLastIndex((header) => header !== undefined);
    if (last >= 0) came = true;
    const idOf = (name: Bytes) => `${toHex(row.account)} ${toHex(name)}`;
    for (const name of names.slice(0, last + 1)) read.add(idOf(name));
    db.transaction(() => {
      let heads = last < 0 ? names : names.slice(last + 1);
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
          const waiting = db.get<{ count: number }>(
            "SELECT count(*) AS count FROM moment_closed WHERE author = ?",
            row.account,
          );
          if ((waiting?.count ?? 0) >= closedMax) countDiagnostic(db, "moments-too-many-words");
          else
            db.run(
              `INSERT INTO moment_closed (name, author, log, header, hint, day, got_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT DO NOTHING`,
              header.word,
              row.account,
              row.key,
              name,
              header.hint,
              header.day,
              nowMs(),
            );
        }
      }
      if (last >= 0) setMomentHeads(db, row, concat(...heads.slice(0, headsAhead)));
      if (heads.length === 0) noteGap(context, row.account, row.key, 1, none);
    });
  }
  return came;
}

/**
 * A word that did not open; or that did, and is signed for none of the posts that are here. S is of what it answers to.
 */
type InVain = { readonly closed: MomentClosedRow; readonly secret: Bytes; readonly isFalse: boolean };

/** Words that wait: those whose hint answers to a post that is here are read. */
async function readClosed(context: FeatureContext, isAll: boolean): Promise<void> {
  const { db, rooms, nowMs } = context;
  const inVain = new Map<string, InVain>();
  for (let round = 0; round < 8; round++) {
    const waiting = db.all<MomentClosedRow>(
      "SELECT * FROM moment_closed WHERE again_ms <= ? ORDER BY got_ms, name",
      nowMs(),
    );
    const byDay = new Map<number, readonly MomentRow[]>();
    const postsOf = (day: number) => {
      const held =
        byDay.get(day) ??
        db.all<MomentRow>(
          `SELECT * FROM moments WHERE (day & 255) = ? AND state <> 'gone' AND state <> 'wanted'
           UNION ALL SELECT * FROM moments WHERE (day & 255) = ? AND state = 'gone' AND stamp_ms > 0`,
          day,
          day,
        );
      byDay.set(day, held);
      return held;
    };
    // Who tells another's S in their own way has a post of the same hint: the signature says which is meant.
    const meant = waiting.flatMap((closed) => {
      const isMeant = (row: MomentRow) =>
        closed.secret.length > 0
          ? equalBytes(closed.secret, row.secret)
          : equalBytes(hintOf(rooms.crypto, closed.log, row), closed.hint);
      const posts = postsOf(closed.day).filter(isMeant);
      return posts.length === 0 ? [] : [{ row: { closed, posts }, names: [closed.name] }];
    });
    let isRead = false;
    for (const { row, values } of await readEach(context, meant)) {
      const { closed, posts } = row;
      const key = `${toHex(closed.author)} ${toHex(closed.name)}`;
      const taken = values[0] === undefined ? "closed" : await takeClosed(context, closed, posts, values[0]);
      if (taken === "read") {
        isRead = true;
        inVain.delete(key);
      } else inVain.set(key, { closed, secret: (posts[0] as MomentRow).secret, isFalse: taken === "false" });
    }
    if (!isRead || !isAll) break; // What answered to one that was just read may open now.
  }
  db.transaction(() => {
    for (const one of inVain.values()) openedInVain(context, one);
  });
}

/**
 * It is not there, or does not open yet: it is read again later and later, and when another comment on its post came.
 * Of one author on one post no more than the first of these wait. Inside a transaction.
 */
function openedInVain(context: FeatureContext, { closed, secret, isFalse }: InVain): void {
  const { db } = context;
  const { author, name, tries } = closed;
  if (isFalse && tries === 0) countDiagnostic(db, "moments-false-word");
  db.run(
    "UPDATE moment_closed SET secret = ?, tries = ?, again_ms = ? WHERE author = ? AND name = ?",
    secret,
    tries + 1,
    triedAgainAt(context, tries + 1),
    author,
    name,
  );
  const dropped = db.run(
    `DELETE FROM moment_closed WHERE author = ?1 AND secret = ?2 AND name NOT IN (
       SELECT name FROM moment_closed WHERE author = ?1 AND secret = ?2 ORDER BY got_ms, name LIMIT ?3)`,
    author,
    secret,
    wantedMax,
  );
  for (let at = 0; at < dropped; at++) countDiagnostic(db, "moments-too-many-words");
}

/** @param posts that its hint answers to: of one S. */
async function takeClosed(
  context: FeatureContext,
  { name, author, log, header }: MomentClosedRow,
  posts: readonly MomentRow[],
  value: Bytes,
): Promise<"read" | "closed" | "false"> {
  const { db, rooms } = context;
  const opened = await openedBy(context, log, name, value, posts);
  if (opened === undefined) return "closed";
  let meant: MomentRow | undefined;
  for (const post of posts) {
    if (!isItsId(context, author, post, opened)) continue;
    const toSign = wordToSign(rooms.crypto, author, post, name, opened);
    if (await isSigned(context, author, toSign, opened.signature)) meant = post;
  }
  const post = meant;
  if (post === undefined) return "false"; // Its own may come later.
  db.transaction(() => {
    db.run("DELETE FROM moment_closed WHERE author = ? AND name = ?", author, name);
    takeWord(context, author, readMoment(db, post.id) ?? post, opened, { log, header, name });
  });
  context.changed("moments");
  return "read";
}

async function openedBy(
  { db, rooms }: FeatureContext,
  log: Bytes,
  name: Bytes,
  value: Bytes,
  posts: readonly MomentRow[],
): Promise<SignedWord | undefined> {
  for (const { id, secret } of posts) {
    const replies = readMomentWords(db, id).flatMap(({ kind, reply, state }) =>
      kind === "comment" && state !== "gone" ? [reply] : [],
    );
    for (const reply of [undefined, ...replies]) {
      const word = await openWord(rooms.crypto, log, name, value, secret, reply);
      if (word !== undefined) return word;
    }
  }
  return undefined;
}

/** A word that is shown has the id of its author, its post and R: nobody takes another's. @checks MO33 */
function isItsId(
  { rooms }: FeatureContext,
  author: AccountId,
  post: MomentRow,
  { kind, id, reply }: SignedWord,
): boolean {
  if (kind !== "like" && kind !== "comment") return true;
  return equalBytes(id, wordIdOf(rooms.crypto, author, post.id, reply));
}

/** Inside a transaction. */
function takeWord(
  context: FeatureContext,
  author: AccountId,
  post: MomentRow,
  word: SignedWord,
  at: { readonly log: Bytes; readonly header: Bytes; readonly name: Bytes },
): void {
  const { db, nowMs, own } = context;
  const isPoster = equalBytes(author, post.author);
  switch (word.kind) {
    case "withdraw":
      if (isPoster && !equalBytes(author, own())) forgetPost(context, post);
      return;
    case "delete":
    case "hide": {
      const held = readMomentWord(db, word.about);
      if (held === undefined) {
        // It may come after this: then it counts for a word on this post, of the same author, or of any for its poster.
        const isFull = countMomentTakenBack(db, post.id, author) >= momentLimits.takenBackMax;
        if (isFull) countDiagnostic(db, "moments-too-many-words");
        else if (!isTooMuch(context, author)) addMomentTakenBack(db, post.id, word.about, author, nowMs());
        return;
      }
      if (!equalBytes(held.post, post.id) || held.state === "gone") return;
      if (word.kind === "hide" ? !isPoster : !equalBytes(held.author, author)) return;
      const isOwn = equalBytes(held.author, own());
      eraseMomentWord(db, held.id);
      if (word.kind === "hide" && isOwn) addMomentPut(db, "erase", pack({}), held.id);
      return;
    }
    default: {
      if (post.state === "gone") return;
      if (word.text.length > momentLimits.wordTextMax || isTooMuch(context, author)) {
        countDiagnostic(db, "moments-too-many-words");
        return;
      }
      if (readMomentWord(db, word.id) !== undefined) {
        setMomentWord(db, word.id, at);
        return;
      }
      const isTakenBack = [author, post.author].some((by) => isMomentTakenBack(db, post.id, word.id, by));
      if (isTakenBack && !equalBytes(author, own())) return;
      addMomentWord(db, {
        id: word.id,
        post: post.id,
        author,
        kind: word.kind,
        about: word.about.every((byte) => byte === 0) ? none : word.about,
        reply: word.reply,
        text: word.kind === "like" ? "" : word.text,
        at_ms: Math.min(word.atMs, nowMs()) as UnixMs,
        ...at,
        state: "here",
        got_ms: nowMs(),
      });
      // Of an own one stays where it stands.
      if (isTakenBack) eraseMomentWord(db, word.id);
      // What answers it opens by its R.
      if (word.kind === "comment") db.run("UPDATE moment_closed SET again_ms = 0 WHERE secret = ?", post.secret);
    }
  }
}

function isTooMuch({ db, nowMs }: FeatureContext, author: AccountId): boolean {
  const row = db.get<{ count: number }>(
    `SELECT (SELECT count(*) FROM moment_words WHERE author = ?1 AND got_ms > ?2) +
       (SELECT count(*) FROM moment_taken_back WHERE author = ?1 AND got_ms > ?2) AS count`,
    author,
    nowMs() - dayMs,
  );
  return (row?.count ?? 0) >= momentLimits.wordsADayMax;
}

/**
 * Its author took it back: nothing of it stays here, nor at home of what was said on it from here. Inside a
 * transaction.
 */
function forgetPost(context: FeatureContext, post: MomentRow): void {
  const { db, own, files, nowMs } = context;
  const body = bodyOf(post);
  for (const { id, author, state, log } of readMomentWords(db, post.id)) {
    const isOwn = equalBytes(author, own());
    if (isOwn && state === "sending")
      db.run("DELETE FROM moment_puts WHERE kind = 'word' AND about = ? AND holes IS NULL", id);
    if (isOwn && state !== "gone" && log.length > 0) addMomentPut(db, "erase", pack({}), id);
    eraseMomentWord(db, id);
  }
  if (body !== undefined) files.forgetRefs(refsOf(body), "here");
  setMoment(db, post.id, { state: "gone", signed: none, mention: 0, stamp_ms: nowMs() });
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
  });
}
