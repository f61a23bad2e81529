/**
 * Prepared: how statements are reached. Those in this folder are read by SQLite and PostgreSQL alike; parameters are
 * `?` or `?1`. Rows come as arrays: cheaper than objects.
 */

export type SqlValue = string | number | null | Uint8Array;
export type Prepared = {
  /** Answers how many rows changed. */
  readonly run: (...params: SqlValue[]) => number;
  /** The same, where nobody asks how many: it may be done together with what follows in the transaction. */
  readonly put: (...params: SqlValue[]) => void;
  readonly get: <Row extends readonly unknown[]>(...params: SqlValue[]) => Row | undefined;
  readonly all: <Row extends readonly unknown[]>(...params: SqlValue[]) => readonly Row[];
};
export type Prepare = (sql: string) => Prepared;

/**
 * Ends a statement whose rows the transaction means to change: no other server changes them meanwhile. To SQLite, a
 * remark.
 */
export const toChange = "/* to change */";
/** As `toChange`, and passes over what another server is just taking. */
export const toTake = "/* to take */";
