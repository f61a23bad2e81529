/**
 * What goes to home (docs/spec/moments.md MO4, MO6, MO10, MO11): in order, each as the same bytes until home has
 * them, but where a cell is taken out, for a friend who is not told any more (MO48). Places are spent in the store
 * before bytes for them leave, so that no crash says two things at one place.
 */
import {
  addMomentClear,
  addMomentHole,
  addMomentRound,
  countDiagnostic,
  type Database,
  dropMomentPut,
  dropMomentRound,
  dropMomentRoundsOf,
  eraseMomentWord,
  type MomentOwnLogRow,
  type MomentPutRow,
  type MomentRoundRow,
  type MomentRow,
  readMoment,
  readMomentOwnLogs,
  readMomentPut,
  readMomentPuts,
  readMomentRoot,
  readMomentRound,
  readMomentWord,
  setMoment,
  setMomentCells,
  setMomentPlace,
  setMomentPut,
  setMomentSpent,
  setMomentWord,
  spendMomentPlaces,
} from "@yanshu/store";
import { type Bytes, equalBytes, type HoleDays, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, pack, unpack } from "../../feature.ts";
import { cellsAhead, spendAhead } from "./ahead.ts";
import { putApart } from "./apart.ts";
import { currentLog, generationsTold, isHeldByOthers, isOf, tellPlaces, waysTo } from "./exchange.ts";
import { putGone } from "./gone.ts";
import { cellDays, placesKept, refsOf, sharedWith, toldNow, type WordJob } from "./jobs.ts";
import { momentItem } from "./own.ts";
import { passOwnCell, passOwnHeader } from "./pull.ts";
import { isSigned } from "./reading.ts";
import {
  bodySecret,
  cellKinds,
  headSecret,
  headsFrom,
  hintOf,
  holeName,
  noWord,
  openCell,
  openHeader,
  openWord,
  postPayload,
  roundStep,
  sealBody,
  sealHeader,
  sealWord,
  wayTo,
  wordSecret,
  wordToSign,
} from "./sealed.ts";
import { clearFilled, clearHoles, type HoleToPut, putHoles, readHoles, shuffled } from "./server.ts";
import {
  type CellTo,
  type FilledBy,
  filledFrom,
  fillingSecretOf,
  holesOf,
  noteLeft,
  onlyFilled,
  packCells,
  packSpent,
  type RoundJob,
  type SealedCell,
  type Spent,
  type SpentFilling,
  sealRound,
  unpackCells,
  unpackSpent,
  waitingRounds,
} from "./spent.ts";
import { dayMs, dayOf, isWithin, saidTopic } from "./values.ts";
import { bodyOf } from "./views.ts";

type Root = NonNullable<ReturnType<typeof readMomentRoot>>;
type SpentBody = { readonly root: Bytes; readonly holes: readonly HoleToPut[] };
type SpentWord = {
  readonly log: Bytes;
  readonly place: number;
  readonly hasCover: boolean;
  /** Absent: an earlier version spent the place before there were bytes for it. */
  readonly holes?: readonly HoleToPut[];
};

const wordDays = 180;
/** No hole lives longer: after it nothing is left to be cleared at a home that did not answer. */
const elsewhereMsMax = 400 * dayMs;
/** Tries in one run; the rest waits for the next one. */
const triesMax = 3;
/** The same, where an own device is ahead for certain: only own devices could seal what stands there. */
const provenMax = 16;

/** What stands at places, one behind the other. */
const inTurn: ReadonlySet<string> = new Set(["cells", "word"]);
/** What home refused is tried again so long after the second time, and twice as long after each further one. */
const refusedMs = 40_000;
const refusedMsMax = 3_600_000;

/** How often home refused a put in turn, and when last. */
const refused = new WeakMap<Database, Map<number, { readonly times: number; readonly atMs: number }>>();

/** Home takes the tokens of what it refuses, so it is not tried at each look (MO163). */
function isPutOff({ db, nowMs }: FeatureContext, put: number): boolean {
  const held = refused.get(db)?.get(put);
  if (held === undefined || held.times < 2) return false;
  return isWithin(Math.min(refusedMs * 2 ** (held.times - 2), refusedMsMax), held.atMs, nowMs());
}

/** Somebody asks for it: what home refused is tried at once. */
export function tryRefusedAgain(db: Database): void {
  refused.delete(db);
}

function noteRefused({ db, nowMs }: FeatureContext, put: number): void {
  const all = refused.get(db) ?? new Map();
  refused.set(db, all);
  all.set(put, { times: (all.get(put)?.times ?? 0) + 1, atMs: nowMs() });
}

/**
 * Sends all waiting jobs. Resolves with whether all were sent; rejects if home cannot be reached, and, once all others
 * were tried, if it refused one.
 */
export async function putAll(context: FeatureContext): Promise<boolean> {
  const blocked = new Set<string>();
  /** Kinds in turn of which home refused one: nobody reads beyond its place. */
  const behind = new Set<string>();
  let refusal: ClientError | undefined;
  // Where home gives no more tokens today, places of what is gone keep nothing from being said.
  const isGone = ({ kind }: MomentPutRow) => kind === "gone";
  const puts = readMomentPuts(context.db);
  for (const { put: number } of [...puts.filter((put) => !isGone(put)), ...puts.filter(isGone)]) {
    // While those before it went it may have been taken back, or been given another name.
    const put = readMomentPut(context.db, number);
    if (put === undefined) continue;
    const about = toHex(put.about);
    if (put.about.length > 0 && blocked.has(about)) continue;
    const work = works[put.kind];
    const trying = async () => {
      if (work === undefined) return "done";
      if (behind.has(put.kind)) return "waits";
      return isPutOff(context, number) ? "refused" : work(context, put);
    };
    const state = await trying().catch((error) => {
      // What it refuses of one keeps no other from going (MO163).
      if (!(error instanceof ClientError) || error.code !== "refused") throw error;
      noteRefused(context, number);
      refusal = error;
      return "refused" as const;
    });
    if (state === "refused" && inTurn.has(put.kind)) behind.add(put.kind);
    if (state === "done") {
      refused.get(context.db)?.delete(number);
      if (readMomentPut(context.db, number) !== undefined) context.db.transaction(() => dropPut(context, put));
      // What is shown of a post changes when its round went, too.
      if (put.kind !== "post") context.changed(put.kind === "word" || put.kind === "erase" ? saidTopic : "moments");
    } else blocked.add(about);
  }
  if (refusal !== undefined) throw refusal;
  return blocked.size === 0;
}

/** What a round spent stays as long as its post. Inside a transaction. */
function dropPut({ db }: FeatureContext, { put, kind, args, about }: MomentPutRow): void {
  dropMomentPut(db, put);
  if (kind !== "cells" || about.length > 0) return;
  const { round, filledBy } = unpack<RoundJob>(args);
  const spent = readMomentRound(db, round)?.spent ?? undefined;
  if (filledBy !== undefined && spent !== undefined) handOnFilled(db, put, filledBy, unpackSpent(spent));
  dropMomentRound(db, round);
}

/**
 * Rounds that wait whose fillings are made of the same secret: of a friend who was told twice before the first went.
 */
function besides(db: Database, put: number, filledBy: Bytes): readonly MomentRoundRow[] {
  const sql = "SELECT args FROM moment_puts WHERE kind = 'cells' AND about = x'' AND put <> ? AND instr(args, ?) > 0";
  return db
    .all<{ args: Bytes }>(sql, put, filledBy)
    .flatMap(({ args }) => readMomentRound(db, unpack<RoundJob>(args).round) ?? []);
}

/** Names that a round which goes had given are given by no other (MO125). Inside a transaction. */
function handOnFilled(db: Database, put: number, filledBy: Bytes, gone: Spent): void {
  for (const { round, spent } of besides(db, put, filledBy)) {
    const held = spent === null ? onlyFilled({ root: gone.root, filled: 0 }) : unpackSpent(spent);
    setMomentSpent(db, round, packSpent({ ...held, filled: Math.max(held.filled, gone.filled) }));
  }
}

/** Up to where names of fillings were given: by this round, and by those beside it that wait (MO125). */
function filledBeside({ db }: FeatureContext, { put, by }: Waiting, filled: number): number {
  if (by.round === undefined) return filled;
  const others = besides(db, put.put, by.round).map(({ spent }) => (spent === null ? 0 : unpackSpent(spent).filled));
  return Math.max(filled, ...others);
}

type Work = (context: FeatureContext, put: MomentPutRow) => Promise<"done" | "waits">;
const works: Readonly<Record<string, Work>> = {
  post: putBody,
  round: putFormerRound,
  cells: putRound,
  word: putWord,
  erase: putErase,
  apart: putApart,
  mend: putMend,
  gone: putGone,
};

export function daysOf(context: FeatureContext, row: MomentRow): HoleDays {
  if (row.kind === "status") return 2;
  if (row.until_day === 0) return 400;
  const left = row.until_day - dayOf(context.nowMs());
  return left <= 4 ? 4 : left <= 31 ? 30 : 180;
}

async function putBody(context: FeatureContext, put: MomentPutRow): Promise<"done" | "waits"> {
  const { db, rooms, files } = context;
  const row = readMoment(db, put.about);
  const root = readMomentRoot(db);
  const body = row && bodyOf(row);
  if (row === undefined || root === undefined || body === undefined || row.state === "gone") return "done";
  const stored = files.areStored(refsOf(body));
  if (stored === false) return "waits";
  if (stored === "failed") {
    db.transaction(() => {
      setMoment(db, row.id, { state: "failed" });
      db.run("DELETE FROM moment_puts WHERE about = ? AND kind IN ('round', 'cells')", row.id);
      dropMomentRoundsOf(db, row.id);
    });
    context.changed("moments");
    return "done";
  }
  const secretOf = (part: number) => bodySecret(rooms.crypto, root.root, row.secret, part);
  const held = put.holes === null ? undefined : unpack<SpentBody>(put.holes);
  let holes = held !== undefined && equalBytes(held.root, root.root) ? held.holes : undefined;
  let leaving: (() => void) | undefined;
  if (holes === undefined) {
    const name = holeName(rooms.crypto, secretOf(0));
    if (!equalBytes(name, row.name)) rename(context, row, name);
    const values = await sealBody(
      rooms.crypto,
      row.secret,
      (part) => holeName(rooms.crypto, secretOf(part)),
      row.signed,
    );
    if (values === undefined) throw new Error("invariant: a body within its limits has room");
    holes = values.map((value, part) => ({ secret: secretOf(part), value }));
    const made = { root: root.root, holes } satisfies SpentBody;
    // With the tokens that they cost, in one transaction (MO144): nothing leaves before it.
    leaving = () => {
      // It may have been withdrawn while the connection opened.
      if (readMomentPut(db, put.put) === undefined) return;
      setMomentPut(db, put.put, pack(made));
      for (const { secret } of made.holes) addMomentHole(db, row.id, secret);
    };
  }
  if (!isRoot(context, root.root)) return "waits";
  // If the holes exist, they hold this body, put by this device: nobody else knows the secret.
  await putHoles(context, daysOf(context, row), holes, leaving);
  return "done";
}

function isRoot({ db }: FeatureContext, root: Bytes): boolean {
  const now = readMomentRoot(db);
  return now !== undefined && equalBytes(now.root, root);
}

/** M changed before the body went: it lies under another name, and the cells that wait tell that one. */
function rename(context: FeatureContext, row: MomentRow, name: Bytes): void {
  const { db, rooms } = context;
  db.transaction(() => {
    setMoment(db, row.id, { name, stamp_ms: row.stamp_ms + 1 });
    const before = postPayload(row.secret, row.name);
    for (const { row: held, about, cells, spent } of waitingRounds(context)) {
      if (!cells.some(({ payload }) => equalBytes(payload, before))) continue;
      const now = cells.map((cell) =>
        equalBytes(cell.payload, before) ? { ...cell, payload: postPayload(row.secret, name) } : cell,
      );
      // Nothing else is sealed at a place that was spent for what it said before.
      noteLeft(context, about, holesOf(rooms, held, { post: row.secret }));
      setMomentCells(db, held.round, packCells(now));
      if (spent !== undefined) setMomentSpent(db, held.round, packSpent(onlyFilled(spent)));
    }
    context.tellOwnDevices([momentItem(readMoment(db, row.id) as MomentRow)]);
  });
}

/** What fills a round goes from home later. Inside a transaction. */
function clearLater({ db, nowMs, chance, serverName }: FeatureContext, secrets: readonly Bytes[]): void {
  for (const secret of secrets)
    addMomentClear(db, secret, nowMs() + Math.floor((30 + 30 * chance()) * dayMs), serverName());
}

/** What stands there is not ours to clear. Inside a transaction. */
function forgetHole({ db }: FeatureContext, secret: Bytes): void {
  db.run("DELETE FROM moment_holes WHERE secret = ?", secret);
  db.run("DELETE FROM moment_clears WHERE secret = ?", secret);
}

/**
 * What stands where home says that something does. Undefined where it says so and nothing stands, or what we put: then
 * home lies, and no place moves on for it.
 */
async function readTaken(
  context: FeatureContext,
  taken: readonly HoleToPut[],
): Promise<ReadonlyMap<string, Bytes> | undefined> {
  const { crypto } = context.rooms;
  const values = await readHoles(
    context,
    taken.map(({ secret }) => holeName(crypto, secret)),
  );
  const stands = new Map<string, Bytes>();
  for (const [at, { secret, value }] of taken.entries()) {
    const found = values[at];
    if (found === undefined || equalBytes(found, value)) {
      context.db.transaction(() => countDiagnostic(context.db, "moments-false-taken"));
      return undefined;
    }
    stands.set(toHex(secret), found);
  }
  return stands;
}

/** A round that waits, as the store has it. */
type Waiting = {
  readonly put: MomentPutRow;
  readonly row: MomentRoundRow;
  readonly days: HoleDays;
  readonly cells: readonly CellTo[];
  readonly by: FilledBy;
};

function waitingOf({ db }: FeatureContext, put: MomentPutRow): Waiting | undefined {
  const { round, days, filledBy } = unpack<RoundJob>(put.args);
  const row = readMomentRound(db, round);
  const post = put.about.length === 0 ? undefined : readMoment(db, put.about)?.secret;
  return row && { put, row, days, cells: unpackCells(row.cells), by: { post, round: filledBy } };
}

/** Of an earlier version, which noted what may be at home of it: it is told at new places, behind its fillings. */
async function putFormerRound(context: FeatureContext, put: MomentPutRow): Promise<"done" | "waits"> {
  const { db } = context;
  const { cells, ...job } = unpack<Omit<RoundJob, "round"> & { readonly cells: readonly CellTo[] }>(put.args);
  const former = put.holes === null ? undefined : unpack<Pick<Spent, "root" | "filled">>(put.holes);
  db.transaction(() => {
    const round = addMomentRound(db, put.about, packCells(cells));
    if (former !== undefined) setMomentSpent(db, round, packSpent(onlyFilled(former)));
    const args = pack({ ...job, round } satisfies RoundJob);
    db.run("UPDATE moment_puts SET kind = 'cells', args = ?, holes = NULL WHERE put = ?", args, put.put);
  });
  const now = readMomentPut(db, put.put);
  return now === undefined ? "done" : putRound(context, now);
}

/** Places are spent, sealed, put; what another own device took is passed over. */
async function putRound(context: FeatureContext, put: MomentPutRow): Promise<"done" | "waits"> {
  const { db, rooms } = context;
  const root = readMomentRoot(db);
  const waiting = waitingOf(context, put);
  if (root === undefined || waiting === undefined) return "done";
  const { cells, by, days } = waiting;
  let held = await spentOf(context, root, waiting);
  let [tries, proven] = [0, 0];
  while (held !== undefined && tries < triesMax && proven < provenMax) {
    const ahead = cellsAhead(context, held.spent.seed);
    const { at, fillings } = await sealRound(rooms.crypto, held.spent, cells, by, waysTo(context, root), ahead);
    if (!isStill(context, root, waiting, held)) return "waits";
    const holes = shuffled(context, [...at.map(({ hole }) => hole), ...fillings]);
    let now = held;
    const taken = await putHoles(context, days, holes, () => {
      now = leaves(context, waiting, now);
    });
    if (taken.length === 0) {
      // It is there; but what changed meanwhile is still to be put.
      if (readMomentPut(db, put.put) !== undefined && !isSpentStill(context, waiting, now)) return "waits";
      const toSelf = at.find(({ cell }) => equalBytes(cell.to, context.own()));
      const way = toSelf && waysTo(context, root)(context.own());
      db.transaction(() => {
        wentAll(context, put.about, holes);
        if (toSelf !== undefined && way !== undefined) passOwnCell(context, way, toSelf.place);
        dropPut(context, put);
      });
      return "done";
    }
    const stands = await readTaken(context, taken);
    if (stands === undefined) return "waits";
    if (await isByOwnDevice(context, root, at, stands)) proven++;
    else tries++;
    if (!isStill(context, root, waiting, now)) return "waits";
    const { spent } = now;
    held = db.transaction(() => {
      for (const { secret } of taken) forgetHole(context, secret);
      return replaced(context, waiting, spent, { at, fillings }, stands);
    });
  }
  return "waits";
}

/** What was spent for a round, and its bytes as the store has them. */
type Held = { readonly spent: Spent; readonly bytes: Bytes };

/** Inside a transaction. */
function keepSpent({ db }: FeatureContext, { row }: Waiting, spent: Spent): Held {
  const bytes = packSpent(spent);
  setMomentSpent(db, row.round, bytes);
  return { spent, bytes };
}

/** While something was awaited a friend may have dropped a device, and what waits for them has other places (MO123). */
function isSpentStill({ db }: FeatureContext, { row }: Waiting, { bytes }: Pick<Held, "bytes">): boolean {
  const stored = readMomentRound(db, row.round)?.spent ?? undefined;
  return stored !== undefined && equalBytes(stored, bytes);
}

/** The same; or M changed, or the post was withdrawn. */
function isStill(context: FeatureContext, root: Root, waiting: Waiting, held: Pick<Held, "bytes">): boolean {
  const isThere = isRoot(context, root.root) && readMomentPut(context.db, waiting.put.put) !== undefined;
  return isThere && isSpentStill(context, waiting, held);
}

/**
 * Its bytes leave this device now: that is known before, whatever home says (MO124). Returns what is held then. Inside
 * a transaction.
 */
function leaves(context: FeatureContext, waiting: Waiting, held: Held): Held {
  const { db } = context;
  const stored = readMomentRound(db, waiting.row.round)?.spent ?? undefined;
  if (stored === undefined) return held;
  const isAsHeld = equalBytes(stored, held.bytes);
  const now = isAsHeld ? held.spent : unpackSpent(stored);
  if (now.isTried) return held;
  const next = keepSpent(context, waiting, { ...now, isTried: true });
  return isAsHeld ? next : held;
}

/** Places and fillings of a round: those of before, or new ones. Undefined where they changed meanwhile. */
async function spentOf(context: FeatureContext, root: Root, waiting: Waiting): Promise<Held | undefined> {
  const { db, rooms, nowMs, random } = context;
  const { row, cells, by, put } = waiting;
  const before = row.spent === null ? undefined : { spent: unpackSpent(row.spent), bytes: row.spent };
  const isSpent = before !== undefined && before.spent.fillings.length + before.spent.at.length > 0;
  if (isSpent && equalBytes(before.spent.root, root.root)) return withoutLetGo(context, root, waiting, before);
  const isToldStill = toldStill(context);
  const told = cells.flatMap((cell, nth) => (isToldStill(cell) ? [nth] : []));
  const to = told.map((nth) => (cells[nth] as CellTo).to);
  const step = roundStep(Math.max(told.length, sharedWith(context).length));
  const filled = step - told.length;
  const from = filledBeside(context, waiting, filledFrom(before?.spent, root.root, by));
  const generations = generationsTold(context);
  const day = dayOf(nowMs());
  const ahead = spendAhead(context, by.post, root.root, day);
  const wayOf = waysTo(context, root);
  return db.transaction(() => {
    noteLeft(context, put.about, holesOf(rooms, row, by));
    const places = spendMomentPlaces(db, to, placesKept(context));
    let drawn = ahead?.drawn ?? 0;
    const at = told.map((nth, one) => {
      const [cell, place] = [cells[nth] as CellTo, places[one] as number];
      return { nth, place, draw: ahead?.drawOf(cell, place, wayOf(cell.to)) ?? drawn++ };
    });
    const fillings = Array.from({ length: filled }, (_, nth) => ({ of: from + nth, draw: drawn++ }));
    const made: Spent = {
      root: root.root,
      generation: root.generation,
      day,
      seed: ahead?.seed ?? random(32),
      drawn,
      filled: from + filled,
      isTried: false,
      at,
      fillings,
      theirs: Object.fromEntries(
        told.flatMap((nth, at) => {
          const theirs = generations.get(toHex(to[at] as Bytes)) ?? 1;
          return theirs > 1 ? [[nth, theirs]] : [];
        }),
      ),
    };
    const held = keepSpent(context, waiting, made);
    tellPlaces(context, to);
    clearFillings(context, waiting, made, made.fillings);
    return held;
  });
}

/** Own devices know what their names are made of: any of them clears them where the account goes (MO56). */
function clearFillings(
  context: FeatureContext,
  { by }: Waiting,
  { root }: Spent,
  fillings: readonly SpentFilling[],
): void {
  const { crypto } = context.rooms;
  clearLater(
    context,
    fillings.map(({ of }) => fillingSecretOf(crypto, root, by, of)),
  );
}

/** Whether it is told now: of who was let go, or left out, since it waits, it is not (MO48). */
function toldStill(context: FeatureContext): (cell: CellTo) => boolean {
  const { all, leftOut } = toldNow(context);
  return ({ to, kind }) => all.has(toHex(to)) && (kind === cellKinds.log || !leftOut.has(toHex(to)));
}

/**
 * What waits, without cells to those who are not told any more: theirs are fillings now. Home may have it already, and
 * saw it: so the names stay, and all values are drawn anew, over those of before. What never left this device is said
 * to stand over nothing, as any round.
 */
async function withoutLetGo(
  context: FeatureContext,
  root: Root,
  waiting: Waiting,
  held: Held,
): Promise<Held | undefined> {
  const { db, rooms, sha256 } = context;
  const { spent } = held;
  const { cells, by } = waiting;
  const isToldStill = toldStill(context);
  const isKept = ({ nth }: { readonly nth: number }) => isToldStill(cells[nth] as CellTo);
  if (spent.at.every(isKept)) return held;
  const sealed = await sealRound(rooms.crypto, spent, cells, by, waysTo(context, root));
  if (!isStill(context, root, waiting, held)) return undefined;
  let { drawn } = spent;
  const again = ({ value, was: before }: HoleToPut) => {
    const was = spent.isTried ? sha256(value) : before;
    return { draw: drawn++, ...(was && { was }) };
  };
  const [kept, left] = [sealed.at.filter(isKept), sealed.at.filter((one) => !isKept(one))];
  const at = kept.map(({ nth, place, hole }) => ({ nth, place, ...again(hole) }));
  const fillings = [
    ...spent.fillings.map(({ of }, nth) => ({ of, ...again(sealed.fillings[nth] as HoleToPut) })),
    ...left.map(({ hole }) => ({ of: hole.secret, ...again(hole) })),
  ];
  const next: Spent = { ...spent, at, fillings, drawn, isTried: false };
  return db.transaction(() => {
    const stored = keepSpent(context, waiting, next);
    clearLater(
      context,
      left.map(({ hole }) => hole.secret),
    );
    return stored;
  });
}

/** All of it stands: three are looked for later, and the post is there. Inside a transaction. */
function wentAll(context: FeatureContext, about: Bytes, holes: readonly HoleToPut[]): void {
  const { db, nowMs, chance } = context;
  for (const { secret, value } of shuffled(context, holes).slice(0, 3))
    db.run(
      "INSERT INTO moment_checks (secret, value, due_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      secret,
      value,
      nowMs() + Math.floor((0.02 + chance()) * dayMs),
    );
  if (about.length > 0 && readMoment(db, about)?.state === "sending") setMoment(db, about, { state: "here" });
}

/** Whether what stands in the place of the cell to oneself opens: only own devices could seal it. */
async function isByOwnDevice(
  { rooms, own }: FeatureContext,
  root: Root,
  at: readonly SealedCell[],
  stands: ReadonlyMap<string, Bytes>,
): Promise<boolean> {
  const ours = at.find(({ cell, hole }) => equalBytes(cell.to, own()) && stands.has(toHex(hole.secret)));
  const value = ours && stands.get(toHex(ours.hole.secret));
  if (ours === undefined || value === undefined) return false;
  const way = wayTo(rooms.crypto, root.root, root.generation, own());
  return (await openCell(rooms.crypto, way, ours.place, value)) !== undefined;
}

/** Only what was taken gets another place, or is drawn anew: all else would tell which are cells. In a transaction. */
function replaced(
  context: FeatureContext,
  waiting: Waiting,
  now: Spent,
  sealed: { readonly at: readonly SealedCell[]; readonly fillings: readonly HoleToPut[] },
  stands: ReadonlyMap<string, Bytes>,
): Held {
  const { db } = context;
  const isTaken = ({ secret }: HoleToPut) => stands.has(toHex(secret));
  const moved = sealed.at.filter(({ hole }) => isTaken(hole)).map(({ cell }) => cell.to);
  const places = [...spendMomentPlaces(db, moved)];
  let { drawn } = now;
  let filled = filledBeside(context, waiting, now.filled);
  const at = now.at.map((one, nth) =>
    isTaken((sealed.at[nth] as SealedCell).hole)
      ? { nth: one.nth, place: places.shift() as number, draw: drawn++ }
      : one,
  );
  const stay = now.fillings.filter((_, nth) => !isTaken(sealed.fillings[nth] as HoleToPut));
  const fresh = Array.from({ length: now.fillings.length - stay.length }, () => ({ of: filled++, draw: drawn++ }));
  const next: Spent = { ...now, at, fillings: [...stay, ...fresh], drawn, filled };
  const held = keepSpent(context, waiting, next);
  tellPlaces(context, moved);
  clearFillings(context, waiting, next, fresh);
  return held;
}

/** A word was taken back, or is to be said otherwise, while the connection opened. */
class Overtaken extends Error {}

async function putWord(context: FeatureContext, put: MomentPutRow): Promise<"done" | "waits"> {
  const { db, rooms, chance } = context;
  const job = unpack<WordJob>(put.args);
  const post = readMoment(db, job.post);
  if (post === undefined || (post.state === "gone" && job.kind !== "withdraw")) return "done";
  const root = readMomentRoot(db);
  let spent = put.holes === null ? undefined : unpack<SpentWord>(put.holes);
  // M changed while it waited: nothing more is said in a log that a dropped device holds.
  const logOf = (key: Bytes) => readMomentOwnLogs(db).find((one) => equalBytes(one.key, key));
  if (spent !== undefined && !isOf(root)(logOf(spent.log))) spent = undefined;
  for (let proven = 0; proven < provenMax; ) {
    const held = spent;
    const log = held === undefined ? currentLog(context) : logOf(held.log);
    if (log === undefined) return "done";
    const { place, hasCover } = held ?? { place: log.place, hasCover: chance() < 0.5 };
    const [head, word] = placesOf(context, log, place);
    const holes = held?.holes ?? (await sealedWord(context, job, post, log, { place, hasCover }));
    if (holes === undefined) return "done"; // Not by our own commands: they hold to the limit.
    if (!isOf(readMomentRoot(db))(log)) return "waits";
    const tried = { log: log.key, place, hasCover, holes } satisfies SpentWord;
    // Home may call its tokens those of another week: then it leaves once more, with others.
    let hasLeft = held !== undefined;
    // With the tokens that they cost, in one transaction (MO155): nothing leaves before it, nor a second time where M
    // changed or it was taken back since.
    const leaving = () => {
      const isOfNow = isOf(readMomentRoot(db))(log);
      const isThere = readMomentPut(db, put.put) !== undefined;
      if (!isOfNow || !isThere || !(hasLeft || isNext(context, log))) throw new Overtaken();
      hasLeft = true;
      if (held?.holes !== undefined) return;
      setMomentPlace(db, log.key, place + (hasCover ? 2 : 1));
      setMomentPut(db, put.put, pack(tried));
    };
    let taken: readonly HoleToPut[];
    try {
      taken = await putHoles(context, wordDays, holes, leaving);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      return readMomentPut(db, put.put) === undefined ? "done" : "waits";
    }
    if (taken.length === 0) {
      const heads = headsFrom(rooms.crypto, log.root, log.key, place + (hasCover ? 2 : 1));
      db.transaction(() => {
        dropPut(context, put); // With what follows from it: each way to the disk takes longer than all of it.
        passOwnHeader(context, log.key, head.name, heads);
        if (job.kind !== "like" && job.kind !== "comment") return;
        const row = readMomentWord(db, job.id);
        const where = { log: log.key, header: head.name, name: word.name };
        if (row?.state === "sending") setMomentWord(db, job.id, { ...where, state: "here" });
        // It was taken back while it was on its way.
        else if (row !== undefined) setMomentWord(db, job.id, where);
      });
      return "done";
    }
    const stands = await readTaken(context, taken);
    if (stands === undefined) return "waits";
    // Another own device was there: nobody else knows of what these names are made.
    const heads = [head, placesOf(context, log, place + 1)[0]];
    const opened = await Promise.all(
      heads.map(async ({ secret, name }) => {
        const value = stands.get(toHex(secret));
        return value !== undefined && (await openHeader(rooms.crypto, log.key, name, value)) !== undefined;
      }),
    );
    if (opened.includes(true)) proven++;
    else {
      db.transaction(() => countDiagnostic(db, "moments-false-taken"));
      return "waits";
    }
    spent = undefined;
    db.transaction(() => {
      db.run("UPDATE moment_puts SET holes = NULL WHERE put = ?", put.put);
      // Nothing of it stands: the second of two places is left empty by nobody, or what comes behind it is never read.
      const isLast = place + (hasCover ? 2 : 1);
      db.run("UPDATE moment_own_logs SET place = ? WHERE key = ? AND place = ?", place + 1, log.key, isLast);
    });
  }
  return "waits";
}

/** Whether what is said now is said there, and nobody reads on who was let go meanwhile (MO155, MO162). */
function isNext(context: FeatureContext, log: MomentOwnLogRow): boolean {
  const now = currentLog(context);
  const isThere = now !== undefined && equalBytes(now.key, log.key) && now.place === log.place;
  return isThere && !isHeldByOthers(context, now);
}

/** A word at its place in a log, with what covers it; undefined where it is longer than a word may be. */
async function sealedWord(
  context: FeatureContext,
  { kind, id, about, reply, bound, atMs, text }: WordJob,
  post: MomentRow,
  log: MomentOwnLogRow,
  { place, hasCover }: Pick<SpentWord, "place" | "hasCover">,
): Promise<readonly HoleToPut[] | undefined> {
  const { rooms, random, own } = context;
  const [head, word] = placesOf(context, log, place);
  const said = { kind, id, about, reply, atMs, text };
  const signature = await rooms.crypto.sign(wordToSign(rooms.crypto, own(), post, word.name, said));
  const value = await sealWord(rooms.crypto, log.key, word.name, post.secret, bound, { ...said, signature });
  if (value === undefined) return undefined;
  const header = await headerOf(context, log, place, post);
  const [coverHead, coverWord] = placesOf(context, log, place + 1);
  const cover = hasCover
    ? [
        { secret: coverHead.secret, value: await emptyHeader(context, log, place + 1) },
        { secret: coverWord.secret, value: random(256) },
      ]
    : [];
  return shuffled(context, [{ secret: head.secret, value: header }, { secret: word.secret, value }, ...cover]);
}

function placesOf({ rooms }: FeatureContext, { root, key }: MomentOwnLogRow, place: number) {
  const secrets = [headSecret(rooms.crypto, root, key, place), wordSecret(rooms.crypto, root, key, place)] as const;
  return secrets.map((secret) => ({ secret, name: holeName(rooms.crypto, secret) })) as [
    { secret: Bytes; name: Bytes },
    { secret: Bytes; name: Bytes },
  ];
}

/** It leads on, and to the word of its place, which is about this post. */
function headerOf(context: FeatureContext, log: MomentOwnLogRow, place: number, post: MomentRow): Promise<Bytes> {
  const { crypto } = context.rooms;
  const [head, word] = placesOf(context, log, place);
  return sealHeader(crypto, log.key, head.name, {
    day: post.day & 255,
    hint: hintOf(crypto, log.key, post),
    next: headsFrom(crypto, log.root, log.key, place + 1),
    word: word.name,
  });
}

/** It leads on, and to nothing. */
function emptyHeader({ rooms, random, nowMs }: FeatureContext, log: MomentOwnLogRow, place: number): Promise<Bytes> {
  const name = holeName(rooms.crypto, headSecret(rooms.crypto, log.root, log.key, place));
  return sealHeader(rooms.crypto, log.key, name, {
    day: dayOf(nowMs()) & 255,
    hint: random(8),
    next: headsFrom(rooms.crypto, log.root, log.key, place + 1),
    word: random(16),
  });
}

/** An own word goes from home: its hole is cleared, its header leads on to nothing. */
async function putErase(context: FeatureContext, put: MomentPutRow): Promise<"done" | "waits"> {
  const { db, sha256 } = context;
  const word = readMomentWord(db, put.about);
  const log = word && readMomentOwnLogs(db).find(({ key }) => equalBytes(key, word.log));
  if (word === undefined || log === undefined) return "done";
  const place = placeOf(context, log, word.header);
  if (place === undefined) return "done";
  const [head, hole] = placesOf(context, log, place);
  await clearHoles(context, [hole.secret]);
  const [stands] = await readHoles(context, [head.name]);
  if (stands !== undefined)
    await putHoles(context, wordDays, [
      { secret: head.secret, value: await emptyHeader(context, log, place), was: sha256(stands) },
    ]);
  db.transaction(() => eraseMomentWord(db, word.id));
  return "done";
}

/** A friend does not find an own word: where something else stands, or nothing, it is sealed and put anew (MO59). */
async function putMend(context: FeatureContext, put: MomentPutRow): Promise<"done"> {
  const { db, rooms, sha256 } = context;
  const word = readMomentWord(db, put.about);
  const post = word && readMoment(db, word.post);
  const log = word && readMomentOwnLogs(db).find(({ key }) => equalBytes(key, word.log));
  if (word?.state !== "here" || log === undefined || post === undefined || post.state === "gone") return "done";
  const place = placeOf(context, log, word.header);
  const bound = word.about.length === 0 ? undefined : readMomentWord(db, word.about)?.reply;
  if (place === undefined || bound?.length === 0 || (word.about.length > 0 && bound === undefined)) return "done";
  const [head, hole] = placesOf(context, log, place);
  const [header, stands] = await readHoles(context, [head.name, hole.name]);
  const opens = stands && (await openWord(rooms.crypto, log.key, hole.name, stands, post.secret, bound));
  const leads = header && (await openHeader(rooms.crypto, log.key, head.name, header));
  const said = {
    kind: word.kind,
    id: word.id,
    about: word.about.length === 0 ? noWord : word.about,
    reply: word.reply,
    atMs: word.at_ms,
    text: word.text,
  };
  const toSign = wordToSign(rooms.crypto, context.own(), post, hole.name, said);
  const isTrue = opens !== undefined && (await isSigned(context, context.own(), toSign, opens.signature));
  const holes: HoleToPut[] = [];
  if (!isTrue) {
    const signature = await rooms.crypto.sign(toSign);
    const value = await sealWord(rooms.crypto, log.key, hole.name, post.secret, bound, { ...said, signature });
    if (value !== undefined) holes.push({ secret: hole.secret, value, ...(stands && { was: sha256(stands) }) });
  }
  if (leads === undefined) {
    const value = await headerOf(context, log, place, post);
    holes.push({ secret: head.secret, value, ...(header && { was: sha256(header) }) });
  }
  // It may have been taken back while it was read.
  if (holes.length > 0 && readMomentWord(db, put.about)?.state === "here") await putHoles(context, wordDays, holes);
  return "done";
}

/** Where in an own log this header stands: another own device may have put it. */
function placeOf({ rooms }: FeatureContext, log: MomentOwnLogRow, header: Bytes): number | undefined {
  for (let place = 0; place < log.place + 4_096; place++)
    if (equalBytes(holeName(rooms.crypto, headSecret(rooms.crypto, log.root, log.key, place)), header)) return place;
  return undefined;
}

/** What is due to go from home, goes: own holes, and cells that friends put, apart, each filled to a step. */
export async function clearDue(context: FeatureContext): Promise<void> {
  const { db, nowMs, serverName } = context;
  db.transaction(() => {
    // What was to go at once from a home that is home no more has no day yet.
    const isElsewhere = "server NOT IN ('', ?2)";
    db.run(
      `UPDATE moment_clears SET due_ms = ?1 WHERE is_own IN (0, 1) AND due_ms <= 0 AND ${isElsewhere}`,
      nowMs(),
      serverName(),
    );
    db.run(
      `DELETE FROM moment_clears WHERE is_own IN (0, 1) AND due_ms < ?1 AND ${isElsewhere}`,
      nowMs() - elsewhereMsMax,
      serverName(),
    );
  });
  for (const isOwn of [1, 0]) await clearUntil(context, context.nowMs(), isOwn);
}

/** What was withdrawn does not wait for a look. */
export function clearWithdrawn(context: FeatureContext): Promise<void> {
  return clearUntil(context, 0, 1);
}

export const clearsDueSql =
  "SELECT secret FROM moment_clears WHERE due_ms <= ? AND is_own = ? AND server = ? LIMIT 6000";

async function clearUntil(context: FeatureContext, dueMs: number, isOwn: number): Promise<void> {
  const { db } = context;
  const servers = db.all<{ server: string }>(
    "SELECT DISTINCT server FROM moment_clears WHERE due_ms <= ? AND is_own = ?",
    dueMs,
    isOwn,
  );
  for (const { server } of servers) {
    const due = db.all<{ secret: Bytes }>(clearsDueSql, dueMs, isOwn, server);
    const there = due.map(({ secret }) => secret);
    // Where another home does not answer it stays due, and keeps no other from it.
    if (!(await clearFilled(context, there, server))) continue;
    db.transaction(() => {
      for (const secret of there) {
        db.run("DELETE FROM moment_clears WHERE secret = ?", secret);
        db.run("DELETE FROM moment_checks WHERE secret = ?", secret);
      }
    });
  }
}

/** Cells that were put are looked for; what home lacks is put again, and counted. */
export async function checkDue(context: FeatureContext): Promise<void> {
  const { db, nowMs, rooms } = context;
  // What is not there after so long was read, and cleared by its reader.
  db.transaction(() => db.run("DELETE FROM moment_checks WHERE due_ms < ?", nowMs() - 14 * dayMs));
  const due = db.all<HoleToPut>("SELECT secret, value FROM moment_checks WHERE due_ms <= ? LIMIT 256", nowMs());
  if (due.length === 0) return;
  const values = await readHoles(
    context,
    due.map(({ secret }) => holeName(rooms.crypto, secret)),
  );
  const missing = due.filter((_, at) => values[at] === undefined);
  if (missing.length > 0) {
    // What home refuses is not tried again at each look: friends who miss it ask for it. (MO163)
    await putHoles(context, cellDays, missing).catch((error) => {
      if (!(error instanceof ClientError) || error.code !== "refused") throw error;
    });
    db.transaction(() => {
      for (const _ of missing) countDiagnostic(db, "moments-put-again");
    });
  }
  db.transaction(() => {
    for (const { secret } of due) db.run("DELETE FROM moment_checks WHERE secret = ?", secret);
  });
}
