/**
 * Pace: how much the way down to one seat carries, from its transport-wide feedback. Two signs: packets that wait
 * (their one-way delay over its own least of the last ten seconds), and packets that are lost. Nothing is probed: a
 * rate that is used up and shows neither sign grows, one that shows either falls to what arrived.
 */
import type { Rtcp } from "./rtp.ts";

const least = 30_000;
const most = 8_000_000;
const baseMs = 10_000;
const holdMs = 400;
/** Numbers that are remembered: about five seconds of the most that is sent. A power of two. */
const remembered = 4_096;
/** Numbers that one feedback may tell of. */
const countMax = 2_000;
/** Feedback of so short a time is one entry of the window. */
const entryMs = 20;

export class Pace {
  /** Bits a second. */
  rate = 300_000;
  private lossShare = 0;
  private waitMs = 0;
  private next = 0;
  /** Numbers that were given, `remembered` at most. */
  private given = 0;
  /** Made with the first packet: a seat to which nothing is sent costs nothing. */
  private sent: { readonly ms: Float64Array; readonly bytes: Uint16Array } | undefined;
  private base = Number.POSITIVE_INFINITY;
  private baseAtMs = 0;
  private heldUntilMs = 0;
  private readonly window: { readonly atMs: number; bits: number }[] = [];
  private windowBits = 0;
  private lastMs = 0;

  /** Counts a packet that is sent now; returns its transport-wide number. */
  number(bytes: number, nowMs: number): number {
    const number = this.next;
    this.next = (number + 1) & 0xffff;
    this.given = Math.min(remembered, this.given + 1);
    this.sent ??= { ms: new Float64Array(remembered), bytes: new Uint16Array(remembered) };
    this.sent.ms[number % remembered] = nowMs;
    this.sent.bytes[number % remembered] = bytes;
    return number;
  }

  /** Returns whether it was read: one that tells of more than was sent is refused before anything of it is. */
  feedback({ bytes: packet }: Rtcp, nowMs: number): boolean {
    const { sent } = this;
    if (packet.length < 20 || sent === undefined) return false;
    const base = packet.readUInt16BE(12);
    const count = packet.readUInt16BE(14);
    const ago = (this.next - base) & 0xffff;
    if (count === 0 || count > countMax || ago > this.given || count > ago) return false;
    const { lost, came, bytes, waitMs } = this.read(packet, sent, base, count, nowMs);
    if (came + lost === 0) return true;
    this.lossShare = 0.85 * this.lossShare + 0.15 * (lost / (came + lost));
    if (came > 0) this.waitMs = 0.6 * this.waitMs + 0.4 * waitMs;
    this.arrived(bytes * 8, nowMs);
    const seconds = Math.max(0.2, Math.min(1, (nowMs - (this.window[0]?.atMs ?? nowMs)) / 1_000));
    this.adapt(this.windowBits / seconds, nowMs);
    return true;
  }

  private arrived(bits: number, nowMs: number): void {
    const last = this.window.at(-1);
    if (last !== undefined && nowMs - last.atMs < entryMs) last.bits += bits;
    else this.window.push({ atMs: nowMs, bits });
    this.windowBits += bits;
    while (this.window.length > 1 && nowMs - (this.window[0]?.atMs ?? nowMs) > 1_000)
      this.windowBits -= this.window.shift()?.bits ?? 0;
  }

  private adapt(arrived: number, nowMs: number): void {
    const seconds = Math.min(0.25, (nowMs - this.lastMs) / 1_000);
    this.lastMs = nowMs;
    const mayFall = nowMs > this.heldUntilMs;
    if (this.waitMs > 80 && mayFall) this.fall(Math.min(this.rate, 0.85 * arrived), nowMs);
    else if (this.lossShare > 0.12 && mayFall) this.fall(this.rate * (1 - this.lossShare / 2), nowMs);
    else if (this.waitMs < 30 && this.lossShare < 0.06 && arrived > 0.6 * this.rate)
      this.rate = Math.min(most, this.rate * (1 + 0.16 * seconds) + 2_000 * seconds);
  }

  private fall(to: number, nowMs: number): void {
    this.rate = Math.max(least, to);
    this.heldUntilMs = nowMs + holdMs;
  }

  /** Runs of what is lost are counted and not walked: the work is bounded by the bytes of the packet. */
  private read(packet: Buffer, sent: NonNullable<Pace["sent"]>, base: number, count: number, nowMs: number) {
    let atMs = packet.readIntBE(16, 3) * 64;
    let at = 20 + 2 * chunksOf(packet, count);
    let came = 0;
    let lost = 0;
    let bytes = 0;
    let waitMs = Number.POSITIVE_INFINITY;
    let step = 0;
    const isRead = (kind: number) => {
      const length = kind === 1 ? 1 : 2;
      if (at + length > packet.length) return false;
      atMs += (length === 1 ? (packet[at] as number) : packet.readInt16BE(at)) / 4;
      at += length;
      came++;
      const place = ((base + step) & 0xffff) % remembered;
      bytes += sent.bytes[place] as number;
      sent.bytes[place] = 0; // What is told twice arrived once.
      const wayMs = atMs - (sent.ms[place] as number); // Two clocks: only its changes mean anything.
      if (wayMs < this.base || nowMs - this.baseAtMs > baseMs) {
        this.base = wayMs;
        this.baseAtMs = nowMs;
      }
      waitMs = Math.min(waitMs, wayMs - this.base); // The least of a batch: a burst's own length is no queue.
      return true;
    };
    for (let chunkAt = 20; step < count && chunkAt + 2 <= packet.length; chunkAt += 2) {
      const chunk = packet.readUInt16BE(chunkAt);
      const length = Math.min(lengthOf(chunk), count - step);
      if (chunk < 0x2000) {
        lost += length;
        step += length;
        continue;
      }
      for (let one = 0; one < length; one++, step++) {
        const kind = kindOf(chunk, one);
        if (kind === 0) lost++;
        else if (!isRead(kind)) return { lost, came, bytes, waitMs };
      }
    }
    return { lost, came, bytes, waitMs };
  }
}

/** Numbers that a chunk tells of: a run, fourteen of one bit, or seven of two. */
function lengthOf(chunk: number): number {
  if (chunk < 0x8000) return chunk & 0x1fff;
  return chunk < 0xc000 ? 14 : 7;
}

/** 0 lost, 1 came after a small step, 2 or 3 after a large one. */
function kindOf(chunk: number, at: number): number {
  if (chunk < 0x8000) return (chunk >> 13) & 3;
  return chunk < 0xc000 ? (chunk >> (13 - at)) & 1 : (chunk >> (12 - 2 * at)) & 3;
}

/** Chunks before the steps of time begin. */
function chunksOf(packet: Buffer, count: number): number {
  let chunks = 0;
  for (let told = 0; told < count && 22 + 2 * chunks <= packet.length; chunks++)
    told += lengthOf(packet.readUInt16BE(20 + 2 * chunks));
  return chunks;
}
