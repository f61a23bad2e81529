/** The client's ports in a browser worker: WebSockets, the browser's clock, and OPFS. */
import type { Ports, Socket, SocketEvents, SocketPath } from "@yanshu/client";
import { createBrowserCrypto } from "@yanshu/mls/browser";
import type { BrowserDatabase } from "@yanshu/store/browser";
import type { AppHome } from "./app-home.ts";
import { connectCarried } from "./carried.ts";
import { browserMedia } from "./media-ports.ts";
import { after } from "./timer.ts";
import { startVerifier, verifierBeside } from "./verifier.ts";

/** Enough for a family's week; they are made while the app is idle. */
const keyPackagesKept = 20;

export function browserPorts(
  { db, persistent }: BrowserDatabase,
  deviceBackup: NonNullable<Ports["deviceBackup"]>,
  isAtWork: () => boolean,
  home: AppHome | undefined,
): Ports {
  return {
    crypto: createBrowserCrypto({ verifyBeside: verifierBeside(startVerifier) }),
    database: db,
    // `yanshu app` relays all connections (docs/spec/terminal.md TE22).
    connect: home === undefined ? connect : (_, events, path) => connectHere(self.location.host, events, path),
    originOf: (server) => (home?.server === server ? home.origin : `${self.location.protocol}//${server}`),
    server: home?.server ?? self.location.host,
    // Carriers (carried.ts) need a secure context, as the service worker does that serves their policy.
    ...(home === undefined && self.isSecureContext ? { reachesOthers: true as const } : {}),
    keyPackagesKept,
    isAtWork,
    nowMs: () => Date.now(),
    after,
    chance: () => Math.random(),
    // For a reader of the console; the message of a bug holds no content.
    report: (error) => console.error("The client met a bug", error),
    media: browserMedia(home?.server),
    // Without a persistent database nothing may outlive the last tab, so there is no device backup.
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
  // "close" always follows "error", so it alone is reported.
  socket.addEventListener("close", ({ reason }) => events.closed(reason));
  return {
    send: (frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(frame));
    },
    close: () => socket.close(),
  };
}
