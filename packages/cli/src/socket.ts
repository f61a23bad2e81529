/**
 * Socket: the client's connection to home, over Bun's WebSocket. Pings detect a connection that died silently (after a
 * laptop slept, or a router dropped it), because `tail` may wait for hours.
 */
import type { Socket, SocketEvents } from "@yanshu/client";
import { type After, closeSoon, countPings } from "./bounded.ts";

const askEveryMs = 30_000;

/** @param heard called when the socket opens, and for every message. @param later `setTimeout`, by default. */
export function openSocket(address: string, events: SocketEvents, heard: () => void, later?: After): Socket {
  // Bun's WebSocket can ping; the browser's, whose types are loaded too, cannot.
  const socket = new WebSocket(address) as WebSocket & Bun.WebSocket;
  socket.binaryType = "arraybuffer";
  let ended = false;
  let answered = true;

  const asking = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (!answered) return end("silent");
    answered = false;
    socket.ping();
  }, askEveryMs);

  function end(reason: string): void {
    if (ended) return;
    ended = true;
    clearInterval(asking);
    socket.terminate();
    events.closed(reason);
  }

  socket.addEventListener("open", () => {
    heard();
    if (!ended) events.open();
  });
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    answered = true;
    heard();
    if (ended) return;
    if (data instanceof ArrayBuffer) events.message(new Uint8Array(data));
    else end("text");
  });
  socket.addEventListener("pong", () => {
    answered = true;
  });
  countPings(socket, () => end("flooding"));
  socket.addEventListener("error", () => end("error"));
  socket.addEventListener("close", ({ reason }) => end(reason === "" ? "closed" : reason));

  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
    },
    close: () => {
      // What was sent just before still goes: acknowledgements are the last thing said.
      clearInterval(asking);
      closeSoon(socket, later);
    },
  };
}
