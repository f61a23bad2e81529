/** Sockets on Bun: the upgrade of a request to a WebSocket, and the socket's events (docs/spec/delivery.md DS33). */
import { limits } from "@yanshu/wire";
import type { Server as BunServer, WebSocketHandler } from "bun";
import type { Faults } from "../core/faults.ts";
import { InOneTurn } from "../core/in-one-turn.ts";
import { closeCodes } from "../core/ports.ts";
import type { Server } from "../core/server.ts";
import type { FeatureSocket } from "../feature.ts";
import type { Admission } from "./bun-admission.ts";
import { type Socket, type SocketData, SocketSink, type Turn } from "./bun-sink.ts";
import { securityHeaders } from "./headers.ts";
import { notReady, tooMany } from "./http-refusals.ts";
import { Inbox } from "./slices.ts";

/** More than the largest frame and one step of a backlog together. */
const backpressureBytes = 4 << 20;
const idleSeconds = 120;
/** Of one socket: the runtime answers each by itself, in no budget of a turn. */
const pingsPerTurnMax = 16;

/** What socket handlers need. */
export type GatewayParts = {
  readonly server: () => Server;
  readonly turn: Turn;
  readonly admission: Admission;
  readonly faults: Faults;
};

/**
 * @param prefix the network that the request comes from, for limits.
 * @param beside the feature that owns the socket; absent: a socket for messages.
 * @returns undefined if the request was upgraded, otherwise the refusal.
 */
export function upgrade(
  request: Request,
  listener: BunServer<SocketData>,
  admission: Admission,
  prefix: string | undefined,
  beside?: FeatureSocket,
): Response | undefined {
  const { strangers, isGoing } = admission;
  if (isGoing) return notReady("going");
  if (!strangers.enter(prefix)) return tooMany();
  if (listener.upgrade(request, { data: { connection: undefined, sink: undefined, inbox: undefined, prefix, beside } }))
    return undefined;
  strangers.leave(prefix);
  return new Response("expected a WebSocket\n", { status: 426, headers: { ...securityHeaders, upgrade: "websocket" } });
}

export function socketHandlers({ server, turn, admission, faults }: GatewayParts): WebSocketHandler<SocketData> {
  const pings = new InOneTurn<Socket>(pingsPerTurnMax);
  const pinged = (socket: Socket) => {
    // @checks DS192
    if (!pings.comes(socket)) socket.terminate();
  };
  return {
    // The runtime reserves memory for a message when its length is announced, so the limit is small.
    maxPayloadLength: limits.messageBytesMax,
    backpressureLimit: backpressureBytes,
    closeOnBackpressureLimit: true,
    idleTimeout: idleSeconds,
    sendPings: true,
    perMessageDeflate: false,
    open: (socket) => {
      socket.binaryType = "arraybuffer"; // A Buffer would be copied to get its own memory.
      const sink = new SocketSink(socket, turn, admission);
      socket.data.sink = sink;
      const isMet = faults.guarded("a new socket", () => {
        const { prefix, beside = server() } = socket.data;
        socket.data.connection = beside.connect(sink, prefix);
      });
      if (!isMet) socket.close(closeCodes.faulty, "faulty");
    },
    message: (socket, message) => {
      if (typeof message === "string") socket.close(closeCodes.malformed, "malformed");
      else receive(socket, new Uint8Array(message as unknown as ArrayBuffer), admission);
    },
    ping: pinged,
    pong: pinged,
    drain: (socket) => {
      socket.data.sink?.looked();
    },
    close: (socket) => {
      socket.data.inbox?.end();
      socket.data.connection?.closed();
      socket.data.connection = undefined;
      if (socket.data.sink === undefined) admission.strangers.leave(socket.data.prefix);
      else socket.data.sink.gone();
    },
  };
}

/** Handles a message at once if this turn of the loop has time. An inbox is created only when one must wait. */
function receive(socket: Socket, bytes: Uint8Array, { slices, unhandled }: Admission): void {
  const { data } = socket;
  if (slices.hasTime()) {
    data.connection?.receive(bytes);
    return;
  }
  data.inbox ??= new Inbox(data.prefix, slices, unhandled, {
    receive: (message) => data.connection?.receive(message),
    flooded: () => socket.close(closeCodes.flooding, "flooding"),
  });
  data.inbox.add(bytes);
}
