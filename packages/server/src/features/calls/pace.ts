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

export class Pace {
  /** Bits a second. */
  rate = 300_000;
  private lossShare = 0;
  private waitMs = 0;
  private next = 0;
  private readonly sentMs = new Float64Array(0x1_0000);
  private readonly sentBytes = new Uint16Array(0x1_0000);
  private base = Number.POSITIVE_INFINITY;
  private baseAtMs = 0;
  private heldUntilMs = 0;
  private window: { readonly atMs: number; readonly bits: number }[] = [];
  private lastMs = 0;

  /** Counts a packet that is sent now; returns its transport-wide number. */
  number(bytes: number, nowMs: number): number {
    const number = this.next;
    this.next = (number + 1) & 0xffff;
    this.sentMs[number] = nowMs;
    this.sentBytes[number] = bytes;
    return number;
  }

  feedback({ bytes: packet }: Rtcp, nowMs: number): void {
    if (packet.length < 20) return;
    const { lost, came, bytes, waitMs } = this.read(packet, nowMs);
    if (came + lost === 0) return;
    this.lossShare = 0.85 * this.lossShare + 0.15 * (lost / (came + lost));
    if (came > 0) this.waitMs = 0.6 * this.waitMs + 0.4 * waitMs;
    this.window.push({ atMs: nowMs, bits: bytes * 8 });
    while (this.window.length > 1 && nowMs - (this.window[0]?.atMs ?? nowMs) > 1_000) this.window.shift();
    const seconds = Math.max(0.2, Math.min(1, (nowMs - (this.window[0]?.atMs ?? nowMs)) / 1_000));
    const arrived = this.window.reduce((sum, { bits }) => sum + bits, 0) / seconds;
    this.adapt(arrived, nowMs);
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

  private read(packet: Buffer, nowMs: number) {
    const base = packet.readUInt16BE(12);
    const count = packet.readUInt16BE(14);
    let atMs = packet.readIntBE(16, 3) * 64;
    const { kinds, at: begin } = readKinds(packet, count);
    let at = begin;
    let came = 0;
    let lost = 0;
    let bytes = 0;
    let waitMs = Number.POSITIVE_INFINITY;
    for (const [step, kind] of kinds.entries()) {
      if (kind === 0) {
        lost++;
        continue;
      }
      const length = kind === 1 ? 1 : 2;
      if (at + length > packet.length) break;
      atMs += (length === 1 ? (packet[at] as number) : packet.readInt16BE(at)) / 4;
      at += length;
      came++;
      const number = (base + step) & 0xffff;
      bytes += this.sentBytes[number] as number;
      const wayMs = atMs - (this.sentMs[number] as number); // Two clocks: only its changes mean anything.
      if (wayMs < this.base || nowMs - this.baseAtMs > baseMs) {
        this.base = wayMs;
        this.baseAtMs = nowMs;
      }
      waitMs = Math.min(waitMs, wayMs - this.base); // The least of a batch: a burst's own length is no queue.
    }
    return { lost, came, bytes, waitMs };
  }
}

/** For each number: 0 lost, 1 came after a small step, 2 or 3 after a large one. */
function readKinds(packet: Buffer, count: number): { readonly kinds: readonly number[]; readonly at: number } {
  const kinds: number[] = [];
  let at = 20;
  while (kinds.length < count && at + 2 <= packet.length) {
    const chunk = packet.readUInt16BE(at);
    at += 2;
    if (chunk < 0x8000) {
      const length = Math.min(chunk & 0x1fff, count - kinds.length);
      for (let step = 0; step < length; step++) kinds.push((chunk >> 13) & 3);
    } else if (chunk < 0xc000) for (let bit = 13; bit >= 0; bit--) kinds.push((chunk >> bit) & 1);
    else for (let bit = 12; bit >= 0; bit -= 2) kinds.push((chunk >> bit) & 3);
  }
  return { kinds: kinds.slice(0, count), at };
}
