/** Outcome: the result of a call or a post. A refusal is a value, and is sent as an error frame (WI6). */
import type { ErrorCode, PostHash } from "@yanshu/wire";

export type Refusal = {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Both only with `stale-epoch`. */
  readonly epoch?: number;
  readonly lastHash?: PostHash;
  /** Only with `rate-limited`: how long the client should wait before it tries again, in ms. */
  readonly waitMs?: number;
};
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;
export type Done<T> = (outcome: Outcome<T>) => void;

export function refuse(code: ErrorCode): Refusal {
  return { ok: false, code };
}

/**
 * A `rate-limited` refusal.
 *
 * @param waitMs how long the client should wait (docs/spec/wire.md WI24); at least 1 is sent.
 */
export function tooOften(waitMs: number): Refusal {
  return { ok: false, code: "rate-limited", waitMs: Math.max(1, Math.ceil(waitMs)) };
}

export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export const done: Outcome<Record<never, never>> = { ok: true, value: {} };
