/** Outcome: what a call or a post came to; refusals are values that travel as error frames (WI6). */
import type { ErrorCode, PostHash } from "@yanshu/wire";

export type Refusal = {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Both only with `stale-epoch`. */
  readonly epoch?: number;
  readonly lastHash?: PostHash;
};
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;
export type Done<T> = (outcome: Outcome<T>) => void;

export function refuse(code: ErrorCode): Refusal {
  return { ok: false, code };
}

export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export const done: Outcome<Record<never, never>> = { ok: true, value: {} };
