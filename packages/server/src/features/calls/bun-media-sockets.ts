/**
 * Sockets to the forwarding unit of group calls: one on loopback for each leg of the relay that sends there, so that
 * the unit tells legs apart by the port that their packets come from (docs/spec/calls.md CA81).
 */
import type { Failed } from "./bun-listeners.ts";

type Way = {
  socket: Bun.udp.ConnectedSocket<"buffer"> | undefined;
  /** Until the socket is open: no more than a few. */
  waiting: Uint8Array[];
  isClosed: boolean;
};

const waitingMax = 8;

export class MediaSockets {
  private readonly ways = new Map<string, Way>();
  private readonly fromInside: (legId: string, packet: Uint8Array) => void;
  private readonly failed: Failed;
  private to: number | undefined;

  constructor(fromInside: (legId: string, packet: Uint8Array) => void, failed: Failed) {
    this.fromInside = fromInside;
    this.failed = failed;
  }

  /** Where the media hears now; undefined: nowhere. What was open towards another is closed. */
  set port(port: number | undefined) {
    this.to = port;
    this.close();
  }

  receive(legId: string, packet: Uint8Array): void {
    const { to } = this;
    if (to === undefined) return;
    let way = this.ways.get(legId);
    if (way === undefined) {
      way = { socket: undefined, waiting: [], isClosed: false };
      this.ways.set(legId, way);
      this.open(legId, way, to).catch((error) => this.failed("a way to the media", error));
    }
    if (way.socket !== undefined) send(way.socket, packet);
    else if (way.waiting.length < waitingMax) way.waiting.push(Uint8Array.from(packet));
  }

  left(legId: string): void {
    const way = this.ways.get(legId);
    if (way === undefined) return;
    this.ways.delete(legId);
    way.isClosed = true;
    way.socket?.close();
  }

  close(): void {
    for (const legId of this.ways.keys()) this.left(legId);
  }

  private async open(legId: string, way: Way, port: number): Promise<void> {
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      connect: { hostname: "127.0.0.1", port },
      binaryType: "buffer",
      socket: {
        data: (_socket, packet) => {
          try {
            this.fromInside(legId, packet);
          } catch (error) {
            this.failed("a packet of the media", error);
          }
        },
        error: () => undefined, // The media ended: it is told by its process.
      },
    });
    if (way.isClosed) return socket.close();
    way.socket = socket;
    for (const packet of way.waiting.splice(0)) send(socket, packet);
  }
}

function send(socket: Bun.udp.ConnectedSocket<"buffer">, packet: Uint8Array): void {
  try {
    socket.send(packet as Uint8Array<ArrayBuffer>);
  } catch {
    // What an earlier packet's ICMP answer said is thrown from the next one: as on any network, packets are lost.
  }
}
