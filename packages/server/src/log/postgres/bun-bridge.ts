/**
 * Bridge: sends requests to the connection's thread and blocks until it answers, so that the log is synchronous over a
 * network too (docs/decisions/0018-postgres-log.md). Nothing else runs in this thread meanwhile, as while SQLite waits
 * for the disk.
 */
import { existsSync } from "node:fs";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { LogAwayError } from "../log.ts";
import type { Opening, Reply, Request, Result, Step } from "./channel.ts";

/**
 * How long a request waits for a connection, such as while the database restarts. Counted from when the database was
 * first found away, so later requests wait less.
 */
const waitMsMax = 3_000;
const answerMsMax = 30_000;
/** Request numbers fit the signal, a signed 32-bit integer. */
const numberMax = 0x7fff_ffff;

/**
 * In the binary (tools/build-binary.ts) all modules are one file, and a thread's module is found by its path in the
 * repository.
 */
function workerFile(): URL | string {
  const beside = new URL("./bun-worker.ts", import.meta.url);
  return existsSync(beside) ? beside : "./packages/server/src/log/postgres/bun-worker.ts";
}

/** The database refused a step; `state` is its SQLSTATE. */
export class RefusedError extends Error {
  readonly state: string;
  constructor(state: string, message: string) {
    super(message);
    this.state = state;
  }
}

export class Bridge {
  private readonly signal = new Int32Array(new SharedArrayBuffer(4));
  private readonly url: string;
  /** Undefined once the thread has died: the next request starts another. */
  private thread: { readonly worker: Worker; readonly port: MessagePort } | undefined;
  /** Run at the start of each connection; kept for a thread that replaces one that died. */
  private greeting: Request["greeting"];
  private number = 0;
  private awaySinceMs: number | undefined;
  private isClosed = false;

  constructor(url: string) {
    this.url = url;
    this.thread = this.begin();
  }

  private begin(): { readonly worker: Worker; readonly port: MessagePort } {
    const { port1, port2 } = new MessageChannel();
    const opening: Opening = { signal: this.signal, url: this.url, greeting: this.greeting ?? [] };
    const worker = new Worker(workerFile(), {
      workerData: { ...opening, port: port2 },
      transferList: [port2],
    });
    const made = { worker, port: port1 };
    // If the thread dies, its connection is lost, as if the network broke.
    const isGone = () => {
      if (this.thread === made) this.thread = undefined;
    };
    worker.on("error", isGone);
    worker.on("exit", isGone);
    worker.unref();
    port1.unref();
    return made;
  }

  /** Ends the thread, for tests. */
  async kill(): Promise<void> {
    await this.thread?.worker.terminate();
  }

  /**
   * Runs `steps` and blocks until they are done.
   *
   * @param isFirst whether a lost connection may be replaced: false within a transaction.
   * @throws RefusedError and LogAwayError
   */
  ask(steps: readonly Step[], isFirst: boolean, more: Pick<Request, "greeting" | "isLast"> = {}): readonly Result[] {
    if (this.isClosed) throw new LogAwayError("the log is closed");
    if (more.greeting !== undefined) this.greeting = more.greeting;
    this.number = (this.number % numberMax) + 1;
    const reply = this.exchange({ number: this.number, steps, isFirst, waitMs: this.waitMs(), ...more });
    if (reply.kind === "away") {
      this.awaySinceMs ??= performance.now();
      throw new LogAwayError(reply.message);
    }
    this.awaySinceMs = undefined;
    if (reply.kind === "refused") throw new RefusedError(reply.state, reply.message);
    return reply.results;
  }

  close(): void {
    if (this.isClosed) return;
    try {
      this.ask([], false, { isLast: true });
    } catch (error) {
      if (!(error instanceof LogAwayError)) throw error;
    }
    this.isClosed = true;
    this.thread?.port.close();
  }

  private waitMs(): number {
    if (this.awaySinceMs === undefined) return waitMsMax;
    return Math.max(0, this.awaySinceMs + waitMsMax - performance.now());
  }

  private exchange(request: Request): Reply {
    if (this.thread === undefined && !request.isFirst) return away(request, "the connection is gone");
    this.thread ??= this.begin();
    const { port } = this.thread;
    port.postMessage(request);
    for (const endMs = performance.now() + answerMsMax; performance.now() < endMs; ) {
      const at = Atomics.load(this.signal, 0);
      if (at !== request.number) Atomics.wait(this.signal, 0, at, endMs - performance.now());
      for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
        const reply = got.message as Reply;
        if (reply.number === request.number) return reply;
      }
    }
    return away(request, "the database does not answer");
  }
}

function away({ number }: Request, message: string): Reply {
  return { number, kind: "away", message };
}
