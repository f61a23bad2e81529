/**
 * Peers (docs/spec/peers.md): the protocol between servers. A card describes a server and is signed by its key. A line
 * is a connection between two servers; it begins with three frames, by which each side proves that it holds its key.
 */
import { ByteReader, type Bytes, ByteWriter, MalformedError, utf8 } from "../bytes.ts";
import { address, call } from "../call.ts";
import { idBytes, type ListHash } from "../ids.ts";
import { limits } from "../limits.ts";
import {
  blob,
  decodeAs,
  encodeAs,
  extensions,
  fixed,
  type Infer,
  line,
  list,
  literal,
  oneOf,
  type Schema,
  struct,
  uint,
} from "../schema.ts";
import { isServerName, readServerName, serverNameBytesMax } from "../server-name.ts";

export const peerLimits = {
  /** Of a whole card. */
  cardBytesMax: 4_096,
  /** Of a name, as ASCII. */
  nameBytesMax: serverNameBytesMax,
  versionsMax: 16,
  /** Servers whose states are asked for at once. */
  statesMax: 64,
  /** Of a frame before both sides have proved their keys. */
  greetingBytesMax: 1_024,
} as const;

/** Versions of the protocol on a line, the newest last. */
export const peerVersions: readonly number[] = [1, 2];
/** From this version on a line carries tunnels, and posts to single addresses. */
export const tunnelVersion = 2;
/** The path at which a server publishes its card. */
export const serverCardPath = "/.well-known/yanshu";

const serverName: Schema<string> = {
  check: (value, path) => {
    // @checks PE1
    if (!isServerName(value)) throw new MalformedError(`${path}: not the name of a server`);
    return value;
  },
};
const linePath: Schema<string> = {
  check: (value, path) => {
    // @checks PE1
    if (typeof value !== "string" || !/^\/[a-z0-9/_-]{1,63}$/.test(value))
      throw new MalformedError(`${path}: not a path`);
    return value;
  },
};

const cardBody = struct(
  {
    v: literal(1),
    versions: list(uint(0xffff), peerLimits.versionsMax),
    name: serverName,
    signKey: fixed(idBytes.publicKey),
    /** X25519: clients of other servers encrypt to it. */
    sealKey: fixed(idBytes.publicKey),
    incarnation: fixed(idBytes.incarnation),
    /** The path at which it accepts lines. */
    peer: linePath,
    /** `out`: other servers cannot connect to it; it connects to them. */
    reach: oneOf("both", "out"),
  },
  {
    /** How operators of other servers reach this one's operator. */
    contact: line(256),
    /** The former key that `signKey` replaces, and its signature over `serverKeyBytes`. */
    before: struct({ key: fixed(idBytes.publicKey), signature: fixed(idBytes.signature) }),
    more: extensions,
  },
);
export type ServerCard = Infer<typeof cardBody>;

const signedCard = struct({ body: blob(peerLimits.cardBytesMax), signature: fixed(idBytes.signature) });

/** `signature` is over `serverCardBytes(body)`. */
export type SignedCard = { readonly card: ServerCard; readonly body: Bytes; readonly signature: Bytes };

export function encodeCardBody(card: ServerCard): Bytes {
  return encodeAs(cardBody, card);
}

/** @throws MalformedError when it is longer than a card may be. */
export function encodeSignedCard(body: Bytes, signature: Bytes): Bytes {
  const bytes = encodeAs(signedCard, { body, signature });
  // @checks PE1
  if (bytes.length > peerLimits.cardBytesMax) throw new MalformedError("a card over its limit");
  return bytes;
}

/** Does not check the signature. @throws MalformedError */
export function decodeSignedCard(bytes: Bytes): SignedCard {
  const { body, signature } = decodeAs(signedCard, bytes, peerLimits.cardBytesMax);
  return { card: decodeAs(cardBody, body, peerLimits.cardBytesMax), body, signature };
}

/**
 * Why a server ends or refuses a line. A number of a later version is read as `refused`.
 */
const lineRefusals = {
  /** The operator blocks the server, or its name, key or signature is wrong. */
  refused: 1,
  busy: 2,
  /** The caller's card cannot be fetched. */
  unreachable: 3,
  "unsupported-version": 4,
  malformed: 5,
  /** Another line between the same two servers replaces it. */
  superseded: 6,
} as const;
export type LineRefusal = keyof typeof lineRefusals;

export type PeerHello = {
  readonly versions: readonly number[];
  readonly from: string;
  readonly to: string;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
};
/** `unsigned`: the frame's bytes without the signature. */
export type PeerGreeting = {
  readonly version: number;
  readonly incarnation: Bytes;
  readonly nonce: Bytes;
  readonly signature: Bytes;
  readonly unsigned: Bytes;
};

export type PeerFrame =
  | { readonly type: "hello"; readonly hello: PeerHello }
  | { readonly type: "greeting"; readonly greeting: PeerGreeting }
  | { readonly type: "proof"; readonly signature: Bytes }
  | { readonly type: "refusal"; readonly why: LineRefusal }
  | { readonly type: "opened" };

const types = { hello: 0x01, greeting: 0x02, proof: 0x03, refusal: 0x04, opened: 0x05 } as const;

/**
 *   01 hello      count u8 · version u16* · from (u8 len) · to (u8 len) · incarnation 16 · nonce 32
 *   02 greeting   version u16 · incarnation 16 · nonce 32 · signature 64
 *   03 proof      signature 64
 *   04 refusal    number u8
 *   05 opened
 */
export function encodePeerHello({ versions, from, to, incarnation, nonce }: PeerHello): Bytes {
  const [caller, called] = [utf8(from), utf8(to)];
  const writer = new ByteWriter(
    2 + 2 * versions.length + 1 + caller.length + 1 + called.length + idBytes.incarnation + idBytes.nonce,
  )
    .u8(types.hello)
    .u8(versions.length);
  for (const version of versions) writer.u8(version >> 8).u8(version & 0xff);
  return writer.u8(caller.length).put(caller).u8(called.length).put(called).put(incarnation).put(nonce).finish();
}

/** Encodes a greeting without its signature, which covers these bytes. */
export function encodePeerGreeting(version: number, incarnation: Bytes, nonce: Bytes): Bytes {
  return new ByteWriter(3 + idBytes.incarnation + idBytes.nonce)
    .u8(types.greeting)
    .u8(version >> 8)
    .u8(version & 0xff)
    .put(incarnation)
    .put(nonce)
    .finish();
}

export function encodePeerProof(signature: Bytes): Bytes {
  return new ByteWriter(1 + signature.length).u8(types.proof).put(signature).finish();
}

export function encodeLineRefusal(why: LineRefusal): Bytes {
  return Uint8Array.of(types.refusal, lineRefusals[why]);
}

/** Tells the caller that its proof was accepted. */
export function encodeLineOpened(): Bytes {
  return Uint8Array.of(types.opened);
}

/** Whether a message on an open line ends it. */
export function isLineRefusal(message: Bytes): boolean {
  return message[0] === types.refusal;
}

/** @throws MalformedError */
export function decodePeerFrame(frame: Bytes): PeerFrame {
  const reader = new ByteReader(frame);
  const type = reader.u8();
  const read = readFrame(type, reader, frame);
  reader.end();
  return read;
}

function readFrame(type: number, reader: ByteReader, frame: Bytes): PeerFrame {
  switch (type) {
    case types.hello:
      return { type: "hello", hello: readHello(reader) };
    case types.greeting: {
      const version = u16(reader);
      const incarnation = reader.take(idBytes.incarnation);
      const nonce = reader.take(idBytes.nonce);
      const unsigned = frame.subarray(0, frame.length - reader.left);
      return {
        type: "greeting",
        greeting: { version, incarnation, nonce, unsigned, signature: reader.take(idBytes.signature) },
      };
    }
    case types.proof:
      return { type: "proof", signature: reader.take(idBytes.signature) };
    case types.refusal:
      return { type: "refusal", why: refusalOf(reader.u8()) };
    case types.opened:
      return { type: "opened" };
    default:
      throw new MalformedError("unknown frame type");
  }
}

function readHello(reader: ByteReader): PeerHello {
  const count = reader.u8();
  // @checks PE6
  if (count > peerLimits.versionsMax) throw new MalformedError("too many versions");
  const versions = Array.from({ length: count }, () => u16(reader));
  const [from, to] = [readServerName(reader), readServerName(reader)];
  return { versions, from, to, incarnation: reader.take(idBytes.incarnation), nonce: reader.take(idBytes.nonce) };
}

function u16(reader: ByteReader): number {
  return reader.u8() * 0x100 + reader.u8();
}

function refusalOf(number: number): LineRefusal {
  const found = Object.entries(lineRefusals).find(([, value]) => value === number);
  return found === undefined ? "refused" : (found[0] as LineRefusal);
}

/** Returns the newest version that both servers know; undefined if there is none. */
export function commonPeerVersion(offered: readonly number[]): number | undefined {
  return peerVersions.findLast((version) => offered.includes(version));
}

// ---- once a line is open ----

/** The mode of the post by which a row came through its gate; a deposit has no gate. */
const rowModes = ["application", "commit", "create", "deposit"] as const;
export type RowMode = (typeof rowModes)[number];

/** A row of a stream: an envelope for the part of a list at the other server, or how many were dropped for one. */
export type StreamRow =
  | {
      readonly kind: "envelope";
      readonly mode: RowMode;
      readonly gate: Bytes;
      readonly epoch: number;
      readonly list: Bytes;
      readonly envelope: Bytes;
    }
  | { readonly kind: "dropped"; readonly list: Bytes; readonly count: number };

export type StreamFrame =
  | { readonly type: "begin"; readonly length: number; readonly piece: Bytes }
  | { readonly type: "more"; readonly piece: Bytes }
  | { readonly type: "rows"; readonly stream: Bytes; readonly first: number; readonly rows: readonly Bytes[] }
  | {
      readonly type: "acked";
      readonly stream: Bytes;
      readonly n: number;
      readonly chain: Bytes;
      /** Numbers of rows that were not taken. */
      readonly refused: readonly number[];
    }
  | { readonly type: "list"; readonly addresses: readonly Bytes[] }
  | { readonly type: "held"; readonly stream: Bytes; readonly n: number; readonly chain: Bytes }
  | TunnelFrame;

/** Frames of one tunnel. The side that opens it picks the number: odd for the side that made the line. */
export type TunnelFrame =
  | { readonly type: "tunnel"; readonly tunnel: number }
  | { readonly type: "through"; readonly tunnel: number; readonly bytes: Bytes }
  | { readonly type: "tunnel-over"; readonly tunnel: number; readonly why: LineRefusal }
  /** Flow control: the receiver has passed on `bytes` more bytes. */
  | { readonly type: "tunnel-room"; readonly tunnel: number; readonly bytes: number };

export const streamLimits = {
  idBytes: 16,
  /** The most rows, and bytes of rows, that may be unacknowledged. A single larger row may be sent alone. */
  windowRows: 1_024,
  windowBytes: 1 << 20,
  /** Of the shortest row, which has a list and a count. */
  rowBytesMin: 1 + idBytes.list + 4,
  /** Of rows that share a frame. */
  frameBytes: 64 << 10,
} as const;

const streamTypes = { begin: 0x12, more: 0x13, rows: 0x20, acked: 0x21, list: 0x22, held: 0x24 } as const;
const tunnelTypes = { tunnel: 0x30, through: 0x31, over: 0x32, room: 0x33 } as const;
const rowKinds = { envelope: 0, dropped: 1 } as const;

export function encodeStreamRow(row: StreamRow): Bytes {
  if (row.kind === "dropped")
    return new ByteWriter(1 + idBytes.list + 4).u8(rowKinds.dropped).put(row.list).u32(row.count).finish();
  return new ByteWriter(2 + idBytes.gate + 4 + idBytes.list + row.envelope.length)
    .u8(rowKinds.envelope)
    .u8(rowModes.indexOf(row.mode))
    .put(row.gate)
    .u32(row.epoch)
    .put(row.list)
    .put(row.envelope)
    .finish();
}

/** @throws MalformedError */
export function decodeStreamRow(bytes: Bytes): StreamRow {
  const reader = new ByteReader(bytes);
  const kind = reader.u8();
  if (kind === rowKinds.dropped) {
    const list = reader.take(idBytes.list);
    const count = reader.u32();
    reader.end();
    return { kind: "dropped", list, count };
  }
  const mode = rowModes[reader.u8()];
  // @checks PE23
  if (kind !== rowKinds.envelope || mode === undefined) throw new MalformedError("unknown row");
  const gate = reader.take(idBytes.gate);
  const epoch = reader.u32();
  return { kind: "envelope", mode, gate, epoch, list: reader.take(idBytes.list), envelope: reader.rest() };
}

/**
 *   12 begin, 13 more   as WI23: a frame that is larger than one message
 *   20 rows    stream 16 · first n u53 · (length u32 · row)*
 *   21 acked   stream 16 · n u53 · chain 16 · (refused n u53)*
 *   22 list    address 16*
 *   24 held    stream 16 · n u53 · chain 16
 */
export function encodeRows(stream: Bytes, first: number, rows: readonly Bytes[]): Bytes {
  const length = rows.reduce((sum, row) => sum + 4 + row.length, 1 + streamLimits.idBytes + 8);
  const writer = new ByteWriter(length).u8(streamTypes.rows).put(stream).u53(first);
  for (const row of rows) writer.u32(row.length).put(row);
  return writer.finish();
}

export function encodeAcked(stream: Bytes, n: number, chain: Bytes, refused: readonly number[]): Bytes {
  const writer = new ByteWriter(1 + 2 * streamLimits.idBytes + 8 + 8 * refused.length)
    .u8(streamTypes.acked)
    .put(stream)
    .u53(n)
    .put(chain);
  for (const one of refused) writer.u53(one);
  return writer.finish();
}

export function encodeFarList(addresses: Bytes): Bytes {
  return new ByteWriter(1 + addresses.length).u8(streamTypes.list).put(addresses).finish();
}

export function encodeHeld(stream: Bytes, n: number, chain: Bytes): Bytes {
  return new ByteWriter(1 + 2 * streamLimits.idBytes + 8).u8(streamTypes.held).put(stream).u53(n).put(chain).finish();
}

/** @throws MalformedError */
export function decodeStreamFrame(frame: Bytes): StreamFrame {
  const reader = new ByteReader(frame);
  const type = reader.u8();
  switch (type) {
    case streamTypes.begin:
      return { type: "begin", length: reader.u32(), piece: reader.rest() };
    case streamTypes.more:
      return { type: "more", piece: reader.rest() };
    case streamTypes.rows: {
      const stream = reader.take(streamLimits.idBytes);
      const first = reader.u53();
      const rows: Bytes[] = [];
      while (reader.left > 0) {
        const length = reader.u32();
        // @checks PE35
        if (length < streamLimits.rowBytesMin || rows.length === streamLimits.windowRows)
          throw new MalformedError("number of rows, or length of one");
        rows.push(reader.take(length));
      }
      // @checks PE24
      if (first < 1 || rows.length === 0) throw new MalformedError("number of rows");
      return { type: "rows", stream, first, rows };
    }
    case streamTypes.acked: {
      const [stream, n, chain] = [reader.take(streamLimits.idBytes), reader.u53(), reader.take(streamLimits.idBytes)];
      const refused: number[] = [];
      while (reader.left > 0) {
        // @checks PE35
        if (refused.length === streamLimits.windowRows) throw new MalformedError("number of rows");
        refused.push(reader.u53());
      }
      return { type: "acked", stream, n, chain, refused };
    }
    case streamTypes.list: {
      const addresses: Bytes[] = [];
      // @checks PE31
      if (reader.left === 0 || reader.left > limits.listAddressesMax * idBytes.address)
        throw new MalformedError("number of addresses");
      while (reader.left > 0) addresses.push(reader.take(idBytes.address));
      return { type: "list", addresses };
    }
    case streamTypes.held: {
      const [stream, n, chain] = [reader.take(streamLimits.idBytes), reader.u53(), reader.take(streamLimits.idBytes)];
      reader.end();
      return { type: "held", stream, n, chain };
    }
    default:
      return readTunnelFrame(type, reader);
  }
}

/**
 *   30 tunnel        tunnel u32
 *   31 through       tunnel u32 · bytes
 *   32 tunnel over   tunnel u32 · refusal u8
 *   33 tunnel room   tunnel u32 · bytes u32
 */
export function encodeTunnelFrame(frame: TunnelFrame): Bytes {
  switch (frame.type) {
    case "tunnel":
      return new ByteWriter(5).u8(tunnelTypes.tunnel).u32(frame.tunnel).finish();
    case "through":
      return new ByteWriter(5 + frame.bytes.length).u8(tunnelTypes.through).u32(frame.tunnel).put(frame.bytes).finish();
    case "tunnel-over":
      return new ByteWriter(6).u8(tunnelTypes.over).u32(frame.tunnel).u8(lineRefusals[frame.why]).finish();
    case "tunnel-room":
      return new ByteWriter(9).u8(tunnelTypes.room).u32(frame.tunnel).u32(frame.bytes).finish();
  }
}

function readTunnelFrame(type: number, reader: ByteReader): TunnelFrame {
  // @checks PE44
  if (!Object.values<number>(tunnelTypes).includes(type)) throw new MalformedError("unknown frame type");
  const tunnel = reader.u32();
  if (type === tunnelTypes.through) return { type: "through", tunnel, bytes: reader.rest() };
  const frame: TunnelFrame =
    type === tunnelTypes.over
      ? { type: "tunnel-over", tunnel, why: refusalOf(reader.u8()) }
      : type === tunnelTypes.room
        ? { type: "tunnel-room", tunnel, bytes: reader.u32() }
        : { type: "tunnel", tunnel };
  reader.end();
  return frame;
}

export const tunnelLimits = {
  /** The most bytes in flight in one direction, of one tunnel and of all tunnels of a line. */
  oneBytes: 2 << 20,
  allBytes: 4 << 20,
} as const;

export const peers = {
  /**
   * Like `uploadList`, for addresses at several servers, in leaf order; the hash is `farListHashOf`. `refused`: servers
   * to which this server does not deliver, so that their addresses get nothing.
   */
  uploadFarList: call(
    "any",
    struct({ entries: list(struct({ server: serverName, address }), limits.listAddressesMax) }),
    struct({ hash: fixed<ListHash>(idBytes.list), refused: list(serverName, limits.listAddressesMax) }),
  ),
  /**
   * The states of other servers as this one sees them. `refuses`: one of the two operators blocks the other server.
   * `forgotten`: the server shows another key than the known one. `awayMs`: how long it has been unreachable.
   * `waitsMs`: for how long the oldest envelope for it has been waiting; absent: none waits, as far as is known.
   */
  peerStates: call(
    "any",
    struct({ servers: list(serverName, peerLimits.statesMax) }),
    struct({
      states: list(
        struct(
          { server: serverName, state: oneOf("unmet", "open", "away", "refuses", "forgotten") },
          { awayMs: uint(), waitsMs: uint() },
        ),
        peerLimits.statesMax,
      ),
    }),
  ),
} as const;
