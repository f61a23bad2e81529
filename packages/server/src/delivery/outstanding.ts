/**
 * Outstanding: counts for each envelope the connected devices that have not acknowledged it (DS19). The counts are in
 * memory only; after a crash the packed list on disk takes their place.
 *
 * Finished envelopes are deleted from disk a moment later, together and in the order of ids. Neighbors then go
 * together, so that a page full of envelopes is written once, not once for each of them.
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
  /** Envelopes whose rows could not be written: their packed lists stay on disk, and become rows at the next start. */
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
    else this.finish(id); // Its devices disconnected meanwhile.
  }

  /** One device is done with the envelope: it acknowledged it, or has a queue row for it now. */
  done(id: number): void {
    const left = (this.counts.get(id) ?? 0) - 1;
    if (left > 0) this.counts.set(id, left);
    else if (this.counts.delete(id)) this.finish(id);
  }

  /** Writes queue rows for what a device has not acknowledged. Envelopes finished by this are deleted after that. */
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

  /** Deletes the finished packed lists with the next commit. */
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

  /** The rows of these envelopes could not be written: keeps their packed lists. */
  keep(ids: readonly number[]): void {
    for (const id of ids) this.kept.add(id);
  }

  /** The rows of these envelopes were written after all. */
  isRow(ids: readonly number[]): void {
    if (this.kept.size > 0) for (const id of ids) this.kept.delete(id);
  }

  /** Forgets everything: other servers turned it into rows. */
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
