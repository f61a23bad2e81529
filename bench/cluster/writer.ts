/**
 * Writer: posts to a group, one after another, on a connection that is not signed in, to any of the gateways. What is
 * not answered it posts again, the same bytes, there or at another one, until it is answered `ok`, as a client does
 * (docs/spec/delivery.md DS14).
 */
import type { Address } from "@yanshu/wire";
import { textBytes } from "../envelope.ts";
import type { Peer } from "../load/peer.ts";
import { greet } from "../load/people.ts";
import { type Group, postFrame } from "../load/sender.ts";
import type { Ledger } from "./ledger.ts";

const answerMsMax = 3_000;
const pauseMsMax = 150;

export class Writer {
  private readonly index: number;
  private readonly addresses: readonly Address[];
  private readonly urls: readonly string[];
  private readonly ledger: Ledger;
  private readonly frame;
  private readonly view: DataView;
  private peer: Peer | undefined;
  private isWriting = false;
  private running: Promise<void> = Promise.resolve();

  constructor(index: number, group: Group, addresses: readonly Address[], urls: readonly string[], ledger: Ledger) {
    this.index = index;
    this.addresses = addresses;
    this.urls = urls;
    this.ledger = ledger;
    this.frame = postFrame(group, textBytes);
    this.view = new DataView(this.frame.buffer, this.frame.byteOffset, this.frame.byteLength);
  }

  /** @param pauseMs between an answer and the next post. */
  begin(pauseMs: number): void {
    this.isWriting = true;
    this.running = this.write(pauseMs);
  }

  /** Settles when what it began is answered. */
  async stop(): Promise<void> {
    this.isWriting = false;
    await this.running;
    this.peer?.close();
    this.peer = undefined;
  }

  private async write(pauseMs: number): Promise<void> {
    while (this.isWriting) {
      const n = this.ledger.begins(this.index);
      while (!(await this.isTaken(n))) await Bun.sleep(Math.random() * pauseMsMax);
      this.ledger.accepts(this.index, n);
      if (pauseMs > 0) await Bun.sleep(pauseMs * (0.5 + Math.random()));
    }
  }

  private async isTaken(n: number): Promise<boolean> {
    try {
      if (this.peer?.isOpen !== true) this.peer = await this.connected();
      await within(answerMsMax, this.posted(this.peer, n));
      return true;
    } catch (error) {
      const isHere = (error as Error).message.startsWith("post: unknown-list");
      if (!isHere) this.peer?.close();
      if (isHere && this.peer !== undefined) await this.upload(this.peer).catch(() => undefined);
      return false;
    }
  }

  private posted(peer: Peer, n: number): Promise<void> {
    const request = peer.nextRequest();
    this.view.setUint32(1, request);
    this.view.setUint32(this.frame.length - 8, this.index);
    this.view.setUint32(this.frame.length - 4, n);
    return peer.post(request, this.frame);
  }

  private async connected(): Promise<Peer> {
    const url = this.urls[Math.floor(Math.random() * this.urls.length)] as string;
    const { peer } = await within(answerMsMax, greet(url));
    await this.upload(peer);
    return peer;
  }

  private async upload(peer: Peer): Promise<void> {
    await within(answerMsMax, peer.call("uploadList", { addresses: this.addresses }));
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error("late")), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
