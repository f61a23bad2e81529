/** The desk of Channels: when packs are looked for, and what waits is done. What fails is counted, tried again. */
import { type Database, readChannelEntry, readChannelPuts } from "@yanshu/store";
import { type Bytes, equalBytes, filmOf, publicPath, toHex } from "@yanshu/wire";
import { ClientError, type FeatureContext, type Hex, idFrom } from "../../feature.ts";
import { checkAnswers } from "./authors.ts";
import { ForYouPage } from "./for-you.ts";
import { countOne, drawAhead, nextDueMs, postponeDue, turnOf } from "./marks.ts";
import { pullElsewhere, pullPacks } from "./pull.ts";
import { putAll } from "./put.ts";
import { tellHead, tellLikes } from "./told.ts";
import { captionsBytesMax, filmsShown, readValue, writeValue } from "./values.ts";
import { nextTurnMs } from "./youth.ts";

/** Between two looks: while Channels is on the screen, and while the app is open. */
const shownMs = 60_000;
const openMs = 30 * 60_000;
const firstMs = 60_000;
const retryMs = 20_000;

const desks = new WeakMap<Database, ChannelsDesk>();

export function deskOf(context: FeatureContext): ChannelsDesk {
  const desk = desks.get(context.db) ?? new ChannelsDesk(context);
  desks.set(context.db, desk);
  return desk;
}

/** For views: what is held beside the store. */
export function heldBy(db: Database): ChannelsDesk | undefined {
  return desks.get(db);
}

export class ChannelsDesk {
  readonly forYou: ForYouPage;
  isLooking = false;
  /** Of films that were on screen, by the hash of their file. */
  readonly captions = new Map<Hex, string>();
  private readonly context: FeatureContext;
  private isShown = false;
  private running: Promise<void> | undefined;
  private isWorkWanted = false;
  private isLookWanted = false;
  private plan = 0;
  private turnPlan = 0;
  private dueAtMs = 0;
  private retryAtMs = 0;

  constructor(context: FeatureContext) {
    this.context = context;
    this.forYou = new ForYouPage(context);
  }

  /** Something waits to go to home, or to friends. */
  wake(): void {
    if (!this.isUsed()) return;
    this.isWorkWanted = true;
    void this.run();
  }

  /** What is shown changes by the clock alone, where a child's limits say so (CH66). */
  turnsByClock(): void {
    const plan = ++this.turnPlan;
    const { context } = this;
    const ms = nextTurnMs(context, context.nowMs());
    if (ms === undefined) return;
    context.after(ms, () => {
      if (plan !== this.turnPlan) return;
      context.changed("channels");
      this.turnsByClock();
    });
  }

  signedIn(): void {
    this.turnsByClock();
    if (!this.isUsed()) return;
    postponeDue(this.context);
    this.wake();
    this.lookIn(this.context.chance() * firstMs);
  }

  /** Resolves when it was looked, or could not be. */
  async look(): Promise<void> {
    if (!this.isUsed()) writeValue(this.context, "used", true);
    this.forYou.refresh(); // What is here is shown at once, also where home is away.
    this.isWorkWanted = true;
    this.isLookWanted = true;
    await this.run();
  }

  show(isShown: boolean): void {
    this.isShown = isShown;
    if (isShown) void this.look();
    else this.lookIn(openMs);
  }

  /** A friend told of a pack that is not here. */
  told(): void {
    if (!this.isUsed()) return;
    this.lookIn(this.context.chance() * firstMs);
  }

  /**
   * Captions of a film that is on screen, as WebVTT: they are small, and lie at home as the film does. Where whole
   * pages are fetched, those of all films of the page in its order (FY14).
   */
  async captionsFor(entry: Bytes): Promise<void> {
    const isWhole = readValue(this.context, "wholePage") === true;
    const page = this.forYou.get()?.all.flatMap((one) => idFrom(one) ?? []) ?? [];
    for (const one of isWhole ? page : [entry]) await this.fetchCaptions(one);
  }

  private async fetchCaptions(entry: Bytes): Promise<void> {
    const { db, sha256, server, changed } = this.context;
    const [film] = filmsShown(readChannelEntry(db, entry));
    const [words] = film?.captions ?? [];
    if (words === undefined || words.bytes > captionsBytesMax || this.captions.has(toHex(words.hash))) return;
    const answer = await server.readPublic(`${publicPath}films/${toHex(words.hash)}`, { bytesMax: words.bytes });
    if (answer?.status !== 200 || answer.body.length !== words.bytes) return;
    // @checks CH4
    if (!equalBytes(filmOf(sha256, answer.body).hash, words.hash)) return;
    this.captions.set(toHex(words.hash), new TextDecoder().decode(answer.body));
    changed("channels");
  }

  /** What was watched leaves nothing beside the store either. */
  forget(): void {
    this.captions.clear();
    this.forYou.anew();
  }

  private isUsed(): boolean {
    return (
      this.context.isHome() && (readValue(this.context, "used") === true || readChannelPuts(this.context.db).length > 0)
    );
  }

  private lookIn(ms: number): void {
    const plan = ++this.plan;
    this.context.after(ms, () => {
      if (plan === this.plan) void this.look();
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
        await this.once(isLook);
      } catch (error) {
        if (!(error instanceof ClientError)) this.context.failed(error);
        this.again();
      }
      if (isLook) this.lookIn((this.isShown ? shownMs : openMs) * (0.8 + 0.4 * this.context.chance()));
    }
  }

  private async once(isLook: boolean): Promise<void> {
    const { context } = this;
    if (!context.isHome()) return;
    this.planDue();
    // not a check: home is away.
    if (!(await context.server.ready())) {
      if (isLook) await this.elsewhere();
      throw new ClientError("offline");
    }
    // Each for itself: what home refuses of one keeps no other from being done.
    await this.guarded(() => checkAnswers(context));
    await this.guarded(() => putAll(context));
    await this.guarded(() => this.turn());
    this.planDue();
    if (!isLook) return;
    this.tell(true);
    try {
      const pulled = await pullPacks(context);
      // not a check: home did not say all of it.
      if (!pulled) throw new ClientError("offline");
      if (pulled === "more") {
        this.isLookWanted = true; // Behind what waits to go to home.
        return;
      }
      this.forYou.refresh();
      tellHead(context);
      // What waited for packs may be said now (CH92).
      this.isWorkWanted ||= readChannelPuts(context.db).some(({ state }) => state === "waiting");
    } finally {
      this.tell(false);
    }
  }

  /** Home is away: what it showed may stand at a mirror (CH74). */
  private async elsewhere(): Promise<void> {
    this.tell(true);
    try {
      while ((await pullElsewhere(this.context)) === "more");
      this.forYou.refresh();
    } finally {
      this.tell(false);
    }
  }

  /** Of likes, views and what friends hear, one thing at most (CH58). */
  private async turn(): Promise<void> {
    const turn = turnOf(this.context);
    if (turn === "draw") await drawAhead(this.context);
    else if (turn?.what === "tell") tellLikes(this.context);
    else if (turn !== undefined) await countOne(this.context, turn);
  }

  private async guarded(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof ClientError)) this.context.failed(error);
      this.again();
    }
  }

  private tell(isLooking: boolean): void {
    if (this.isLooking === isLooking) return;
    this.isLooking = isLooking;
    this.context.changed("channels");
  }

  private planDue(): void {
    const due = nextDueMs(this.context);
    const { nowMs, after } = this.context;
    if (due === undefined || (this.dueAtMs > nowMs() && this.dueAtMs <= due)) return;
    this.dueAtMs = due;
    after(this.dueAtMs - nowMs(), () => this.wake());
  }

  /** What waits is tried a little later. */
  private again(): void {
    const { after, nowMs, chance } = this.context;
    if (this.retryAtMs > nowMs()) return;
    const ms = retryMs * (0.5 + chance());
    this.retryAtMs = nowMs() + ms;
    after(ms, () => {
      // While home is away, mirrors are looked at.
      if (this.isShown) this.isLookWanted = true;
      this.wake();
    });
  }
}
