/**
 * The way to other servers on Bun (docs/spec/peers.md PE9): by TLS, to the public address that was just looked at, by
 * the name that the certificate must have. No redirect is followed, and no more of a card is read than a card may have.
 */
import { limits, peerLimits, serverCardPath } from "@yanshu/wire";
// Of npm, by another name: the runtime puts its own in the place of `ws`, and that one reads 128 MiB of a message.
import { WebSocket } from "ws-npm";
import { InOneTurn } from "../../core/in-one-turn.ts";
import { type CalledPlace, calledPlace, getFrom, publicAddressOf } from "../../core/public-address.ts";
import { type Provided, provide } from "../../feature.ts";
import { type PeersPort, peersPort, type Wire, type WireEvents } from "./port.ts";

export type DialOptions = {
  /** Also `localhost` and `127.0.0.1`, without TLS: for tests and trials on one machine, never in service. */
  readonly loopback?: boolean;
  /** For a card, or for a line to open; 10,000 by default. */
  readonly timeoutMs?: number;
  /** Where a name leads; `publicAddressOf` by default. */
  readonly addressOf?: typeof publicAddressOf;
  /** What may wait unread on all lines with servers that the operator did not allow; 64 MiB by default. */
  readonly unreadBytesAllMax?: number;
  /** How long the other side has to close a line too; 5,000 by default. */
  readonly closingMsMax?: number;
};

const timeoutMsMax = 10_000;
/** What may wait on a line for the other side to read: more than its windows together. The gateway has its own. */
const unreadBytesMax = 8 << 20;
/** From then on it is looked at what waits on all lines together. */
const unreadBytesMuch = 256 * 1024;
/** What may come in one turn of the loop: more messages than both sides' windows hold. */
const messagesPerTurnMax = 8_192;
/** The same of pings and pongs: a server sends one in some minutes. */
const pingsPerTurnMax = 16;
/** Of one message: each piece keeps the whole read alive that it came in, with the pings around it. */
const piecesMax = 16;
/** Reads of the socket that wait for the rest of a frame. */
const readsMax = 1_024;
/** From the end of a line: what was said last still goes, and the other side closes it too. */
const closingMs = 5_000;

export function peersBy(port: Pick<PeersPort, "mode" | "keys" | "contact">, options: DialOptions): Provided {
  return provide(peersPort, { ...port, ...dialler(options) });
}

export function dialler({
  loopback = false,
  timeoutMs = timeoutMsMax,
  addressOf = publicAddressOf,
  unreadBytesAllMax = 64 << 20,
  closingMsMax = closingMs,
}: DialOptions): Pick<PeersPort, "fetchCard" | "dial"> {
  const place = (name: string, isListed: boolean, late: AbortSignal) =>
    calledPlace(name, isListed, loopback, addressOf, late);
  const unread = new Unread(unreadBytesAllMax);
  return {
    fetchCard: async (name, isListed) => {
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const to = await place(name, isListed, late);
        const answer = to && (await getFrom(to, serverCardPath, peerLimits.cardBytesMax, late));
        return answer?.status === 200 ? answer.body : undefined;
      } catch {
        return undefined; // No name, no route, no certificate, no answer in time: all the same to the caller.
      }
    },
    dial: async (name, path, isListed, events) => {
      const late = AbortSignal.timeout(timeoutMs);
      try {
        const to = await place(name, isListed, late);
        return to && (await opened(to, path, events, { late, closingMsMax, unread: isListed ? undefined : unread }));
      } catch {
        return undefined;
      }
    },
  };
}

/** What waits unread on lines with servers that the operator did not allow. */
class Unread {
  private readonly cuts = new Map<WebSocket, () => void>();
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  add(socket: WebSocket, cut: () => void): void {
    this.cuts.set(socket, cut);
  }

  forget(socket: WebSocket): void {
    this.cuts.delete(socket);
  }

  /** Where it is too much the line of which most waits is cut. @checks PE36 */
  look(): void {
    const sockets = [...this.cuts.keys()];
    const bytes = sockets.reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
    if (bytes <= this.bytesMax) return;
    const [fullest] = sockets.sort((one, other) => other.bufferedAmount - one.bufferedAmount);
    if (fullest !== undefined) this.cuts.get(fullest)?.();
  }
}

function opened(
  { scheme, at, host, tls }: CalledPlace,
  path: string,
  events: WireEvents,
  {
    late,
    closingMsMax,
    unread,
  }: { readonly late: AbortSignal; readonly closingMsMax: number; readonly unread: Unread | undefined },
): Promise<Wire | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws${scheme}://${at}${path}`, {
      headers: { host },
      perMessageDeflate: false,
      // It looks at the head of each piece, before the rest is read (PE36, PE102, PE105).
      maxPayload: limits.messageBytesMax,
      maxFragments: piecesMax,
      maxBufferedChunks: readsMax,
      ...(tls.tls && { servername: tls.tls.serverName }),
    });
    socket.binaryType = "arraybuffer";
    let isOver = false;
    const messages = new InOneTurn<typeof socket>(messagesPerTurnMax);
    const pings = new InOneTurn<typeof socket>(pingsPerTurnMax);
    let closing: ReturnType<typeof setTimeout> | undefined;
    const cut = () => {
      isOver = true;
      unread?.forget(socket);
      socket.terminate();
    };
    const giveUp = () => {
      socket.close();
      resolve(undefined);
    };
    late.addEventListener("abort", giveUp, { once: true });
    socket.on("open", () => {
      late.removeEventListener("abort", giveUp);
      unread?.add(socket, cut);
      // It tells nothing of its address, which proves no network (HM89).
      resolve({
        send: (message) => {
          if (isOver) return;
          socket.send(message);
          // It does not read. @checks PE36
          if (socket.bufferedAmount > unreadBytesMax) cut();
          else if (socket.bufferedAmount > unreadBytesMuch) unread?.look();
        },
        close: () => {
          isOver = true;
          socket.close();
          // Else it waits half a minute for the other side's word (PE96).
          closing ??= setTimeout(cut, closingMsMax);
        },
      });
      // What came with the opening is for whom the wire is given to.
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.on("message", (data, isBinary) => {
      // @checks PE94
      if (!messages.comes(socket)) cut();
      // @checks PE36
      if (!isBinary) cut();
      if (!isOver) events.receive(new Uint8Array(data as ArrayBuffer));
    });
    for (const kind of ["ping", "pong"] as const)
      socket.on(kind, () => {
        // @checks PE97
        if (!pings.comes(socket)) cut();
      });
    socket.on("close", () => {
      late.removeEventListener("abort", giveUp);
      clearTimeout(closing);
      unread?.forget(socket);
      resolve(undefined);
      events.closed();
    });
    socket.on("error", cut); // "close" follows.
  });
}
