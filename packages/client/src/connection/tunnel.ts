/**
 * Tunnel: an encrypted socket to another server through home, which cannot read it (docs/spec/peers.md PE44). The
 * connection that uses it treats it as any socket.
 */
import {
  type Bytes,
  concat,
  limits,
  type ServerCard,
  TunnelPieces,
  tunnelInfo,
  tunnelKeyBytes,
  tunnelNonce,
  tunnelPieces,
  type tunnelRooms,
  utf8,
} from "@yanshu/wire";
import type { Ports, Socket, SocketEvents } from "../ports.ts";
import type { KnownServer } from "../values/far-servers.ts";
import { judgedCard } from "./server-card.ts";

/** The path at which home relays a tunnel. */
export const tunnelPath = "/tunnel";
const none = new Uint8Array();

export type FarServer = {
  readonly server: string;
  /** The stored key of the server, if any. */
  readonly known: () => KnownServer | undefined;
  /** The server showed this card, and the card was verified. */
  readonly met: (card: ServerCard) => void;
  /** What is spoken with there; absent: the client protocol. */
  readonly path?: typeof tunnelRooms;
};

export function openTunnel(
  ports: Pick<Ports, "connect" | "crypto">,
  home: string,
  { server, known, met, path }: FarServer,
  events: SocketEvents,
): Socket {
  const { crypto } = ports;
  let socket: Socket | undefined;
  let keys: { readonly say: Bytes; readonly hear: Bytes } | undefined;
  let [said, heard] = [0, 0];
  let isOver = false;
  const pieces = new TunnelPieces(limits.frameBytesMax + 1_024);
  // Two chains of promises keep the order of what is sealed and opened.
  let saying = Promise.resolve();
  let hearing = Promise.resolve();

  const over = (reason: string) => {
    if (isOver) return;
    isOver = true;
    events.closed(reason);
  };
  const end = (reason: string) => {
    if (isOver) return;
    socket?.close();
    over(reason);
  };

  /** The other server sends its card first. */
  async function begin(bytes: Bytes): Promise<void> {
    const card = await judgedCard(crypto, server, known(), bytes);
    // @checks PE45
    if (typeof card === "string") return end("peer-forgotten");
    const secret = crypto.random(2 * tunnelKeyBytes);
    const { enc, ciphertext } = await crypto.hpkeSeal(card.sealKey, tunnelInfo, concat(secret, utf8(path ?? "")));
    if (isOver) return;
    keys = { say: secret.subarray(0, tunnelKeyBytes), hear: secret.subarray(tunnelKeyBytes) };
    socket?.send(concat(enc, ciphertext));
    met(card);
    events.open();
  }

  async function hear(bytes: Bytes): Promise<void> {
    if (isOver) return;
    if (keys === undefined) return begin(bytes);
    const piece = await crypto.open(keys.hear, tunnelNonce(heard++), none, bytes);
    // @checks PE44
    if (piece === undefined) return end("malformed");
    const message = pieces.take(piece);
    if (message !== undefined && !isOver) events.message(message);
  }

  async function say(message: Bytes): Promise<void> {
    for (const piece of tunnelPieces(message)) {
      if (isOver || keys === undefined) return;
      const record = await crypto.seal(keys.say, tunnelNonce(said++), none, piece);
      if (!isOver) socket?.send(record);
    }
  }

  const opened = ports.connect(
    home,
    {
      open: () => socket?.send(utf8(server)),
      message: (bytes) => {
        hearing = hearing.then(() => hear(bytes)).catch(() => end("malformed"));
      },
      closed: over,
    },
    tunnelPath,
  );
  socket = opened;
  return {
    send: (message) => {
      const copy = message.slice(); // Copied, because it is sealed later.
      saying = saying.then(() => say(copy)).catch(() => end("malformed"));
    },
    close: () => {
      if (isOver) return;
      opened.close();
      over("closed");
    },
  };
}
