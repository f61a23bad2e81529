/**
 * Outstanding: how many connected devices have not yet acknowledged an envelope (DS19). Counted in
 * memory only; the packed list on disk is what a crash falls back to.
 */
import type { GroupCommit } from "../core/group-commit.ts";
import type { DeliveryLog, DeviceRef } from "../log/log.ts";

const batchMax = 1_024;

export class Outstanding {
  private readonly counts = new Map<number, number>();
  private finished: number[] | undefined;
  private readonly log: Pick<DeliveryLog, "finishPacked" | "spill">;
  private readonly commits: GroupCommit;

  constructor(log: Pick<DeliveryLog, "finishPacked" | "spill">, commits: GroupCommit) {
    this.log = log;
    this.commits = commits;
  }

  get size(): number {
    return this.counts.size;
  }

  sent(id: number, devices: number): void {
    this.counts.set(id, devices);
  }

  /** One device is done with it: by ack, or because a row stands for it now. */
  done(id: number): void {
    const left = (this.counts.get(id) ?? 0) - 1;
    if (left > 0) this.counts.set(id, left);
    else if (this.counts.delete(id)) this.finish(id);
  }

  /** Rows take the place of what a device has not acknowledged. */
  spill(device: DeviceRef, ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.finished = undefined; // What finishes from here on must come after these rows.
    this.commits.later(() => this.log.spill(device, ids));
    for (const id of ids) this.done(id);
  }

  private finish(id: number): void {
    if (this.finished !== undefined && this.finished.length < batchMax) {
      this.finished.push(id);
      return;
    }
    const batch = [id];
    this.finished = batch;
    this.commits.later(() => {
      if (this.finished === batch) this.finished = undefined;
      for (const each of batch) this.log.finishPacked(each);
    });
  }
}
