/**
 * Live room: pieces of film that one shows, handed to those who watch (docs/spec/live.md CA162–CA166, CA187, CA271). It
 * keeps of each layer the head and the newest whole piece, so that who comes sees something at once; nothing else, all
 * of it in memory, and no piece where the budget has no room for it.
 */
import { type Bytes, encodeRoomServerFrame, liveLimits, type ShownPart } from "@yanshu/wire";
import type { Cancel, Clock } from "../../core/ports.ts";
import { RateLimit } from "../../core/rate.ts";
import type { Keeper, LiveBudget } from "./live-budget.ts";

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
  readonly says: Times;
  readonly asks: Times;
};

/** How often of late, and when it was counted last. */
type Times = { count: number; atMs: number };

type Layer = {
  head: readonly Bytes[] | undefined;
  newest: readonly Bytes[];
  /** Whether a piece is being shown; and its parts so far, where they are kept. */
  isComing: boolean;
  coming: Bytes[] | undefined;
  comingIsHead: boolean;
  comingBytes: number;
  /** Parts of it that are handed on with those that come next, and their bytes. */
  held: Bytes[];
  heldBytes: number;
  /** What of it is kept for those who come, counted in the budget. */
  comingKept: number;
  newestKept: number;
  /** Who would take it, and for whom there was no room. */
  missing: number;
};

/** What waits for a watcher when a piece begins: beyond this the piece is skipped. */
const unreadBytesMax = 256 * 1024;
const lowMs = 15_000;
/** Parts wait so long for those that come after them, and so many bytes of them: each write to 300 has its price. */
const heldMs = 50;
const heldBytesMost = 128 * 1024;
/** A part costs its bytes, and so many more for what it takes in memory and work: a million tiny ones are no piece. */
const partCost = 256;
/** Of the one who shows, in bytes. */
const shown = { burst: 2 * 1024 * 1024, perSecond: 512 * 1024 } as const;
/** Of one who watches, says and askings for another layer, each; and says of all in one room. */
const says = { burst: 6, perSecond: 2, room: 400 } as const;

export class LiveRoom<Connection> implements Keeper {
  /** Where it was opened from; "": from this machine. */
  readonly place: string;
  private readonly watchers = new Map<Connection, Watcher>();
  private readonly budget: LiveBudget;
  private readonly layers: readonly Layer[] = Array.from({ length: liveLimits.layersMax }, emptyLayer);
  private readonly saysInAll = new RateLimit(says.room, 1_000);
  private sent = 0;
  private sentAtMs = 0;
  private readonly clock: Clock;
  private stopHolding: Cancel | undefined;

  constructor(budget: LiveBudget, clock: Clock, prefix: string | undefined) {
    this.budget = budget;
    this.clock = clock;
    this.place = prefix ?? "";
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
      says: { count: 0, atMs: nowMs },
      asks: { count: 0, atMs: nowMs },
    };
    this.watchers.set(one, watcher);
    const layer = this.layerFor(watcher, nowMs);
    const { head, newest } = this.layers[layer] as Layer;
    if (head === undefined || !this.budget.hasRoom(this, nowMs)) return;
    this.giveHead(watcher, layer, nowMs);
    for (const frame of newest) this.give(watcher, frame, nowMs);
  }

  went(one: Connection): void {
    this.watchers.delete(one);
  }

  /** @returns whether it may ask for another layer now. */
  wants(one: Connection, layer: number, nowMs: number): boolean {
    const watcher = this.watchers.get(one);
    // @checks CA254
    if (watcher === undefined || !hasTime(watcher.asks, nowMs)) return false;
    watcher.asks.count++;
    watcher.wants = layer;
    return true;
  }

  /** Counts what a watcher says. @returns whether it is handed on. */
  maySay(one: Connection, bytes: Bytes, nowMs: number): boolean {
    const watcher = this.watchers.get(one);
    // @checks CA166
    if (watcher === undefined || bytes.length > liveLimits.sayBytesMax) return false;
    // @checks CA166
    if (!hasTime(watcher.says, nowMs) || !this.saysInAll.take("", nowMs)) return false;
    watcher.says.count++;
    return true;
  }

  /** What the one who shows says goes to all, as far as there is room. */
  say(frame: Bytes, nowMs: number): void {
    for (const watcher of this.watchers.values())
      if (watcher.sink.unread() > unreadBytesMax) continue;
      else if (this.budget.hasRoom(this, nowMs)) this.give(watcher, frame, nowMs);
      else this.budget.missed(this, frame.length);
  }

  /** @returns after how many milliseconds there is room for more; 0: it was handed on. */
  show(part: ShownPart, nowMs: number): number {
    const layer = this.layers[part.layer] as Layer;
    const passed = (Math.max(0, nowMs - this.sentAtMs) * shown.perSecond) / 1_000;
    this.sentAtMs = nowMs;
    this.sent = Math.max(0, this.sent - passed);
    const cost = part.bytes.length + partCost;
    const over = this.sent + cost - shown.burst;
    const isHead = part.isFirst ? part.isHead : layer.comingIsHead;
    const most = isHead ? liveLimits.headBytesMax : liveLimits.pieceBytesMax + 64 * 1024;
    if (over > 0 || (part.isFirst ? 0 : layer.comingBytes) + cost > most) {
      this.breakOff(part.layer);
      return Math.max(1, Math.ceil((over * 1_000) / shown.perSecond));
    }
    this.sent += cost;
    if (part.isFirst) this.begins(layer, part, nowMs);
    if (!layer.isComing) return 0; // It goes on with what was broken off.
    const frame = encodeRoomServerFrame({ ...part, type: "shown" });
    layer.comingBytes += cost;
    this.keep(layer, frame, cost);
    if (!layer.comingIsHead) this.hold(layer, part, frame, nowMs);
    if (part.isLast) this.ends(layer, part.layer);
    return 0;
  }

  /** Nobody shows any more: what was shown is gone. */
  forget(): void {
    this.stopHolding?.();
    this.stopHolding = undefined;
    this.letGo();
    for (const layer of this.layers) Object.assign(layer, emptyLayer());
    for (const watcher of this.watchers.values()) {
      watcher.taking = undefined;
      watcher.headOf = undefined;
    }
  }

  /** Pieces that are kept for those who come go; heads stay, and what is shown goes on. */
  letGo(): void {
    for (const layer of this.layers) {
      this.keepNoMore(layer);
      this.budget.dropped(this, layer.newestKept);
      layer.newest = [];
      layer.newestKept = 0;
    }
  }

  private hold(layer: Layer, part: ShownPart, frame: Bytes, nowMs: number): void {
    if (this.watchers.size === 0) return;
    layer.held.push(frame);
    layer.heldBytes += frame.length;
    if (part.isLast || layer.heldBytes > heldBytesMost) this.handOn(part.layer, nowMs);
    else
      this.stopHolding ??= this.clock.after(heldMs, () => {
        this.stopHolding = undefined;
        for (let n = 0; n < this.layers.length; n++) this.handOn(n, this.clock.nowMs());
      });
  }

  private handOn(n: number, nowMs: number): void {
    const layer = this.layers[n] as Layer;
    const { held, heldBytes, missing } = layer;
    if (held.length === 0) return;
    Object.assign(layer, nothingHeld());
    let taking = 0;
    for (const watcher of this.watchers.values()) {
      if (watcher.taking !== n) continue;
      taking++;
      for (const frame of held) watcher.sink.send(frame);
    }
    if (taking > 0) this.budget.take(this, taking * heldBytes, nowMs);
    if (missing > 0) this.budget.missed(this, missing * heldBytes);
  }

  private keep(layer: Layer, frame: Bytes, cost: number): void {
    if (layer.comingIsHead) layer.coming?.push(frame);
    else if (layer.coming !== undefined) {
      if (this.budget.keep(this, cost)) {
        layer.coming.push(frame);
        layer.comingKept += cost;
      } else this.keepNoMore(layer);
    }
  }

  private keepNoMore(layer: Layer): void {
    if (layer.comingIsHead) return;
    this.budget.dropped(this, layer.comingKept);
    layer.coming = undefined;
    layer.comingKept = 0;
  }

  private begins(layer: Layer, part: ShownPart, nowMs: number): void {
    this.keepNoMore(layer);
    const begun = { isComing: true, coming: [], comingBytes: 0, comingIsHead: part.isHead, missing: 0 };
    Object.assign(layer, begun, nothingHeld());
    if (part.isHead || layer.head === undefined) return;
    for (const watcher of this.watchers.values()) {
      if (watcher.taking === part.layer) watcher.taking = undefined;
      if (this.layerFor(watcher, nowMs) !== part.layer) continue;
      if (!this.budget.hasRoom(this, nowMs)) {
        layer.missing++;
        continue;
      }
      if (watcher.sink.unread() > unreadBytesMax) {
        watcher.lowUntilMs = nowMs + lowMs;
        continue;
      }
      if (watcher.headOf !== part.layer) this.giveHead(watcher, part.layer, nowMs);
      watcher.taking = part.layer;
    }
  }

  private ends(layer: Layer, n: number): void {
    const { coming: parts = [], comingKept, comingIsHead } = layer;
    Object.assign(layer, { isComing: false, coming: undefined, comingBytes: 0, comingKept: 0, comingIsHead: false });
    for (const watcher of this.watchers.values()) if (watcher.taking === n) watcher.taking = undefined;
    this.budget.dropped(this, layer.newestKept);
    layer.newest = comingIsHead ? [] : parts;
    layer.newestKept = comingKept;
    if (!comingIsHead) return;
    layer.head = parts;
    for (const watcher of this.watchers.values()) if (watcher.headOf === n) watcher.headOf = undefined;
  }

  private breakOff(n: number): void {
    const layer = this.layers[n] as Layer;
    this.keepNoMore(layer);
    const ended = { isComing: false, coming: undefined, comingBytes: 0, comingIsHead: false };
    Object.assign(layer, ended, nothingHeld());
    for (const watcher of this.watchers.values()) if (watcher.taking === n) watcher.taking = undefined;
  }

  private layerFor({ wants, lowUntilMs }: Watcher, nowMs: number): number {
    const [small, full] = this.layers as readonly [Layer, Layer];
    if (full.head === undefined) return 0;
    if (small.head === undefined) return 1;
    return wants === 0 || nowMs < lowUntilMs || this.budget.isLow(this, nowMs) ? 0 : 1;
  }

  private giveHead(watcher: Watcher, n: number, nowMs: number): void {
    for (const frame of this.layers[n]?.head ?? []) this.give(watcher, frame, nowMs);
    watcher.headOf = n;
  }

  private give({ sink }: Watcher, frame: Bytes, nowMs: number): void {
    this.budget.take(this, frame.length, nowMs);
    sink.send(frame);
  }
}

function hasTime(times: Times, nowMs: number): boolean {
  const passed = (Math.max(0, nowMs - times.atMs) * says.perSecond) / 1_000;
  times.atMs = nowMs;
  times.count = Math.max(0, times.count - passed);
  return times.count + 1 <= says.burst;
}

function emptyLayer(): Layer {
  return {
    head: undefined,
    newest: [],
    newestKept: 0,
    isComing: false,
    coming: undefined,
    comingIsHead: false,
    comingBytes: 0,
    ...nothingHeld(),
    comingKept: 0,
    missing: 0,
  };
}

function nothingHeld(): Pick<Layer, "held" | "heldBytes"> {
  return { held: [], heldBytes: 0 };
}
