/**
 * What goes to home (docs/spec/moments.md MO4, MO6, MO10, MO11): in order, each as the same bytes until home has
 * them. Places are spent in the store before bytes for them exist, so that no crash says two things at one place.
 */
import {
  addMomentClear,
  addMomentHole,
  countDiagnostic,
  dropMomentPut,
  eraseMomentWord,
  type MomentOwnLogRow,
  type MomentPutRow,
  type MomentRow,
  readMoment,
  readMomentFriend,
  readMomentOwnLogs,
  readMomentPuts,
  readMomentRoot,
  readMomentWord,
  setMoment,
  setMomentPlace,
  setMomentPut,
  setMomentWord,
  writeMomentFriend,
} from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, type HoleDays, toHex } from "@yanshu/wire";
import { type FeatureContext, pack, unpack } from "../../feature.ts";
import { currentLog } from "./exchange.ts";
import { type CellTo, cellDays, type RoundJob, refsOf, sharedWith, type WordJob } from "./jobs.ts";
import {
  bodySecret,
  cellSecret,
  headSecret,
  headsFrom,
  hintOf,
  holeName,
  roundStep,
  sealBody,
  sealCell,
  sealHeader,
  sealWord,
  wayTo,
  wordSecret,
  wordToSign,
} from "./sealed.ts";
import { clearHoles, type HoleToPut, putHoles, readHoles, shuffled } from "./server.ts";
import { dayMs, dayOf } from "./values.ts";
import { bodyOf } from "./views.ts";

/** Cells at the places that were spent for them; and the bytes, once they exist. */
type Spent = {
  readonly at: readonly { readonly cell: CellTo; readonly place: number }[];
  readonly holes?: readonly HoleToPut[];
};
type SpentWord = {
  readonly log: Bytes;
  readonly place: number;
  readonly hasCover: boolean;
  readonly holes?: readonly HoleToPut[];
};

const wordDays = 180;
/** Who fills the places ahead of us fills those of what is told to themselves alone. */
const stepsMax = 16;

/** Puts what waits. Resolves with whether all of it went; rejects where home cannot be reached. */
export async function putAll(context: FeatureContext): Promise<boolean> {
  const blocked = new Set<string>();
  for (const put of readMomentPuts(context.db)) {
    const about = toHex(put.about);
    if (put.about.length > 0 && blocked.has(about)) continue;
    const work = works[put.kind];
    if (work === undefined || (await work(context, put)) === "done") {
      context.db.transaction(() => dropMomentPut(context.db, put.put));
      context.changed("moments");
    } else blocked.add(about);
  }
  return blocked.size === 0;
}

type Work = (context: FeatureContext, put: MomentPutRow) => Promise<"done" | "waits">;
const works: Readonly<Record<string, Work>> = { post: putBody, round: putRound, word: putWord, erase: putErase };

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
      db.run("DELETE FROM moment_puts WHERE about = ? AND kind = 'round'", row.id);
    });
    return "done";
  }
  let holes = put.holes === null ? undefined : unpack<readonly HoleToPut[]>(put.holes);
  if (holes === undefined) {
    const secretOf = (part: number) => bodySecret(rooms.crypto, root.root, row.secret, part);
    const values = await sealBody(
      rooms.crypto,
      row.secret,
      (part) => holeName(rooms.crypto, secretOf(part)),
      row.signed,
    );
    if (values === undefined) throw new Error("invariant: a body within its limits has room");
    holes = values.map((value, part) => ({ secret: secretOf(part), value }));
    const made = holes;
    db.transaction(() => {
      setMomentPut(db, put.put, pack(made));
      for (const { secret } of made) addMomentHole(db, row.id, secret);
    });
  }
  // What stands there already is this body, by this device: nobody else knows the secret.
  await putHoles(context, daysOf(context, row), holes);
  return "done";
}

/** Places are spent, sealed, put; what another own device took is passed over. */
async function putRound(context: FeatureContext, put: MomentPutRow): Promise<"done" | "waits"> {
  const { db, rooms, nowMs, random, chance } = context;
  const root = readMomentRoot(db);
  if (root === undefined) return "done";
  const { cells, days } = unpack<RoundJob>(put.args);
  let spent = put.holes === null ? undefined : unpack<Spent>(put.holes);
  for (let step = 0; ; step++) {
    if (spent === undefined) {
      const at = db.transaction(() => {
        const places = cells.map((cell) => ({ cell, place: spendPlace(context, cell.to) }));
        setMomentPut(db, put.put, pack({ at: places } satisfies Spent));
        return places;
      });
      spent = { at };
    }
    const { at } = spent;
    if (spent.holes === undefined) {
      const sealed = await Promise.all(
        at.map(async ({ cell, place }) => {
          const way = wayTo(rooms.crypto, root.root, root.generation, cell.to);
          const value = await sealCell(rooms.crypto, way, place, { ...cell, day: dayOf(nowMs()) });
          return { secret: cellSecret(rooms.crypto, way, place), value };
        }),
      );
      const step = roundStep(Math.max(sealed.length, sharedWith(context).length));
      const fillings = Array.from({ length: step - sealed.length }, () => ({ secret: random(32), value: random(96) }));
      const holes = shuffled(context, [...sealed, ...fillings]);
      spent = { at, holes };
      const now = spent;
      db.transaction(() => {
        setMomentPut(db, put.put, pack(now));
        if (put.about.length > 0) for (const { secret } of sealed) addMomentHole(db, put.about, secret);
        for (const { secret } of fillings)
          addMomentClear(db, secret, nowMs() + Math.floor((30 + 30 * chance()) * dayMs));
      });
    }
    const holes = spent.holes as readonly HoleToPut[];
    const taken = await putHoles(context, days, holes);
    if (taken.length === 0) {
      db.transaction(() => {
        for (const { secret, value } of shuffled(context, holes).slice(0, 3))
          db.run(
            "INSERT INTO moment_checks (secret, value, due_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            secret,
            value,
            nowMs() + Math.floor((0.02 + chance()) * dayMs),
          );
        if (put.about.length > 0 && readMoment(db, put.about)?.state === "sending")
          setMoment(db, put.about, { state: "here" });
      });
      return "done";
    }
    const isTaken = new Set(taken.map(({ secret }) => toHex(secret)));
    const moved = at.filter(({ cell, place }) =>
      isTaken.has(toHex(cellSecret(rooms.crypto, wayTo(rooms.crypto, root.root, root.generation, cell.to), place))),
    );
    const kept = at.filter((one) => !moved.includes(one));
    db.transaction(() => {
      const again = step < stepsMax ? moved.map(({ cell }) => ({ cell, place: spendPlace(context, cell.to) })) : [];
      const next: Spent = { at: [...kept, ...again] };
      setMomentPut(db, put.put, pack(next));
      spent = next;
    });
  }
}

/** Inside a transaction. */
function spendPlace({ db }: FeatureContext, friend: AccountId): number {
  const place = readMomentFriend(db, friend)?.out_next ?? 0;
  writeMomentFriend(db, friend, { out_next: place + 1 });
  return place;
}

async function putWord(context: FeatureContext, put: MomentPutRow): Promise<"done" | "waits"> {
  const { db, rooms, random, chance } = context;
  const job = unpack<WordJob>(put.args);
  const post = readMoment(db, job.post);
  if (post === undefined || (post.state === "gone" && job.kind !== "withdraw")) return "done";
  let spent = put.holes === null ? undefined : unpack<SpentWord>(put.holes);
  for (;;) {
    if (spent === undefined) {
      const log = currentLog(context);
      if (log === undefined) return "done";
      const hasCover = chance() < 0.5;
      const next: SpentWord = { log: log.key, place: log.place, hasCover };
      db.transaction(() => {
        setMomentPlace(db, log.key, log.place + (hasCover ? 2 : 1));
        setMomentPut(db, put.put, pack(next));
      });
      spent = next;
    }
    const log = readMomentOwnLogs(db).find(({ key }) => equalBytes(key, (spent as SpentWord).log));
    if (log === undefined) return "done";
    const { place, hasCover } = spent;
    const [head, word] = placesOf(context, log, place);
    if (spent.holes === undefined) {
      const said = {
        kind: job.kind,
        id: job.id,
        about: job.about,
        reply: job.reply,
        atMs: job.atMs,
        text: job.text,
      };
      const signature = await rooms.crypto.sign(wordToSign(rooms.crypto, context.own(), post.secret, word.name, said));
      const value = await sealWord(rooms.crypto, log.key, word.name, post.secret, job.bound, { ...said, signature });
      if (value === undefined) return "done"; // Not by our own commands: they hold to the limit.
      const header = await sealHeader(rooms.crypto, log.key, head.name, {
        day: post.day & 255,
        hint: hintOf(rooms.crypto, log.key, post.secret),
        next: headsFrom(rooms.crypto, log.root, log.key, place + 1),
        word: word.name,
      });
      const [coverHead, coverWord] = placesOf(context, log, place + 1);
      const cover = hasCover
        ? [
            { secret: coverHead.secret, value: await emptyHeader(context, log, place + 1) },
            { secret: coverWord.secret, value: random(256) },
          ]
        : [];
      const holes = shuffled(context, [
        { secret: head.secret, value: header },
        { secret: word.secret, value },
        ...cover,
      ]);
      spent = { ...spent, holes };
      const now = spent;
      db.transaction(() => setMomentPut(db, put.put, pack(now)));
    }
    const taken = await putHoles(context, wordDays, spent.holes as readonly HoleToPut[]);
    if (taken.length === 0) {
      db.transaction(() => {
        if (job.kind !== "like" && job.kind !== "comment") return;
        const row = readMomentWord(db, job.id);
        const where = { log: log.key, header: head.name, name: word.name };
        if (row?.state === "sending") setMomentWord(db, job.id, { ...where, state: "here" });
        // It was taken back while it was on its way.
        else if (row !== undefined) setMomentWord(db, job.id, where);
      });
      return "done";
    }
    spent = undefined; // Another own device was there.
    db.transaction(() => db.run("UPDATE moment_puts SET holes = NULL WHERE put = ?", put.put));
  }
}

function placesOf({ rooms }: FeatureContext, { root, key }: MomentOwnLogRow, place: number) {
  const secrets = [headSecret(rooms.crypto, root, key, place), wordSecret(rooms.crypto, root, key, place)] as const;
  return secrets.map((secret) => ({ secret, name: holeName(rooms.crypto, secret) })) as [
    { secret: Bytes; name: Bytes },
    { secret: Bytes; name: Bytes },
  ];
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

/** Where in an own log this header stands: another own device may have put it. */
function placeOf({ rooms }: FeatureContext, log: MomentOwnLogRow, header: Bytes): number | undefined {
  for (let place = 0; place < log.place + 4_096; place++)
    if (equalBytes(holeName(rooms.crypto, headSecret(rooms.crypto, log.root, log.key, place)), header)) return place;
  return undefined;
}

/** What is due to go from home, goes. */
export async function clearDue(context: FeatureContext): Promise<void> {
  const { db, nowMs } = context;
  const due = db.all<{ secret: Bytes }>("SELECT secret FROM moment_clears WHERE due_ms <= ? LIMIT 6000", nowMs());
  if (due.length === 0) return;
  await clearHoles(
    context,
    due.map(({ secret }) => secret),
  );
  db.transaction(() => {
    for (const { secret } of due) {
      db.run("DELETE FROM moment_clears WHERE secret = ?", secret);
      db.run("DELETE FROM moment_checks WHERE secret = ?", secret);
    }
  });
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
    await putHoles(context, cellDays, missing);
    db.transaction(() => {
      for (const _ of missing) countDiagnostic(db, "moments-put-again");
    });
  }
  db.transaction(() => {
    for (const { secret } of due) db.run("DELETE FROM moment_checks WHERE secret = ?", secret);
  });
}
