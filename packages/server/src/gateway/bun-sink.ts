/**
 * Sink on Bun: what is sent to one socket. What one turn of the event loop sends to it leaves in one write at the
 * turn's end, and what it does not read counts among what its place may leave unread (docs/spec/delivery.md DS126).
 */
import type { ServerWebSocket } from "bun";
import type { Faults } from "../core/faults.ts";
import type { Sink } from "../core/ports.ts";
import { release } from "../core/release.ts";
import type { ServerConnection } from "../core/server.ts";
import type { FeatureSocket } from "../feature.ts";
import type { Admission } from "./bun-admission.ts";
import type { ConnectionLimits } from "./connection-limits.ts";
import type { Inbox } from "./slices.ts";
import type { Holder, Unsent } from "./unsent.ts";

export type SocketData = {
  connection: ServerConnection | undefined;
  sink: SocketSink | undefined;
  inbox: Inbox | undefined;
  readonly prefix: string | undefined;
  /** It is a feature's own, as that of rooms; absent: it is for messages. */
  readonly beside: FeatureSocket | undefined;
};
export type Socket = ServerWebSocket<SocketData>;

/**
 * One turn of the event loop. What it sends to one socket leaves in one write at its end: a write costs more than all
 * else that a frame does, and a commit answers and pushes many frames at once.
 */
export class Turn {
  private sinks: SocketSink[] = [];
  private readonly faults: Faults;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  begins(sink: SocketSink): void {
    if (this.sinks.length === 0) queueMicrotask(() => this.end());
    this.sinks.push(sink);
  }

  end(): void {
    const { sinks } = this;
    this.sinks = [];
    for (const sink of sinks) if (!this.faults.guarded("a socket", () => sink.write())) sink.fail();
  }
}

export class SocketSink implements Sink {
  /** Sent in this turn; nothing is kept for a socket that is idle. */
  private frames: Uint8Array[] | undefined;
  /** Those of them that nobody else needs. */
  private own: Uint8Array[] | undefined;
  /** Of `frames`. */
  private bytes = 0;
  private isKnown = false;
  private readonly socket: Socket;
  private readonly turn: Turn;
  private readonly admission: Admission;

  constructor(socket: Socket, turn: Turn, admission: Admission) {
    this.socket = socket;
    this.turn = turn;
    this.admission = admission;
  }

  get prefix(): string | undefined {
    return this.socket.data.prefix;
  }

  get unsent(): number {
    return this.socket.readyState === WebSocket.OPEN ? this.socket.getBufferedAmount() : 0;
  }

  unread(): number {
    // A room hands on within one turn what many say; what a device asked for in one turn is no sign that it does not
    // read.
    return this.unsent + (this.socket.data.beside === undefined ? 0 : this.bytes);
  }

  /** It holds more than there is room for: not even a farewell is added to it. */
  drop(): void {
    this.socket.terminate();
  }

  /**
   * From here on it counts among the members' sockets, or those of rooms; where there is no room, it stays where it is.
   */
  known(): boolean {
    if (this.isKnown) return true;
    if (!this.knownHere.enter(this.prefix)) return false;
    this.admission.strangers.leave(this.prefix);
    this.unsentHere.forget(this);
    this.isKnown = true;
    return true;
  }

  private get knownHere(): ConnectionLimits {
    return this.socket.data.beside === undefined ? this.admission.members : this.admission.seats;
  }

  looked(): void {
    this.unsentHere.look(this);
  }

  private get unsentHere(): Unsent<Holder> {
    const { unsent, memberUnsent, seatUnsent } = this.admission;
    if (!this.isKnown) return unsent;
    return this.socket.data.beside === undefined ? memberUnsent : seatUnsent;
  }

  gone(): void {
    this.unsentHere.forget(this);
    (this.isKnown ? this.knownHere : this.admission.strangers).leave(this.prefix);
  }

  send(bytes: Uint8Array, isLast = false): void {
    this.bytes += bytes.length;
    if (isLast) {
      this.own ??= [];
      this.own.push(bytes);
    }
    if (this.frames !== undefined) {
      this.frames.push(bytes);
      return;
    }
    this.frames = [bytes];
    this.turn.begins(this);
  }

  write(): void {
    const { frames, own, socket } = this;
    this.frames = undefined;
    this.own = undefined;
    this.bytes = 0;
    if (frames === undefined) return;
    let waits = false;
    const send = () => {
      // Below zero: not all of it left at once.
      for (const frame of frames) if (socket.sendBinary(frame as Uint8Array<ArrayBuffer>) <= 0) waits = true;
    };
    if (frames.length === 1) send();
    else {
      socket.cork(send);
      waits = true; // What a corked one answers says nothing.
    }
    if (own !== undefined) for (const frame of own) release(frame); // The socket has its own copy of what waits.
    if (waits) this.looked();
  }

  /** Its buffer is lost: what it lacks its device fetches anew. */
  fail(): void {
    this.socket.terminate();
  }

  close(code: number, reason: string): void {
    this.write();
    this.socket.close(code, reason);
  }

  subscribe(topic: string): void {
    this.socket.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.socket.unsubscribe(topic);
  }
}
