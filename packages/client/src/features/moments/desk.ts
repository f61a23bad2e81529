/** The desk: when what is done for Moments is done, one thing after the other. What fails is counted, tried again. */
import { type Database, readMomentRoot, readMomentSettings, writeMomentRoot } from "@yanshu/store";
import type { Bytes } from "@yanshu/wire";
import type { FeatureContext } from "../../feature.ts";
import { tellFriends } from "./exchange.ts";
import type { Looking } from "./views.ts";

const desks = new WeakMap<Database, MomentsDesk>();

export function deskOf(context: FeatureContext): MomentsDesk {
  const desk = desks.get(context.db) ?? new MomentsDesk(context);
  desks.set(context.db, desk);
  return desk;
}

export function lookingOf(db: Database): Looking {
  return desks.get(db)?.looking ?? { lookedMs: 0, isLooking: false };
}

/** M, made when Moments are used here for the first time. */
export function rootOf({ db, random, nowMs, tellOwnDevices }: FeatureContext): Bytes {
  const held = readMomentRoot(db);
  if (held !== undefined) return held.root;
  const root = random(32);
  const stampMs = nowMs();
  db.transaction(() => {
    writeMomentRoot(db, root, 1, stampMs);
    tellOwnDevices([{ kind: "momentRoot", root, generation: 1, stampMs }]);
  });
  return root;
}

export class MomentsDesk {
  private readonly context: FeatureContext;
  looking: Looking = { lookedMs: 0, isLooking: false };
  private isShown = false;
  private running: Promise<void> | undefined;
  private isWanted = false;

  constructor(context: FeatureContext) {
    this.context = context;
  }

  /** Something may be to be told, or to be put. */
  wake(): void {
    void this.work();
  }

  /** Resolves when what there is to do was tried. */
  private async work(): Promise<void> {
    this.isWanted = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.isWanted) {
      this.isWanted = false;
      try {
        if (!this.context.isHome() || readMomentSettings(this.context.db).is_on === 0) return;
        tellFriends(this.context);
      } catch (error) {
        this.context.failed(error);
      }
    }
  }

  async look(): Promise<void> {
    await this.work();
  }

  show(isShown: boolean): void {
    this.isShown = isShown;
    if (this.isShown) this.wake();
  }
}
