/**
 * Repeats: recognizes a post that was accepted before, for at least ten minutes (DS14), so that a client whose answer
 * was lost may send the same bytes again. It keeps two generations of ten minutes each. At very high rates a generation
 * is shorter; receivers drop the repeats that pass then.
 */
import { limits } from "@yanshu/wire";
import { minuteMs } from "../core/rate.ts";

const windowMs = limits.repeatMinutes * minuteMs;

export class Repeats {
  private young = new Set<string>();
  private old = new Set<string>();
  private turnsMs = 0;
  private readonly kept: number;

  constructor(kept: number) {
    this.kept = kept;
  }

  has(key: string, nowMs: number): boolean {
    this.age(nowMs);
    return this.young.has(key) || this.old.has(key);
  }

  add(key: string, nowMs: number): void {
    this.age(nowMs);
    if (this.young.size >= this.kept) this.turn(nowMs);
    this.young.add(key);
  }

  delete(key: string): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  /** Begins a new generation when its time is over, or when the clock was set back. */
  private age(nowMs: number): void {
    if (nowMs < this.turnsMs && nowMs >= this.turnsMs - windowMs) return;
    if (nowMs >= this.turnsMs + windowMs) this.young.clear();
    this.turn(nowMs);
  }

  private turn(nowMs: number): void {
    this.old = this.young;
    this.young = new Set();
    this.turnsMs = nowMs + windowMs;
  }
}
