/**
 * Bursts: packets that leave by one call to the system, and those in a row to the same leg as one piece that the kernel
 * cuts (UDP_SEGMENT, udp(7)), so that a picture's packets cost little more than one of them (docs/spec/calls.md CA215).
 * Linux alone has both; elsewhere there are none, and the runtime's own way sends.
 */
import { dlopen, ptr, read } from "bun:ffi";

export type Bursts = {
  /** What sends to this place; undefined where it is no IPv4 address. */
  readonly to: (port: number, address: Uint8Array) => ((packet: Uint8Array) => void) | undefined;
  /** Sends all that waits. What the system has no room for is lost, as on any network. */
  readonly flush: () => void;
};

/** One place that packets go to: its `sockaddr_in`, and where that lies in memory. */
type Target = { readonly name: Uint8Array; readonly at: number };

/** The system's call, of which a test may make one that refuses. Returns how many were sent, or an error's number. */
export type SendMany = (heads: Uint32Array, count: number) => { readonly sent: number; readonly errno: number };

/** Sent at once at most; what waits is flushed then. */
export const packetsMax = 256;
/** Of one piece: UDP_MAX_SEGMENTS of older kernels, and what one datagram may have (RFC 768). */
const segmentsMax = 64;
const pieceBytesMax = 65_507;

/** <errno.h> of Linux. */
const interrupted = 4;
/** EAGAIN and ENOBUFS. */
export const noRoom = 11;
const noBuffers = 105;
/** EMSGSIZE: the parts of a piece are larger than the way takes. Each alone may be fragmented. */
const tooLong = 90;

/** Words of 32 bits: struct mmsghdr, struct iovec, and a struct cmsghdr with a u16, on 64-bit Linux (little-endian). */
const [headWords, partWords, controlWords] = [16, 4, 6];
const nameBytes = 16;
const [solUdp, udpSegment, controlBytes] = [17, 103, 18];

/** @returns undefined where the system has no such call. */
export function systemSends(fd: number): SendMany | undefined {
  if (process.platform !== "linux") return undefined;
  for (const library of ["libc.so.6", "libc.so"])
    try {
      const { symbols } = dlopen(library, {
        sendmmsg: { args: ["i32", "ptr", "u32", "i32"], returns: "i32" },
        __errno_location: { args: [], returns: "ptr" },
      });
      return (heads, count) => {
        const sent = symbols.sendmmsg(fd, heads, count, 0);
        const place = sent < 0 ? symbols.__errno_location() : null;
        return { sent, errno: place === null ? 0 : read.i32(place, 0) };
      };
    } catch {
      // Another system's name of it.
    }
  return undefined;
}

/** @param later calls what it is given once this turn of the loop is over. */
export function openBursts(sendMany: SendMany, later: (flush: () => void) => void): Bursts {
  const heads = new Uint32Array(packetsMax * headWords);
  const parts = new Uint32Array(packetsMax * partWords);
  const controls = new Uint32Array(packetsMax * controlWords);
  const [partsAt, controlsAt] = [ptr(parts), ptr(controls)];
  /** Of each piece: its first packet; after the last, where they end. */
  const begins = new Uint16Array(packetsMax + 1);
  const packets: Uint8Array[] = [];
  const targets: Target[] = [];
  let joins = true;

  /** Writes the pieces of all packets from one on. Returns how many there are. */
  const lay = (from: number, mayJoin: boolean): number => {
    let count = 0;
    for (let at = from; at < packets.length; count++) {
      const target = targets[at] as Target;
      const size = (packets[at] as Uint8Array).length;
      begins[count] = at;
      let [n, bytes, isOpen] = [0, 0, true];
      while (isOpen) {
        const packet = packets[at] as Uint8Array;
        setPointer(parts, at * partWords, ptr(packet));
        setPointer(parts, at * partWords + 2, packet.length);
        bytes += packet.length;
        n++;
        at++;
        const next = packets[at];
        // Of one piece all have the same size, but the last, which may be shorter.
        isOpen =
          mayJoin &&
          next !== undefined &&
          targets[at] === target &&
          packet.length === size &&
          next.length <= size &&
          n < segmentsMax &&
          bytes + next.length <= pieceBytesMax;
      }
      const [head, control] = [count * headWords, count * controlWords];
      setPointer(heads, head, target.at);
      heads[head + 2] = nameBytes;
      setPointer(heads, head + 4, partsAt + (at - n) * partWords * 4);
      setPointer(heads, head + 6, n);
      setPointer(heads, head + 8, n > 1 ? controlsAt + control * 4 : 0);
      setPointer(heads, head + 10, n > 1 ? controlWords * 4 : 0);
      setPointer(controls, control, controlBytes);
      controls[control + 2] = solUdp;
      controls[control + 3] = udpSegment;
      controls[control + 4] = size;
    }
    begins[count] = packets.length;
    return count;
  };

  const flush = () => {
    let mayJoin = joins;
    for (let at = 0; at < packets.length; ) {
      const { sent, errno } = sendMany(heads, lay(at, mayJoin));
      if (sent > 0) at = begins[sent] as number;
      else if (errno === noRoom || errno === noBuffers) break;
      else if (errno !== interrupted) {
        const isJoined = (begins[1] as number) > at + 1;
        mayJoin &&= !isJoined;
        // A network card that cannot sum, an older kernel: from now on each goes alone.
        if (isJoined && errno !== tooLong) joins = false;
        if (!isJoined) at++; // What an earlier packet's ICMP answer said, or nobody's address: the others go on.
      }
    }
    packets.length = 0;
    targets.length = 0;
  };

  const to: Bursts["to"] = (port, address) => {
    if (address.length !== 4) return undefined;
    // AF_INET in the machine's order; port and address in that of the network.
    const name = Uint8Array.of(2, 0, port >> 8, port & 255, ...address, 0, 0, 0, 0, 0, 0, 0, 0);
    const target: Target = { name, at: ptr(name) };
    return (packet) => {
      if (packets.length === 0) later(flush);
      packets.push(packet);
      targets.push(target);
      if (packets.length === packetsMax) flush();
    };
  };
  return { to, flush };
}

/** 64 bits in two words. */
function setPointer(words: Uint32Array, at: number, value: number): void {
  words[at] = value >>> 0;
  words[at + 1] = value / 0x1_0000_0000;
}
