/**
 * STUN messages (RFC 8489), as much as a TURN server needs (docs/spec/calls.md CA10). Nothing here throws on what came
 * from outside: bytes that are no message are `undefined`.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export const methods = { binding: 1, allocate: 3, refresh: 4, send: 6, data: 7, permission: 8, channel: 9 } as const;
export const classes = { request: 0, indication: 1, success: 2, error: 3 } as const;
export const attributes = {
  username: 0x06,
  integrity: 0x08,
  error: 0x09,
  channel: 0x0c,
  lifetime: 0x0d,
  peer: 0x12,
  data: 0x13,
  realm: 0x14,
  nonce: 0x15,
  relayed: 0x16,
  transport: 0x19,
  mapped: 0x20,
  fingerprint: 0x8028,
} as const;

const headBytes = 20;
const integrityBytes = 20;
const cookie = Buffer.from([0x21, 0x12, 0xa4, 0x42]);

export type Stun = {
  readonly method: number;
  readonly class: number;
  /** 12 bytes. */
  readonly id: Buffer;
  /** The first of each type. What follows the integrity is not covered by it, and not here (RFC 8489 §14.5). */
  readonly attributes: ReadonlyMap<number, Buffer>;
  /** Every XOR-PEER-ADDRESS. */
  readonly peers: readonly Buffer[];
  readonly raw: Buffer;
  /** Where the integrity attribute begins; -1 where there is none. */
  readonly integrityAt: number;
};

/** An address of 4 or 16 bytes, and its port. */
export type Place = { readonly ip: Uint8Array; readonly port: number };

/** @checks CA10, CA13, CA14 */
export function parseStun(raw: Buffer): Stun | undefined {
  if (raw.length < headBytes || (raw[0] as number) > 3 || raw.compare(cookie, 0, 4, 4, 8) !== 0) return undefined;
  const type = raw.readUInt16BE(0);
  const length = raw.readUInt16BE(2);
  if (length % 4 !== 0 || length + headBytes !== raw.length) return undefined;
  const found = new Map<number, Buffer>();
  const peers: Buffer[] = [];
  let integrityAt = -1;
  for (let at = headBytes; at < raw.length; ) {
    if (at + 4 > raw.length) return undefined; // not a check: both are multiples of four.
    const name = raw.readUInt16BE(at);
    const size = raw.readUInt16BE(at + 2);
    if (at + 4 + size > raw.length) return undefined;
    const value = raw.subarray(at + 4, at + 4 + size);
    if (integrityAt < 0) {
      if (name === attributes.integrity) integrityAt = at;
      if (name === attributes.peer) peers.push(value);
      if (!found.has(name)) found.set(name, value);
    }
    at += 4 + padded(size);
  }
  return {
    method: (type & 0xf) | ((type >> 1) & 0x70) | ((type >> 2) & 0xf80),
    class: ((type >> 7) & 2) | ((type >> 4) & 1),
    id: raw.subarray(8, headBytes),
    attributes: found,
    peers,
    raw,
    integrityAt,
  };
}

/**
 * Whether its integrity was made with `key`: HMAC-SHA1 over all before it, with the length that ends with it.
 *
 * @checks CA10, CA12
 */
export function isIntact({ raw, integrityAt, attributes: found }: Stun, key: Uint8Array): boolean {
  const shown = found.get(attributes.integrity);
  if (shown?.length !== integrityBytes) return false;
  const covered = Buffer.from(raw.subarray(0, integrityAt));
  covered.writeUInt16BE(integrityAt + 4 + integrityBytes - headBytes, 2);
  return timingSafeEqual(createHmac("sha1", key).update(covered).digest(), shown);
}

export type Attribute = readonly [type: number, value: Uint8Array];

/** @param key makes its integrity; absent: it has none. @param hasPrint whether its CRC ends it. */
export function buildStun(
  { method, class: kind, id }: Pick<Stun, "method" | "class"> & { readonly id: Uint8Array },
  list: readonly Attribute[],
  key?: Uint8Array,
  hasPrint = true,
): Buffer {
  let body = headBytes;
  for (const [, value] of list) body += 4 + padded(value.length);
  const total = body + (key === undefined ? 0 : 4 + integrityBytes) + (hasPrint ? 8 : 0);
  const out = Buffer.alloc(total);
  out.writeUInt16BE(
    (method & 0xf) | ((method & 0x70) << 1) | ((method & 0xf80) << 2) | ((kind & 1) << 4) | ((kind & 2) << 7),
    0,
  );
  out.set(cookie, 4);
  out.set(id, 8);
  let at = headBytes;
  const put = (type: number, value: Uint8Array) => {
    out.writeUInt16BE(type, at);
    out.writeUInt16BE(value.length, at + 2);
    out.set(value, at + 4);
    at += 4 + padded(value.length);
  };
  for (const [type, value] of list) put(type, value);
  if (key !== undefined) {
    out.writeUInt16BE(body + 4 + integrityBytes - headBytes, 2);
    put(attributes.integrity, createHmac("sha1", key).update(out.subarray(0, body)).digest());
  }
  out.writeUInt16BE(total - headBytes, 2);
  if (hasPrint) put(attributes.fingerprint, u32((crc32(out.subarray(0, at)) ^ 0x5354554e) >>> 0));
  return out;
}

/** XOR-MAPPED-ADDRESS and its like (RFC 8489 §14.2). @param id of the message that it stands in. */
export function xorPlace({ ip, port }: Place, id: Uint8Array): Buffer {
  const out = Buffer.alloc(4 + ip.length);
  out[1] = ip.length === 4 ? 1 : 2;
  out.writeUInt16BE(port ^ cookie.readUInt16BE(0), 2);
  const mask = Buffer.concat([cookie, id]);
  for (let i = 0; i < ip.length; i++) out[4 + i] = (ip[i] as number) ^ (mask[i] as number);
  return out;
}

/** @checks CA10, CA11 */
export function readXorPlace(value: Buffer, id: Uint8Array): Place | undefined {
  const size = value[1] === 1 ? 4 : value[1] === 2 ? 16 : 0;
  if (size === 0 || value.length !== 4 + size) return undefined;
  const mask = Buffer.concat([cookie, id]);
  const ip = Uint8Array.from({ length: size }, (_, i) => (value[4 + i] as number) ^ (mask[i] as number));
  return { ip, port: value.readUInt16BE(2) ^ cookie.readUInt16BE(0) };
}

/** A number of four bytes; undefined for a value of another length. */
export function u32Of(value: Buffer | undefined): number | undefined {
  return value?.length === 4 ? value.readUInt32BE(0) : undefined;
}

export function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value, 0);
  return out;
}

/**
 * The key of a long-term credential (RFC 8489 §9.2.2). MD5 is the protocol's; nothing rests on it but who may sit down.
 */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash("md5").update(`${username}:${realm}:${password}`).digest();
}

function padded(length: number): number {
  return length + ((4 - (length % 4)) % 4);
}

const crcTable = new Uint32Array(256).map((_, value) => {
  let crc = value;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
