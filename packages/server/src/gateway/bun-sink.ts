/**
 * Sink on Bun: sends frames to one socket. The frames of one turn of the event loop leave in one write at its end.
 * Bytes that the client does not read count against the share of its prefix (docs/spec/delivery.md DS126).
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
  /** The feature that owns this socket, such as call rooms; absent: a socket for messages. */
  readonly beside: FeatureSocket | undefined;
};
export type Socket = ServerWebSocket<SocketData>;

/**
 * One turn of the event loop: gathers frames per socket and writes them together at its end. A write costs more than
 * everything else about a frame, and one commit sends many frames at once.
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
  /** Frames sent in this turn; undefined while idle, to save memory. */
  private frames: Uint8Array[] | undefined;
  /** The `frames` that nobody else holds: their memory is released after the write. */
  private own: Uint8Array[] | undefined;
  /** Sum of the lengths of `frames`. */
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
    // For a room's socket, frames of this turn count too: many members' frames may reach it in one turn. For messages
    // they do not: a device cannot have read yet what it asked for in this turn.
    return this.unsent + (this.socket.data.beside === undefined ? 0 : this.bytes);
  }

  /** Ends a socket that holds too many unread bytes. No close frame is added to its buffer. */
  drop(): void {
    this.socket.terminate();
  }

  /**
   * Counts this socket among members' (or rooms') sockets instead of strangers'.
   *
   * @returns false if those are full: it then stays among strangers.
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
      // -1: back-pressure, so part of it waits. 0: dropped.
      for (const frame of frames) if (socket.sendBinary(frame as Uint8Array<ArrayBuffer>) <= 0) waits = true;
    };
    if (frames.length === 1) send();
    else {
      socket.cork(send);
      waits = true; // Inside `cork` the return values do not show back-pressure.
    }
    if (own !== undefined) for (const frame of own) release(frame); // The socket copied the bytes that still wait.
    if (waits) this.looked();
  }

  /** Ends the socket after a failed write: its frames are lost, and the device fetches them again. */
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
