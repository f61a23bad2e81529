/**
 * Rooms: the frames on a room's own connection, `/calls/ws` (docs/spec/calls.md CA1–CA6). The devices of one call meet
 * in a room. It has a protocol of its own, without accounts, which is separate from messages.
 *
 *   0x01 enter    CBOR `enterRoom`                      first, once
 *   0x02 leave    nothing
 *   0x03 renew    nothing                               asks for a new credential of the relay
 *   0x04 joinMedia CBOR                                 of a group call: numbers, no SDP
 *   0x05 wantSlots CBOR                                 how large the client shows each picture
 *   0x07 wantLayer layer u8                             from a watcher of a Live (docs/spec/live.md CA164)
 *   0x12 say      to u16 (0xffff: all others) · bytes   not answered
 *   0x13 show     layer u8 · flags u8 · bytes           a part of a Live's piece (CA163)
 *   0x81 entered  CBOR `enteredRoom`
 *   0x82 refused  code u8 · wait u32 in milliseconds
 *   0x83 relay    CBOR `relayAccess`
 *   0x84 media    CBOR `mediaAnswer`
 *   0x85 mediaGone nothing                              the client has to send joinMedia again
 *   0xc3 said     from u16 · bytes
 *   0xc4 seats    count u16 · u16*                      whenever a device takes or leaves a seat
 *   0xc5 shown    as `show`
 *   0xc6 watching count u32
 */
import { ByteReader, type Bytes, ByteWriter, MalformedError } from "../bytes.ts";
import { bool, decodeAs, encodeAs, fixed, type Infer, list, literal, oneOf, struct, text, uint } from "../schema.ts";
import { uploadToken } from "../upload-tokens.ts";

export const roomLimits = {
  nameBytes: 16,
  seatSecretBytes: 16,
  /** Of one `say`: fits an SDP description of 12 KiB, encrypted and signed. */
  sayBytesMax: 15 * 1024,
  /** Of one message on this connection. */
  messageBytesMax: 16 * 1024,
  seatsMax: 32,
  /** Connections that receive what is said in a room without a seat. */
  listenersMax: 64,
  saysPerSecond: 30,
  /** How long an empty room lasts, a seat whose connection is lost, and any room. */
  emptyMs: 30_000,
  seatMs: 10_000,
  roomMs: 12 * 3_600_000,
} as const;

/** Limits of a Live, which one device shows and many watch (docs/spec/live.md CA162–CA166). */
export const liveLimits = {
  watchersMax: 300,
  showSecretBytes: 32,
  layersMax: 2,
  /** Of one part, and of all parts of a piece. */
  partBytesMax: 15 * 1024,
  pieceBytesMax: 1024 * 1024,
  /** Of all parts of a head: 64 KiB, encrypted. */
  headBytesMax: 68 * 1024,
  /** Of a `say` by a watcher. */
  sayBytesMax: 2 * 1024,
} as const;

/** The `to` of a `say` to all other seats. */
export const everySeat = 0xffff;

const roomRefusals = {
  malformed: 1,
  /** The room does not exist, and no token was given to open it. */
  "token-needed": 2,
  "bad-token": 3,
  "rate-limited": 4,
  full: 5,
  unavailable: 6,
} as const;
export type RoomRefusal = keyof typeof roomRefusals;

const seat = uint(everySeat - 1);
const seatSecret = fixed(roomLimits.seatSecretBytes);

/**
 * `token` opens a room that does not exist yet. `back` takes a seat again after its connection was lost. `listens`:
 * without a seat; it cannot say anything or open a room. In a Live, `shows` is the secret that gives the room its name,
 * and `watches` takes no seat.
 */
const enterRoom = struct(
  { v: literal(1), room: fixed(roomLimits.nameBytes) },
  {
    token: uploadToken,
    back: struct({ seat, secret: seatSecret }),
    listens: bool,
    shows: fixed(liveLimits.showSecretBytes),
    watches: bool,
  },
);
export type EnterRoom = Infer<typeof enterRoom>;

/**
 * The TURN relay. `host` absent: the host of this connection. `port`: of TURN over UDP. `tcp`, `tls`: the ports of TURN
 * over TCP and over TLS, if any.
 */
const relayAccess = struct(
  { port: uint(65_535), username: text(128), credential: text(64) },
  { host: text(255), tcp: uint(65_535), tls: uint(65_535) },
);
export type RelayAccess = Infer<typeof relayAccess>;

export const mediaLimits = {
  /** RFC 8839 §5.4: at least 4 and 22 characters of `ice-char`. */
  ufragMax: 64,
  pwdMax: 128,
  tracksMax: 3,
  layersMax: 2,
  voiceSlotsMax: 31,
  pictureSlotsMax: 16,
} as const;

/**
 * The address at which the relay reaches the forwarding unit, the same for every call (docs/spec/calls.md CA81).
 */
export const mediaPlace = { address: "192.0.2.254", port: 10_000 } as const;

const mediaKind = oneOf("voice", "picture");
const payloadType = uint(127);
const headerId = uint(14);
const ssrc = uint(0xffff_ffff);
const ice = { ufrag: text(mediaLimits.ufragMax), pwd: text(mediaLimits.pwdMax), fingerprint: fixed(32) };

/**
 * What one device sends and receives, in the numbers of its own SDP: `opus` and `vp8` are payload types; `numbering`,
 * `mid` and `rid` are ids of header extensions. `plainVoice`: only its pictures take `numbering`. `up`: its tracks,
 * each with an SSRC, or with the names of its layers, the smallest first.
 */
const joinMedia = struct(
  {
    v: literal(1),
    ...ice,
    opus: payloadType,
    vp8: payloadType,
    up: list(
      struct({ kind: mediaKind, mid: text(16), layers: list(text(8), mediaLimits.layersMax) }, { ssrc }),
      mediaLimits.tracksMax,
    ),
    voiceSlots: uint(mediaLimits.voiceSlotsMax),
    pictureSlots: uint(mediaLimits.pictureSlotsMax),
  },
  { numbering: headerId, mid: headerId, rid: headerId, plainVoice: bool },
);
export type JoinMedia = Infer<typeof joinMedia>;

/** Each slot keeps its SSRC for the whole call, whoever is shown in it. */
const mediaAnswer = struct({
  ...ice,
  slots: list(struct({ kind: mediaKind, ssrc }), mediaLimits.voiceSlotsMax + mediaLimits.pictureSlotsMax),
});
export type MediaAnswer = Infer<typeof mediaAnswer>;

/**
 * `slot`: index in `mediaAnswer.slots`, of a picture. `layers`: 0 for nothing, 1 for the small picture, 2 for the full
 * one. `seat`: whose picture the slot shows.
 */
const wantSlots = struct({
  slots: list(struct({ slot: uint(63), layers: uint(mediaLimits.layersMax) }, { seat }), mediaLimits.pictureSlotsMax),
});
export type WantSlots = Infer<typeof wantSlots>;

const enteredRoom = struct(
  { seat, secret: seatSecret, others: list(seat, roomLimits.seatsMax), timeMs: uint() },
  { relay: relayAccess },
);
export type EnteredRoom = Infer<typeof enteredRoom>;

export type RoomClientFrame =
  | { readonly type: "enter"; readonly args: EnterRoom }
  | { readonly type: "leave" }
  | { readonly type: "renew" }
  | { readonly type: "joinMedia"; readonly join: JoinMedia }
  | { readonly type: "wantSlots"; readonly want: WantSlots }
  | { readonly type: "wantLayer"; readonly layer: number }
  | ({ readonly type: "show" } & ShownPart)
  | { readonly type: "say"; readonly to: number; readonly bytes: Bytes };

/** A part of a Live's piece. A head is the initialization data for the pieces of its layer. */
export type ShownPart = {
  readonly layer: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isHead: boolean;
  readonly bytes: Bytes;
};

export type RoomServerFrame =
  | { readonly type: "entered"; readonly entered: EnteredRoom }
  | { readonly type: "refused"; readonly code: RoomRefusal | "unknown"; readonly waitMs: number }
  | { readonly type: "relay"; readonly relay: RelayAccess }
  | { readonly type: "media"; readonly media: MediaAnswer }
  | { readonly type: "mediaGone" }
  | { readonly type: "said"; readonly from: number; readonly bytes: Bytes }
  | { readonly type: "seats"; readonly seats: readonly number[] }
  | ({ readonly type: "shown" } & ShownPart)
  | { readonly type: "watching"; readonly count: number };

const types = {
  enter: 0x01,
  leave: 0x02,
  renew: 0x03,
  joinMedia: 0x04,
  wantSlots: 0x05,
  wantLayer: 0x07,
  say: 0x12,
  show: 0x13,
  entered: 0x81,
  refused: 0x82,
  relay: 0x83,
  media: 0x84,
  mediaGone: 0x85,
  said: 0xc3,
  seats: 0xc4,
  shown: 0xc5,
  watching: 0xc6,
} as const;

export function encodeRoomClientFrame(frame: RoomClientFrame): Bytes {
  switch (frame.type) {
    case "enter":
      return tagged(types.enter, encodeAs(enterRoom, frame.args));
    case "leave":
    case "renew":
      return Uint8Array.of(types[frame.type]);
    case "joinMedia":
      return tagged(types.joinMedia, encodeAs(joinMedia, frame.join));
    case "wantSlots":
      return tagged(types.wantSlots, encodeAs(wantSlots, frame.want));
    case "wantLayer":
      return Uint8Array.of(types.wantLayer, frame.layer);
    case "show":
      return part(types.show, frame);
    case "say":
      return addressed(types.say, frame.to, frame.bytes);
  }
}

/** @throws MalformedError @checks CA2 */
export function decodeRoomClientFrame(bytes: Bytes): RoomClientFrame {
  if (bytes.length > roomLimits.messageBytesMax) throw new MalformedError("message over its limit");
  const reader = new ByteReader(bytes);
  switch (reader.u8()) {
    case types.enter:
      return { type: "enter", args: decodeAs(enterRoom, reader.rest(), roomLimits.messageBytesMax) };
    case types.leave:
      reader.end();
      return { type: "leave" };
    case types.renew:
      reader.end();
      return { type: "renew" };
    case types.joinMedia:
      return { type: "joinMedia", join: checked(decodeAs(joinMedia, reader.rest(), roomLimits.messageBytesMax)) };
    case types.wantSlots:
      return { type: "wantSlots", want: decodeAs(wantSlots, reader.rest(), roomLimits.messageBytesMax) };
    case types.wantLayer: {
      const layer = layerIn(reader);
      reader.end();
      return { type: "wantLayer", layer };
    }
    case types.show:
      return { type: "show", ...partIn(reader) };
    case types.say: {
      const to = u16(reader);
      const said = reader.rest();
      if (said.length === 0 || said.length > roomLimits.sayBytesMax) throw new MalformedError("size of a say");
      return { type: "say", to, bytes: said };
    }
    default:
      throw new MalformedError("unknown frame type");
  }
}

export function encodeRoomServerFrame(frame: Exclude<RoomServerFrame, { code: "unknown" }>): Bytes {
  switch (frame.type) {
    case "entered":
      return tagged(types.entered, encodeAs(enteredRoom, frame.entered));
    case "refused":
      return new ByteWriter(6)
        .u8(types.refused)
        .u8(roomRefusals[frame.code as RoomRefusal])
        .u32(frame.waitMs)
        .finish();
    case "relay":
      return tagged(types.relay, encodeAs(relayAccess, frame.relay));
    case "media":
      return tagged(types.media, encodeAs(mediaAnswer, frame.media));
    case "mediaGone":
      return Uint8Array.of(types.mediaGone);
    case "said":
      return addressed(types.said, frame.from, frame.bytes);
    case "seats": {
      const writer = new ByteWriter(3 + 2 * frame.seats.length).u8(types.seats);
      for (const value of [frame.seats.length, ...frame.seats]) writer.u8(value >>> 8).u8(value & 255);
      return writer.finish();
    }
    case "shown":
      return part(types.shown, frame);
    case "watching":
      return new ByteWriter(5).u8(types.watching).u32(frame.count).finish();
  }
}

/** @throws MalformedError @checks CA2 */
export function decodeRoomServerFrame(bytes: Bytes): RoomServerFrame {
  if (bytes.length > roomLimits.messageBytesMax) throw new MalformedError("message over its limit");
  const reader = new ByteReader(bytes);
  switch (reader.u8()) {
    case types.entered:
      return { type: "entered", entered: decodeAs(enteredRoom, reader.rest(), roomLimits.messageBytesMax) };
    case types.refused: {
      const value = reader.u8();
      const waitMs = reader.u32();
      reader.end();
      const known = Object.entries(roomRefusals).find(([, code]) => code === value)?.[0] as RoomRefusal | undefined;
      return { type: "refused", code: known ?? "unknown", waitMs };
    }
    case types.relay:
      return { type: "relay", relay: decodeAs(relayAccess, reader.rest(), roomLimits.messageBytesMax) };
    case types.media:
      return { type: "media", media: checked(decodeAs(mediaAnswer, reader.rest(), roomLimits.messageBytesMax)) };
    case types.mediaGone:
      reader.end();
      return { type: "mediaGone" };
    case types.said:
      return { type: "said", from: u16(reader), bytes: reader.rest() };
    case types.seats: {
      const count = u16(reader);
      if (count > roomLimits.seatsMax) throw new MalformedError("number of seats");
      const seats = Array.from({ length: count }, () => u16(reader));
      reader.end();
      return { type: "seats", seats };
    }
    case types.shown:
      return { type: "shown", ...partIn(reader) };
    case types.watching: {
      const count = reader.u32();
      reader.end();
      return { type: "watching", count };
    }
    default:
      throw new MalformedError("unknown frame type");
  }
}

/**
 * ICE credentials are copied into SDP: a character outside `ice-char` (RFC 8839 §5.4) could add a line. @checks CA82
 */
function checked<T extends { readonly ufrag: string; readonly pwd: string }>(one: T): T {
  if (!/^[\w+/-]{4,}$/.test(one.ufrag) || !/^[\w+/-]{22,}$/.test(one.pwd)) throw new MalformedError("ICE credentials");
  return one;
}

function tagged(type: number, body: Bytes): Bytes {
  return new ByteWriter(1 + body.length).u8(type).put(body).finish();
}

function addressed(type: number, seatOf: number, body: Bytes): Bytes {
  return new ByteWriter(3 + body.length)
    .u8(type)
    .u8(seatOf >>> 8)
    .u8(seatOf & 255)
    .put(body)
    .finish();
}

function part(type: number, { layer, isFirst, isLast, isHead, bytes }: ShownPart): Bytes {
  const flags = (isFirst ? 1 : 0) | (isLast ? 2 : 0) | (isHead ? 4 : 0);
  return new ByteWriter(3 + bytes.length).u8(type).u8(layer).u8(flags).put(bytes).finish();
}

/** @checks CA163 */
function partIn(reader: ByteReader): ShownPart {
  const layer = layerIn(reader);
  const flags = reader.u8();
  const bytes = reader.rest();
  if (flags > 7 || bytes.length === 0 || bytes.length > liveLimits.partBytesMax)
    throw new MalformedError("part of a piece");
  return { layer, isFirst: (flags & 1) > 0, isLast: (flags & 2) > 0, isHead: (flags & 4) > 0, bytes };
}

/** @checks CA163 */
function layerIn(reader: ByteReader): number {
  const layer = reader.u8();
  if (layer >= liveLimits.layersMax) throw new MalformedError("layer");
  return layer;
}

function u16(reader: ByteReader): number {
  return reader.u8() * 256 + reader.u8();
}

/** Rooms have their own connection, so this feature adds no calls to that of messages. */
export const calls = {} as const;
