/**
 * Statements: prepared ones as the shared SQL uses them, over a remote. What nobody asks the outcome of waits in the
 * transaction for whatever is asked next, or for its end, and is sent with it.
 */
import type { Prepare, SqlValue } from "../sql/prepared.ts";
import { toChange, toTake } from "../sql/prepared.ts";
import type { Result, Step } from "./channel.ts";

export type Remote = {
  readonly isInTransaction: () => boolean;
  /** Runs what waits, then this. */
  readonly ask: (step: Step) => Result;
  /** Waits, in a transaction. */
  readonly tell: (step: Step) => void;
};

export function preparing(remote: Remote): Prepare {
  return (text) => {
    const sql = numbered(text);
    // Outside a transaction nothing is held.
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

/** `?1` is `$1`, and each `?` the next. */
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

/** Byte strings as one parameter and where each stands in it: an array of them would be sent as text, twice as long. */
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
