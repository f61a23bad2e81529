/**
 * Peer: one WebSocket that speaks the wire protocol (docs/spec/wire.md), with as little work a frame
 * as it can: pushes and answers to posts are handed on as bytes, and only calls are decoded.
 */
import {
  ByteReader,
  type Bytes,
  type CallArgs,
  type CallName,
  type CallResult,
  decodeResult,
  decodeServerFrame,
  encodeCall,
  limits,
  messagesOf,
} from "@yanshu/wire";

const okType = 0x80;
const pushType = 0xc0;
/** Of what another server's gate passed on. */
const farPushType = 0xc3;
/** Not how long an answer takes, but when there is none: the machine may have others to serve. */
const answerMsMax = 120_000;

type Waiter = { readonly answered: (body: Bytes) => void; readonly failed: (error: Error) => void };

/** What the server says besides answers to calls. */
export type Listener = {
  readonly pushed: (frame: Bytes) => void;
  /** `code` is undefined when the post is on disk. */
  readonly answered: (request: number, code: string | undefined) => void;
  readonly closed: (code: number) => void;
};

export class Peer {
  listener: Listener | undefined;
  private readonly socket: WebSocket;
  private readonly waiters = new Map<number, Waiter>();
  private request = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.onmessage = (event) => this.received(new Uint8Array(event.data as ArrayBuffer));
    socket.onclose = (event) => this.ended(event.code);
  }

  static open(url: string): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      socket.binaryType = "arraybuffer";
      const timer = setTimeout(() => {
        reject(new Error(`no connection to ${url} within ${answerMsMax} ms`));
        socket.close();
      }, answerMsMax);
      socket.onopen = () => {
        clearTimeout(timer);
        resolve(new Peer(socket));
      };
      socket.onclose = (event) => {
        clearTimeout(timer);
        reject(new Error(`connection refused (${event.code})`));
      };
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Numbers posts too, so that no two requests of a connection are alike. */
  nextRequest(): number {
    this.request++;
    return this.request;
  }

  send(frame: Bytes): void {
    if (frame.length <= limits.messageBytesMax) this.socket.send(frame as Uint8Array<ArrayBuffer>);
    else for (const message of messagesOf(frame)) this.socket.send(message as Uint8Array<ArrayBuffer>);
  }

  async call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>> {
    const request = this.nextRequest();
    return decodeResult(name, await this.answerTo(request, name, encodeCall(request, name, args)));
  }

  /** Sends one post and waits until it is on disk. For setting up; measured posts go by `send`. */
  async post(request: number, frame: Bytes): Promise<void> {
    await this.answerTo(request, "post", frame);
  }

  close(): void {
    this.socket.onclose = null;
    this.socket.close();
  }

  private answerTo(request: number, what: string, frame: Bytes): Promise<Bytes> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => waiter.failed(new Error("no answer")), answerMsMax);
      const settle = () => {
        clearTimeout(timer);
        this.waiters.delete(request);
      };
      const waiter: Waiter = {
        answered: (body) => {
          settle();
          resolve(body);
        },
        failed: (error) => {
          settle();
          reject(new Error(`${what}: ${error.message}`));
        },
      };
      this.waiters.set(request, waiter);
      this.send(frame);
    });
  }

  private received(frame: Bytes): void {
    if (frame[0] === pushType || frame[0] === farPushType) {
      this.listener?.pushed(frame);
      return;
    }
    if (frame[0] === okType) {
      const request = new ByteReader(frame.subarray(1)).u32();
      const waiter = this.waiters.get(request);
      if (waiter === undefined) this.listener?.answered(request, undefined);
      else waiter.answered(frame.subarray(5));
      return;
    }
    const answer = decodeServerFrame(frame);
    if (answer.type === "result") this.waiters.get(answer.request)?.answered(answer.body);
    if (answer.type !== "error") return;
    const waiter = this.waiters.get(answer.request);
    if (waiter === undefined) this.listener?.answered(answer.request, answer.code);
    else waiter.failed(new Error(answer.code));
  }

  private ended(code: number): void {
    for (const waiter of this.waiters.values()) waiter.failed(new Error(`connection closed (${code})`));
    this.listener?.closed(code);
  }
}
