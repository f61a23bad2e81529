/**
 * What two friends tell each other in their chat (docs/spec/moments.md MO1, MO12, MO13): by which way one finds what is
 * for them, and which log opens what the other says. Only who uses Moments tells anything.
 */
import { type BodyOf, decodeAudience, momentLimits } from "@yanshu/content";
import {
  addMomentLog,
  addMomentPut,
  addMomentStart,
  addMomentWay,
  type Database,
  dropMomentPlaces,
  dropMomentStarts,
  keepNewestMomentKeys,
  type MomentFriendRow,
  type MomentOwnLogRow,
  type MomentRow,
  type MomentToldRow,
  makeRoomForOwnLog,
  raiseMomentKeys,
  readConversation,
  readMomentDevices,
  readMomentFriend,
  readMomentFriends,
  readMomentLogsOf,
  readMomentOwnLog,
  readMomentOwnLogs,
  readMomentPlace,
  readMomentPlaces,
  readMomentPuts,
  readMomentRoot,
  readMomentSettings,
  readMomentStarts,
  readMomentTold,
  readMomentWays,
  readMomentWaysOf,
  setMoment,
  setMomentDevices,
  setMomentHeads,
  setMomentSpent,
  spendMomentPlaces,
  toBeMended,
  toBeSigned,
  writeMomentFriend,
  writeMomentOwnLog,
  writeMomentPlace,
  writeMomentRoot,
} from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type ConversationId,
  concat,
  type DeviceId,
  equalBytes,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import { type FeatureContext, pack, type Said, unpack } from "../../feature.ts";
import { addRound, cellsOf, forMyself, sharedTables, sharedWith, type WordJob } from "./jobs.ts";
import { keptUntilWritten } from "./kept.ts";
import { takeHomeNamed } from "./named-home.ts";
import {
  cellKinds,
  headSecret,
  headsAhead,
  headsFrom,
  holeName,
  logPayload,
  noWord,
  roundSecret,
  wayTo,
} from "./sealed.ts";
import { type CellTo, cellHole, noteLeft, packSpent, type SpentCell, waitingRounds } from "./spent.ts";
import { type ToldItem, tellOutside } from "./told.ts";
import { accountsIn, dayMs, dayOf, inParts, isIn, isWithin, joined, keysOfOne, pieces } from "./values.ts";

/** A log is used so long at most. */
const logMs = 30 * dayMs;
/** For devices that a friend dropped the log is renewed so often at most: they do not make us put without end. */
const droppedMs = 3_600_000;
/**
 * How many logs in turn that leave a friend out are told them at once; and how long each next one waits, and at most.
 */
const leftOutAtOnce = 3;
const leftOutMs = 60_000;
const leftOutMsMax = 3_600_000;
/**
 * Who lost what they were told is told the logs of so long, and so many at most: an archive is up to two weeks old, or
 * three where the device that makes it was away (VA42).
 */
const heldMs = 21 * dayMs;
const heldLogsMax = 8;
/** Own logs that are kept: each is followed, and told to a device that is linked. */
const ownLogsMax = 2_048;
/** Places of an own log that other own devices may have spent. */
const placesAheadMax = 4_096;
/** What follows from the store is looked at again after it: some of it ends by time. */
const keysMs = 60_000;
const none = new Uint8Array();

/** Who holds a log, in hex, by its key: of as many as were told. Who was told only grows. */
const holders = new WeakMap<Database, Map<string, { readonly bytes: number; readonly all: ReadonlySet<string> }>>();

function holdersOf(db: Database, { key, told }: Pick<MomentOwnLogRow, "key" | "told">): ReadonlySet<string> {
  const logs = holders.get(db) ?? new Map();
  holders.set(db, logs);
  const held = logs.get(toHex(key));
  if (held?.bytes === told.length) return held.all;
  const all = new Set(accountsIn(told).map(toHex));
  logs.set(toHex(key), { bytes: told.length, all });
  return all;
}

/** When nothing was to be renewed, and of what that was so. */
const renewed = new WeakMap<Database, { readonly of: string; readonly atMs: number }>();

/** The way to a friend now: another one once they dropped a device. */
function wayOf(
  { db, rooms }: FeatureContext,
  { root, generation }: { readonly root: Bytes; readonly generation: number },
  friend: AccountId,
): Bytes {
  return wayTo(rooms.crypto, root, generation, friend, readMomentFriend(db, friend)?.theirs);
}

/** Ways that were made already, by friend and their generation; of one M. */
const waysMade = new WeakMap<Database, { readonly of: string; readonly ways: Map<string, Bytes> }>();

/** The generation that each friend told of themselves, by account in hex. */
export const generationsTold = keptUntilWritten(
  ({ db }: Pick<FeatureContext, "db">): ReadonlyMap<string, number> => {
    const all = db.all<Pick<MomentFriendRow, "account" | "theirs">>("SELECT account, theirs FROM moment_friends");
    return new Map(all.map(({ account, theirs }) => [toHex(account), theirs]));
  },
  ["moment_friends"],
);

/**
 * Ways to many friends, as they are now or of a generation of theirs: the same bytes each time, so that what is derived
 * of one begins once.
 */
export function waysTo(
  { db, rooms }: FeatureContext,
  { root, generation }: { readonly root: Bytes; readonly generation: number },
): (friend: AccountId, theirs?: number) => Bytes {
  const theirs = generationsTold({ db });
  const of = `${toHex(root)} ${generation}`;
  const held = waysMade.get(db);
  const ways = held?.of === of ? held.ways : new Map<string, Bytes>();
  waysMade.set(db, { of, ways });
  return (friend, then) => {
    const id = toHex(friend);
    const their = Math.max(then ?? theirs.get(id) ?? 1, 1);
    const key = `${id} ${their}`;
    const way = ways.get(key) ?? wayTo(rooms.crypto, root, generation, friend, their);
    ways.set(key, way);
    return way;
  };
}

/** M, made when Moments are used here for the first time. */
export function rootOf(context: FeatureContext): Bytes {
  const { db, random, nowMs, tellOwnDevices, devices } = context;
  const held = readMomentRoot(db);
  if (held !== undefined) return held.root;
  const root = random(32);
  const stampMs = nowMs();
  db.transaction(() => {
    writeMomentRoot(db, root, 1, stampMs);
    setMomentDevices(db, joined(devices()));
    tellOwnDevices(rootItems(context));
    newLog(context); // With it own devices keep M, also where it is not the one that holds.
  });
  return root;
}

export function rootItems({ db }: FeatureContext) {
  const held = readMomentRoot(db);
  if (held === undefined) return [];
  const { root, generation, root_ms } = held;
  const devices = accountsIn(readMomentDevices(db)) as readonly Uint8Array[] as readonly DeviceId[];
  return [{ kind: "momentRoot", root, generation, stampMs: root_ms, devices }] as const;
}

/** The log in which this account speaks now; the first is made here. Opens a transaction itself. */
export function currentLog(context: FeatureContext): MomentOwnLogRow | undefined {
  const root = readMomentRoot(context.db);
  if (root === undefined) return undefined;
  return readMomentOwnLogs(context.db).find(isOf(root)) ?? context.db.transaction(() => newLog(context));
}

/**
 * Whether a log is of this M, and not of its generation alone: a device could tell one of the next ahead, before it was
 * put out, and would read what own devices said in it. Friends would not find that. @checks MO170
 */
export function isOf(root: Pick<MomentOwnLogRow, "root"> | undefined) {
  return (log: Pick<MomentOwnLogRow, "root"> | undefined): boolean =>
    root !== undefined && log !== undefined && equalBytes(log.root, root.root);
}

/** Inside a transaction. */
function newLog(context: FeatureContext, told: readonly AccountId[] = []): MomentOwnLogRow | undefined {
  const { db, random, nowMs } = context;
  const root = readMomentRoot(db);
  if (root === undefined) return undefined;
  const { generation } = root;
  // Later than any before, whatever the clock says.
  const last = Math.max(0, ...readMomentOwnLogs(db).map(({ since_ms }) => since_ms));
  const since_ms = Math.max(nowMs(), last + 1) as UnixMs;
  const row = { key: random(32), root: root.root, generation, since_ms, place: 0, told: joined(told) };
  writeMomentOwnLog(db, row);
  context.tellOwnDevices([logItem(row)]);
  return row;
}

export function logItem({ key, root, generation, since_ms, told }: MomentOwnLogRow) {
  return { kind: "momentLog", key, root, generation, sinceMs: since_ms, told: accountsIn(told) } as const;
}

/** By another own device, which told these friends M with the log, by their way (MO68). Inside a transaction. */
export function takeLog(
  { db, own }: FeatureContext,
  {
    key,
    root,
    generation,
    sinceMs,
    told,
  }: Omit<ReturnType<typeof logItem>, "kind" | "sinceMs"> & {
    readonly sinceMs: number;
  },
): void {
  const [held, ofNow] = [readMomentOwnLog(db, key), readMomentRoot(db)];
  // @checks MO140
  if (generation > (ofNow?.generation ?? generationMax) + generationLeapMax) return;
  // @checks MO169
  if (held === undefined && !makeRoomForOwnLog(db, own(), ofNow?.root ?? none, ownLogsMax)) return;
  const all = joined([...told, ...accountsIn(held?.told ?? none)]);
  writeMomentOwnLog(db, { key, root, generation, since_ms: sinceMs as UnixMs, told: all });
  if (ofNow === undefined || ofNow.generation !== generation || !equalBytes(ofNow.root, root)) return;
  for (const account of told) {
    const friend = readMomentFriend(db, account);
    // Who dropped a device may have been told before they did.
    if ((friend?.told ?? 0) === 0 && (friend?.theirs ?? 0) <= 1) writeMomentFriend(db, account, { told: generation });
  }
}

/** Who holds a log is written before they are told. Inside a transaction. */
function noteTold({ db, tellOwnDevices }: FeatureContext, log: MomentOwnLogRow, to: readonly AccountId[]): void {
  const held = readMomentOwnLogs(db).find(({ key }) => equalBytes(key, log.key)) ?? log;
  const told = joined([...accountsIn(held.told), ...to]);
  if (equalBytes(told, held.told)) return;
  writeMomentOwnLog(db, { ...held, told });
  tellOwnDevices([logItem({ ...held, told })]);
}

function peerOf({ db }: FeatureContext, conversation: ConversationId): AccountId | undefined {
  return db.get<{ peer: AccountId }>(
    "SELECT peer FROM conversations WHERE conversation = ? AND peer IS NOT NULL",
    conversation,
  )?.peer;
}

function isOpen({ db }: FeatureContext, conversation: ConversationId): boolean {
  const row = db.get<{ state: string }>("SELECT state FROM conversations WHERE conversation = ?", conversation);
  return row?.state === "open";
}

/** A device of this account was dropped: nothing that it knows opens what comes. */
export function renewRoot(context: FeatureContext): void {
  const { db, devices, random, nowMs } = context;
  const held = readMomentRoot(db);
  if (held === undefined) return;
  const now = joined(devices());
  const before = readMomentDevices(db);
  if (equalBytes(now, before)) return;
  const isDropped = accountsIn(before).some((one) => !isIn(now, one));
  db.transaction(() => {
    if (isDropped) {
      const root = random(32);
      const stampMs = nowMs();
      takeRoot(context, { root, generation: held.generation + 1, stampMs, devices: devices() });
      newLog(context); // With it own devices keep M, also where it is not the one that holds.
      withdrawAgain(context);
    } else setMomentDevices(db, now);
    context.tellOwnDevices(rootItems(context));
  });
}

/**
 * How far a generation of M that an own device tells may lie above the one that is held (MO140): own devices of one
 * drop fewer, and by so few at a time nobody uses the numbers up.
 */
const generationLeapMax = 1_000;
/** The highest that counts where none is held: no device gets there by leaps. */
const generationMax = 2 ** 48;

/**
 * By another own device. After a generation without a next one M could never be renewed: the device that told it would
 * read on after it was dropped. Inside a transaction.
 */
export function takeToldRoot(context: FeatureContext, said: Parameters<typeof takeRoot>[1]): void {
  const held = readMomentRoot(context.db);
  const most = held === undefined ? generationMax : held.generation + generationLeapMax;
  // @checks MO140
  if (said.generation <= most) takeRoot(context, said);
}

/** Ways and places of before are over: friends are told anew. Inside a transaction. */
export function takeRoot(
  { db, nowMs, own, rooms }: FeatureContext,
  {
    root,
    generation,
    stampMs,
    devices,
  }: {
    readonly root: Bytes;
    readonly generation: number;
    readonly stampMs: number;
    readonly devices: readonly Bytes[];
  },
): void {
  const before = readMomentRoot(db);
  if (!writeMomentRoot(db, root, generation, stampMs)) return;
  // Those who held it then: where one of them is no device any more, it changes.
  setMomentDevices(db, joined(devices));
  if (before === undefined || !equalBytes(before.root, root)) {
    db.run("UPDATE moment_friends SET told = 0");
    dropMomentPlaces(db);
  }
  const account = own();
  if (before !== undefined && before.generation < generation)
    db.run(
      "UPDATE moments SET kept_day = ? WHERE author = ? AND state = 'here' AND state <> 'gone'",
      toBeSigned,
      account,
    );
  const way = wayTo(rooms.crypto, root, generation, account);
  addMomentWay(db, { way, account, generation, next: 0, since_ms: nowMs() });
}

/** Tells every friend who was not told yet, or who was let go and is back: the log of now is not theirs. */
export function tellFriends(context: FeatureContext): void {
  const { db, directs, rooms, server } = context;
  const root = readMomentRoot(db);
  if (root === undefined) return;
  const now = readMomentOwnLogs(db).find(isOf(root));
  const all = now && holdersOf(db, now);
  const isHolder = (account: AccountId) => all?.has(toHex(account)) === true;
  tellAgain(context, now, isHolder);
  const untold = sharedWith(context).filter(({ account, hex, told }) => {
    // A device that they dropped knows this log: another comes first.
    const isLeftOut = now !== undefined && all?.has(hex) !== true;
    const isDue =
      told < 0 ? all?.has(hex) !== true : told < root.generation || (isLeftOut && isWaitedOut(context, account, now));
    return isDue && isOpen(context, directs.with(account));
  });
  tellLogsHeld(context, root, all);
  if (untold.length === 0) return;
  const hasWay = new Set(readMomentWays(db).map(({ account }) => toHex(account)));
  for (const { account, asked_ms, told, lost } of untold) {
    const log = currentLog(context) as MomentOwnLogRow;
    const way = wayOf(context, root, account);
    const held = lost === 1 ? logsHeld(context, account) : [];
    const place = told > 0 ? placeToTell(context, account, log) : placeNow(context, log);
    const heads =
      held.find(({ key }) => equalBytes(key, log.key))?.heads ?? headsFrom(rooms.crypto, root.root, log.key, place);
    const asks = !hasWay.has(toHex(account)) && asked_ms === 0 && root.generation > 1;
    // What waited for them may be at home already by a way that is told here for the first time.
    const from = told < 0 ? 0 : placeFrom(db, account);
    const home = server.homeToName(directs.with(account));
    const of = { way, generation: root.generation, log: log.key, heads, place: from };
    const said = { kind: "moments", ...of, ...(home !== undefined && { home }) } as const;
    for (const { key, heads: begun } of held)
      if (!equalBytes(key, log.key)) context.say(directs.with(account), { ...said, log: key, heads: begun });
    context.say(directs.with(account), asks ? { ...said, asks: true } : said, {
      before: () => {
        noteTold(context, log, [account]);
        writeMomentFriend(db, account, { told: root.generation, lost: 0, ...toldBy(context, account, said) });
        if (told !== -1) tellBefore(context, account, roundSecret(rooms.crypto, root.root, way, from));
      },
    });
  }
}

/**
 * Another own device answered a friend who lost their keys, and may know less: each that knows where they were told a
 * log tells it (MO107).
 */
function tellLogsHeld(
  context: FeatureContext,
  root: { readonly root: Bytes; readonly generation: number },
  holding: ReadonlySet<string> | undefined,
): void {
  const { db, directs, server } = context;
  for (const { account, hex, told, lost } of sharedWith(context)) {
    if (lost !== 1 || told !== root.generation || holding?.has(hex) !== true) continue;
    const chat = directs.with(account);
    if (!isOpen(context, chat)) continue;
    const home = server.homeToName(chat);
    const place = placeFrom(db, account);
    const of = { way: wayOf(context, root, account), generation: root.generation, place };
    for (const { key, heads } of logsHeld(context, account))
      context.say(chat, { kind: "moments", ...of, log: key, heads, ...(home !== undefined && { home }) });
    db.transaction(() => writeMomentFriend(db, account, { lost: 0 }));
  }
}

/** A friend who is left out of a log: of the how manyth in turn, since when, and up to where it was then. */
type LeftOut = { readonly log: string; readonly times: number; sinceMs: number; readonly place: number };

/** Friends who were told, and whom another own device left out. */
const leftOut = new WeakMap<Database, Map<string, LeftOut>>();

/**
 * An own device that holds this account for no friend leaves them out of each log (MO13), and one that holds it for a
 * friend tells them each. Until one has heard from the other they would make logs in turn without end: so the second
 * tells a few at once, then waits, and twice as long with each next log (MO120).
 */
function isWaitedOut(context: FeatureContext, account: AccountId, { key, place }: MomentOwnLogRow): boolean {
  const { db, nowMs } = context;
  const all = leftOut.get(db) ?? new Map<string, LeftOut>();
  leftOut.set(db, all);
  const [id, log] = [toHex(account), toHex(key)];
  let held = all.get(id);
  // not a check: whether this log is met for the first time.
  if (held === undefined || held.log !== log) {
    const isLongAgo = held !== undefined && nowMs() - held.sinceMs > dayMs;
    held = { log, times: held === undefined || isLongAgo ? 1 : held.times + 1, sinceMs: nowMs(), place };
    all.set(id, held);
  }
  held.sinceMs = Math.min(held.sinceMs, nowMs()); // A clock that was put back makes nobody wait longer (MO87).
  // @checks MO120
  if (isBehindOwn(context)) return false;
  const waits = held.times - leftOutAtOnce;
  return waits <= 0 || nowMs() - held.sinceMs >= Math.min(leftOutMs * 2 ** (waits - 1), leftOutMsMax);
}

/**
 * Something that an own device said is missing here, since a day at most: it may be that somebody is no friend any
 * more, and home could withhold just that.
 */
function isBehindOwn({ db, own, nowMs }: FeatureContext): boolean {
  const sql = "SELECT 1 FROM gaps WHERE account = ? AND gone = 0 AND noticed_ms > ? LIMIT 1";
  return db.get(sql, own(), nowMs() - dayMs) !== undefined;
}

/**
 * Where an own log goes on: a device that was linked since has spent no place of it, and knows by its headers how far
 * it is.
 */
function placeNow({ db, rooms, own }: FeatureContext, { root, key, place }: MomentOwnLogRow): number {
  const row = readMomentLogsOf(db, own()).find((one) => equalBytes(one.key, key));
  const next = row?.heads.subarray(0, 16);
  for (let at = place; next?.length === 16 && at < place + placesAheadMax; at++)
    if (equalBytes(holeName(rooms.crypto, headSecret(rooms.crypto, root, key, at)), next)) return at;
  return place;
}

/** From which place on a friend reads a log who is told it now: what was said while they waited is for them too. */
function placeToTell({ db }: FeatureContext, account: AccountId, { key, place }: MomentOwnLogRow): number {
  const held = leftOut.get(db)?.get(toHex(account));
  return held?.log === toHex(key) ? Math.min(held.place, place) : place;
}

/**
 * Logs that a friend held in the last weeks, the oldest first, each from where they were first told it (MO107). One of
 * which this device does not know where that was is left out: they may have been no friend while it began.
 */
function logsHeld({ db, nowMs }: FeatureContext, friend: AccountId) {
  const starts = new Map(readMomentStarts(db, friend).map(({ log, heads }) => [toHex(log), pieces(heads, 16)]));
  const said = saidTo(db, friend);
  if (said !== undefined && !starts.has(toHex(said.log))) starts.set(toHex(said.log), said.heads);
  const logs = readMomentOwnLogs(db).toSorted((one, other) => one.since_ms - other.since_ms);
  const held = logs.flatMap(({ key, told }, at, all) => {
    const heads = starts.get(toHex(key));
    const isOver = (all[at + 1]?.since_ms ?? nowMs()) < nowMs() - heldMs;
    return heads === undefined || isOver || !isIn(told, friend) ? [] : [{ key, heads }];
  });
  return held.slice(-heldLogsMax);
}

/** What a friend was told last. */
function saidTo(db: Database, friend: AccountId): BodyOf<"moments"> | undefined {
  const { told_said = none } = readMomentFriend(db, friend) ?? {};
  return told_said.length === 0 ? undefined : unpack<BodyOf<"moments">>(told_said);
}

/** How a friend was told, and in which group of their chat: in another one it is told again. Inside a transaction. */
function toldBy({ db, directs }: FeatureContext, friend: AccountId, { asks: _, ...said }: BodyOf<"moments">) {
  for (const { log, heads } of [saidTo(db, friend) ?? [], said].flat())
    addMomentStart(db, friend, log, concat(...heads));
  return { told_said: pack(said), told_in: readConversation(db, directs.with(friend))?.group_id ?? none };
}

/** By another own device, or this one: of what is told again, the first counts. */
function heardToldBy(context: FeatureContext, friend: AccountId, said: BodyOf<"moments">) {
  const now = toldBy(context, friend, said);
  const held = saidTo(context.db, friend);
  if (held === undefined || !equalBytes(held.way, said.way) || held.place !== said.place) return now;
  const { home: _, ...rest } = held;
  return { ...now, told_said: pack({ ...rest, ...(said.home !== undefined && { home: said.home }) }) };
}

/**
 * What crosses a block is lost, and only who blocked knows of it. Both meet the group in which the chat begins anew
 * when it is taken back: there they are told again as they were, so that they find all that was told since (MO53). So
 * are all once this account has moved, with its home (MO71).
 */
function tellAgain(
  context: FeatureContext,
  now: MomentOwnLogRow | undefined,
  isHolder: (account: AccountId) => boolean,
): void {
  const { db, rooms, server } = context;
  if (now === undefined) return;
  const named = server.allHomesToName();
  for (const row of readMomentTold(db, now.generation).filter(({ account }) => isHolder(account))) {
    const home = homeToTell(context, row, named(row.conversation));
    if (row.is_elsewhere === 0 && home === undefined) continue;
    const { account, conversation } = row;
    const held = unpack<BodyOf<"moments">>(row.told_said);
    const said = home === undefined ? held : { ...held, home };
    const before = () => writeMomentFriend(db, account, toldBy(context, account, said));
    context.say(conversation, said, { before });
    if (equalBytes(said.log, now.key)) continue;
    // It was told by a cell, which does not open before its way is known: so both logs come in their order.
    context.say(conversation, { ...said, log: now.key, heads: headsFrom(rooms.crypto, now.root, now.key, 0) });
  }
}

/**
 * Homes that friends were told of here, by friend: two own devices that know another do not tell it in turn for ever.
 */
const homesTold = new WeakMap<FeatureContext["db"], Map<string, string>>();

/** The home of this account, where this friend was told another, or none, and it is not where the leaves say. */
function homeToTell({ db }: FeatureContext, { account, told_said }: MomentToldRow, home: string | undefined) {
  if (home === undefined || unpack<BodyOf<"moments">>(told_said).home === home) return undefined;
  const told = homesTold.get(db) ?? new Map<string, string>();
  homesTold.set(db, told);
  if (told.get(toHex(account)) === home) return undefined;
  told.set(toHex(account), home);
  return home;
}

/** What a friend may see of before: posts to all within the window, and what was for them. Inside a transaction. */
function tellBefore(context: FeatureContext, account: AccountId, filledBy: Bytes): void {
  const { db } = context;
  if (readMomentFriend(db, account)?.hides_mine === 1) return;
  const cells: CellTo[] = [];
  for (const row of tellable(context, account)) {
    const told = accountsIn(row.told ?? none);
    if (!told.some((one) => equalBytes(one, account)))
      setMoment(db, row.id, { told: joined([...told, account]), stamp_ms: row.stamp_ms });
    cells.push(...cellsOf(row, [account]));
  }
  addRound(context, cells, none, { filledBy });
}

/** Own posts that this friend may see, the oldest first; the newest 64. */
function tellable(context: FeatureContext, account: AccountId): readonly MomentRow[] {
  const { db, own, nowMs } = context;
  const { days } = readMomentSettings(db);
  const sinceMs = days === 0 ? 0 : nowMs() - days * dayMs;
  return db
    .all<MomentRow>(
      `SELECT * FROM moments WHERE author = ? AND state IN ('here', 'sending') AND state <> 'gone'
         AND (until_day = 0 OR until_day > ?)
       ORDER BY at_ms DESC LIMIT 512`,
      own(),
      dayOf(nowMs()),
    )
    .filter((row) => {
      const who = row.audience && decodeAudience(row.audience)?.who;
      const isTold = isIn(row.told ?? none, account);
      // not a check: of own posts, which are to be told.
      if (row.kind === "status" && row.at_ms < nowMs() - dayMs) return false;
      // not a check: its own round tells them.
      if (isTold && row.state === "sending") return false;
      return isTold || (who === "all" && (row.at_ms >= sinceMs || row.kind === "cover"));
    })
    .slice(0, momentLimits.askedMax)
    .reverse();
}

/** Whether somebody holds this log who is no friend now: it is to be made anew before anything is said. */
export function isHeldByOthers(context: FeatureContext, log: MomentOwnLogRow): boolean {
  const known = new Set(sharedWith(context).map(({ hex }) => hex));
  return [...holdersOf(context.db, log)].some((account) => !known.has(account));
}

/**
 * Who holds the log and is no friend any more reads no further: another takes its place, told to the others in a
 * round of its own (MO13). So it does after thirty days.
 */
export function renewLog(context: FeatureContext): void {
  const { db, nowMs } = context;
  const root = readMomentRoot(db);
  const log = readMomentOwnLogs(db).find(isOf(root));
  if (root === undefined || log === undefined || log.told.length === 0) return;
  const ofNow = () =>
    [db.written(...sharedTables, "moment_self"), toHex(log.key), log.told.length, log.since_ms].join();
  const held = renewed.get(db);
  // not a check: what holds until something is written there, or for a minute.
  if (held?.of === ofNow() && isWithin(keysMs, held.atMs, nowMs())) return;
  renewed.delete(db);
  // Who comes back is told the log of then.
  db.run(
    `UPDATE moment_friends SET told = 0 WHERE told <> 0
     AND (chats_only = 1 OR account NOT IN (SELECT account FROM contacts WHERE state = 'contact'))`,
  );
  const friends = sharedWith(context);
  const all = holdersOf(db, log);
  const isHeldOutside = isHeldByOthers(context, log);
  const changed = friends.filter(
    ({ hex, told, renewed_ms }) => told < 0 && all.has(hex) && nowMs() - renewed_ms >= droppedMs,
  );
  const isOver = nowMs() - log.since_ms >= logMs;
  if (!isHeldOutside && changed.length === 0 && !isOver) {
    renewed.set(db, { of: ofNow(), atMs: nowMs() });
    return;
  }
  // Who was left out of this log waits to be told as long as MO120 says. @checks MO160
  const told = friends.filter((one) => one.told === root.generation && all.has(one.hex)).map(({ account }) => account);
  db.transaction(() => {
    const next = newLog(context, told) as MomentOwnLogRow;
    for (const { account } of changed) writeMomentFriend(db, account, { renewed_ms: nowMs() });
    const heads = headsFrom(context.rooms.crypto, next.root, next.key, 0);
    const payload = logPayload(next.key, heads);
    const cells = told.map((to) => ({ to, kind: cellKinds.log, flags: 0, payload }));
    for (const to of told) addMomentStart(db, to, next.key, concat(...heads));
    dropMomentStarts(db, nowMs() - logMs - heldMs);
    addRound(context, cells, none, { filledBy: roundSecret(context.rooms.crypto, next.root, next.key) });
    // Friends drop devices as often as they like: our tokens are not spent for each. @checks MO153
    if (isHeldOutside || isOver || dayOf(log.since_ms) !== dayOf(nowMs())) withdrawAgain(context);
  });
}

/**
 * Says once more in a log that is made anew which posts were taken back, for friends who have not read it: the word of
 * a device that was dropped counts for them no more, and one of long ago is over (MO146). Inside a transaction.
 */
function withdrawAgain({ db, own, nowMs, random }: FeatureContext): void {
  const atMs = nowMs();
  // One that was private from the beginning was told nobody. Where that cannot be seen, it takes no other's place.
  const posts = db.all<Pick<MomentRow, "id">>(
    `SELECT id FROM moments WHERE author = ?1 AND stamp_ms > ?2
       AND (state = 'gone' OR (state = 'here' AND audience = ?3 AND stamp_ms > at_ms))
     ORDER BY state = 'gone' DESC, stamp_ms DESC LIMIT 64`,
    own(),
    atMs - 365 * dayMs,
    forMyself,
  );
  const waiting = readMomentPuts(db).flatMap(({ kind, args }) => (kind === "word" ? [unpack<WordJob>(args)] : []));
  const isWaiting = (post: Bytes) => waiting.some((word) => word.kind === "withdraw" && equalBytes(word.post, post));
  for (const { id: post } of posts) {
    // What waits is still to be said. @checks MO153
    if (isWaiting(post)) continue;
    const id = random(16);
    const word: WordJob = { kind: "withdraw", id, post, about: noWord, reply: noWord, atMs, text: "" };
    addMomentPut(db, "word", pack(word), id);
  }
}

/**
 * They dropped a device (MO27): nothing goes by the way that it knows. Their device list says so, and no generation
 * that they tell: the device that is dropped may have told one that none exceeds (MO141). Inside a transaction.
 * Returns whether they did. @param toldNow what they count as told of it.
 */
function noteDrop(
  context: FeatureContext,
  friend: AccountId,
  { told, theirs }: { readonly told: number; readonly theirs: number } = { told: 0, theirs: 0 },
  toldNow = told === -1 || told > 0 ? -1 : -2,
): boolean {
  const drops = context.dropsOf(friend);
  // not a check: it is known already.
  if (drops === undefined || drops + 1 === Math.max(theirs, 1)) return false;
  writeMomentFriend(context.db, friend, { theirs: drops + 1, told: toldNow });
  writeMomentPlace(context.db, friend, 0);
  placeAnew(context, friend, drops + 1);
  return true;
}

/** Looks at the lists of all friends, before any is told a way. Opens a transaction. */
export function noteDrops(context: FeatureContext): void {
  const { db, dropsOf } = context;
  const ofNow = () => db.written(...sharedTables, "account_entries");
  if (readMomentRoot(db) === undefined || dropsNoted.get(db) === ofNow()) return;
  const friends = readMomentFriends(db);
  db.transaction(() => {
    for (const friend of friends) noteDrop(context, friend.account, friend);
  });
  // A list that is not loaded yet is looked at the next time.
  if (friends.every(({ account }) => dropsOf(account) !== undefined)) dropsNoted.set(db, ofNow());
}

/** When no drop was left to be noted. */
const dropsNoted = new WeakMap<Database, number>();

/** Later than all that they told before: a time to come that they say puts nothing ahead of what they tell next. */
function toldNow(db: Database, by: AccountId, saidMs: number): UnixMs {
  const last = [readMomentWaysOf(db, by).at(-1), readMomentLogsOf(db, by).at(-1)];
  return Math.max(saidMs, ...last.map((row) => (row?.since_ms ?? 0) + 1)) as UnixMs;
}

/** Inside a transaction. */
export function takeTold(context: FeatureContext, { conversation, by, body, sentAtMs }: Said<"moments">): void {
  const { db, own, directs, nowMs } = context;
  if (equalBytes(by, own())) {
    const peer = peerOf(context, conversation);
    const root = readMomentRoot(db);
    if (peer === undefined) return;
    // A device that was put out may say it, and nobody would tell them M of now. @checks MO165
    if (body.generation > (root?.generation ?? 0)) return;
    // Said before we heard that they dropped a device: they have no way yet.
    if (root?.generation === body.generation && !equalBytes(body.way, wayOf(context, root, peer))) return;
    writeMomentFriend(db, peer, { told: body.generation, ...heardToldBy(context, peer, body) });
    return;
  }
  // Said to others too: nobody's way. @checks MO1
  if (!equalBytes(conversation, directs.with(by))) return;
  const since_ms = toldNow(db, by, Math.min(sentAtMs, nowMs()));
  const { way, generation, place: next = 0 } = body;
  const isNew = addMomentWay(db, { way, account: by, generation, next, since_ms });
  const isNewLog = addMomentLog(db, { key: body.log, account: by, heads: concat(...body.heads), since_ms });
  if (!isNewLog) takeEarlier(context, by, body.log, body.heads);
  raiseMomentKeys(db, by, { way, log: body.log }, since_ms);
  const isNewHome = takeHomeNamed(db, by, body.home);
  keepNewestMomentKeys(db, by, keysOfOne);
  if (isNew || isNewLog || isNewHome) tellOutside(context, by);
  // Who has lost what they were told is told again; nobody who never uses Moments tells anything.
  const held = readMomentFriend(db, by);
  const root = readMomentRoot(db);
  const asks = body.asks === true && isNew && nowMs() - (held?.answered_ms ?? 0) >= dayMs / 2;
  const isDropped = noteDrop(context, by, held);
  if (asks && (isDropped || held?.told === -1)) writeMomentFriend(db, by, { told: -2, answered_ms: nowMs(), lost: 1 });
  else if (asks && root !== undefined && held?.told === root.generation)
    writeMomentFriend(db, by, { told: 0, answered_ms: nowMs(), lost: 1 });
  context.changed("moments");
}

/**
 * Of a log that one of their devices told a short while ago another knows that it began earlier: it is read from there,
 * and leads to where it is. Inside a transaction.
 */
function takeEarlier({ db, nowMs }: FeatureContext, by: AccountId, log: Bytes, told: readonly Bytes[]): void {
  const held = readMomentLogsOf(db, by).find(({ key }) => equalBytes(key, log));
  if (held === undefined || !isWithin(dayMs, held.since_ms, nowMs())) return;
  const known = pieces(held.heads, 16).slice(0, headsAhead);
  const fresh = told.filter((head) => !known.some((one) => equalBytes(one, head)));
  if (fresh.length > 0) setMomentHeads(db, held, concat(...fresh, ...known));
}

/**
 * By an own device, of a friend in whose chat this one is not yet (MO82): the same as if it had heard it. Inside a
 * transaction.
 */
export function takeToldItem(context: FeatureContext, { account, ways, logs, home }: ToldItem): void {
  const { db, nowMs, rooms, directs, device } = context;
  const hears = rooms.devicesIn(directs.with(account)).some((one) => equalBytes(one, device()));
  // In their order: of ways and logs the newest count (MO31, MO83). What this device hears itself is newer: else one
  // that was put out made it deaf to friends by what it told (MO165).
  const sinceOf = (held: readonly { readonly since_ms: UnixMs }[], count: number) => (at: number) =>
    (hears && held[0] !== undefined ? held[0].since_ms - count + at : nowMs() + at) as UnixMs;
  const sinceWay = sinceOf(readMomentWaysOf(db, account), ways.length);
  for (const [at, { way, generation, next }] of ways.entries())
    addMomentWay(db, { way, account, generation, next, since_ms: sinceWay(at) });
  // Who dropped a device may have been told before that.
  const held = readMomentFriend(db, account);
  noteDrop(context, account, held, Math.min(held?.told ?? 0, 0));
  const sinceLog = sinceOf(readMomentLogsOf(db, account), logs.length);
  for (const [at, { key, heads }] of logs.entries())
    addMomentLog(db, { key, account, heads: concat(...heads), since_ms: sinceLog(at) });
  keepNewestMomentKeys(db, account, keysOfOne);
  if (home !== undefined) takeHomeNamed(db, account, home);
  context.changed("moments");
}

/** What waits for them has places on the way of before: it is given others on that of now. Inside a transaction. */
function placeAnew(context: FeatureContext, friend: AccountId, theirs: number): void {
  const { db, rooms } = context;
  for (const { row, about, cells, spent } of waitingRounds(context)) {
    const isTheirs = ({ nth }: SpentCell) => equalBytes((cells[nth] as CellTo).to, friend);
    if (spent === undefined || !spent.at.some(isTheirs)) continue;
    const left = spent.at.filter(isTheirs);
    noteLeft(
      context,
      about,
      left.map((one) => cellHole(rooms, spent, cells[one.nth] as CellTo, one)),
    );
    const places = [...spendMomentPlaces(db, Array<AccountId>(left.length).fill(friend))];
    let { drawn } = spent;
    const at = spent.at.map((one) =>
      isTheirs(one) ? { nth: one.nth, place: places.shift() as number, draw: drawn++ } : one,
    );
    const of = Object.fromEntries(left.map(({ nth }) => [nth, theirs]));
    setMomentSpent(db, row.round, packSpent({ ...spent, at, drawn, theirs: { ...spent.theirs, ...of } }));
  }
  tellPlaces(context, [friend]);
}

/**
 * How far own cells to these go: a place whose cell is gone stands empty, and whom it was for looks there no more. So
 * no own device may take it for one that nobody spent.
 */
export function placesItems(context: FeatureContext, to: readonly AccountId[]) {
  const root = readMomentRoot(context.db);
  const wayOfEach = root && waysTo(context, root);
  const held = readMomentPlaces(context.db);
  const places = to.flatMap((account) => {
    const place = held.get(toHex(account)) ?? 0;
    return wayOfEach === undefined || place === 0 || place > momentLimits.placeMax
      ? []
      : [{ account, way: wayOfEach(account), place }];
  });
  return inParts(places).map((some) => ({ kind: "momentPlaces", places: some }) as const);
}

/** Tells other own devices, if there are any, up to where places to these are spent. Inside a transaction. */
export function tellPlaces(context: FeatureContext, to: readonly AccountId[]): void {
  if (context.devices().length > 1) context.tellOwnDevices(placesItems(context, to));
}

/** By another own device. What is of a way that is not that of now says nothing. Inside a transaction. */
export function takePlaces(
  context: FeatureContext,
  { places }: { readonly places: readonly { account: AccountId; way: Bytes; place: number }[] },
): void {
  const { db } = context;
  const root = readMomentRoot(db);
  for (const { account, way, place } of places) {
    if (root === undefined || place <= readMomentPlace(db, account)) continue;
    if (equalBytes(way, wayOf(context, root, account))) writeMomentPlace(db, account, place);
  }
}

/** From which place on a friend finds what is told from now on: what waits for home has places already. */
function placeFrom(db: FeatureContext["db"], friend: AccountId): number {
  const waiting = waitingRounds({ db }).flatMap(({ cells, spent }) =>
    (spent?.at ?? []).flatMap(({ nth, place }) => (equalBytes((cells[nth] as CellTo).to, friend) ? [place] : [])),
  );
  return Math.min(readMomentPlace(db, friend), ...waiting);
}

/** Something of ours did not come to a friend: what is for them is told again, in the chat. */
export function answerGap(context: FeatureContext, { conversation, by, body }: Said<"momentsGap">): void {
  const { directs, own, nowMs } = context;
  if (equalBytes(by, own()) || !equalBytes(conversation, directs.with(by)) || !context.isHome()) return;
  const isShared = sharedWith(context).some(({ account }) => equalBytes(account, by));
  const friend = isShared ? readMomentFriend(context.db, by) : undefined;
  const log = currentLog(context);
  if (friend === undefined || log === undefined || friend.told <= 0) return;
  // They do not make us say it without end. @checks MO29
  if (nowMs() - friend.gap_ms < dayMs / 2) return;
  const rows = friend.hides_mine === 1 ? [] : tellable(context, by);
  const day = dayOf(nowMs());
  const cells = rows.flatMap((row) => cellsOf(row, [by]).map(({ to: _, ...cell }) => ({ ...cell, day })));
  const isFalse = ({ name }: MomentRow) => body.names?.some((one) => equalBytes(one, name)) === true;
  const heads = headsFrom(context.rooms.crypto, log.root, log.key, placeNow(context, log));
  context.say(
    directs.with(by),
    { kind: "momentsAgain", cells, log: log.key, heads, place: placeFrom(context.db, by) },
    {
      before: () => {
        if (!isIn(log.told, by)) addMomentStart(context.db, by, log.key, concat(...heads));
        noteTold(context, log, [by]);
        writeMomentFriend(context.db, by, { gap_ms: nowMs() });
        for (const { id, kept_day = 0 } of rows.filter(isFalse))
          if (kept_day >= 0) setMoment(context.db, id, { kept_day: toBeMended - kept_day });
        for (const name of body.names ?? []) mendWord(context, name);
      },
    },
  );
}

/** An own word that a friend does not find is put again where it does not stand. Inside a transaction. */
function mendWord({ db, own }: FeatureContext, name: Bytes): void {
  const row = db.get<{ id: Bytes }>(
    "SELECT id FROM moment_words WHERE author = ? AND name = ? AND state = 'here'",
    own(),
    name,
  );
  if (row === undefined) return;
  if (db.get("SELECT 1 FROM moment_puts WHERE kind = 'mend' AND about = ?", row.id) !== undefined) return;
  addMomentPut(db, "mend", pack({}), row.id);
}
