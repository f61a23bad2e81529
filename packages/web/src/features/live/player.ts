/**
 * Player: appends received pieces to a video element by Media Source Extensions (docs/spec/live.md CA177). Each piece
 * follows the one before whatever its timestamps, so that a skipped piece or a change of layer leaves no gap.
 */
import type { LivePiece } from "@yanshu/client";
import { PieceQueue } from "./piece-queue.ts";

/** Distance in seconds that playback keeps from the newest frame. */
const behindSeconds = 0.4;
/** Further than this behind, playback is a little faster; further than `jumpSeconds`, it jumps. */
const lateSeconds = 1.2;
const jumpSeconds = 4;
const keptSeconds = 20;
const faster = 1.08;

type MediaSourceKind = typeof MediaSource;
const sourceOf = (): MediaSourceKind | undefined =>
  (globalThis as { ManagedMediaSource?: MediaSourceKind }).ManagedMediaSource ?? globalThis.MediaSource;

export const canPlay = (): boolean => sourceOf() !== undefined;

type LiveHead = Extract<LivePiece, { kind: "head" }>;

export class Player {
  private readonly video: HTMLVideoElement;
  private readonly failed: (error: unknown) => void;
  private source: MediaSource | undefined;
  private url = "";
  private buffer: SourceBuffer | undefined;
  private isOpen = false;
  private readonly queue = new PieceQueue<LivePiece>();
  private head: LiveHead | undefined;
  private readonly heads = new Map<number, LiveHead>();

  constructor(video: HTMLVideoElement, failed: (error: unknown) => void) {
    this.video = video;
    this.failed = failed;
    this.open();
  }

  take(pieces: readonly LivePiece[]): void {
    for (const piece of pieces) {
      if (piece.kind === "head") this.heads.set(piece.layer, piece);
      else this.queue.add(piece);
    }
    this.pump();
  }

  close(): void {
    this.isOpen = false;
    this.source = undefined;
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.url);
  }

  private open(): void {
    const Source = sourceOf();
    if (Source === undefined) {
      this.failed(new Error("no media source"));
      return;
    }
    const source = new Source();
    this.source = source;
    this.buffer = undefined;
    this.head = undefined;
    this.url = URL.createObjectURL(source);
    // ManagedMediaSource requires that remote playback is disabled.
    this.video.disableRemotePlayback = true;
    this.video.src = this.url;
    source.addEventListener("sourceopen", () => {
      if (this.source !== source) return;
      this.isOpen = true;
      this.pump();
    });
  }

  private pump(): void {
    try {
      this.append();
    } catch (error) {
      this.failed(error);
    }
  }

  private append(): void {
    if (!this.isOpen || this.source?.readyState !== "open" || this.buffer?.updating === true) return;
    while (this.queue.next !== undefined && !this.heads.has(this.queue.next.layer)) this.queue.drop();
    const { next } = this.queue;
    const head = next && this.heads.get(next.layer);
    if (next === undefined || head === undefined) return;
    if (this.head !== head) this.begin(head);
    else {
      this.queue.drop();
      this.buffer?.appendBuffer(next.bytes as Uint8Array<ArrayBuffer>);
    }
  }

  private begin(head: LiveHead): void {
    if (this.buffer === undefined) {
      this.buffer = this.source?.addSourceBuffer(head.type);
      if (this.buffer === undefined) return;
      this.buffer.mode = "sequence";
      this.buffer.addEventListener("updateend", () => {
        this.keepUp();
        this.pump();
      });
      this.buffer.addEventListener("error", () => this.failed(new Error("the pieces do not play")));
    } else {
      if (this.head?.type !== head.type) this.buffer.changeType(head.type);
      this.buffer.mode = "sequence";
    }
    this.head = head;
    this.buffer.appendBuffer(head.bytes as Uint8Array<ArrayBuffer>);
  }

  /** Keeps playback near the newest frame. */
  private keepUp(): void {
    const { video, buffer } = this;
    const { buffered } = video;
    if (buffer === undefined || buffered.length === 0) return;
    const [begin, end] = [buffered.start(buffered.length - 1), buffered.end(buffered.length - 1)];
    const late = end - video.currentTime;
    if (video.currentTime < begin || late > jumpSeconds) video.currentTime = Math.max(begin, end - behindSeconds);
    video.playbackRate = late > lateSeconds ? faster : 1;
    if (end - buffered.start(0) > 2 * keptSeconds && !buffer.updating) buffer.remove(0, end - keptSeconds);
  }
}
