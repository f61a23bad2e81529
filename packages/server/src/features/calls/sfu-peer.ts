/**
 * Peer: a seat as the SFU has it: the tracks that it sends, and the slots in which it takes those of others. What is in
 * a slot goes on under one SSRC, also for another person.
 */
import type { JoinMedia } from "@yanshu/wire";
import { Pace } from "./pace.ts";
import type { Arrival, RtpHeader } from "./rtp.ts";
import { type Layer, newLayer } from "./sfu-layer.ts";

type Kind = "voice" | "picture";
export type Track = {
  readonly peer: Peer;
  readonly kind: Kind;
  readonly mid: string;
  readonly layers: readonly Layer[];
  readonly slots: Set<Slot>;
  /** When a packet came last; −∞ before the first, and once none came for `silentMs`. */
  heardMs: number;
  /**
   * Of a voice: the RTP time of its last packet, when that came, when it spoke last, and when it was last looked for a
   * slot for it.
   */
  time: number;
  cameMs: number;
  spokeMs: number;
  soughtMs: number;
};
export type Slot = {
  readonly peer: Peer;
  readonly kind: Kind;
  readonly ssrc: number;
  from: Track | undefined;
  /** Of `from`: what is sent, what is to be, and the most that is of use; −1: nothing. */
  layer: number;
  wanted: number;
  most: number;
  numberShift: number;
  timeShift: number;
  top: number;
  lastTime: number;
  sent: number;
  sentBytes: number;
  /** This seat asked for who is in it. */
  isNamed: boolean;
  /** When each kept packet was repeated here last. */
  repeatedMs: Float64Array | undefined;
};

/** One seat that sends and takes media. */
export type Peer = {
  readonly room: string;
  readonly seat: number;
  readonly ask: JoinMedia;
  readonly send: (packet: Buffer) => void;
  readonly slots: readonly Slot[];
  readonly tracks: readonly Track[];
  readonly bySsrc: Map<number, { readonly track: Track; readonly layer: Layer }>;
  readonly slotBySsrc: Map<number, Slot>;
  readonly pace: Pace;
  arrivals: Arrival[];
  feedbacks: number;
  isUp: boolean;
  /** Control messages of the second that began then. */
  controlFromMs: number;
  controls: number;
  /** Bytes that may be repeated now, and when that was. */
  repeatBytes: number;
  repeatMs: number;
  /** From the sender's NTP clock to this one's, in its units; set by its first report. */
  clockShift: bigint | undefined;
};

export type SfuPorts = {
  /** Monotonous. */
  readonly nowMs: () => number;
  /** Whole, from 0 up to 2³² − 1. */
  readonly draw: () => number;
};

/** Bytes that are repeated to one seat at once; from then on, what its way down carries. */
export const repeatBurstBytes = 96 * 1_024;
/** Of a voice that does not speak: its slot is another's to take. */
const quietMs = 600;
/** 120 ms of Opus, the longest packet. */
const densestTicks = 5_760;
/** The same by the clock here, with what the network may hold back. */
const densestMs = 300;
const ticks = { voice: 960, picture: 3_000 } as const;

/** In no room yet, with free slots. */
export function newPeer(
  room: string,
  seat: number,
  ask: JoinMedia,
  send: (packet: Buffer) => void,
  { nowMs, draw }: SfuPorts,
): Peer {
  const peer: Peer = {
    room,
    seat,
    ask,
    send,
    slots: [],
    tracks: [],
    bySsrc: new Map(),
    slotBySsrc: new Map(),
    pace: new Pace(),
    arrivals: [],
    feedbacks: 0,
    isUp: false,
    controlFromMs: Number.NEGATIVE_INFINITY,
    controls: 0,
    repeatBytes: repeatBurstBytes,
    repeatMs: nowMs(),
    clockShift: undefined,
  };
  const slots = peer.slots as Slot[];
  for (let at = 0; at < ask.voiceSlots; at++) slots.push(newSlot(peer, "voice", draw));
  for (let at = 0; at < ask.pictureSlots; at++) slots.push(newSlot(peer, "picture", draw));
  for (const slot of slots) peer.slotBySsrc.set(slot.ssrc, slot);
  const tracks = peer.tracks as Track[];
  for (const { kind, mid, layers, ssrc } of ask.up) {
    if (tracks.some((one) => one.kind === kind)) continue; // One voice and one picture of a seat.
    const made = layers.length > 0 ? layers.map((name) => newLayer(name, 0)) : [newLayer("", ssrc ?? 0)];
    const never = Number.NEGATIVE_INFINITY;
    const times = { heardMs: never, time: -1, cameMs: never, spokeMs: never, soughtMs: never };
    const track: Track = { peer, kind, mid, layers: made, slots: new Set(), ...times };
    for (const layer of made) if (layer.ssrc !== 0) peer.bySsrc.set(layer.ssrc, { track, layer });
    tracks.push(track);
  }
  return peer;
}

function newSlot(peer: Peer, kind: Kind, draw: SfuPorts["draw"]): Slot {
  let ssrc: number;
  do ssrc = draw();
  while (ssrc < 2 || peer.slots.some((one) => one.ssrc === ssrc));
  return {
    peer,
    kind,
    ssrc,
    from: undefined,
    layer: -1,
    wanted: 0,
    most: 1,
    numberShift: 0,
    timeShift: 0,
    top: 0,
    lastTime: 0,
    sent: 0,
    sentBytes: 0,
    isNamed: false,
    repeatedMs: undefined,
  };
}

export function unbind(slot: Slot): void {
  slot.from?.slots.delete(slot);
  slot.from = undefined;
  slot.layer = -1;
  slot.isNamed = false;
}

/**
 * The slot in which a voice that begins to speak is heard, where none is free: that of the one that spoke least lately,
 * if it does not speak now. Undefined: all of them speak.
 */
export function slotOfQuietest(slots: readonly Slot[], nowMs: number): Slot | undefined {
  let quietest: Slot | undefined;
  for (const slot of slots) {
    if (slot.kind !== "voice" || slot.from === undefined || nowMs - slot.from.spokeMs < quietMs) continue;
    if (quietest?.from === undefined || slot.from.spokeMs < quietest.from.spokeMs) quietest = slot;
  }
  return quietest;
}

/**
 * Notes a packet of a voice. Returns whether it speaks: its packets follow each other without a pause, while one that
 * pauses sends one in 400 ms (Opus DTX, RFC 7587 §3.1.3).
 */
export function speaks(track: Track, timestamp: number, nowMs: number): boolean {
  const passed = track.time < 0 ? 0 : (timestamp - track.time) >>> 0;
  const passedMs = nowMs - track.cameMs;
  track.time = timestamp;
  track.cameMs = nowMs;
  if (passed === 0 || passed > densestTicks || passedMs > densestMs) return false;
  track.spokeMs = nowMs;
  return true;
}

/** What follows goes on where the slot was: its numbers and its clock never jump back. */
export function turnTo(slot: Slot, index: number, { number, timestamp }: RtpHeader): void {
  if (slot.sent === 0) {
    slot.numberShift = 0;
    slot.timeShift = 0;
    slot.top = (number - 1) & 0xffff;
  } else {
    slot.numberShift = (slot.top + 1 - number) & 0xffff;
    slot.timeShift = (slot.lastTime + ticks[slot.kind] - timestamp) >>> 0;
  }
  slot.layer = index;
}

/** Padding alone is a probe of the sender's: its number is taken out, so that nobody misses it. */
export function takeOutPadding(track: Track, layer: Layer, number: number): void {
  for (const slot of track.slots)
    if (track.layers[slot.layer] === layer && ((number + slot.numberShift) & 0xffff) === ((slot.top + 1) & 0xffff))
      slot.numberShift = (slot.numberShift - 1) & 0xffff;
}
