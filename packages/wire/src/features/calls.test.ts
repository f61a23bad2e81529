import { expect, test } from "bun:test";
import {
  decodeRoomClientFrame,
  decodeRoomServerFrame,
  encodeRoomClientFrame,
  encodeRoomServerFrame,
  everySeat,
  type RoomClientFrame,
  type RoomServerFrame,
  roomLimits,
} from "./calls.ts";

const room = new Uint8Array(16).fill(7);
const secret = new Uint8Array(16).fill(9);
const relay = { port: 8080, tcp: 8081, host: "yan.example", username: "1:a:2", credential: "abc" };

test("[CA2] each frame of a room's connection is read as it was written", () => {
  const fromClient: readonly RoomClientFrame[] = [
    { type: "enter", args: { v: 1, room } },
    { type: "enter", args: { v: 1, room, back: { seat: 3, secret } } },
    { type: "leave" },
    { type: "renew" },
    { type: "say", to: everySeat, bytes: Uint8Array.of(1) },
    { type: "say", to: 258, bytes: new Uint8Array(roomLimits.sayBytesMax) },
  ];
  for (const frame of fromClient) expect(decodeRoomClientFrame(encodeRoomClientFrame(frame))).toEqual(frame);
  const fromServer: readonly Exclude<RoomServerFrame, { code: "unknown" }>[] = [
    { type: "entered", entered: { seat: 1, secret, others: [2, 3], timeMs: 5, relay } },
    { type: "refused", code: "token-needed", waitMs: 0 },
    { type: "refused", code: "rate-limited", waitMs: 60_000 },
    { type: "relay", relay },
    { type: "said", from: 300, bytes: Uint8Array.of(1, 2) },
    { type: "seats", seats: [1, 300, 2] },
  ];
  for (const frame of fromServer) expect(decodeRoomServerFrame(encodeRoomServerFrame(frame))).toEqual(frame);
});

test("[CA163] [CA164] what is shown and watched is read as it was written, and a part of another layer, size or flag is not", () => {
  const part = { layer: 1, isFirst: true, isLast: false, isHead: true, bytes: Uint8Array.of(1, 2) };
  const fromClient: readonly RoomClientFrame[] = [
    { type: "enter", args: { v: 1, room, watches: true } },
    { type: "enter", args: { v: 1, room, shows: new Uint8Array(32).fill(3) } },
    { type: "wantLayer", layer: 0 },
    { type: "show", ...part },
    { type: "show", layer: 0, isFirst: false, isLast: true, isHead: false, bytes: new Uint8Array(15 * 1024) },
  ];
  for (const frame of fromClient) expect(decodeRoomClientFrame(encodeRoomClientFrame(frame))).toEqual(frame);
  const fromServer: readonly Exclude<RoomServerFrame, { code: "unknown" }>[] = [
    { type: "shown", ...part },
    { type: "watching", count: 300 },
  ];
  for (const frame of fromServer) expect(decodeRoomServerFrame(encodeRoomServerFrame(frame))).toEqual(frame);
  for (const bytes of [
    [0x07, 2],
    [0x07, 1, 1],
    [0x13, 2, 0, 1],
    [0x13, 1, 8, 1],
    [0x13, 1, 0],
    [0x13, 1, 0, ...new Uint8Array(15 * 1024 + 1)],
  ])
    expect(() => decodeRoomClientFrame(Uint8Array.from(bytes))).toThrow();
});

const ice = { ufrag: "ab+/", pwd: "0123456789abcdef01234+", fingerprint: new Uint8Array(32).fill(1) };

test("[CA82] [CA87] [CA235] what joins media, wants slots and listens is read as it was written", () => {
  const fromClient: readonly RoomClientFrame[] = [
    { type: "enter", args: { v: 1, room, listens: true } },
    {
      type: "joinMedia",
      join: {
        v: 1,
        ...ice,
        opus: 111,
        vp8: 96,
        up: [{ kind: "picture", mid: "1", layers: ["s", "f"] }],
        voiceSlots: 15,
        pictureSlots: 9,
        numbering: 3,
        plainVoice: true,
      },
    },
    { type: "wantSlots", want: { slots: [{ slot: 8, layers: 2, seat: 4 }] } },
  ];
  for (const frame of fromClient) expect(decodeRoomClientFrame(encodeRoomClientFrame(frame))).toEqual(frame);
  const fromServer: readonly Exclude<RoomServerFrame, { code: "unknown" }>[] = [
    { type: "media", media: { ...ice, slots: [{ kind: "voice", ssrc: 0xffff_ffff }] } },
    { type: "mediaGone" },
  ];
  for (const frame of fromServer) expect(decodeRoomServerFrame(encodeRoomServerFrame(frame))).toEqual(frame);
});

test("[CA82] ICE names that would add a line to a description are refused", () => {
  const base = { v: 1, opus: 111, vp8: 96, up: [], voiceSlots: 1, pictureSlots: 0 } as const;
  for (const bad of [
    { ...ice, ufrag: "ab\r\na=x" },
    { ...ice, pwd: `${ice.pwd}\n` },
    { ...ice, pwd: "short" },
  ]) {
    expect(() =>
      decodeRoomClientFrame(encodeRoomClientFrame({ type: "joinMedia", join: { ...base, ...bad } })),
    ).toThrow();
    expect(() =>
      decodeRoomServerFrame(encodeRoomServerFrame({ type: "media", media: { ...bad, slots: [] } })),
    ).toThrow();
  }
});

test("[CA2] a refusal that is not known is read as one that is not known", () => {
  expect(decodeRoomServerFrame(Uint8Array.of(0x82, 99, 0, 0, 0, 0))).toEqual({
    type: "refused",
    code: "unknown",
    waitMs: 0,
  });
});

test("[CA2] what is no frame of a room is malformed", () => {
  const wrong: readonly Uint8Array[] = [
    Uint8Array.of(),
    Uint8Array.of(0x7f),
    Uint8Array.of(0x02, 0),
    Uint8Array.of(0x03, 0),
    Uint8Array.of(0x12, 0),
    Uint8Array.of(0x12, 0, 1),
    new Uint8Array(roomLimits.sayBytesMax + 4).fill(0x12),
    Uint8Array.of(0x01, 0xa0),
  ];
  for (const bytes of wrong) expect(() => decodeRoomClientFrame(bytes)).toThrow();
  // Each kind of frame has narrower limits: the message is refused before it is read for one.
  const large = new Uint8Array(roomLimits.messageBytesMax + 1).fill(0x01);
  expect(() => decodeRoomClientFrame(large)).toThrow("message over its limit");
  for (const bytes of [
    Uint8Array.of(),
    Uint8Array.of(0x01),
    Uint8Array.of(0xc4, 0, 2, 0, 1),
    Uint8Array.of(0xc4, 1, 0),
    Uint8Array.of(0xc4, 0, roomLimits.seatsMax + 1, ...new Uint8Array(2 * (roomLimits.seatsMax + 1))),
    Uint8Array.of(0xc4, 0, 1, 0, 1, 0),
    Uint8Array.of(0x82, 1),
    new Uint8Array(roomLimits.messageBytesMax + 1).fill(0xc3),
  ])
    expect(() => decodeRoomServerFrame(bytes)).toThrow();
});
