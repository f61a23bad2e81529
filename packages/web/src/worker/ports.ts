/** The client's ports in a browser worker: WebSockets, the browser's clock, and OPFS. */
import type { Ports, Socket, SocketEvents, SocketPath } from "@yanshu/client";
import { createBrowserCrypto } from "@yanshu/mls/browser";
import type { BrowserDatabase } from "@yanshu/store/browser";
import type { AppHome } from "./app-home.ts";
import { connectCarried } from "./carried.ts";
import { browserMedia } from "./media-ports.ts";

/** Enough for a family's week; the browser makes them while nobody waits. */
const keyPackagesKept = 20;

export function browserPorts(
  { db, persistent }: BrowserDatabase,
  deviceBackup: NonNullable<Ports["deviceBackup"]>,
  isAtWork: () => boolean,
  home: AppHome | undefined,
): Ports {
  return {
    crypto: createBrowserCrypto(),
    database: db,
    // `yanshu app` carries it (docs/spec/terminal.md TE22).
    connect: home === undefined ? connect : (_, events, path) => connectHere(self.location.host, events, path),
    originOf: (server) => (home?.server === server ? home.origin : `${self.location.protocol}//${server}`),
    server: home?.server ?? self.location.host,
    // A carrier comes from home by TLS, or from the service worker, which nothing without it has.
    ...(home === undefined && self.isSecureContext ? { reachesOthers: true as const } : {}),
    keyPackagesKept,
    isAtWork,
    nowMs: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    chance: () => Math.random(),
    // Where it happened, for a reader of the console; a bug's message holds no content.
    report: (error) => console.error("The client met a bug", error),
    media: browserMedia(home !== undefined),
    // What shall be gone with the last tab is kept nowhere else.
    ...(persistent ? { deviceBackup } : {}),
    persistent,
  };
}

function connect(server: string, events: SocketEvents, path?: SocketPath): Socket {
  return server === self.location.host ? connectHere(server, events, path) : connectCarried(server, events, path);
}

function connectHere(server: string, events: SocketEvents, path: "/ws" | SocketPath = "/ws"): Socket {
  const scheme = self.location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${server}${path}`);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => events.open());
  socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => events.message(new Uint8Array(data)));
  // "error" is always followed by "close", which is told once.
  socket.addEventListener("close", ({ reason }) => events.closed(reason));
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(frame));
    },
    close: () => socket.close(),
  };
}
