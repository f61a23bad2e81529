/**
 * Media of group calls as the server has it: a process of its own without the accounts, begun with the first group
 * call, and begun anew where it died (docs/spec/calls.md CA80). Where the library is not installed, there are no group
 * calls, and the rest goes on.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { JoinMedia, MediaAnswer, WantSlots } from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import { type Ending, hangs, toldEnd, turnsOf } from "./media-ends.ts";
import { noSfuCounts } from "./port.ts";
import type { MediaDesk } from "./room-ports.ts";
import type { SfuCounts } from "./sfu.ts";
import { ToldCounts } from "./told-counts.ts";

export type MediaOrder =
  | {
      readonly kind: "join";
      readonly id: number;
      readonly room: string;
      readonly seat: number;
      readonly join: JoinMedia;
    }
  | { readonly kind: "want"; readonly room: string; readonly seat: number; readonly want: WantSlots }
  | { readonly kind: "left"; readonly room: string; readonly seat: number };
export type MediaNews =
  | { readonly kind: "open"; readonly port: number }
  | { readonly kind: "joined"; readonly id: number; readonly media: MediaAnswer | undefined }
  | { readonly kind: "counts"; readonly counts: SfuCounts }
  /** One order: the next may come. */
  | { readonly kind: "took" }
  | { readonly kind: "fault"; readonly place: string; readonly name: string };

const againMs = 1_000;
/** Where it cannot be begun, pauses double up to this. */
const againMsMax = 30_000;
/** With the time in which the process begins. */
const joinMsMax = 15_000;
/** The process says its counts each second. */
const lookMs = 1_000;
/** Orders that the process did not take yet, and seats for which more waits here. */
const untakenMax = 64;
const waitingMax = 4_096;
/** A process that was killed is waited for so long. */
const stopMsMax = 2_000;
/** What waits for one seat: its join, then its latest want; or that it left. */
type Waiting = { join?: MediaOrder; want?: MediaOrder; left?: MediaOrder };
type MediaOptions = {
  readonly runtime?: () => string;
  readonly againMs?: number;
};

/** In the binary (tools/build-binary.ts) there is no such file, and no library beside it. */
const processFile = new URL("./bun-media-process.ts", import.meta.url);

/** Whether this installation can end and forward media. */
export function hasMediaLibrary(): boolean {
  if (!existsSync(processFile)) return false;
  try {
    createRequire(import.meta.url).resolve("node-datachannel");
    return true;
  } catch {
    return false;
  }
}

export class MediaProcess implements MediaDesk {
  private readonly faults: Faults;
  private readonly tell: (said: string) => void;
  /** Where the relay hands packets for the inside address. */
  private readonly opened: (port: number | undefined) => void;
  private readonly options: MediaOptions;
  private child: Bun.Subprocess | undefined;
  private begun: Promise<void> | undefined;
  private readonly joining = new Map<number, (media: MediaAnswer | undefined) => void>();
  private readonly goneHooks: (() => void)[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private untaken = 0;
  /** Since its last word: looks at it, and how much it had run then, in all. */
  private looks = 0;
  private ranMs = 0;
  private wasSilent = false;
  private failures = 0;
  /** Seats joined, or asked to, that are to join anew once there is a process. */
  private isMissed = false;
  private watch: ReturnType<typeof setInterval> | undefined;
  private readonly told = new ToldCounts(noSfuCounts, "peers");
  private deaths = 0;
  private id = 0;
  private isOpen = false;
  private isStopped = false;

  /**
   * @param tell is told what an operator should hear of. @param opened is told its loopback port, and that there is
   * none.
   */
  constructor(
    faults: Faults,
    tell: (said: string) => void,
    opened: (port: number | undefined) => void,
    options: MediaOptions = {},
  ) {
    this.faults = faults;
    this.tell = tell;
    this.opened = opened;
    this.options = options;
  }

  async join(room: string, seat: number, join: JoinMedia): Promise<MediaAnswer | undefined> {
    this.begun ??= this.begin();
    const id = ++this.id;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), joinMsMax);
      const settle = (media: MediaAnswer | undefined) => {
        clearTimeout(timer);
        this.joining.delete(id);
        resolve(media);
      };
      this.joining.set(id, settle);
      void this.begun?.then(() => {
        if (!this.joining.has(id)) return;
        if (this.isOpen) return this.order({ kind: "join", id, room, seat, join });
        this.isMissed = true;
        settle(undefined);
      });
    });
  }

  want(room: string, seat: number, want: WantSlots): void {
    this.order({ kind: "want", room, seat, want });
  }

  left(room: string, seat: number): void {
    this.order({ kind: "left", room, seat });
  }

  whenGone(run: () => void): void {
    this.goneHooks.push(run);
  }

  counts(): SfuCounts & { readonly deaths: number } {
    return { ...this.told.all, deaths: this.deaths };
  }

  /** Of the process; undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Orders that wait in this process: of each seat its join, its latest want, or that it left. */
  get ordersWaiting(): number {
    return this.waiting.size;
  }

  /** It has nothing to put in order; a process that does not end is waited for two seconds. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.watch);
    const { child } = this;
    if (child === undefined) return;
    child.kill("SIGKILL");
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, stopMsMax);
    });
    await Promise.race([child.exited, late]);
    clearTimeout(timer);
  }

  /** What came later stands in the place of what came before: nothing grows while the process does not read. */
  private order(order: MediaOrder): void {
    if (!this.isOpen) return;
    const key = `${order.room} ${order.seat}`;
    const before = this.waiting.get(key);
    if (before === undefined && this.waiting.size >= waitingMax && order.kind !== "left") {
      if (order.kind === "join") this.joining.get(order.id)?.(undefined);
      return;
    }
    const one = before ?? {};
    if (order.kind === "want") one.want = order;
    else {
      if (one.join?.kind === "join") this.joining.get(one.join.id)?.(undefined);
      delete one.join;
      delete one.want;
      delete one.left; // A join ends what the seat had before.
      one[order.kind] = order;
    }
    this.waiting.set(key, one);
    this.flush();
  }

  private flush(): void {
    for (const [key, { join, want, left }] of this.waiting) {
      if (this.untaken >= untakenMax) return;
      this.waiting.delete(key);
      for (const order of [left, join, want]) if (order !== undefined) this.give(order);
    }
  }

  private give(order: MediaOrder): void {
    try {
      this.child?.send(order);
      this.untaken++;
    } catch (error) {
      this.faults.caught("an order to the media", error);
    }
  }

  /** Settles once there is a process that takes orders, or is none; never rejects. */
  private begin(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    this.watch ??= this.watching();
    this.looks = 0;
    this.ranMs = 0;
    this.wasSilent = false;
    this.untaken = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    try {
      const { runtime = () => process.execPath } = this.options;
      const child = Bun.spawn([runtime(), fileURLToPath(processFile)], {
        // Nothing of the server's own settings, passwords among them.
        env: { PATH: process.env["PATH"] ?? "", TMPDIR: process.env["TMPDIR"] ?? "" },
        stdio: ["ignore", "ignore", "ignore"],
        serialization: "advanced",
        ipc: (news: MediaNews) => {
          if (this.child !== child) return;
          this.faults.guarded("news of the media", () => this.hear(news));
          if (news.kind === "open") resolve();
        },
        onExit: (_child, code, _signal) => {
          resolve();
          const ending = { code, signal: child.signalCode?.toString() ?? null, wasSilent: this.wasSilent };
          if (this.child === child) this.faults.guarded("the media's end", () => this.died(ending));
        },
      });
      this.child = child;
      child.unref();
    } catch (error) {
      // No memory, no process, no file: another time there may be.
      this.faults.caught("beginning the media", error);
      this.beginAgain();
      resolve();
    }
    return promise;
  }

  private watching(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => {
      const { child } = this;
      if (child === undefined) return;
      this.looks++;
      const turns = () => turnsOf(child.pid);
      if (this.looks === 1) this.ranMs = turns()?.ranMs ?? 0;
      if (!hangs(this.looks, this.isOpen, turns, this.ranMs)) return;
      this.wasSilent = true;
      this.faults.guarded("media that hangs", () => child.kill("SIGKILL"));
    }, lookMs);
    timer.unref();
    return timer;
  }

  private hear(news: MediaNews): void {
    this.looks = 0;
    if (news.kind === "open") {
      this.isOpen = true;
      this.failures = 0;
      this.opened(news.port);
    } else if (news.kind === "joined") this.joining.get(news.id)?.(news.media);
    else if (news.kind === "counts") this.told.hear(news.counts);
    else if (news.kind === "took") {
      this.untaken = Math.max(0, this.untaken - 1);
      this.flush();
    } else
      this.faults.caught(`the media: ${news.place}`, Object.assign(new Error("in the media"), { name: news.name }));
  }

  private died(ending: Ending): void {
    const wasOpen = this.isOpen;
    this.child = undefined;
    this.isOpen = false;
    this.waiting.clear();
    if (wasOpen) this.opened(undefined);
    for (const settle of this.joining.values()) settle(undefined);
    if (this.isStopped) return;
    this.isMissed = true;
    this.deaths++;
    this.told.ended();
    this.faults.caught("the media's process", new Error("it ended"));
    this.tell(toldEnd(ending));
    this.beginAgain();
  }

  /** After a pause, which doubles where it fails; those who joined, or asked to, are told once it is there. */
  private beginAgain(): void {
    const pauseMs = Math.min(againMsMax, (this.options.againMs ?? againMs) * 2 ** Math.min(10, this.failures++));
    setTimeout(() => {
      this.begun = this.begin();
      void this.begun.then(() => {
        if (!this.isOpen || !this.isMissed) return;
        this.isMissed = false;
        for (const run of this.goneHooks) this.faults.guarded("media that is gone", run);
      });
    }, pauseMs).unref();
  }
}
