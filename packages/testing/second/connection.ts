/** One WebSocket to a home (docs/spec/wire.md WI1): greeted first, then calls, posts and pushes. */
import { type Bytes, Fields } from "./bytes.ts";
import { type Answer, callFrame, messagesOf, type Push, readFrame } from "./frames.ts";
import type { Greeting } from "./signing.ts";

/** What home refused: `code` is a number of docs/spec/wire.md WI28. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: number;
  /** Where `code` is `stale-epoch`: the gate's. */
  readonly epoch: number;

  constructor(code: number, epoch: number) {
    super(`refused: ${code}`);
    this.code = code;
    this.epoch = epoch;
  }
}

type Waiting = { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void };

export class Connection {
  readonly greeting: Greeting;
  private readonly socket: WebSocket;
  private readonly waiting: Map<number, Waiting>;
  private lastRequest = 1;

  private constructor(socket: WebSocket, waiting: Map<number, Waiting>, greeting: Greeting) {
    this.socket = socket;
    this.waiting = waiting;
    this.greeting = greeting;
  }

  /**
   * @param origin such as `http://127.0.0.1:8080`; `domain`: what the home must call itself (docs/spec/identity.md
   * ID45).
   */
  static async open(origin: string, domain: string, onPush: (push: Push) => void = () => undefined) {
    const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/ws`);
    socket.binaryType = "arraybuffer";
    const waiting = new Map<number, Waiting>();
    socket.addEventListener("message", ({ data }) => {
      const frame = readFrame(new Uint8Array(data as ArrayBuffer));
      if (frame.type === "push") onPush(frame.push);
      else if (frame.type === "ok" || frame.type === "result" || frame.type === "error") settle(waiting, frame);
    });
    socket.addEventListener("close", ({ code }) => {
      for (const { reject } of waiting.values()) reject(new Error(`home closed the connection: ${code}`));
      waiting.clear();
    });
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("home is not reached")));
    });
    const answered = asked(waiting, 1);
    socket.send(callFrame(1, "hello", { versions: [1] }));
    const told = new Fields(await answered);
    if (told.number("version") !== 1 || told.text("domain") !== domain) throw new Error("another home");
    const greeting = { domain, incarnation: told.bytes("incarnation", 16), nonce: told.bytes("nonce", 32) };
    return new Connection(socket, waiting, greeting);
  }

  /** @throws Refused */
  async call(name: string, args: object): Promise<Fields> {
    return new Fields(await this.ask((request) => callFrame(request, name, args)));
  }

  /** Resolved when what was posted is on home's disk. @throws Refused */
  async post(frameOf: (request: number) => Bytes): Promise<void> {
    await this.ask(frameOf);
  }

  send(frame: Bytes): void {
    for (const message of messagesOf(frame)) this.socket.send(message);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.socket.addEventListener("close", resolve));
    this.socket.close();
    await closed;
  }

  private ask(frameOf: (request: number) => Bytes): Promise<unknown> {
    this.lastRequest += 1;
    const answered = asked(this.waiting, this.lastRequest);
    this.send(frameOf(this.lastRequest));
    return answered;
  }
}

function asked(waiting: Map<number, Waiting>, request: number): Promise<unknown> {
  return new Promise((resolve, reject) => waiting.set(request, { resolve, reject }));
}

function settle(waiting: Map<number, Waiting>, answer: Answer): void {
  const asker = waiting.get(answer.request);
  waiting.delete(answer.request);
  if (answer.type === "error") asker?.reject(new Refused(answer.code, answer.epoch));
  else asker?.resolve(answer.type === "result" ? answer.result : undefined);
}
