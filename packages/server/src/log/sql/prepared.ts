/**
 * Prepared: statements of either database. The SQL in this folder works in SQLite and PostgreSQL; parameters are `?` or
 * `?1`. Rows are arrays, which are cheaper than objects.
 */

export type SqlValue = string | number | null | Uint8Array;
export type Prepared = {
  /** Returns how many rows changed. */
  readonly run: (...params: SqlValue[]) => number;
  /** Like `run`, without a result: it may be sent later, together with other statements of the transaction. */
  readonly put: (...params: SqlValue[]) => void;
  readonly get: <Row extends readonly unknown[]>(...params: SqlValue[]) => Row | undefined;
  readonly all: <Row extends readonly unknown[]>(...params: SqlValue[]) => readonly Row[];
};
export type Prepare = (sql: string) => Prepared;

/**
 * Ends a query for rows that the transaction will change. In PostgreSQL it becomes FOR NO KEY UPDATE, so that no other
 * server changes them meanwhile; in SQLite it stays a comment.
 */
export const toChange = "/* to change */";
/** As `toChange`, but skips rows that another server has locked (FOR UPDATE SKIP LOCKED). */
export const toTake = "/* to take */";
