/**
 * The front, as the server's thread controls it (docs/spec/calls.md CA180): one port for the website and for calls over
 * TLS, in a thread of its own. A thread that died is started again.
 */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { OpenLimits } from "../core/core-config.ts";
import type { Faults } from "../core/faults.ts";
import { type PeerMemory, PeerTable } from "./peer-table.ts";

/** Where the front hands a connection to: the website, or the relay's TURN over TLS. */
export type FrontWay = "site" | "turn";

export type FrontLimits = {
  readonly open: OpenLimits;
  /** Connections whose ClientHello is not whole; and, counted apart for each way, those that wait to be handed on. */
  readonly ungreeted: OpenLimits;
  /** Time for the ClientHello to arrive; and, after it was handed on, for the client's next bytes. */
  readonly greetMs: number;
  /** Connections handed on in a second, for each way. */
  readonly perSecond: number;
};
export type FrontTask = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly peers: Readonly<Record<FrontWay, PeerMemory>>;
  readonly limits: FrontLimits;
};
export type FrontOrder =
  | { readonly kind: "target"; readonly way: FrontWay; readonly port: number | undefined }
  | { readonly kind: "end" };
/** Open connections; and, since the start, those handed on and those closed before that. */
export type FrontCounts = { readonly connections: number; readonly handedOn: number; readonly refused: number };
export type FrontNews =
  | { readonly kind: "counts"; readonly counts: FrontCounts }
  | { readonly kind: "open"; readonly port: number }
  | { readonly kind: "closed"; readonly code: string }
  | { readonly kind: "fault"; readonly place: string; readonly name: string };

export const frontLimits: FrontLimits = {
  open: { prefix: 2_048, all: 16_000 },
  ungreeted: { prefix: 64, all: 2_000 },
  greetMs: 10_000,
  perSecond: 300,
};
const nothing: FrontCounts = { connections: 0, handedOn: 0, refused: 0 };
/** Wait before a thread that died is started again. */
const againMs = 1_000;

/** Found like the file of the relay's thread (features/calls/bun-relay.ts). */
function workerFile(): URL | string {
  const beside = new URL("./bun-front-worker.ts", import.meta.url);
  return existsSync(beside) ? beside : "./packages/server/src/gateway/bun-front-worker.ts";
}

export class FrontThread {
  readonly peers: Readonly<Record<FrontWay, PeerTable>> = { site: new PeerTable(), turn: new PeerTable() };
  private readonly at: Pick<FrontTask, "host" | "port">;
  private readonly limits: FrontLimits;
  private readonly faults: Faults;
  private readonly tell: (said: string) => void;
  private readonly targets: Record<FrontWay, number | undefined> = { site: undefined, turn: undefined };
  private told = nothing;
  /** Counts of threads that died. */
  private before = nothing;
  private worker: Worker | undefined;
  private isStopped = false;
  private isToldClosed = false;
  private readonly begun = Promise.withResolvers<number | undefined>();

  /** @param tell called with each line of text that an operator should read. */
  constructor(
    at: Pick<FrontTask, "host" | "port">,
    faults: Faults,
    tell: (said: string) => void,
    limits: FrontLimits = frontLimits,
  ) {
    this.at = at;
    this.faults = faults;
    this.tell = tell;
    this.limits = limits;
  }

  /** Starts the thread. `ready` gives the port that it listens on. */
  begin(): void {
    if (this.isStopped) return;
    // The connections of a thread that died ended with it.
    for (const table of Object.values(this.peers)) table.clear();
    const peers = { site: this.peers.site.memory, turn: this.peers.turn.memory };
    const task: FrontTask = { ...this.at, peers, limits: this.limits };
    const worker = new Worker(workerFile(), { workerData: task });
    this.worker = worker;
    worker.unref();
    worker.on("message", (news: FrontNews) => this.faults.guarded("news of the front", () => this.hear(news)));
    worker.on("error", (error) => this.faults.caught("the front's thread", error));
    worker.on("exit", () => {
      if (this.worker !== worker || this.isStopped) return;
      this.worker = undefined;
      this.before = { ...this.counts(), connections: 0 };
      this.told = nothing;
      setTimeout(() => this.begin(), againMs).unref();
    });
    for (const way of ["site", "turn"] as const) this.setTarget(way, this.targets[way]);
  }

  /** The port that the front listens on; undefined if it could not be opened. */
  ready(): Promise<number | undefined> {
    return this.begun.promise;
  }

  /** @param port the loopback port for connections of this way; undefined: they are closed. */
  setTarget(way: FrontWay, port: number | undefined): void {
    this.targets[way] = port;
    this.worker?.postMessage({ kind: "target", way, port } satisfies FrontOrder);
  }

  /** Sums over all networks: no count is kept of one alone (CA15). */
  counts(): FrontCounts {
    const { before, told } = this;
    return {
      connections: told.connections,
      handedOn: before.handedOn + told.handedOn,
      refused: before.refused + told.refused,
    };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const { worker } = this;
    this.worker = undefined;
    this.begun.resolve(undefined);
    await worker?.terminate();
  }

  private hear(news: FrontNews): void {
    if (news.kind === "open") {
      this.isToldClosed = false;
      this.begun.resolve(news.port);
    } else if (news.kind === "closed") {
      this.begun.resolve(undefined);
      if (!this.isToldClosed) this.tell(`the front's port cannot be opened (${news.code}); see --front`);
      this.isToldClosed = true;
      // Another process may have the port for a while: ending the thread starts it again after `againMs`.
      void this.worker?.terminate();
    } else if (news.kind === "counts") this.told = news.counts;
    else this.faults.caught(`the front: ${news.place}`, Object.assign(new Error("in the front"), { name: news.name }));
  }
}
