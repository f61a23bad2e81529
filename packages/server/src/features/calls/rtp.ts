/**
 * RTP (RFC 3550, RFC 8285, RFC 7741) and the few RTCP messages (RFC 4585, and transport-wide feedback of
 * draft-holmer-rmcat-transport-wide-cc-extensions-01) that the forwarding of calls reads and writes. Everything is read
 * within its bounds: the one who sent it has keys of this hop, and no more trust than that.
 */

/** What of a packet's header is read. Offsets are into the packet. */
export type RtpHeader = {
  readonly ssrc: number;
  readonly number: number;
  readonly timestamp: number;
  /** Where the payload begins and ends, without padding. */
  readonly begin: number;
  readonly end: number;
  readonly extensions: ReadonlyMap<number, Buffer>;
};

const headerBytes = 12;
const noExtensions: ReadonlyMap<number, Buffer> = new Map();

export function isRtcp(packet: Buffer): boolean {
  const type = packet[1] ?? 0;
  return type >= 192 && type < 224; // RFC 5761 §4
}

export function readRtp(packet: Buffer): RtpHeader | undefined {
  const first = packet[0] ?? 0;
  if (packet.length < headerBytes || first >> 6 !== 2) return undefined;
  let begin = headerBytes + 4 * (first & 15);
  let extensions = noExtensions;
  if ((first & 16) !== 0) {
    if (begin + 4 > packet.length) return undefined;
    const end = begin + 4 + 4 * packet.readUInt16BE(begin + 2);
    if (end > packet.length) return undefined;
    // Of one byte each (RFC 8285 §4.2); others are passed over.
    if (packet.readUInt16BE(begin) === 0xbede) extensions = readExtensions(packet, begin + 4, end);
    begin = end;
  }
  const padding = (first & 32) === 0 ? 0 : (packet[packet.length - 1] ?? 0);
  const end = packet.length - padding;
  if (begin > packet.length || end < begin) return undefined;
  return {
    ssrc: packet.readUInt32BE(8),
    number: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    begin,
    end,
    extensions,
  };
}

function readExtensions(packet: Buffer, from: number, end: number): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = from; at < end; ) {
    const head = packet[at] as number;
    if (head === 0) {
      at++;
      continue;
    }
    const next = at + 2 + (head & 15);
    if (next > end) break;
    found.set(head >> 4, packet.subarray(at + 1, next));
    at = next;
  }
  return found;
}

/**
 * Whether a payload begins a key frame of VP8: its descriptor is in clear, and the first byte of a frame is (RFC 7741
 * §4.2, §4.3).
 */
export function isKeyFrame(payload: Buffer): boolean {
  const first = payload[0] ?? 0;
  let at = 1;
  if ((first & 0x80) !== 0) {
    const more = payload[1] ?? 0;
    at = 2;
    if ((more & 0x80) !== 0) at += ((payload[at] ?? 0) & 0x80) !== 0 ? 2 : 1;
    if ((more & 0x40) !== 0) at++;
    if ((more & 0x30) !== 0) at++;
  }
  const begins = (first & 0x10) !== 0 && (first & 7) === 0;
  return begins && at < payload.length && ((payload[at] as number) & 1) === 0;
}

export type RtpOut = {
  readonly payloadType: number;
  readonly isMarked: boolean;
  readonly number: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Id and value of the transport-wide number, the one extension that is passed on. */
  readonly numbering: readonly [id: number, value: number] | undefined;
};

export function buildRtp(
  { payloadType, isMarked, number, timestamp, ssrc, numbering }: RtpOut,
  payload: Buffer,
): Buffer {
  const begin = numbering === undefined ? headerBytes : headerBytes + 8;
  const packet = Buffer.allocUnsafe(begin + payload.length);
  packet[0] = numbering === undefined ? 0x80 : 0x90;
  packet[1] = (isMarked ? 0x80 : 0) | payloadType;
  packet.writeUInt16BE(number, 2);
  packet.writeUInt32BE(timestamp, 4);
  packet.writeUInt32BE(ssrc, 8);
  if (numbering !== undefined) {
    packet.writeUInt32BE(0xbede0001, 12);
    packet[16] = (numbering[0] << 4) | 1;
    packet.writeUInt16BE(numbering[1], 17);
    packet[19] = 0;
  }
  payload.copy(packet, begin);
  return packet;
}

export const rtcpTypes = { senderReport: 200, transport: 205, payload: 206 } as const;

export type Rtcp = { readonly type: number; readonly format: number; readonly bytes: Buffer };

/** Messages of one packet that are read; browsers send a few. */
const messagesMax = 16;

/** Each message of a compound packet, as far as it is whole, and sixteen at most. */
export function* readRtcp(packet: Buffer): Generator<Rtcp> {
  for (let at = 0, left = messagesMax; at + 8 <= packet.length && left > 0; left--) {
    const end = at + 4 * (packet.readUInt16BE(at + 2) + 1);
    if ((packet[at] as number) >> 6 !== 2 || end > packet.length) return;
    yield { type: packet[at + 1] as number, format: (packet[at] as number) & 31, bytes: packet.subarray(at, end) };
    at = end;
  }
}

/** Asks the sender of `media` for a frame that needs no other (RFC 4585 §6.3.1). */
export function askForKeyFrame(media: number): Buffer {
  return asking(rtcpTypes.payload, media, 0);
}

/** Asks for packets once more (RFC 4585 §6.2.1). */
export function askAgain(media: number, numbers: readonly number[]): Buffer {
  const packet = asking(rtcpTypes.transport, media, numbers.length);
  for (const [at, number] of numbers.entries()) packet.writeUInt16BE(number, 12 + 4 * at);
  return packet;
}

/** A feedback message of format 1 (RFC 4585 §6.1), with room for so many entries. */
function asking(type: number, media: number, entries: number): Buffer {
  const packet = Buffer.alloc(12 + 4 * entries);
  packet[0] = 0x81;
  packet[1] = type;
  packet.writeUInt16BE(2 + entries, 2);
  packet.writeUInt32BE(1, 4);
  packet.writeUInt32BE(media, 8);
  return packet;
}

/** The numbers that such a message asks for; at most 17 for each of its entries. */
export function* askedAgain({ bytes }: Rtcp): Generator<number> {
  for (let at = 12; at + 4 <= bytes.length; at += 4) {
    const first = bytes.readUInt16BE(at);
    const mask = bytes.readUInt16BE(at + 2);
    yield first;
    for (let bit = 0; bit < 16; bit++) if ((mask & (1 << bit)) !== 0) yield (first + bit + 1) & 0xffff;
  }
}

export type Arrival = readonly [number: number, atMs: number];
const arrivalsSpanMax = 2_000;

/** What came when, as two-bit vectors and steps of 250 µs. @param count of feedbacks before. */
export function transportFeedback(arrivals: readonly Arrival[], media: number, count: number): Buffer | undefined {
  const [first] = arrivals;
  if (first === undefined) return undefined;
  const [base, firstMs] = first;
  const came = new Map<number, number>();
  let span = 0;
  for (const [number, ms] of arrivals) {
    const at = (number - base) & 0xffff;
    if (at >= arrivalsSpanMax) continue;
    came.set(at, ms);
    span = Math.max(span, at + 1);
  }
  const reference = Math.floor(firstMs / 64);
  const chunks: number[] = [];
  const deltas: number[] = [];
  let lastMs = reference * 64;
  for (let from = 0; from < span; from += 7) {
    let chunk = 0xc000;
    for (let at = from; at < Math.min(span, from + 7); at++) {
      const ms = came.get(at);
      if (ms === undefined) continue;
      const delta = Math.max(-0x8000, Math.min(0x7fff, Math.round((ms - lastMs) * 4)));
      lastMs += delta / 4;
      const isSmall = delta >= 0 && delta <= 0xff;
      chunk |= (isSmall ? 1 : 2) << (12 - 2 * (at - from));
      if (isSmall) deltas.push(delta);
      else deltas.push((delta >> 8) & 0xff, delta & 0xff);
    }
    chunks.push(chunk);
  }
  const used = 20 + 2 * chunks.length + deltas.length;
  const size = used + ((4 - (used % 4)) % 4);
  const packet = Buffer.alloc(size);
  packet[0] = 0x80 | 15 | (size > used ? 32 : 0);
  packet[1] = rtcpTypes.transport;
  packet.writeUInt16BE(size / 4 - 1, 2);
  packet.writeUInt32BE(1, 4);
  packet.writeUInt32BE(media, 8);
  packet.writeUInt16BE(base, 12);
  packet.writeUInt16BE(span, 14);
  packet.writeUIntBE(reference & 0xff_ffff, 16, 3);
  packet[19] = count & 0xff;
  for (const [at, chunk] of chunks.entries()) packet.writeUInt16BE(chunk, 20 + 2 * at);
  packet.set(deltas, 20 + 2 * chunks.length);
  if (size > used) packet[size - 1] = size - used;
  return packet;
}
