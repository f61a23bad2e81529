/**
 * Live room: pieces of film that one shows, handed to those who watch (docs/spec/live.md CA162–CA166). It keeps of each
 * layer the head and the newest whole piece, so that who comes sees something at once; nothing else, and all of it in
 * memory.
 */
import { type Bytes, encodeRoomServerFrame, liveLimits, type ShownPart } from "@yanshu/wire";
import { RateLimit } from "../../core/rate.ts";

export type WatcherSink = {
  readonly send: (frame: Bytes) => void;
  /** Bytes that it was sent and has not read. */
  readonly unread: () => number;
};

type Watcher = {
  readonly sink: WatcherSink;
  wants: number;
  /** It gets the small layer until then: it did not keep up. */
  lowUntilMs: number;
  /** The layer of the piece that is being handed to it. */
  taking: number | undefined;
  /** The layer of the head that it was given last. */
  headOf: number | undefined;
  says: number;
  saysAtMs: number;
};

type Layer = {
  head: readonly Bytes[] | undefined;
  newest: readonly Bytes[];
  /** The piece that is being shown: its parts so far. */
  coming: Bytes[] | undefined;
  comingIsHead: boolean;
  comingBytes: number;
};

/** What waits for a watcher when a piece begins: beyond this the piece is skipped. */
const unreadBytesMax = 256 * 1024;
const lowMs = 15_000;
/** Of the one who shows, in bytes. */
const shown = { burst: 2 * 1024 * 1024, perSecond: 512 * 1024 } as const;
/** Of one who watches, and of all in one room. */
const says = { burst: 6, perSecond: 2, room: 400 } as const;

/** What all Lives of a server hand on, in bytes a second. */
export class LiveBudget {
  bytes = 0;
  private readonly perSecond: number;
  private used = 0;
  private sinceMs = 0;
  private lowUntilMs = 0;

  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  /** Whether more than half of it was taken a moment ago: then the small layer is handed on. */
  isLow(nowMs: number): boolean {
    return nowMs < this.lowUntilMs;
  }

  hasRoom(nowMs: number): boolean {
    this.turn(nowMs);
    return this.used < this.perSecond;
  }

  take(bytes: number, nowMs: number): void {
    this.turn(nowMs);
    this.bytes += bytes;
    this.used += bytes;
    if (this.used > this.perSecond / 2) this.lowUntilMs = nowMs + lowMs;
  }

  private turn(nowMs: number): void {
    if (Math.abs(nowMs - this.sinceMs) < 1_000) return;
    this.sinceMs = nowMs;
    this.used = 0;
  }
}

export class LiveRoom<Connection> {
  private readonly watchers = new Map<Connection, Watcher>();
  private readonly budget: LiveBudget;
  private readonly layers: readonly Layer[] = Array.from({ length: liveLimits.layersMax }, emptyLayer);
  private readonly saysInAll = new RateLimit(says.room, 1_000);
  private sent = 0;
  private sentAtMs = 0;

  constructor(budget: LiveBudget) {
    this.budget = budget;
  }

  get count(): number {
    return this.watchers.size;
  }

  get isFull(): boolean {
    return this.watchers.size >= liveLimits.watchersMax;
  }

  came(one: Connection, sink: WatcherSink, nowMs: number): void {
    const watcher: Watcher = {
      sink,
      wants: liveLimits.layersMax - 1,
      lowUntilMs: 0,
      taking: undefined,
      headOf: undefined,
      says: 0,
      saysAtMs: nowMs,
    };
    this.watchers.set(one, watcher);
    const layer = this.layerFor(watcher, nowMs);
    const { head, newest } = this.layers[layer] as Layer;
    if (head === undefined || !this.budget.hasRoom(nowMs)) return;
    this.giveHead(watcher, layer, nowMs);
    for (const frame of newest) this.give(watcher, frame, nowMs);
  }

  went(one: Connection): void {
    this.watchers.delete(one);
  }

  wants(one: Connection, layer: number): void {
    const watcher = this.watchers.get(one);
    if (watcher !== undefined) watcher.wants = layer;
  }

  /** Counts what a watcher says. @returns whether it is handed on. */
  maySay(one: Connection, bytes: Bytes, nowMs: number): boolean {
    const watcher = this.watchers.get(one);
    if (watcher === undefined || bytes.length > liveLimits.sayBytesMax) return false;
    const passed = (Math.max(0, nowMs - watcher.saysAtMs) * says.perSecond) / 1_000;
    watcher.saysAtMs = nowMs;
    watcher.says = Math.max(0, watcher.says - passed);
    if (watcher.says + 1 > says.burst || !this.saysInAll.take("", nowMs)) return false;
    watcher.says++;
    return true;
  }

  /** What the one who shows says goes to all. */
  say(frame: Bytes, nowMs: number): void {
    for (const watcher of this.watchers.values())
      if (watcher.sink.unread() <= unreadBytesMax) this.give(watcher, frame, nowMs);
  }

  /** @returns after how many milliseconds there is room for more; 0: it was handed on. */
  show(part: ShownPart, nowMs: number): number {
    const layer = this.layers[part.layer] as Layer;
    const passed = (Math.max(0, nowMs - this.sentAtMs) * shown.perSecond) / 1_000;
    this.sentAtMs = nowMs;
    this.sent = Math.max(0, this.sent - passed);
    const over = this.sent + part.bytes.length - shown.burst;
    if (over > 0 || layer.comingBytes + part.bytes.length > liveLimits.pieceBytesMax + 64 * 1024) {
      this.breakOff(part.layer);
      return Math.max(1, Math.ceil((over * 1_000) / shown.perSecond));
    }
    this.sent += part.bytes.length;
    if (part.isFirst) this.begins(layer, part, nowMs);
    if (layer.coming === undefined) return 0; // It goes on with what was broken off.
    const frame = encodeRoomServerFrame({ ...part, type: "shown" });
    layer.coming.push(frame);
    layer.comingBytes += part.bytes.length;
    if (!layer.comingIsHead)
      for (const watcher of this.watchers.values()) if (watcher.taking === part.layer) this.give(watcher, frame, nowMs);
    if (part.isLast) this.ends(layer, part.layer);
    return 0;
  }

  /** Nobody shows any more: what was shown is gone. */
  forget(): void {
    for (const layer of this.layers) Object.assign(layer, emptyLayer());
    for (const watcher of this.watchers.values()) {
      watcher.taking = undefined;
      watcher.headOf = undefined;
    }
  }

  private begins(layer: Layer, part: ShownPart, nowMs: number): void {
    layer.coming = [];
    layer.comingBytes = 0;
    layer.comingIsHead = part.isHead;
    if (part.isHead || layer.head === undefined) return;
    for (const watcher of this.watchers.values()) {
      if (watcher.taking === part.layer) watcher.taking = undefined;
      if (this.layerFor(watcher, nowMs) !== part.layer || !this.budget.hasRoom(nowMs)) continue;
      if (watcher.sink.unread() > unreadBytesMax) {
        watcher.lowUntilMs = nowMs + lowMs;
        continue;
      }
      if (watcher.headOf !== part.layer) this.giveHead(watcher, part.layer, nowMs);
      watcher.taking = part.layer;
    }
  }

  private ends(layer: Layer, n: number): void {
    const parts = layer.coming ?? [];
    layer.coming = undefined;
    layer.comingBytes = 0;
    for (const watcher of this.watchers.values()) if (watcher.taking === n) watcher.taking = undefined;
    if (!layer.comingIsHead) {
      layer.newest = parts;
      return;
    }
    layer.head = parts;
    layer.newest = [];
    for (const watcher of this.watchers.values()) if (watcher.headOf === n) watcher.headOf = undefined;
  }

  private breakOff(n: number): void {
    const layer = this.layers[n] as Layer;
    layer.coming = undefined;
    layer.comingBytes = 0;
    for (const watcher of this.watchers.values()) if (watcher.taking === n) watcher.taking = undefined;
  }

  private layerFor({ wants, lowUntilMs }: Watcher, nowMs: number): number {
    const [small, full] = this.layers as readonly [Layer, Layer];
    if (full.head === undefined) return 0;
    if (small.head === undefined) return 1;
    return wants === 0 || nowMs < lowUntilMs || this.budget.isLow(nowMs) ? 0 : 1;
  }

  private giveHead(watcher: Watcher, n: number, nowMs: number): void {
    for (const frame of this.layers[n]?.head ?? []) this.give(watcher, frame, nowMs);
    watcher.headOf = n;
  }

  private give({ sink }: Watcher, frame: Bytes, nowMs: number): void {
    this.budget.take(frame.length, nowMs);
    sink.send(frame);
  }
}

function emptyLayer(): Layer {
  return { head: undefined, newest: [], coming: undefined, comingIsHead: false, comingBytes: 0 };
}
