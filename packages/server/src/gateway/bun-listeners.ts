/** Listeners: one port, whose certificate may change while sockets stay open (docs/spec/delivery.md DS150). */
import type { Server as BunServer } from "bun";
import { readPair, stampOf, TlsError, type TlsFiles, type TlsPair } from "./bun-tls.ts";

const lookMs = 60_000;
const retryMs = 1_000;

export type ListenOn<Data> = (port: number, pair: TlsPair | undefined) => BunServer<Data>;

export class Listeners<Data> {
  readonly port: number;
  private current: BunServer<Data>;
  /** Listeners with earlier certificates. They accept nobody, and are dropped when their last connection closes. */
  private older: BunServer<Data>[] = [];
  private pair: TlsPair | undefined;
  private stamp: string;
  private readonly files: TlsFiles | undefined;
  private readonly listenOn: ListenOn<Data>;
  private readonly tell: (said: string) => void;
  private readonly timer: ReturnType<typeof setInterval> | undefined;
  private retrying: ReturnType<typeof setTimeout> | undefined;
  private isStopped = false;

  /**
   * @param port 0: any free port.
   * @param tell called with each line of text that an operator should read.
   * @throws TlsError; an error with code EADDRINUSE
   */
  constructor(port: number, files: TlsFiles | undefined, listenOn: ListenOn<Data>, tell: (said: string) => void) {
    this.files = files;
    this.listenOn = listenOn;
    this.tell = tell;
    this.stamp = files === undefined ? "" : stampOf(files);
    this.pair = files === undefined ? undefined : readPair(files);
    this.current = listenOn(port, this.pair);
    this.port = this.current.port as number;
    this.timer = files === undefined ? undefined : setInterval(() => this.look(), lookMs);
    this.timer?.unref();
  }

  get certificateEndsMs(): number | undefined {
    return this.pair?.validToMs;
  }

  publish(topic: string, bytes: Uint8Array): void {
    this.current.publish(topic, bytes as Uint8Array<ArrayBuffer>);
    for (const listener of this.older) listener.publish(topic, bytes as Uint8Array<ArrayBuffer>);
  }

  /** Reads the files again if they changed. If they are no valid pair, reports that and keeps the older one. */
  look(): void {
    const { files } = this;
    this.older = this.older.filter((listener) => listener.pendingWebSockets > 0 || listener.pendingRequests > 0);
    if (files === undefined || this.isStopped) return;
    const stamp = stampOf(files);
    if (stamp === this.stamp) return;
    try {
      const pair = readPair(files);
      this.stamp = stamp;
      this.pair = pair;
      this.renew();
      this.tell("the new certificate is in use");
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      this.tell(`${error.message}; the older certificate goes on`);
    }
  }

  /** Stops accepting connections; those that are open stay. */
  stopAccepting(): void {
    this.isStopped = true;
    void this.current.stop(false);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    clearTimeout(this.retrying);
    await Promise.all([this.current, ...this.older].map((listener) => listener.stop(true)));
  }

  private renew(): void {
    this.older.push(this.current);
    void this.current.stop(false);
    this.listenAgain();
  }

  /** Listens on the same port again. If another process took it meanwhile, tries until it is free. */
  private listenAgain(): void {
    if (this.isStopped) return;
    try {
      this.current = this.listenOn(this.port, this.pair);
    } catch {
      this.tell("the port was taken while the certificate was renewed; trying again");
      this.retrying = setTimeout(() => this.listenAgain(), retryMs);
    }
  }
}
