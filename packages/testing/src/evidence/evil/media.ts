/**
 * A forwarding unit whose operator cheats (R1.7). Bun preloads this file into the real media process of group calls,
 * with its real library and relay (packages/web/e2e/forwarded.spec.ts): it keeps the voice packets that each seat
 * sends, after the unit has opened their SRTP, and does to one receiver what it is ordered. Orders and figures travel
 * by files in TMPDIR.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export type MediaOrders = {
  /** The seat that is cheated. */
  readonly to: number;
  /**
   * `hold`: it is sent no voice. `replay`: the place of each packet is taken by one that it was sent before, the same
   * twenty of each voice again and again, until as many as `count` of each voice were. `swap`: of two who speak each is
   * heard in the other's slot. `honest`: nothing of it.
   */
  readonly do: "honest" | "hold" | "replay" | "swap";
  readonly count: number;
};
export type MediaFigures = {
  /** By seat: the last voice packets' payloads, as base64, as the unit reads them. */
  readonly voices: Readonly<Record<string, readonly string[]>>;
  readonly replayed: number;
  readonly swapped: number;
};

type Peer = { readonly seat: number; readonly ask: { readonly opus: number } };
type Slot = { readonly kind: string; readonly peer: Peer; readonly from: { readonly peer: Peer } | undefined };
type Header = { readonly begin: number; readonly end: number };
/** What is private in the unit's class is known by name. */
type Unit = {
  receive(this: Unit, peer: Peer, packet: Buffer): void;
  forward(this: Unit, slot: Slot, packet: Buffer, payload: Buffer, header: Header): void;
  repeat(this: Unit, slot: Slot, asked: unknown): void;
};

const keptMax = 300;
const replayedOnes = 20;
const lookMs = 50;

const file = process.argv[1] ?? "";
if (file.endsWith("bun-media-process.ts")) cheat(dirname(file), process.env["TMPDIR"] ?? "");

function cheat(unit: string, folder: string): void {
  // The modules that the process itself is about to use, found beside it.
  const its = createRequire(file);
  const { Sfu } = its(join(unit, "sfu.ts")) as { Sfu: { prototype: Unit } };
  const { isRtcp, readRtp } = its(join(unit, "rtp.ts")) as {
    isRtcp: (packet: Buffer) => boolean;
    readRtp: (packet: Buffer) => Header | undefined;
  };
  const { receive, forward, repeat } = Sfu.prototype;
  const voices = new Map<number, string[]>();
  /** By slot: what it was sent; by seat: what was taken out to be heard elsewhere. */
  const sent = new Map<Slot, Buffer[]>();
  const taken = new Map<number, Buffer[]>();
  let order: MediaOrders = { to: -1, do: "honest", count: 0 };
  const replays = new Map<Slot, number>();
  let [replayed, swapped] = [0, 0];

  Sfu.prototype.receive = function (peer, packet) {
    const header = isRtcp(packet) ? undefined : readRtp(packet);
    if (header !== undefined && ((packet[1] as number) & 0x7f) === peer.ask.opus && header.end > header.begin) {
      const kept = voices.get(peer.seat) ?? [];
      kept.push(packet.toString("base64", header.begin, header.end));
      if (kept.length > keptMax) kept.shift();
      voices.set(peer.seat, kept);
    }
    receive.call(this, peer, packet);
  };
  Sfu.prototype.forward = function (slot, packet, payload, header) {
    const isCheated = slot.kind === "voice" && slot.peer.seat === order.to && order.do !== "honest";
    if (!isCheated) {
      if (slot.kind === "voice") {
        const kept = sent.get(slot) ?? [];
        kept.push(Buffer.from(payload));
        if (kept.length > keptMax) kept.shift();
        sent.set(slot, kept);
      }
      return forward.call(this, slot, packet, payload, header);
    }
    if (order.do === "hold" || slot.from === undefined) return;
    if (order.do === "replay") {
      const n = replays.get(slot) ?? 0;
      const old = n < order.count ? sent.get(slot)?.[n % replayedOnes] : undefined;
      if (old === undefined) return;
      replays.set(slot, n + 1);
      replayed++;
      return forward.call(this, slot, packet, old, header);
    }
    const own = slot.from.peer.seat;
    taken.set(own, [...(taken.get(own) ?? []), Buffer.from(payload)]);
    const [other] = [...taken].filter(([seat, waiting]) => seat !== own && waiting.length > 0);
    const its = other?.[1].shift();
    if (its === undefined) return;
    swapped++;
    forward.call(this, slot, packet, its, header);
  };
  // What it holds back is not asked out of it either.
  Sfu.prototype.repeat = function (slot, asked) {
    if (order.do === "honest" || slot.peer.seat !== order.to) repeat.call(this, slot, asked);
  };
  setInterval(() => {
    const orders = join(folder, "orders.json");
    if (existsSync(orders)) order = JSON.parse(readFileSync(orders, "utf8")) as MediaOrders;
    if (order.do !== "swap") taken.clear();
    const figures: MediaFigures = { voices: Object.fromEntries(voices), replayed, swapped };
    writeFileSync(join(folder, "figures.part"), JSON.stringify(figures));
    renameSync(join(folder, "figures.part"), join(folder, "figures.json"));
  }, lookMs);
}
