/**
 * Breaks: one lie for each invariant, so that a test can see the simulator catch it (docs/spec/simulation.md
 * SIM9). They stand between a device and its ports, on one device of the seed.
 */
import type { Log } from "@yanshu/server";
import type { Database, SqlValue } from "@yanshu/store";
import { concat, decodeClientFrame, toHex } from "@yanshu/wire";
import { decode, encode } from "cborg";
import type { Person } from "../world/person.ts";
import { type Break, isMark, without } from "./break.ts";

const invariants = [
  "I1",
  "I2",
  "I3",
  "I4",
  "I5",
  "I6",
  "I7",
  "I8",
  "I9",
  "I10",
  "I11",
  "I12",
  "I13",
  "I14",
  "I15",
  "I16",
  "I17",
  "I18",
  "I19",
  "I20",
  "I21",
  "I22",
] as const;
export type Invariant = (typeof invariants)[number];
const ofMoments = ["MO3", "MO10", "MO11", "MO13", "MO32"] as const;
const ofChannels = ["CH13", "CH76", "CH91"] as const;
/** Invariants of features that can be taken out: they bring their lie (lies.ts). */
type OfFeatures = "I21";
/** What can be broken on purpose: each invariant, and rules of which an invariant of another name tells. */
export type Breakable = Invariant | "DS77" | "PE26" | (typeof ofMoments)[number] | (typeof ofChannels)[number];
export type Broken = { readonly invariant: Invariant; readonly why: string };

export type Breaker = (person: Person) => Break | undefined;
/** What is broken in a life, and how. */
export type Lie = { readonly of: Breakable; readonly how: Break };

const acksFrame = 0x11;
/** The second person of a seed: a member of the group, and not its owner. */
const victim = 1;

export function logLieOf(told: Lie | undefined, hasBegun: () => boolean): ((log: Log) => Log) | undefined {
  const lie = told?.how.log;
  return lie && ((log) => lie(log, hasBegun));
}

export function breakerOf(told: Lie | undefined, numberOf: (person: Person) => number): Breaker | undefined {
  if (told === undefined) return undefined;
  const everywhere = ["I7", "I8", "I15", "I16", "I18", "I19", "I20", ...ofMoments, "CH76"].includes(told.of);
  return (person) => (everywhere || numberOf(person) === victim ? told.how : undefined);
}

/** Of a post, but its id. */
const columns = `author, secret, name, kind, at_ms, day, until_day, signed, mention, state, audience, told, got_ms,
  stamp_ms, tries, again_ms, kept_day, matched`;

export const commonBreaks: Readonly<Record<Exclude<Breakable, OfFeatures>, Break>> = {
  /** Every third text that arrives is swallowed. */
  I1: { run: (database) => onText(database, (put, params, count) => (count % 3 === 0 ? 1 : put(params))) },
  /** Every third text is applied twice. */
  I2: {
    run: (database) =>
      onText(database, (put, params, count) => {
        const [conversation, author, id, ...rest] = params;
        if (count % 3 === 0) put([conversation, author, Uint8Array.from(id as Uint8Array).reverse(), ...rest] as never);
        return put(params);
      }),
  },
  /** Every second text of a pair comes first. */
  I3: {
    run: (database) => {
      let held: readonly SqlValue[] | undefined;
      return onText(database, (put, params) => {
        if (held === undefined) {
          held = params;
          return 1;
        }
        const changed = put(params);
        put(held);
        held = undefined;
        return changed;
      });
    },
  },
  /** Every tenth envelope does not open. */
  I4: {
    crypto: (crypto) => {
      let count = 0;
      return { ...crypto, open: async (...args) => (++count % 10 === 0 ? undefined : crypto.open(...args)) };
    },
  },
  /** What a group is called now is never written. */
  I5: {
    run:
      (database) =>
      (sql, ...params) =>
        sql.startsWith("UPDATE conversations SET title") ? 1 : database.run(sql, ...params),
  },
  /** No acknowledgement reaches the server. */
  I6: { keepsBack: (frame) => frame[0] === acksFrame },
  /** What is to be done is put off for good. */
  I7: {
    run:
      (database) =>
      (sql, ...params) => {
        const changed = database.run(sql, ...params);
        if (sql.startsWith("INSERT INTO jobs"))
          database.run("UPDATE jobs SET due_ms = 9e15 WHERE job = last_insert_rowid() AND kind = 'name'");
        return changed;
      },
  },
  /** A removal is promised and forgotten. */
  I8: {
    run:
      (database) =>
      (sql, ...params) =>
        sql.startsWith("INSERT INTO jobs") && params[1] === "remove" ? 1 : database.run(sql, ...params),
  },
  /** What is recalled stays. */
  I9: { run: without((sql) => sql.startsWith("UPDATE messages SET kind")) },
  /** What an edit says is never written. */
  I10: { run: without((sql) => sql.startsWith("UPDATE messages SET body")) },
  I11: { run: without((sql, params) => isMark(sql, params, "reaction")) },
  I12: { run: without((sql, params) => isMark(sql, params, "vote")) },
  I13: { run: without((sql, params) => isMark(sql, params, "line")) },
  /** One byte of what is opened is another. */
  I14: {
    media: (media) => ({
      ...media,
      cipher: {
        ...media.cipher,
        open: async (...args) => {
          const plain = await media.cipher.open(...args);
          return plain?.with(4, (plain[4] ?? 0) ^ 1);
        },
      },
    }),
  },
  /** That there is something to be read in the vault is never written. */
  I15: { run: without((sql) => sql.startsWith("INSERT INTO vault_unread")) },
  /** What is handed over is taken, and put nowhere. */
  I16: { run: without((sql) => sql.startsWith("INSERT INTO messages") && sql.includes("handed_by")) },
  /** What waits for a device is read from its end. */
  I17: {
    log: ({ peers, ...log }) => ({
      ...log,
      ...(peers && { peers: { ...peers, unsent: (...args) => peers.unsent(...args).toReversed() } }),
    }),
  },
  /** Every third post that a friend tells of is lost. */
  I18: {
    run: (database) => {
      let count = 0;
      return (sql, ...params) =>
        sql.startsWith("INSERT INTO moments ") && params.includes("wanted") && ++count % 3 === 0
          ? 1
          : database.run(sql, ...params);
    },
  },
  /** Each post is told to all contacts, for whomever it is. */
  MO3: {
    run:
      (database) =>
      (sql, ...params) => {
        const [post, cells] = params;
        if (!sql.startsWith("INSERT INTO moment_rounds ")) return database.run(sql, ...params);
        const { to, of, ...told } = decode(cells as Uint8Array) as { to: Uint8Array; of: readonly number[] };
        const contacts = database.all<{ account: Uint8Array }>("SELECT account FROM contacts WHERE state = 'contact'");
        const known = new Set(of.map((_, at) => toHex(to.subarray(32 * at, 32 * at + 32))));
        const more = contacts.filter(({ account }) => !known.has(toHex(account)));
        const all = concat(to, ...more.map(({ account }) => account));
        return database.run(sql, post as Uint8Array, encode({ ...told, to: all, of: [...of, ...more.map(() => 0)] }));
      },
  },
  /** What others say and take back stays where it was read. */
  MO10: {
    run:
      (database) =>
      (sql, ...params) => {
        const own = "SELECT account FROM accounts WHERE inception = (SELECT value FROM meta WHERE key = 'inception')";
        const ofOthers = `SELECT 1 FROM moment_words AS w JOIN moments AS m ON m.id = w.post
          WHERE w.id = ? AND w.author NOT IN (${own}) AND m.author NOT IN (${own})`;
        return sql.startsWith("UPDATE moment_words SET state = 'gone'") &&
          database.get(ofOthers, params[0] as Uint8Array) !== undefined
          ? 1
          : database.run(sql, ...params);
      },
  },
  /** A post that its author takes back stays where it was read. */
  MO11: {
    run:
      (database) =>
      (sql, ...params) => {
        const [value, id] = params;
        const isGone = value === "gone" || (value instanceof Uint8Array && value.length === 0);
        const ofOthers = "SELECT 1 FROM moments WHERE id = ? AND audience IS NULL";
        return sql.startsWith("UPDATE moments SET") && isGone && database.get(ofOthers, id as Uint8Array) !== undefined
          ? 1
          : database.run(sql, ...params);
      },
  },
  /** The log of before goes on when a friend is let go. */
  MO13: {
    run:
      (database) =>
      (sql, ...params) => {
        const another =
          "SELECT key FROM moment_own_logs WHERE generation = ? AND key <> ? ORDER BY since_ms DESC LIMIT 1";
        const [key, , generation, , told] = params;
        const held = sql.startsWith("INSERT INTO moment_own_logs")
          ? database.get<{ key: Uint8Array }>(another, generation as number, key as Uint8Array)
          : undefined;
        // Who was let go counts as nobody who holds it: else nothing more would be said in it (MO162).
        return held === undefined
          ? database.run(sql, ...params)
          : database.run("UPDATE moment_own_logs SET told = ? WHERE key = ?", told as Uint8Array, held.key);
      },
  },
  /** Each post that is read stands there under another id too. */
  MO32: {
    run:
      (database) =>
      (sql, ...params) => {
        const done = database.run(sql, ...params);
        if (sql.startsWith("UPDATE moments SET") && sql.includes('"state"') && params[0] === "here")
          database.run(
            `INSERT OR IGNORE INTO moments SELECT CAST(substr(id, 2) || x'00' AS BLOB), ${columns} FROM moments WHERE id = ?`,
            params[1] as Uint8Array,
          );
        return done;
      },
  },
  /** Who shows a Live never looks who is there, and so draws no other key. */
  I19: { forgets: (ms) => ms === 500 },
  /** The home of before is not told where the account is. */
  I20: { keepsBack: (frame) => isCallOf(frame, "sayHome") },
  /** Every third film that a pack brings is not written. */
  I22: {
    run: (database) => {
      let count = 0;
      return (sql, ...params) =>
        isPlace(sql) && params[3] === "pictures" && ++count % 3 === 0 ? 1 : database.run(sql, ...params);
    },
  },
  /** Films count as older than they are, and so stand in no page. */
  CH13: {
    run:
      (database) =>
      (sql, ...params) =>
        isPlace(sql) ? database.run(sql, ...params.with(5, Number(params[5]) - 100)) : database.run(sql, ...params),
  },
  /** What does not hold is never written. */
  CH76: { run: without((sql) => sql.trimStart().startsWith("INSERT INTO channel_found")) },
  /** That a channel's authors are others now is never written. */
  CH91: {
    run:
      (database) =>
      (sql, ...params) => {
        const [id, , ...rest] = params;
        const before = "SELECT authors FROM channels WHERE id = ?";
        const held = sql.trimStart().startsWith("INSERT INTO channels ")
          ? database.get<{ authors: Uint8Array }>(before, id as Uint8Array)
          : undefined;
        return database.run(sql, ...(held === undefined ? params : [id as Uint8Array, held.authors, ...rest]));
      },
  },
  /** What waits for another home is not sent, though its line could be whole again. */
  PE26: { linesStayCut: true },
  /** No server is called by another, and none looks for itself. */
  DS77: {
    log: ({ peers, ...log }, hasBegun) => {
      if (peers === undefined) return log;
      const takeCalled = () => peers.takeCalled().filter(() => !hasBegun());
      return { ...log, peers: { ...peers, takeCalled, isCalled: () => !hasBegun() && peers.isCalled() } };
    },
  },
};

function isCallOf(frame: Uint8Array, name: string): boolean {
  const call = frame[0] === 0x01 ? decodeClientFrame(frame) : undefined;
  return call?.type === "call" && call.name === name;
}

function isPlace(sql: string): boolean {
  return sql.trimStart().startsWith("INSERT INTO channel_entries");
}

/** Intercepts texts of others as they are written. */
function onText(
  database: Database,
  take: (put: (params: readonly SqlValue[]) => number, params: readonly SqlValue[], count: number) => number,
): Database["run"] {
  let count = 0;
  return (sql, ...params) => {
    const isText = sql.startsWith("INSERT INTO messages") && params[4] === "text" && params[6] === "sent";
    if (!isText) return database.run(sql, ...params);
    return take((changed) => database.run(sql, ...changed), params, ++count);
  };
}
