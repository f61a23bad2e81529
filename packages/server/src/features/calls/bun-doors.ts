/**
 * Doors: the sockets in front of the relay (docs/spec/calls.md CA13, CA14): one UDP port, and one of TCP for networks that block UDP,
 * framed as RFC 8656 §2.1 has it. An exception concerns one packet, and ends nothing.
 */
import { prefixOf } from "../../gateway/prefix.ts";
import type { Leg, Relay } from "./relay.ts";

export type Door = { readonly port: number; readonly close: () => void };
export type Failed = (place: string, error: unknown) => void;

/** UDP addresses that were heard of; the oldest is forgotten, and made again when it sends. */
const legsKept = 50_000;
/** Of a TCP connection: what may be announced. */
const frameBytesMax = 2_000;
const connectionsMax = 2_000;
/** One that has not sat down by then is closed. */
const idleSeconds = 60;

export async function openUdp(relay: Relay, hostname: string, port: number, failed: Failed): Promise<Door> {
  const legs = new Map<string, Leg>();
  // What one turn of the loop sends leaves in one call to the system.
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
  const send = (packet: Uint8Array, toPort: number, to: string) => {
    if (waiting.length === 0) queueMicrotask(flush);
    waiting.push(packet, toPort, to);
  };
  const socket = await Bun.udpSocket({
    hostname,
    port,
    binaryType: "buffer",
    socket: {
      data(_socket, packet: Buffer, fromPort: number, from: string) {
        try {
          const id = `${from} ${fromPort}`;
          let leg = legs.get(id);
          if (leg === undefined) {
            if (legs.size >= legsKept) legs.delete(legs.keys().next().value as string);
            leg = {
              id,
              from: placeOf(from),
              ip: addressBytes(from),
              port: fromPort,
              send: (out) => send(out, fromPort, from),
            };
            legs.set(id, leg);
          }
          relay.receive(leg, packet);
        } catch (error) {
          failed("a packet", error);
        }
      },
      error: () => undefined, // The same as in `flush`, told later.
    },
  });
  return { port: socket.port, close: () => socket.close() };
}

/** Whether a door can be opened there now. */
export async function isUdpFree(hostname: string, port: number): Promise<boolean> {
  try {
    (await Bun.udpSocket({ hostname, port })).close();
    return true;
  } catch {
    return false;
  }
}

type Stream = { readonly leg: Leg; rest: Buffer; half: Buffer | undefined };
let streams = 0;

export function openTcp(relay: Relay, hostname: string, port: number, failed: Failed): Door {
  let open = 0;
  const listener = Bun.listen<Stream>({
    hostname,
    port,
    socket: {
      open(socket) {
        open++;
        const id = `tcp ${streams++}`;
        const send = (packet: Uint8Array) => {
          // Whole packets are dropped, never halves: what follows a half would be read as nonsense.
          if (socket.data.half !== undefined) return;
          const out = isChannel(packet[0]) ? padded(packet) : packet;
          const sent = Math.max(0, socket.write(out));
          if (sent > 0 && sent < out.length) socket.data.half = Buffer.from(out.subarray(sent));
        };
        const from = socket.remoteAddress;
        socket.data = {
          leg: { id, from: placeOf(from), ip: addressBytes(from), port: socket.remotePort, send },
          rest: Buffer.alloc(0),
          half: undefined,
        };
        socket.timeout(idleSeconds);
        if (open > connectionsMax) socket.end();
      },
      data(socket, chunk) {
        try {
          const rest = read(socket.data, chunk, relay);
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
      timeout: (socket) => void socket.end(),
      close(socket) {
        open--;
        relay.gone(socket.data.leg.id);
      },
      error: () => undefined,
    },
  });
  return { port: listener.port, close: () => listener.stop(true) };
}

/** Hands on what is whole. Answers what is left, or undefined where the stream is none of ours. */
function read(stream: Stream, chunk: Buffer, relay: Relay): Buffer | undefined {
  let at = stream.rest.length > 0 ? Buffer.concat([stream.rest, chunk]) : chunk;
  while (at.length >= 4) {
    const first = at[0] as number;
    const length = at.readUInt16BE(2);
    const size = isChannel(first) ? 4 + length : 20 + length;
    if ((!isChannel(first) && first > 3) || size > frameBytesMax) return undefined;
    const whole = isChannel(first) ? size + ((4 - (size % 4)) % 4) : size;
    if (at.length < whole) break;
    relay.receive(stream.leg, Buffer.from(at.subarray(0, size)));
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
