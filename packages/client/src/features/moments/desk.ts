/** The desk: when what is done for Moments is done, one thing after the other. What fails is counted, tried again. */
import { type Database, readMomentPuts, readMomentRoot, readMomentSettings, readMomentWays } from "@yanshu/store";
import { ClientError, type FeatureContext } from "../../feature.ts";
import { archiveDue } from "./archive.ts";
import { noteDrops, renewLog, renewRoot, tellFriends } from "./exchange.ts";
import { farLookOf } from "./far.ts";
import { askForGaps } from "./gaps.ts";
import { writtenIn } from "./kept.ts";
import { pullAll } from "./pull.ts";
import { renewDue } from "./renew.ts";
import { checkDue, clearDue, clearWithdrawn, putAll } from "./round.ts";
import { noteServer } from "./tokens-spent.ts";
import { isWithin } from "./values.ts";
import type { Looking } from "./views.ts";

/** Between two looks: while Moments are on the screen, and while the app is open. */
const shownMs = 12_000;
const openMs = 15 * 60_000;
/** After signing in, at a moment of chance within it. */
const firstMs = 60_000;
/** Ahead is looked so often, where nothing came. */
const deepMs = 60 * 60_000;
const retryMs = 20_000;
/** Keys are looked at again after it, though nothing was written: some end by time. */
const keysMs = 60_000;

const notLooked: Looking = { lookedMs: 0, isLooking: false, away: [] };
const desks = new WeakMap<Database, MomentsDesk>();

export function deskOf(context: FeatureContext): MomentsDesk {
  const desk = desks.get(context.db) ?? new MomentsDesk(context);
  desks.set(context.db, desk);
  return desk;
}

export function lookingOf(db: Database): Looking {
  return desks.get(db)?.looking ?? notLooked;
}

export class MomentsDesk {
  looking: Looking = notLooked;
  private readonly context: FeatureContext;
  private isShown = false;
  private isOver = false;
  private running: Promise<void> | undefined;
  private isWorkWanted = false;
  private isLookWanted = false;
  /** Other homes are asked as well, whenever they were asked last. */
  private isFarWanted = false;
  private deepMs = 0;
  /**
   * When keys were last found to be of now, and what was written until then: they follow from the store and the day.
   */
  private keysOf: { readonly written: number; readonly atMs: number } | undefined;
  private isRetryPlanned = false;
  /** Counts the looks that were planned: an older plan than the newest does nothing. */
  private plan = 0;

  constructor(context: FeatureContext) {
    this.context = context;
    noteServer(context);
  }

  /** Something may be to be told, or to be put. */
  wake(): void {
    if (!this.isUsed()) return;
    this.isWorkWanted = true;
    void this.run();
  }

  signedIn(): void {
    if (!this.isUsed()) return;
    this.wake();
    this.lookIn(this.context.chance() * firstMs, true);
  }

  /** The account goes: nothing is told or put any more. Resolves when what was on its way is. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  /** A friend told something: it is looked for soon, at a moment of chance. */
  told(): void {
    if (this.isUsed()) this.lookIn(this.context.chance() * firstMs, true);
  }

  /** Resolves when it was looked, or could not be. */
  async look(isFar = true): Promise<void> {
    this.isWorkWanted = true;
    this.isLookWanted = true;
    this.isFarWanted ||= isFar;
    await this.run();
  }

  show(isShown: boolean): void {
    this.isShown = isShown;
    if (isShown) void this.look();
    else this.lookIn(openMs);
  }

  /** Nothing is done for who has never used Moments, and whom nobody told of theirs. */
  private isUsed(): boolean {
    const { db, isHome } = this.context;
    if (this.isOver || !isHome() || readMomentSettings(db).is_on === 0) return false;
    return readMomentRoot(db) !== undefined || readMomentWays(db).length > 0;
  }

  private lookIn(ms: number, isFar = false): void {
    const plan = ++this.plan;
    this.context.after(ms, () => {
      if (plan === this.plan) void this.look(isFar);
    });
  }

  private run(): Promise<void> {
    this.running ??= this.works().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async works(): Promise<void> {
    // What was asked for in this turn is seen in the next: none is lost between two.
    await Promise.resolve();
    while (this.isWorkWanted || this.isLookWanted) {
      const isLook = this.isLookWanted;
      this.isWorkWanted = false;
      this.isLookWanted = false;
      try {
        if (!this.isUsed()) return;
        await this.once(isLook);
      } catch (error) {
        this.failed(error);
      }
      if (isLook) this.lookIn((this.isShown ? shownMs : openMs) * (0.8 + 0.4 * this.context.chance()));
    }
  }

  private async once(isLook: boolean): Promise<void> {
    const { context } = this;
    this.keysFirst();
    if (context.server.isReady()) {
      // Where home does not clear, what waits goes all the same.
      await clearWithdrawn(context).catch((error) => this.failed(error));
      await this.puts();
    }
    if (!isLook) return;
    const far = farLookOf(context);
    far.begin(this.isFarWanted);
    this.isFarWanted = false;
    try {
      await this.lookOnce();
    } finally {
      far.end();
    }
  }

  /** Where home does not take what waits, what friends say is read all the same (MO161). */
  private async puts(): Promise<void> {
    if (readMomentPuts(this.context.db).length === 0) return;
    await putAll(this.context).catch((error) => this.failed(error));
  }

  private async lookOnce(): Promise<void> {
    const { context } = this;
    this.tell({ isLooking: true });
    const isDeep = !isWithin(deepMs, this.deepMs, context.nowMs());
    try {
      if (!(await context.server.ready())) throw new ClientError("offline");
      await pullAll(context, isDeep);
      if (isDeep) this.deepMs = context.nowMs();
      askForGaps(context);
      // What home does not clear, or take again, waits, and holds up nothing (MO161).
      for (const due of [clearDue, checkDue]) await due(context).catch((error) => this.failed(error));
      this.tell({ lookedMs: context.nowMs(), isLooking: false, away: farLookOf(context).away });
    } finally {
      this.tell({ isLooking: false });
    }
    // Who was let go while this device looked has no log of what was said since.
    this.keysFirst();
    await this.puts();
    await renewDue(context).catch((error) => this.failed(error));
    if (isDeep) await archiveDue(context);
  }

  /** Before anything is put: what it is told by is of now. */
  private keysFirst(): void {
    const { db, nowMs } = this.context;
    const [written, atMs] = [writtenIn(db), nowMs()];
    const { keysOf } = this;
    if (keysOf?.written === written && isWithin(keysMs, keysOf.atMs, atMs)) return;
    this.keysOf = undefined;
    const areDone = [renewRoot, noteDrops, renewLog, tellFriends].map((step) => this.guarded(() => step(this.context)));
    if (!areDone.includes(false)) this.keysOf = { written, atMs };
  }

  /** One step that fails keeps no other from being done. Returns whether it did not fail. */
  private guarded(step: () => void): boolean {
    try {
      step();
      return true;
    } catch (error) {
      this.context.failed(error);
      return false;
    }
  }

  private tell(change: Partial<Looking>): void {
    const next = { ...this.looking, ...change };
    const isSame = next.isLooking === this.looking.isLooking && next.lookedMs === this.looking.lookedMs;
    if (isSame && next.away.join() === this.looking.away.join()) return;
    this.looking = next;
    this.context.changed("moments-looking"); // Nothing that came: what else is shown of Moments stays as it is.
  }

  /** Home cannot be reached, or asks us to wait; what is neither is told. */
  private failed(error: unknown): void {
    if (!(error instanceof ClientError)) this.context.failed(error);
    this.again();
  }

  /** What waits is tried a little later; as rarely as one looks where home gives no more tokens today (MO72). */
  private again(): void {
    const { after, chance, server } = this.context;
    if (this.isRetryPlanned) return;
    this.isRetryPlanned = true;
    after((server.areTokensSpent() ? openMs : retryMs) * (0.5 + chance()), () => {
      this.isRetryPlanned = false;
      this.wake();
    });
  }
}
