/** Outcome: what a call or a post came to; refusals are values that travel as error frames (WI6). */
import type { ErrorCode, PostHash } from "@yanshu/wire";

export type Refusal = {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Both only with `stale-epoch`. */
  readonly epoch?: number;
  readonly lastHash?: PostHash;
  /** Only with `rate-limited`: after how long the same may be tried again. */
  readonly waitMs?: number;
};
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;
export type Done<T> = (outcome: Outcome<T>) => void;

export function refuse(code: ErrorCode): Refusal {
  return { ok: false, code };
}

/** Too often: the client waits so long before it asks again (docs/spec/wire.md WI24). */
export function tooOften(waitMs: number): Refusal {
  return { ok: false, code: "rate-limited", waitMs: Math.max(1, Math.ceil(waitMs)) };
}

export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export const done: Outcome<Record<never, never>> = { ok: true, value: {} };
