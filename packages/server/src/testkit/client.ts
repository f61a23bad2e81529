/** Client: one socket to a home, as bytes; and what came back on it. */
import {
  type AckRange,
  type CallArgs,
  type CallName,
  type CallResult,
  decodeResult,
  decodeServerFrame,
  type ErrorCode,
  encodeAcks,
  encodeCall,
  encodeParts,
  encodePost,
  messagesOf,
  type Part,
  type PostHeader,
  type Push,
  type ServerFrame,
} from "@yanshu/wire";
import type { ServerConnection } from "../core/server.ts";
import type { ManualClock } from "./clock.ts";

export type Answer = Extract<ServerFrame, { type: "ok" | "result" | "error" }>;

/** What the server refused, as an exception, so that a test reads on when it did not. */
export class Refused extends Error {
  readonly code: ErrorCode | "unknown";
  readonly answer: Extract<Answer, { type: "error" }>;
  constructor(answer: Extract<Answer, { type: "error" }>) {
    super(`refused: ${answer.code}`);
    this.code = answer.code;
    this.answer = answer;
  }
}

export class Client {
  connection: ServerConnection | undefined;
  readonly pushes: Push[] = [];
  expired = 0;
  /** How often it was told that family help stands otherwise. */
  familyNews = 0;
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  /** Acknowledges each push when it comes. */
  acking = false;
  readonly errors: Extract<Answer, { type: "error" }>[] = [];
  nonce: Uint8Array = new Uint8Array();
  incarnation: Uint8Array = new Uint8Array();
  /** Of the home that greeted. */
  domain = "";
  private readonly answers = new Map<number, Answer>();
  private request = 0;
  private readonly clock: ManualClock;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  take(bytes: Uint8Array): void {
    if (this.connection === undefined) return;
    const frame = decodeServerFrame(bytes);
    if (frame.type === "push") {
      this.pushes.push(frame.push);
      if (this.acking) this.ack({ first: frame.push.id, last: frame.push.id });
    } else if (frame.type === "expired") this.expired += frame.count;
    else if (frame.type === "family") this.familyNews++;
    else {
      this.answers.set(frame.request, frame);
      if (frame.type === "error") this.errors.push(frame);
    }
  }

  async call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>> {
    const request = ++this.request;
    this.send(encodeCall(request, name, args));
    const answer = await this.answer(request);
    if (answer.type !== "result") throw answer.type === "error" ? new Refused(answer) : new Error("not a result");
    const result = decodeResult(name, answer.body);
    if (name === "hello") {
      const { nonce, incarnation, domain } = result as CallResult<"hello">;
      this.domain = domain;
      this.nonce = nonce;
      this.incarnation = incarnation;
    }
    return result;
  }

  /** Settles when the post is on disk; throws `Refused`. */
  async post(header: PostHeader, parts: readonly Part[]): Promise<void> {
    const answer = await this.answer(this.postLater(header, parts));
    if (answer.type === "error") throw new Refused(answer);
  }

  /** Posts without waiting; answers the request's number. */
  postLater(header: PostHeader, parts: readonly Part[]): number {
    const request = ++this.request;
    this.send(encodePost(request, header, encodeParts(parts)));
    return request;
  }

  async answer(request: number): Promise<Answer> {
    for (let i = 0; i < 50 && !this.answers.has(request); i++) await this.clock.pass(1);
    const answer = this.answers.get(request);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  }

  answered(request: number): Answer | undefined {
    return this.answers.get(request);
  }

  ack(...ranges: readonly AckRange[]): void {
    this.send(encodeAcks(ranges));
  }

  ackAll(): void {
    const ids = this.pushes.map(({ id }) => id);
    if (ids.length > 0) this.ack({ first: Math.min(...ids), last: Math.max(...ids) });
  }

  /** What was written in the envelopes that came. */
  get reads(): string[] {
    return this.pushes.map(({ envelope }) => new TextDecoder().decode(envelope));
  }

  /** One frame, in as many messages as it takes. */
  send(frame: Uint8Array): void {
    for (const message of messagesOf(frame)) this.connection?.receive(message);
  }

  /** The client closes. */
  close(): void {
    const { connection } = this;
    this.connection = undefined;
    connection?.closed();
  }

  /** The server died. */
  lost(): void {
    this.connection = undefined;
  }

  closedByServer(code: number, reason: string): void {
    this.closedWith = { code, reason };
    this.connection = undefined;
  }
}
