/**
 * The relay as the server has it: a thread of its own, begun with the first room, and begun anew where it died
 * (docs/spec/calls.md CA14).
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Faults } from "../../core/faults.ts";
import type { TlsListenerOptions } from "./bun-listeners.ts";
import { type FrontDesk, noRelayCounts } from "./port.ts";
import type { RelayCounts } from "./relay.ts";
import { relayCredential } from "./relay-credential.ts";
import type { RelayDesk } from "./room-ports.ts";
import { ToldCounts } from "./told-counts.ts";

export type RelayTask = {
  readonly secret: Uint8Array;
  readonly host: string;
  /** Of UDP; 0 takes a free one. */
  readonly port: number;
  /** Absent: no TCP. */
  readonly tcp: number | undefined;
  /** Absent: no TLS. */
  readonly tls?: TlsListenerOptions | undefined;
  readonly bytesPerSecond: number;
};
type JoinedSeat = { readonly room: string; readonly seat: number; readonly icePassword: string };
export type RelayOrder =
  | { readonly kind: "seat-gone"; readonly room: string; readonly seat: number }
  | ({ readonly kind: "joined" } & JoinedSeat)
  /** Where the media of group calls hears; undefined: nowhere. */
  | { readonly kind: "inside"; readonly port: number | undefined }
  | { readonly kind: "end" };
export type RelayNews =
  | { readonly kind: "open"; readonly port: number; readonly tcp: number | undefined; readonly tls: number | undefined }
  /** For the operator. */
  | { readonly kind: "said"; readonly line: string }
  | { readonly kind: "closed"; readonly code: string }
  | { readonly kind: "counts"; readonly counts: RelayCounts }
  | { readonly kind: "fault"; readonly place: string; readonly name: string };

export type RelayOptions = Omit<RelayTask, "secret"> & {
  /** What clients are told in the place of the name that they came to. */
  readonly publicHost: string | undefined;
  /** What hands TURN over TLS on from a port of its own (CA180), which clients are told in the place of the relay's. */
  readonly front?: FrontDesk | undefined;
};

/** After a thread died, before the next is begun. */
const againMs = 1_000;

/**
 * In the binary (tools/build-binary.ts) all modules are one file, and a thread's is found by its path in the
 * repository.
 */
function workerFile(): URL | string {
  const beside = new URL("./bun-relay-worker.ts", import.meta.url);
  return existsSync(beside) ? beside : "./packages/server/src/features/calls/bun-relay-worker.ts";
}

export class RelayThread implements RelayDesk {
  private readonly secret = crypto.getRandomValues(new Uint8Array(32));
  private readonly options: RelayOptions;
  private readonly faults: Faults;
  private readonly tell: (said: string) => void;
  private worker: Worker | undefined;
  private at: Pick<Extract<RelayNews, { kind: "open" }>, "port" | "tcp" | "tls"> | undefined;
  private readonly told = new ToldCounts(noRelayCounts, "legs");
  private begun: Promise<void> | undefined;
  private isStopped = false;
  private insidePort: number | undefined;
  /** Seats that joined the media: a thread that is begun anew is told of them. */
  private readonly joinedSeats = new Map<string, JoinedSeat>();

  /** @param tell is told what an operator should hear of. */
  constructor(options: RelayOptions, faults: Faults, tell: (said: string) => void) {
    this.options = options;
    this.faults = faults;
    this.tell = tell;
  }

  /** Settles once its ports are open, or will not be. */
  ready(): Promise<void> {
    this.begun ??= this.begin();
    return this.begun;
  }

  access(room: string, seat: number): ReturnType<RelayDesk["access"]> {
    if (this.at === undefined) return undefined;
    const { port, tcp, tls } = this.at;
    const { publicHost } = this.options;
    return {
      port,
      ...(tcp !== undefined && { tcp }),
      ...(tls !== undefined && { tls: this.options.front?.port ?? tls }),
      ...(publicHost !== undefined && { host: publicHost }),
      ...relayCredential(this.secret, Date.now(), room, seat),
    };
  }

  joined(room: string, seat: number, icePassword: string): void {
    const one = { room, seat, icePassword };
    this.joinedSeats.set(`${room}:${seat}`, one);
    this.order({ kind: "joined", ...one });
  }

  seatGone(room: string, seat: number): void {
    this.joinedSeats.delete(`${room}:${seat}`);
    this.order({ kind: "seat-gone", room, seat });
  }

  /** The loopback port of what stands behind the inside address (CA81). */
  inside(port: number | undefined): void {
    this.insidePort = port;
    this.order({ kind: "inside", port });
  }

  counts(): RelayCounts {
    return this.told.all;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.at = undefined;
    const { worker } = this;
    this.worker = undefined;
    if (worker === undefined) return;
    worker.postMessage({ kind: "end" } satisfies RelayOrder);
    await worker.terminate();
  }

  private order(order: RelayOrder): void {
    this.worker?.postMessage(order);
  }

  private begin(): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    const { host, port, tcp, tls, bytesPerSecond } = this.options;
    const task: RelayTask = { secret: this.secret, host, port, tcp, tls, bytesPerSecond };
    const worker = new Worker(workerFile(), { workerData: task });
    this.worker = worker;
    worker.unref();
    return new Promise((settled) => {
      worker.on("message", (news: RelayNews) => {
        if (news.kind === "open") {
          this.at = { port: news.port, tcp: news.tcp, tls: news.tls };
          this.options.front?.setTarget("turn", news.tls);
          if (this.insidePort !== undefined) this.order({ kind: "inside", port: this.insidePort });
          for (const one of this.joinedSeats.values()) this.order({ kind: "joined", ...one });
        }
        if (news.kind === "closed")
          this.tell(`calls have no relay: its port cannot be opened (${news.code}); see --call-port`);
        else if (news.kind === "said") this.tell(news.line);
        else if (news.kind === "counts") this.told.hear(news.counts);
        else if (news.kind === "fault")
          this.faults.caught(`the relay: ${news.place}`, Object.assign(new Error("in the relay"), { name: news.name }));
        if (news.kind === "open" || news.kind === "closed") settled();
      });
      worker.on("error", (error) => this.faults.caught("the relay's thread", error));
      worker.on("exit", () => {
        settled();
        if (this.worker !== worker || this.isStopped) return;
        this.worker = undefined;
        this.at = undefined;
        this.options.front?.setTarget("turn", undefined);
        this.told.ended();
        setTimeout(() => {
          this.begun = this.begin();
        }, againMs).unref();
      });
    });
  }
}
