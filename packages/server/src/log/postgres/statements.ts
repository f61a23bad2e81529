/**
 * Statements: runs the SQL that both databases share on a remote one. A statement whose result is not needed (`put`)
 * waits within the transaction, and is sent together with the next query or the commit.
 */
import type { Prepare, SqlValue } from "../sql/prepared.ts";
import { toChange, toTake } from "../sql/prepared.ts";
import type { Result, Step } from "./channel.ts";

export type Remote = {
  readonly isInTransaction: () => boolean;
  /** Runs the statements that wait, then this one. */
  readonly ask: (step: Step) => Result;
  /** Runs the statement at once, or within a transaction later. */
  readonly tell: (step: Step) => void;
};

export function preparing(remote: Remote): Prepare {
  return (text) => {
    const sql = numbered(text);
    // Outside a transaction no rows are locked.
    const [held, plain] = [lockingIn(sql), unlocked(sql)];
    const step = (params: readonly SqlValue[]): Step => ({ sql: remote.isInTransaction() ? held : plain, params });
    return {
      run: (...params) => remote.ask(step(params)).count,
      put: (...params) => remote.tell(step(params)),
      get: <Row>(...params: SqlValue[]) => remote.ask(step(params)).rows[0] as Row | undefined,
      all: <Row>(...params: SqlValue[]) => remote.ask(step(params)).rows as unknown as readonly Row[],
    };
  };
}

/** Replaces `?1` by `$1`, and each `?` by the next number. */
function numbered(sql: string): string {
  let next = 0;
  return sql.replace(/\?(\d*)/g, (_, given: string) => `$${given === "" ? ++next : given}`);
}

function lockingIn(sql: string): string {
  return sql.replace(toChange, "FOR NO KEY UPDATE").replace(toTake, "FOR UPDATE SKIP LOCKED");
}

function unlocked(sql: string): string {
  return sql.replace(toChange, "").replace(toTake, "");
}

/**
 * Joins byte strings into one parameter, with the start (from 1) and length of each. An array of byte strings would be
 * sent as text, twice as long.
 */
export function pieces(all: readonly Uint8Array[]): readonly [bytes: Uint8Array, from: string, lengths: string] {
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  const from: number[] = [];
  let at = 0;
  for (const one of all) {
    from.push(at + 1);
    bytes.set(one, at);
    at += one.length;
  }
  return [bytes, numbers(from), numbers(all.map(({ length }) => length))];
}

/** An array of numbers, as PostgreSQL writes it. */
export function numbers(all: readonly number[]): string {
  return `{${all.join(",")}}`;
}
