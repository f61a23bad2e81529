/**
 * Outstanding: how many connected devices have not yet acknowledged an envelope (DS19). Counted in
 * memory only; the packed list on disk is what a crash falls back to.
 *
 * What is finished leaves the disk a moment later, in one go and in the order of its ids: neighbours then
 * go together, so that a page full of envelopes is written once more and not once for each of them.
 */
import type { GroupCommit } from "../core/group-commit.ts";
import type { Cancel, Clock } from "../core/ports.ts";
import { runsOf } from "../core/runs.ts";
import type { DeliveryLog, DeviceRef } from "../log/log.ts";

const settleMs = 250;
const finishedMax = 16_384;

export class Outstanding {
  private readonly counts = new Map<number, number>();
  private finished: number[] = [];
  /** Their rows could not be made: their lists stay on the disk, and the next start makes rows of them. */
  private readonly kept = new Set<number>();
  private settling: Cancel | undefined;
  private readonly log: Pick<DeliveryLog, "finishPacked" | "spill">;
  private readonly commits: GroupCommit;
  private readonly clock: Clock;

  constructor(log: Pick<DeliveryLog, "finishPacked" | "spill">, commits: GroupCommit, clock: Clock) {
    this.log = log;
    this.commits = commits;
    this.clock = clock;
  }

  get size(): number {
    return this.counts.size;
  }

  sent(id: number, devices: number): void {
    if (devices > 0) this.counts.set(id, devices);
    else this.finish(id); // The device that it was for left.
  }

  /** One device is done with it: by ack, or because a row stands for it now. */
  done(id: number): void {
    const left = (this.counts.get(id) ?? 0) - 1;
    if (left > 0) this.counts.set(id, left);
    else if (this.counts.delete(id)) this.finish(id);
  }

  /** Rows take the place of what a device has not acknowledged. What this finishes is settled after them. */
  spill(device: DeviceRef, ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.commits.later(
      () => {
        this.log.spill(device, ids);
        this.isRow(ids);
      },
      () => this.keep(ids),
    );
    for (const id of ids) this.done(id);
  }

  /** What is finished goes with the next commit. */
  settle(): void {
    this.settling?.();
    this.settling = undefined;
    if (this.finished.length === 0) return;
    const ids = this.finished.sort((a, b) => a - b);
    this.finished = [];
    this.commits.later(() => {
      const gone = this.kept.size === 0 ? ids : ids.filter((id) => !this.kept.has(id));
      for (const { first, last } of runsOf(gone)) this.log.finishPacked(first, last);
    });
  }

  /** Rows of these could not be made: what they were sent by stays. */
  keep(ids: readonly number[]): void {
    for (const id of ids) this.kept.add(id);
  }

  /** They were, after all. */
  isRow(ids: readonly number[]): void {
    if (this.kept.size > 0) for (const id of ids) this.kept.delete(id);
  }

  /** Others made rows of all of it. */
  forget(): void {
    this.counts.clear();
    this.finished = [];
  }

  stop(): void {
    this.settling?.();
  }

  private finish(id: number): void {
    this.finished.push(id);
    if (this.finished.length >= finishedMax) this.settle();
    else this.settling ??= this.clock.after(settleMs, () => this.settle());
  }
}
