/**
 * The connection to a room of the home server, or of another home (docs/spec/calls.md CA1–CA6, CA246). It reconnects by
 * itself while the call lasts. It is separate from the signed and the anonymous connection. Messages sent while it is
 * down wait a moment, in order.
 */
import {
  type Bytes,
  decodeRoomServerFrame,
  type EnteredRoom,
  encodeRoomClientFrame,
  equalBytes,
  everySeat,
  type JoinMedia,
  liveLimits,
  type MediaAnswer,
  type RelayAccess,
  type RoomClientFrame,
  type RoomServerFrame,
  type ShownPart,
  type UploadToken,
  type WantSlots,
} from "@yanshu/wire";
import type { Ports, Socket } from "../ports.ts";
import type { Payment } from "./connection.ts";

/** What happens in a room of the home server. */
export type RoomEvents = {
  /**
   * This device has taken its seat; `others` are the seats taken already. `timeMs`: by the clock of the room's home.
   * `isBack`: the seat is the one that it had before.
   */
  readonly entered: (others: readonly number[], seat: number, timeMs?: number, isBack?: boolean) => void;
  readonly said: (from: number, bytes: Bytes) => void;
  readonly seats: (seats: readonly number[]) => void;
  readonly relay: (relay: RelayAccess) => void;
  /** `media`: media was joined. `mediaGone`: it ended, and must be joined again. */
  readonly media?: (media: MediaAnswer) => void;
  readonly mediaGone?: () => void;
  /** In a Live: a part of the stream, and the number of watchers. */
  readonly shown?: (part: ShownPart) => void;
  readonly watching?: (count: number) => void;
  /** The connection closed, and is being opened again. */
  readonly away: () => void;
  /** The room cannot be entered: it is full, does not exist, or could not be paid for. */
  readonly refused: (code: string) => void;
};

export type RoomLine = {
  /** Sends to all other seats, or to one. */
  readonly say: (bytes: Bytes, to?: number) => void;
  /** Answered by `media`; dropped if the connection is down. */
  readonly joinMedia: (join: JoinMedia) => void;
  readonly wantSlots: (want: WantSlots) => void;
  /** In a Live: sends a piece, split into parts if needed; dropped if the connection is down. */
  readonly show: (layer: number, isHead: boolean, piece: Bytes) => void;
  readonly wantLayer: (layer: number) => void;
  /** Asks for a new credential of the relay. */
  readonly renew: () => void;
  /**
   * The network may have changed: opens another connection at once. Who sits in a room of their own home keeps the one
   * that there is until then.
   */
  readonly again: () => void;
  /** Leaves once all waiting messages are sent. */
  readonly leave: () => void;
  readonly close: () => void;
};

/**
 * How a room is entered: `sits` takes a seat, `listens` only hears, `watches` watches a Live; `shows` holds the secret
 * of the device that shows the Live.
 */
export type RoomManner = "sits" | "listens" | "watches" | { readonly shows: Bytes };

const redialMs = 700;
/** The same where the network ended a connection that stood: home is likely still there. */
const cutRedialMs = 60;
/** The same to a room at another home: a tunnel costs more than a socket. */
const farRedialMs = 3_000;
const farRedialMsMax = 5 * 60_000;
const standsMs = 60_000;
/** A tunnel in which nothing is said for longer ends (docs/spec/peers.md PE47). */
const farQuietMs = 2 * 60_000;
/** Says to a seat that nobody has are dropped. */
const nobodysSeat = everySeat - 1;
const waitingMax = 64;
/** How long somebody who leaves tries to enter, and then waits for others, so that they hear what was said last. */
const leavesMsMax = 60_000;
const lingersMs = 10_000;
/** After this many refusals in a row the room counts as gone. */
const refusalsMax = 5;

/** @param payment opens the room; undefined: it is at another home, where somebody else opened it. */
export function openRoomLine(
  ports: Pick<Ports, "connect" | "after" | "chance">,
  server: string,
  room: Bytes,
  payment: Payment | undefined,
  events: RoomEvents,
  manner: RoomManner = "sits",
): RoomLine {
  const opens = typeof manner !== "string" || manner === "sits";
  let socket: Socket | undefined;
  /** Dialled beside `socket`, which goes on until this one sits (CA270). */
  let next: Socket | undefined;
  /** Counts dials, so that a pause ends with the first. */
  let dials = 0;
  let isIn = false;
  let isOver = false;
  let isLeaving = false;
  let refusals = 0;
  let failures = 0;
  let seat: Pick<EnteredRoom, "seat" | "secret"> | undefined;
  let shown: UploadToken | undefined;
  let waiting: { readonly to: number; readonly bytes: Bytes }[] = [];

  function dial(): void {
    if (!isOver) socket = connected();
  }

  function connected(): Socket {
    dials++;
    const mine: Socket = ports.connect(
      server,
      {
        open: () => {
          if (socket === mine || next === mine) mine.send(encodeRoomClientFrame(entering()));
        },
        message: (bytes) => {
          if (next === mine && isWelcome(bytes)) takeOver(mine);
          else if (next === mine) dropNext();
          if (socket === mine) heard(bytes);
        },
        closed: (reason) => {
          if (next === mine) dropNext();
          if (socket === mine) lost(reason);
        },
      },
      "/calls/ws",
    );
    return mine;
  }

  /** Home lets this device in at the new connection, or asks to be paid there. Else the old one stays as it is. */
  function isWelcome(bytes: Bytes): boolean {
    try {
      const frame = decodeRoomServerFrame(bytes);
      return frame.type === "entered" || (frame.type === "refused" && /^(?:bad-token|token-needed)$/.test(frame.code));
    } catch {
      return false;
    }
  }

  /** What was kept for it stands beside what the old one has sent already. */
  function dropNext(): void {
    next?.close();
    next = undefined;
    if (isIn) waiting = [];
  }

  /** Home has ended the old connection, or is to be asked as it was there. */
  function takeOver(mine: Socket): void {
    const old = socket;
    socket = mine;
    next = undefined;
    isIn = false;
    old?.close();
  }

  function send(frame: RoomClientFrame): void {
    socket?.send(encodeRoomClientFrame(frame));
  }

  function enter(token?: UploadToken): void {
    send(entering(token));
  }

  function entering(token?: UploadToken): RoomClientFrame {
    return { type: "enter", args: { v: 1, room, ...(token && { token }), ...how() } };
  }

  function how() {
    if (typeof manner !== "string") return manner;
    if (manner === "sits") return seat && { back: seat };
    return manner === "listens" ? { listens: true } : { watches: true };
  }

  function lost(reason?: string) {
    socket = undefined;
    const wasIn = isIn;
    isIn = false;
    if (isOver) return;
    if (next !== undefined) {
      socket = next;
      next = undefined;
      return;
    }
    if (isLeaving) return end();
    if (wasIn) events.away();
    else if (seat === undefined && (reason === "peer-refused" || reason === "peer-forgotten")) {
      end();
      events.refused("unavailable");
      return;
    }
    const since = dials;
    const ms = wasIn && payment !== undefined && !reason ? cutRedialMs : pauseMs();
    ports.after(ms * (0.5 + ports.chance()), () => {
      if (dials === since) dial();
    });
  }

  /** Who only listens at another home, for hours perhaps, asks for a tunnel less and less often. */
  function pauseMs(): number {
    if (payment !== undefined) return redialMs;
    return opens ? farRedialMs : Math.min(farRedialMsMax, farRedialMs * 2 ** Math.min(failures++, 8));
  }

  function keepOpen(on: Socket | undefined): void {
    ports.after(farQuietMs, () => {
      if (isOver || !isIn || socket !== on) return;
      send({ type: "say", to: nobodysSeat, bytes: Uint8Array.of(0) });
      keepOpen(on);
    });
  }

  /** Only once it stood for a while: a home that lets in and ends at once is asked less often all the same. */
  function forgetFailures(on: Socket | undefined): void {
    if (payment !== undefined || opens) return;
    ports.after(standsMs, () => {
      if (isIn && socket === on) failures = 0;
    });
  }

  function end(): void {
    isOver = true;
    socket?.close();
    next?.close();
  }

  function heard(bytes: Bytes) {
    let frame: RoomServerFrame;
    try {
      frame = decodeRoomServerFrame(bytes);
    } catch {
      socket?.close();
      return lost();
    }
    switch (frame.type) {
      case "entered":
        // A connection is seated once: home may not assign another seat.
        if (isIn) {
          socket?.close();
          return lost();
        }
        entered(frame.entered);
        break;
      case "said":
        events.said(frame.from, frame.bytes);
        break;
      case "seats":
        if (isLeaving && frame.seats.length > 1) sayAndLeave();
        else events.seats(frame.seats);
        break;
      case "relay":
        events.relay(frame.relay);
        break;
      case "media":
        events.media?.(frame.media);
        break;
      case "mediaGone":
        events.mediaGone?.();
        break;
      case "shown":
        events.shown?.(frame);
        break;
      case "watching":
        events.watching?.(frame.count);
        break;
      case "refused":
        refused(frame.code, frame.waitMs);
        break;
    }
  }

  function entered({ seat: number, secret, others, relay, timeMs }: EnteredRoom) {
    if (shown !== undefined) payment?.spent(shown);
    shown = undefined;
    refusals = 0;
    const isBack = seat !== undefined && equalBytes(seat.secret, secret);
    seat = { seat: number, secret };
    isIn = true;
    forgetFailures(socket);
    if (payment === undefined) keepOpen(socket);
    if (isLeaving) {
      // Home may have started anew, and this device may be the first that is back.
      if (others.length === 0) ports.after(lingersMs, sayAndLeave);
      else sayAndLeave();
      return;
    }
    sayWaiting();
    events.entered([...others], number, timeMs, isBack);
    if (relay !== undefined) events.relay(relay);
  }

  function sayWaiting(): void {
    const all = waiting;
    waiting = [];
    for (const { to, bytes } of all) send({ type: "say", to, bytes });
  }

  function sayAndLeave(): void {
    if (isOver || !isIn) return;
    sayWaiting();
    leave();
  }

  function refused(code: string, waitMs: number): void {
    if (isIn) return; // The message exceeded home's rate limit and is dropped.
    if (code === "bad-token" && shown !== undefined) payment?.spent(shown);
    shown = undefined;
    if (++refusals > refusalsMax || code === "full" || code === "unavailable" || (!opens && code === "token-needed")) {
      end();
      events.refused(code);
    } else if (payment !== undefined && (code === "token-needed" || code === "bad-token")) void pay(payment);
    else
      ports.after(Math.max(1_000, waitMs), () => {
        if (!isOver && socket !== undefined) enter();
      });
  }

  async function pay({ token: next }: Payment): Promise<void> {
    const on = socket;
    const token = await next().catch(() => undefined);
    if (socket !== on || isOver) return;
    if (token === undefined) {
      end();
      events.refused("unpaid");
      return;
    }
    shown = token;
    enter(token);
  }

  function leave(): void {
    if (isOver) return;
    isLeaving = true;
    // By the old connection nobody may hear it.
    if (next !== undefined) takeOver(next);
    if (!isIn) {
      // Waiting messages are still sent, if the room can be reached soon.
      if (waiting.length === 0) end();
      else ports.after(leavesMsMax, end);
      return;
    }
    send({ type: "leave" });
    isOver = true;
    next?.close();
  }

  dial();
  return {
    say: (bytes, to = everySeat) => {
      if (isOver) return;
      if (isIn) send({ type: "say", to, bytes });
      // The old connection may carry nothing any more. What comes twice is passed over by its number (CA24).
      if (isIn && next === undefined) return;
      if (waiting.length < waitingMax) waiting.push({ to, bytes });
    },
    joinMedia: (join) => {
      if (isIn) send({ type: "joinMedia", join });
    },
    wantSlots: (want) => {
      if (isIn) send({ type: "wantSlots", want });
    },
    show: (layer, isHead, piece) => {
      if (!isIn) return;
      const size = liveLimits.partBytesMax;
      for (let at = 0; at < piece.length; at += size) {
        const bytes = piece.subarray(at, at + size);
        send({ type: "show", layer, isHead, isFirst: at === 0, isLast: at + size >= piece.length, bytes });
      }
    },
    wantLayer: (layer) => {
      if (isIn) send({ type: "wantLayer", layer });
    },
    renew: () => {
      if (isIn) send({ type: "renew" });
    },
    again: () => {
      if (isOver) return;
      next?.close();
      next = undefined;
      // To another home it would be a second tunnel.
      if (isIn && manner === "sits" && payment !== undefined) {
        next = connected();
        return;
      }
      const old = socket;
      socket = undefined;
      isIn = false;
      old?.close();
      dial();
    },
    leave,
    close: end,
  };
}
