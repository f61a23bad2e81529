/**
 * The index of blobs, in SQL for both SQLite and PostgreSQL (docs/spec/media.md ME2–ME4, ME22): in a file beside a
 * folder of blobs, or in tables that several servers share. Statements only, no decisions.
 */
import type { Bytes } from "@yanshu/wire";
import type { Prepare } from "../log/sql/prepared.ts";
import type { BlobIndex } from "./store.ts";

export type IndexPorts = {
  readonly prepare: Prepare;
  readonly transaction: (work: () => void) => void;
  /** Whether to store where parts begin and end, because the disk needs it (`BlobIndex.parts`). */
  readonly keepsParts: boolean;
  readonly tidy: () => void;
};

type Tokens = Parameters<BlobIndex["spend"]>[0];

/** Rolls the transaction back. */
class SpentError extends Error {}

/** Needs a `server` table with the seed in its row; does not check that. */
export function blobIndex({ prepare, transaction, keepsParts, tidy }: IndexPorts): BlobIndex {
  const find = prepare("SELECT bytes, written, days, expires_day, owner_hash FROM blobs WHERE id = ?");
  const insert = prepare(`
    INSERT INTO blobs (id, bytes, written, days, expires_day, owner_hash) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const spend = prepare("INSERT INTO spent (epoch, input) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const isSpent = prepare("SELECT 1 FROM spent WHERE epoch = ? AND input = ?");
  const advance = prepare("UPDATE blobs SET written = ?3, expires_day = ?4 WHERE id = ?1 AND written = ?2");
  const extend = prepare("UPDATE blobs SET expires_day = ?2 WHERE id = ?1 AND expires_day < ?2");
  const addPart = prepare("INSERT INTO blob_parts (id, begins, ends) VALUES (?, ?, ?)");
  const parts = prepare(`
    SELECT begins, ends FROM blob_parts WHERE id = ?1 AND ends > ?2 AND begins < ?3 ORDER BY begins`);
  const remove = prepare("DELETE FROM blobs WHERE id = ? RETURNING written");
  const removeParts = prepare("DELETE FROM blob_parts WHERE id = ?");
  const leave = prepare("INSERT INTO leaving_blobs (id) VALUES (?) ON CONFLICT DO NOTHING");
  const freed = prepare("DELETE FROM leaving_blobs WHERE id = ?");
  const isLeaving = prepare("SELECT 1 FROM leaving_blobs WHERE id = ?");
  const leaving = prepare("SELECT id FROM leaving_blobs LIMIT ?");
  const expired = prepare("SELECT id FROM blobs WHERE expires_day <= ? LIMIT ?");
  const forget = prepare("DELETE FROM spent WHERE epoch < ?");
  const count = prepare("UPDATE blob_totals SET blobs = blobs + ?, bytes = bytes + ?");
  const counts = prepare("SELECT blobs, bytes FROM blob_totals");
  const pay = (tokens: Tokens) => {
    for (const { epoch, input } of tokens) if (spend.run(epoch, input) === 0) throw new SpentError();
  };
  const unspent = (work: () => void): boolean => {
    try {
      transaction(work);
      return true;
    } catch (error) {
      if (error instanceof SpentError) return false;
      throw error;
    }
  };
  return {
    seed: prepare("SELECT seed FROM server").get<[Bytes]>()?.[0] as Bytes,
    find: (id) => {
      const row = find.get<[number, number, number, number, Bytes]>(id);
      if (row === undefined) return undefined;
      const [bytes, written, days, expiresDay, ownerHash] = row;
      return { bytes, written, days, expiresDay, ownerHash };
    },
    create: (id, row, tokens) =>
      unspent(() => {
        pay(tokens);
        const isNew = insert.run(id, row.bytes, row.written, row.days, row.expiresDay, row.ownerHash) === 1;
        if (!isNew) throw new SpentError(); // Another server was faster: the client asks again, and finds the row.
        count.put(1, row.written);
      }),
    spend: (tokens) => unspent(() => pay(tokens)),
    isSpent: (tokens) => tokens.some(({ epoch, input }) => isSpent.get(epoch, input) !== undefined),
    advance: (id, { from, to }, expiresDay) => {
      let isNext = false;
      transaction(() => {
        isNext = advance.run(id, from, to, expiresDay) === 1;
        if (isNext) count.put(0, to - from);
        if (isNext && keepsParts) addPart.put(id, from, to);
      });
      return isNext;
    },
    extend: (id, expiresDay, tokens) =>
      unspent(() => {
        pay(tokens);
        extend.put(id, expiresDay);
      }),
    parts: (id, from, to) =>
      parts.all<[number, number]>(id, from, to).map(([begins, ends]) => ({ from: begins, to: ends })),
    remove: (id) =>
      transaction(() => {
        const found = remove.get<[number]>(id);
        if (found !== undefined) count.put(-1, -found[0]);
        removeParts.put(id);
        leave.put(id);
      }),
    freed: (id) => transaction(() => freed.put(id)),
    isLeaving: (id) => isLeaving.get(id) !== undefined,
    leaving: (max) => leaving.all<[string]>(max).map(([id]) => id),
    expired: (day, max) => expired.all<[string]>(day, max).map(([id]) => id),
    forgetSpent: (beforeEpoch) => transaction(() => forget.put(beforeEpoch)),
    tidy,
    counts: () => {
      const [blobs, bytes] = counts.get<[number, number]>() ?? [0, 0];
      return { blobs, bytes };
    },
  };
}
