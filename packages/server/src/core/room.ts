/**
 * Room: what a server does when its disk fills up (docs/spec/delivery.md DS114). It keeps a reserve file, and truncates
 * it when no other space is left. From then on it refuses calls that store more. The freed space lets it deliver and
 * delete what it has.
 */
import type { Faults } from "./faults.ts";
import type { Cancel, Clock } from "./ports.ts";

/** The disk of the data folder, and the reserve, a file on it without meaning. */
export type Disk = {
  readonly freeBytes: () => number;
  /** The size of the reserve; 0: there is none. */
  readonly reserveBytes: number;
  /** `given-up`: the file is smaller than that, also after a restart. */
  readonly reserve: () => "held" | "given-up" | "none";
  readonly giveUp: () => void;
  /** Writes the reserve again, in small steps. */
  readonly takeBack: () => Promise<void>;
};

const lookMs = 10_000;

export class Room {
  private isTight: boolean;
  private isTaking = false;
  private timer: Cancel | undefined;
  private readonly disk: Disk | undefined;
  private readonly clock: Clock;
  private readonly faults: Faults;

  constructor(disk: Disk | undefined, clock: Clock, faults: Faults) {
    this.disk = disk;
    this.clock = clock;
    this.faults = faults;
    this.isTight = disk?.reserve() === "given-up";
    faults.onFull(() => this.filled());
  }

  /** Looks now and again, where there is a disk to look at. */
  start(): void {
    if (this.disk === undefined) return;
    this.look();
    this.timer = this.clock.after(lookMs, () => this.start());
  }

  stop(): void {
    this.timer?.();
  }

  /** Whether calls that store more are accepted. */
  mayGrow(): boolean {
    if (this.isTight) this.look();
    return !this.isTight;
  }

  /** Undefined if no disk is watched. */
  freeBytes(): number | undefined {
    return this.disk?.freeBytes();
  }

  /** What may be taken so that the reserve is still held, or can be taken back. All, if no disk is watched. */
  spareBytes(): number {
    const { disk } = this;
    return disk === undefined ? Number.POSITIVE_INFINITY : disk.freeBytes() - 2 * disk.reserveBytes;
  }

  private filled(): void {
    const { disk } = this;
    if (disk?.reserve() !== "held") return;
    disk.giveUp();
    this.isTight = true;
  }

  private look(): void {
    const { disk } = this;
    if (disk === undefined || disk.reserveBytes === 0) return;
    const freeBytes = disk.freeBytes();
    const reserve = disk.reserve();
    if (reserve === "held" && freeBytes < disk.reserveBytes / 2) this.filled();
    // After the reserve is written again, as much as its size must still be free.
    if (reserve === "held" || freeBytes < 2 * disk.reserveBytes) return;
    this.isTight = false;
    if (this.isTaking) return;
    this.isTaking = true;
    disk
      .takeBack()
      .catch((error) => this.faults.caught("the reserve", error))
      .finally(() => {
        this.isTaking = false;
      });
  }
}
