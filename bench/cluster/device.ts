/**
 * Device: signed in at one of the gateways, and soon at another when its connection ends. It receives, counts and
 * acknowledges as a client does (docs/spec/delivery.md DS20).
 */
import { ByteReader, type Bytes, encodeAcks } from "@yanshu/wire";
import type { Peer } from "../load/peer.ts";
import { type Person, signIn } from "../load/people.ts";
import type { Ledger } from "./ledger.ts";

const ackEvery = 64;
const ackMs = 100;
const retryMsMax = 400;

export class Device {
  isConnected = false;
  private readonly index: number;
  private readonly person: Person;
  private readonly urls: readonly string[];
  private readonly ledger: Ledger;
  private peer: Peer | undefined;
  private times: number;
  private isAway = false;
  private isOver = false;
  private ids: number[] = [];
  private readonly timer: Timer;

  /** @param times how often the person signed in before. */
  constructor(index: number, person: Person, times: number, urls: readonly string[], ledger: Ledger) {
    this.index = index;
    this.person = person;
    this.times = times;
    this.urls = urls;
    this.ledger = ledger;
    this.timer = setInterval(() => this.acknowledge(), ackMs);
    void this.live();
  }

  /** Its network goes, and comes back. */
  network(isThere: boolean): void {
    this.isAway = !isThere;
    if (!isThere) this.drop();
  }

  end(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.drop();
  }

  private async live(): Promise<void> {
    for (let at = this.index; !this.isOver; at = Math.floor(Math.random() * this.urls.length)) {
      if (this.isAway) {
        await Bun.sleep(10);
        continue;
      }
      try {
        await this.beThere(this.urls[at % this.urls.length] as string);
      } catch {
        await Bun.sleep(Math.random() * retryMsMax);
      }
    }
  }

  private async beThere(url: string): Promise<void> {
    const peer = await signIn(url, this.person, this.times);
    this.times++;
    if (this.isOver || this.isAway) {
      peer.close();
      return;
    }
    this.peer = peer;
    this.ids = [];
    this.isConnected = true;
    await new Promise<void>((ended) => {
      this.ended = ended;
      peer.listener = { pushed: (frame) => this.pushed(frame), answered: () => undefined, closed: () => this.drop() };
    });
    await Bun.sleep(Math.random() * retryMsMax);
  }

  private ended: () => void = () => undefined;

  private drop(): void {
    this.isConnected = false;
    this.peer?.close();
    this.peer = undefined;
    this.ended();
  }

  private pushed(frame: Bytes): void {
    const id = new ByteReader(frame.subarray(1, 9)).u53();
    const mark = new DataView(frame.buffer, frame.byteOffset + frame.length - 8, 8);
    this.ledger.arrives(this.index, mark.getUint32(0), mark.getUint32(4), id);
    this.ids.push(id);
    if (this.ids.length >= ackEvery) this.acknowledge();
  }

  private acknowledge(): void {
    if (this.ids.length === 0 || this.peer?.isOpen !== true) return;
    this.peer.send(encodeAcks([{ first: this.ids[0] as number, last: this.ids.at(-1) as number }]));
    this.ids = [];
  }
}
