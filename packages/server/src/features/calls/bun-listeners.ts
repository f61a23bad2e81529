/**
 * Listeners: sockets in front of the relay (docs/spec/calls.md CA13, CA14): one UDP port, and for networks that block
 * UDP one of TCP, framed as RFC 8656 §2.1 has it, and one of TLS over TCP (CA105). An exception concerns one packet,
 * and ends nothing.
 */
import type { Cancel, Clock } from "../../core/ports.ts";
import { readPair, stampOf, TlsError, type TlsFiles, type TlsPair } from "../../gateway/bun-tls.ts";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import { type PeerMemory, PeerTable } from "../../gateway/peer-table.ts";
import { prefixOf } from "../../gateway/prefix.ts";
import { type Bursts, noRoom, openBursts, type SendMany, systemSends } from "./bun-bursts.ts";
import type { Leg, Relay } from "./relay.ts";

export type Listener = { readonly port: number; readonly close: () => void };
export type Failed = (place: string, error: unknown) => void;

/** UDP addresses that were heard of; the oldest is forgotten, and made again when it sends. */
const legsKept = 50_000;
/** Of a TCP connection: what may be announced. */
const frameBytesMax = 2_000;
/** Connections of one place, and in all. */
export const connectionsMax = { prefix: 64, all: 2_000 } as const;
/** One that has not sat down by then is closed, whatever it sends. */
export const sitDownMs = 10_000;

const after: Clock["after"] = (delayMs, work) => {
  const timer = setTimeout(work, delayMs);
  return () => clearTimeout(timer);
};

export async function openUdp(relay: Relay, hostname: string, port: number, failed: Failed): Promise<Listener> {
  // What one turn of the loop sends leaves in one call to the system. Microtasks run after each packet that comes.
  let waiting: (Uint8Array | string | number)[] = [];
  const flush = () => {
    const all = waiting;
    waiting = [];
    for (let at = 0; at < all.length; ) {
      try {
        const sent = socket.sendMany((at === 0 ? all : all.slice(at)) as Uint8Array<ArrayBuffer>[]);
        if (sent === 0) return; // The system has no room: as on any network, packets are lost.
        at += 3 * sent;
      } catch {
        at += 3; // What an earlier packet's ICMP answer said is thrown from the next one: it goes on after that.
      }
    }
  };
  let bursts: Bursts | undefined;
  const sendTo: SendTo = (toPort, to, address) =>
    bursts?.to(toPort, address) ??
    ((packet) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(packet, toPort, to);
    });
  const hear = hearing(relay, sendTo, failed);
  const socket = await Bun.udpSocket({
    hostname,
    port,
    binaryType: "buffer",
    socket: {
      data: (_socket, packet: Buffer, fromPort: number, from: string) => hear(packet, fromPort, from),
      error: () => undefined, // The same as in `flush`, told later.
    },
  });
  // A socket of IPv6 takes no IPv4 name.
  const { fd } = socket as { readonly fd?: number };
  const system = fd === undefined || hostname.includes(":") ? undefined : systemSends(fd);
  // The number of a socket that was closed may be another file's by then.
  const sends: SendMany | undefined =
    system && ((heads, count) => (socket.closed ? { sent: -1, errno: noRoom } : system(heads, count)));
  bursts = sends && openBursts(sends, (work) => setImmediate(work));
  return { port: socket.port, close: () => socket.close() };
}

/** Makes what sends to one place: as it was told, and its bytes. */
export type SendTo = (toPort: number, to: string, address: Uint8Array) => (packet: Uint8Array) => void;

/** Hands each packet to the relay as of the leg that it came from. */
export function hearing(
  relay: Relay,
  sendTo: SendTo,
  failed: Failed,
): (packet: Buffer, fromPort: number, from: string) => void {
  const legs = new Map<string, Leg>();
  // By port: who sent from it last. Nearly all packets are found so, and no name is made for them.
  const latest: ({ readonly from: string; readonly leg: Leg } | undefined)[] = [];
  const legOf = (fromPort: number, from: string): Leg => {
    const known = latest[fromPort];
    if (known?.from === from) return known.leg;
    const id = `${from} ${fromPort}`;
    let leg = legs.get(id);
    if (leg === undefined) {
      if (legs.size >= legsKept) legs.delete(legs.keys().next().value as string);
      const ip = addressBytes(from);
      leg = { id, from: placeOf(from), ip, port: fromPort, send: sendTo(fromPort, from, ip) };
      legs.set(id, leg);
    }
    latest[fromPort] = { from, leg };
    return leg;
  };
  return (packet, fromPort, from) => {
    // Nothing can be sent to port 0: the system refuses it, and the packets beside it with it.
    if (fromPort === 0) return;
    try {
      relay.receive(legOf(fromPort, from), packet);
    } catch (error) {
      failed("a packet", error);
    }
  };
}

/** Whether a listener of TCP can be opened there now. */
export function isTcpFree(hostname: string, port: number): boolean {
  try {
    Bun.listen({ hostname, port, socket: { data: () => undefined } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

/** Whether a listener of UDP can be opened there now. */
export async function isUdpFree(hostname: string, port: number): Promise<boolean> {
  try {
    (await Bun.udpSocket({ hostname, port })).close();
    return true;
  } catch {
    return false;
  }
}

type Stream = {
  /** Absent until it is known who stands behind it. */
  leg: Leg | undefined;
  isCounted: boolean;
  rest: Buffer;
  half: Buffer | undefined;
  isOpen: boolean;
  stopWaiting: Cancel | undefined;
};
let streams = 0;

export type StreamListener = Listener & {
  /** Takes nobody new. Who is connected stays. */
  readonly leave: () => void;
};
export type StreamOptions = {
  /** Counts connections, of several listeners together where it is given to each. */
  readonly open?: ConnectionLimits;
  /** The certificate and its key: what is framed travels in TLS. */
  readonly pair?: TlsPair;
  /** Its connections are the front's (CA182): who stands behind each is asked there, and others are closed. */
  readonly peers?: PeerTable | undefined;
};

/** @param wait a clock's own; the system's, if absent. */
export function openTcp(
  relay: Relay,
  hostname: string,
  port: number,
  failed: Failed,
  wait = after,
  { open = new ConnectionLimits(connectionsMax), pair, peers }: StreamOptions = {},
): StreamListener {
  /** Now it is known where it comes from. */
  const seat = (socket: Bun.Socket<Stream>, address: string, from: string) => {
    const { data } = socket;
    const id = `tcp ${streams++}`;
    const send = (packet: Uint8Array) => {
      // Whole packets are dropped, never halves: what follows a half would be read as nonsense.
      if (data.half !== undefined) return;
      const out = isChannel(packet[0]) ? padded(packet) : packet;
      const sent = Math.max(0, socket.write(out));
      if (sent > 0 && sent < out.length) data.half = Buffer.from(out.subarray(sent));
    };
    // Until it has sat down, and again once it sits no more: what sits is ended by the relay's own lifetime alone.
    const expect = () => {
      data.stopWaiting?.();
      if (!data.isOpen) return;
      data.stopWaiting = wait(sitDownMs, () => {
        if (!relay.sits(id)) socket.terminate();
      });
    };
    data.isCounted = open.enter(from);
    data.leg = { id, from, ip: addressBytes(address), port: socket.remotePort, isStream: true, send, left: expect };
    if (data.isCounted) expect();
    else socket.terminate();
  };
  const listener = Bun.listen<Stream>({
    hostname,
    port,
    ...(pair && { tls: { cert: pair.cert, key: pair.key } }),
    socket: {
      open(socket) {
        socket.data = {
          leg: undefined,
          isCounted: false,
          rest: Buffer.alloc(0),
          half: undefined,
          isOpen: true,
          stopWaiting: undefined,
        };
        if (peers === undefined) return seat(socket, socket.remoteAddress, placeOf(socket.remoteAddress));
        // The front says whose it is before its first byte, which may be after this.
        socket.data.stopWaiting = wait(sitDownMs, () => socket.terminate());
      },
      // Without it Bun calls `open` after the greeting of TLS, and who never greets would neither count nor end.
      handshake(socket) {
        if (peers === undefined || socket.data.leg !== undefined) return;
        const peer = peers.peerOf(socket.remoteAddress, socket.remotePort);
        if (peer === undefined) socket.terminate();
        else seat(socket, peer, placeOf(peer));
      },
      data(socket, chunk) {
        try {
          const { leg } = socket.data;
          if (leg === undefined) return socket.terminate();
          const rest = read(socket.data, leg, chunk, relay);
          if (rest === undefined) socket.end();
          else socket.data.rest = rest;
        } catch (error) {
          failed("a stream", error);
          socket.end();
        }
      },
      drain(socket) {
        const { half } = socket.data;
        if (half === undefined) return;
        const sent = Math.max(0, socket.write(half));
        socket.data.half = sent < half.length ? half.subarray(sent) : undefined;
      },
      close({ data }) {
        data.isOpen = false;
        data.stopWaiting?.();
        if (data.leg === undefined) return;
        if (data.isCounted) open.leave(data.leg.from);
        relay.gone(data.leg.id);
      },
      error: () => undefined,
    },
  });
  return { port: listener.port, close: () => listener.stop(true), leave: () => listener.stop(false) };
}

/** Where TLS is spoken, and whose certificate is shown. */
export type TlsListenerOptions = {
  readonly port: number;
  readonly files: TlsFiles;
  /** It stands behind the front alone (CA180): on loopback, and these are its connections. */
  readonly peers?: PeerMemory | undefined;
};

/**
 * The same within TLS (RFC 8656 §2.1). A certificate that another program renewed is shown to those who come from then
 * on; a pair of files that is none is said, and the older one goes on (DS236).
 *
 * @param told is told what an operator should hear of.
 * @throws TlsError; an error with a code where the port cannot be opened
 */
export function openTls(
  relay: Relay,
  hostname: string,
  { port: wanted, files, peers: memory }: TlsListenerOptions,
  failed: Failed,
  told: (said: string) => void,
  wait = after,
  open = new ConnectionLimits(connectionsMax),
): Listener & { readonly look: () => void } {
  let stamp = stampOf(files);
  const peers = memory === undefined ? undefined : new PeerTable(memory);
  const at = peers === undefined ? hostname : PeerTable.from;
  const openBy = (port: number) => openTcp(relay, at, port, failed, wait, { open, pair: readPair(files), peers });
  const listeners = [openBy(wanted)];
  const { port } = listeners[0] as StreamListener;
  const look = () => {
    const now = stampOf(files);
    if (now === stamp) return;
    try {
      readPair(files);
      listeners.at(-1)?.leave();
      listeners.push(openBy(port));
      stamp = now;
    } catch (error) {
      // The stamp stays as it was, so that the next look tries again.
      if (error instanceof TlsError) told(`calls over TLS: ${error.message}; the older certificate goes on`);
      else told("calls over TLS: the port was taken while the certificate was renewed; trying again within a minute");
    }
  };
  return {
    port,
    look,
    close: () => {
      for (const listener of listeners) listener.close();
    },
  };
}

/** Hands on what is whole. Answers what is left, or undefined where the stream is none of ours. */
function read(stream: Stream, leg: Leg, chunk: Buffer, relay: Relay): Buffer | undefined {
  let at = stream.rest.length > 0 ? Buffer.concat([stream.rest, chunk]) : chunk;
  while (at.length >= 4) {
    const first = at[0] as number;
    const length = at.readUInt16BE(2);
    const size = isChannel(first) ? 4 + length : 20 + length;
    if ((!isChannel(first) && first > 3) || size > frameBytesMax) return undefined;
    const whole = isChannel(first) ? size + ((4 - (size % 4)) % 4) : size;
    if (at.length < whole) break;
    relay.receive(leg, Buffer.from(at.subarray(0, size)));
    at = at.subarray(whole);
  }
  return Buffer.from(at);
}

function isChannel(first: number | undefined): boolean {
  return first !== undefined && first >= 0x40 && first < 0x80;
}

/** On a stream ChannelData ends at a multiple of four. */
function padded(packet: Uint8Array): Uint8Array {
  const missing = (4 - (packet.length % 4)) % 4;
  return missing === 0 ? packet : Buffer.concat([packet, Buffer.alloc(missing)]);
}

/** Here nobody speaks for others, so that what says "from this machine" stands for itself. */
function placeOf(address: string): string {
  return prefixOf(address, null) ?? "here";
}

export function addressBytes(text: string): Uint8Array {
  const address = text.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (!address.includes(":")) return Uint8Array.from(address.split("."), Number);
  const [head = "", tail] = address.split("::");
  const groups = (side: string) => (side === "" ? [] : side.split(":"));
  const front = groups(head);
  const back = groups(tail ?? "");
  const all = [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0"), ...back];
  const out = new Uint8Array(16);
  for (const [i, group] of all.slice(0, 8).entries()) {
    const value = Number.parseInt(group, 16);
    out[2 * i] = value >> 8;
    out[2 * i + 1] = value & 255;
  }
  return out;
}
