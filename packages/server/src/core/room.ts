/**
 * Room: what a server does as its disk fills (docs/spec/delivery.md DS114). It keeps a reserve, and gives it up when
 * nothing else is left: from then on it takes nothing that grows, so that what it has is delivered and deleted in the
 * room that this made.
 */
import type { Faults } from "./faults.ts";
import type { Cancel, Clock } from "./ports.ts";

/** The disk under the data folder, and a file on it that holds nothing. */
export type Disk = {
  readonly freeBytes: () => number;
  /** How large the reserve is; 0 for none. */
  readonly reserveBytes: number;
  /** `given-up` outlives a restart. */
  readonly reserve: () => "held" | "given-up" | "none";
  readonly giveUp: () => void;
  /** Writes it anew, little by little. */
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

  start(): void {
    this.look();
    this.timer = this.clock.after(lookMs, () => this.start());
  }

  stop(): void {
    this.timer?.();
  }

  /** Whether anything that grows is taken. */
  mayGrow(): boolean {
    if (this.isTight) this.look();
    return !this.isTight;
  }

  /** Undefined where there is no disk to look at. */
  freeBytes(): number | undefined {
    return this.disk?.freeBytes();
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
    // With the reserve taken back there has to be as much left as it is.
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
