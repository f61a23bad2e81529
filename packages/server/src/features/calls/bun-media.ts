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
import type { MediaDesk } from "./rooms.ts";
import type { SfuCounts } from "./sfu.ts";

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
  | { readonly kind: "fault"; readonly place: string; readonly name: string };

const againMs = 1_000;
const joinMsMax = 5_000;
const nothing: SfuCounts = { peers: 0, packetsIn: 0, packetsOut: 0, bytesOut: 0, dropped: 0, repeated: 0 };

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
  private child: Bun.Subprocess | undefined;
  private begun: Promise<void> | undefined;
  private readonly joining = new Map<number, (media: MediaAnswer | undefined) => void>();
  private readonly goneHooks: (() => void)[] = [];
  private told = nothing;
  private before = nothing;
  private deaths = 0;
  private id = 0;
  private isOpen = false;
  private isStopped = false;

  /**
   * @param tell is told what an operator should hear of. @param opened is told its loopback port, and that there is
   * none.
   */
  constructor(faults: Faults, tell: (said: string) => void, opened: (port: number | undefined) => void) {
    this.faults = faults;
    this.tell = tell;
    this.opened = opened;
  }

  async join(room: string, seat: number, join: JoinMedia): Promise<MediaAnswer | undefined> {
    this.begun ??= this.begin();
    await this.begun;
    if (!this.isOpen) return undefined;
    const id = ++this.id;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(undefined), joinMsMax);
      const settle = (media: MediaAnswer | undefined) => {
        clearTimeout(timer);
        this.joining.delete(id);
        resolve(media);
      };
      this.joining.set(id, settle);
      this.order({ kind: "join", id, room, seat, join });
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
    const { before, told, deaths } = this;
    return {
      peers: told.peers,
      packetsIn: before.packetsIn + told.packetsIn,
      packetsOut: before.packetsOut + told.packetsOut,
      bytesOut: before.bytesOut + told.bytesOut,
      dropped: before.dropped + told.dropped,
      repeated: before.repeated + told.repeated,
      deaths,
    };
  }

  /** Of the process; undefined while there is none. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const { child } = this;
    if (child === undefined) return;
    child.kill();
    await child.exited;
  }

  private order(order: MediaOrder): void {
    try {
      if (this.isOpen) this.child?.send(order);
    } catch (error) {
      this.faults.caught("an order to the media", error);
    }
  }

  private begin(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    return new Promise((settled) => {
      const child = Bun.spawn([process.execPath, fileURLToPath(processFile)], {
        // Nothing of the server's own settings, passwords among them.
        env: { PATH: process.env["PATH"] ?? "", TMPDIR: process.env["TMPDIR"] ?? "" },
        stdio: ["ignore", "ignore", "ignore"],
        serialization: "advanced",
        ipc: (news: MediaNews) => {
          if (this.child !== child) return;
          this.hear(news);
          if (news.kind === "open") settled();
        },
        onExit: () => {
          settled();
          if (this.child === child) this.died();
        },
      });
      this.child = child;
      child.unref();
    });
  }

  private hear(news: MediaNews): void {
    if (news.kind === "open") {
      this.isOpen = true;
      this.opened(news.port);
    } else if (news.kind === "joined") this.joining.get(news.id)?.(news.media);
    else if (news.kind === "counts") this.told = news.counts;
    else this.faults.caught(`the media: ${news.place}`, Object.assign(new Error("in the media"), { name: news.name }));
  }

  private died(): void {
    this.child = undefined;
    this.isOpen = false;
    this.opened(undefined);
    for (const settle of this.joining.values()) settle(undefined);
    if (this.isStopped) return;
    this.deaths++;
    this.before = { ...this.counts(), peers: 0 };
    this.told = nothing;
    this.faults.caught("the media's process", new Error("it ended"));
    this.tell("the media of group calls ended, and begins anew");
    setTimeout(() => {
      this.begun = this.begin();
      void this.begun.then(() => {
        for (const run of this.goneHooks) this.faults.guarded("media that is gone", run);
      });
    }, againMs).unref();
  }
}
