/** Pieces that this account keeps of others (docs/spec/identity.md ID37). */
import type { AccountId, Bytes } from "@yanshu/wire";
import type { Database } from "../database.ts";

/**
 * 23 family: pieces that this account keeps of others, by which they come back (docs/spec/identity.md ID37).
 * Size: about a hundred bytes for each who chose this person. Going back is safe: version 22 does not read this table.
 */
export const helperTables = `
  CREATE TABLE pieces (
    account  BLOB    PRIMARY KEY,          -- whose it is
    stamp_ms INTEGER NOT NULL,             -- theirs; the newest counts
    check_of BLOB    NOT NULL,             -- the same for all pieces of one secret
    piece    BLOB                          -- a place and 32 bytes; null: none is kept any more
  ) STRICT, WITHOUT ROWID;
`;

export type PieceRow = {
  readonly account: AccountId;
  readonly stamp_ms: number;
  readonly check_of: Bytes;
  readonly piece: Bytes | null;
};

/** Returns whether it was news: later stamps win. */
export function writePiece(db: Database, { account, stamp_ms, check_of, piece }: PieceRow): boolean {
  return (
    db.run(
      `INSERT INTO pieces (account, stamp_ms, check_of, piece) VALUES (?, ?, ?, ?)
       ON CONFLICT (account) DO UPDATE SET stamp_ms = excluded.stamp_ms, check_of = excluded.check_of, piece = excluded.piece
       WHERE excluded.stamp_ms > pieces.stamp_ms`,
      account,
      stamp_ms,
      check_of,
      piece,
    ) > 0
  );
}

export function readPieces(db: Database): readonly PieceRow[] {
  return db.all<PieceRow>("SELECT account, stamp_ms, check_of, piece FROM pieces ORDER BY account");
}

export function readPiece(db: Database, account: AccountId): PieceRow | undefined {
  return db.get<PieceRow>("SELECT account, stamp_ms, check_of, piece FROM pieces WHERE account = ?", account);
}
