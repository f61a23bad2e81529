/** Prepared: how the statements of this adapter are reached. Rows come as arrays: cheaper than objects. */

export type SqlValue = string | number | null | Uint8Array;
export type Prepared = {
  /** Answers how many rows changed. */
  readonly run: (...params: SqlValue[]) => number;
  readonly get: <Row extends readonly unknown[]>(...params: SqlValue[]) => Row | undefined;
  readonly all: <Row extends readonly unknown[]>(...params: SqlValue[]) => readonly Row[];
};
export type Prepare = (sql: string) => Prepared;
