/**
 * SFU (selective forwarding unit, RFC 7667 §3.7): hands what one seat of a room sends to its others, and cannot read
 * it, since frames are sealed before they are packets (docs/spec/calls.md CA80–CA86). Whom to forward, at what pace and
 * in which layer is decided here; the transport under it opens and closes SRTP. Every seat has fixed slots, each with
 * one SSRC for the whole call: who is in a slot may change without a new description.
 */
import type { JoinMedia, WantSlots } from "@yanshu/wire";
import {
  askAgain,
  askedAgain,
  askForKeyFrame,
  buildRtp,
  isKeyFrame,
  isRtcp,
  type Rtcp,
  type RtpHeader,
  readRtcp,
  readRtp,
  rtcpTypes,
  transportFeedback,
} from "./rtp.ts";
import { keptPackets, type Layer, measure, noteGaps, toAskAgain } from "./sfu-layer.ts";
import {
  newPeer,
  type Peer,
  repeatBurstBytes,
  type SfuPorts,
  type Slot,
  slotOfQuietest,
  speaks,
  type Track,
  takeOutPadding,
  turnTo,
  unbind,
} from "./sfu-peer.ts";

export type SfuCounts = {
  readonly peers: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesOut: number;
  readonly dropped: number;
  readonly repeated: number;
};

const keyFrameMs = 300;
const repeatsAtOnceMax = 64;
/** A packet is not repeated to a slot again within this time. */
const repeatAgainMs = 20;
/** Of one seat. */
const controlsPerSecond = 500;
/** Kept for repeats in all: beyond it packets are forwarded, and not kept. */
const keptBytesMax = 256 * 1_024 * 1_024;
/** A slot is free again after none came for so long. */
const silentMs = 5_000;
/** Of a voice without a slot somewhere. */
const soughtMs = 100;
const reportMs = 100;
const arrivalsMax = 1_000;
const measureMs = 500;
/** IP, UDP, ChannelData and SRTP around a payload. */
const aroundBytes = 60;
/** A millisecond in NTP's units of 2⁻³² s: what is finer is not passed on. */
const ntpMs = 4_294_967n;

export class Sfu {
  private readonly ports: SfuPorts;
  private readonly rooms = new Map<string, Set<Peer>>();
  private measuredMs = 0;
  private packetsIn = 0;
  private packetsOut = 0;
  private bytesOut = 0;
  private dropped = 0;
  private repeated = 0;
  private keptBytes = 0;

  constructor(ports: SfuPorts) {
    this.ports = ports;
  }

  counts(): SfuCounts {
    let peers = 0;
    for (const room of this.rooms.values()) peers += room.size;
    const { packetsIn, packetsOut, bytesOut, dropped, repeated } = this;
    return { peers, packetsIn, packetsOut, bytesOut, dropped, repeated };
  }

  join(room: string, seat: number, ask: JoinMedia, send: (packet: Buffer) => void): Peer {
    const peer = newPeer(room, seat, ask, send, this.ports);
    const others = this.rooms.get(room) ?? new Set<Peer>();
    for (const other of others) if (other.seat === seat) this.leave(other);
    others.add(peer);
    this.rooms.set(room, others);
    for (const one of others) this.fill(one);
    return peer;
  }

  /** Its transport stands. */
  connected(peer: Peer): void {
    peer.isUp = true;
    for (const track of peer.tracks) this.wantKeyFrame(track, 0);
    for (const { from, wanted } of peer.slots) if (from !== undefined) this.wantKeyFrame(from, wanted);
  }

  leave(peer: Peer): void {
    const room = this.rooms.get(peer.room);
    if (room?.delete(peer) !== true) return;
    peer.isUp = false;
    for (const slot of peer.slots) unbind(slot);
    for (const { slots, layers } of peer.tracks) {
      for (const slot of slots) unbind(slot);
      for (const { kept } of layers) for (const packet of kept.splice(0)) this.keptBytes -= packet?.length ?? 0;
    }
    if (room.size === 0) this.rooms.delete(peer.room);
    else for (const one of room) this.fill(one);
  }

  /** One packet, opened by the transport. It is kept. */
  receive(peer: Peer, packet: Buffer) {
    if (!peer.isUp) return;
    if (!isRtcp(packet)) return this.rtp(peer, packet);
    const nowMs = this.ports.nowMs();
    if (nowMs - peer.controlFromMs >= 1_000) {
      peer.controlFromMs = nowMs;
      peer.controls = 0;
    }
    for (const one of readRtcp(packet)) {
      if (++peer.controls > controlsPerSecond) return this.drop();
      this.rtcp(peer, one);
    }
  }

  /** How large a seat shows its picture slots, and whom. */
  want(peer: Peer, { slots }: WantSlots): void {
    const pictures = peer.slots.filter(({ kind }) => kind === "picture");
    for (const { slot: at, layers, seat } of slots) {
      const slot = pictures[at];
      if (slot === undefined) continue;
      if (seat !== undefined && slot.from?.peer.seat !== seat) this.show(slot, pictures, seat);
      slot.most = layers - 1;
      if (slot.most < 0) slot.layer = -1;
    }
    this.fill(peer);
    this.share(peer);
  }

  /** To be called every 50 ms: what arrived, what is lacking, which layers fit. */
  tick(): void {
    const nowMs = this.ports.nowMs();
    const seconds = (nowMs - this.measuredMs) / 1_000;
    const isMeasured = seconds * 1_000 >= measureMs;
    if (isMeasured) this.measuredMs = nowMs;
    for (const room of this.rooms.values()) {
      if (isMeasured)
        for (const { tracks } of room) for (const { layers } of tracks) for (const one of layers) measure(one, seconds);
      if (isMeasured) this.freeSilent(room, nowMs);
      for (const peer of room) {
        if (!peer.isUp) continue;
        if (isMeasured) this.share(peer);
        this.report(peer);
      }
    }
  }

  /** Of who sends nothing any more, but where a seat asked for it. */
  private freeSilent(room: ReadonlySet<Peer>, nowMs: number): void {
    let isFreed = false;
    for (const { tracks } of room)
      for (const track of tracks) {
        if (nowMs - track.heardMs <= silentMs || track.heardMs === Number.NEGATIVE_INFINITY) continue;
        track.heardMs = Number.NEGATIVE_INFINITY;
        isFreed = true;
        for (const slot of track.slots) if (!slot.isNamed) unbind(slot);
      }
    if (isFreed) for (const one of room) this.fill(one);
  }

  /** Free slots take what is sent and nobody of this seat's slots has. */
  private fill(peer: Peer): void {
    const room = this.rooms.get(peer.room) ?? new Set<Peer>();
    const held = new Set(peer.slots.map(({ from }) => from));
    for (const other of room) {
      if (other === peer) continue;
      for (const track of other.tracks) {
        if (held.has(track) || track.heardMs === Number.NEGATIVE_INFINITY) continue;
        const slot = peer.slots.find(({ kind, from, most }) => kind === track.kind && from === undefined && most >= 0);
        if (slot !== undefined) this.bind(slot, track);
      }
    }
  }

  private bind(slot: Slot, track: Track): void {
    slot.from = track;
    slot.layer = -1;
    slot.wanted = 0;
    track.slots.add(slot);
    this.wantKeyFrame(track, 0);
  }

  private show(slot: Slot, pictures: readonly Slot[], seat: number): void {
    const room = this.rooms.get(slot.peer.room) ?? new Set<Peer>();
    const other = [...room].find((one) => one.seat === seat && one !== slot.peer);
    const track = other?.tracks.find(({ kind }) => kind === "picture");
    if (track === undefined) return;
    const before = pictures.find(({ from }) => from === track);
    if (before !== undefined) unbind(before);
    unbind(slot);
    this.bind(slot, track);
    slot.isNamed = true;
  }

  /** The first packet of a track, or the first after a silence: it takes slots. */
  private heard(track: Track): void {
    const isFirst = track.heardMs === Number.NEGATIVE_INFINITY;
    track.heardMs = this.ports.nowMs();
    if (isFirst) for (const one of this.rooms.get(track.peer.room) ?? []) this.fill(one);
  }

  /** Who speaks is heard by all: where a seat has no slot free, in the place of who spoke least lately. */
  private spoken(track: Track, timestamp: number): void {
    const nowMs = this.ports.nowMs();
    const room = this.rooms.get(track.peer.room);
    if (!speaks(track, timestamp, nowMs) || room === undefined || track.slots.size >= room.size - 1) return;
    if (nowMs - track.soughtMs < soughtMs) return;
    track.soughtMs = nowMs;
    for (const peer of room) {
      if (peer === track.peer || peer.slots.some(({ from }) => from === track)) continue;
      const slot = slotOfQuietest(peer.slots, nowMs);
      if (slot === undefined) continue;
      unbind(slot);
      this.bind(slot, track);
    }
  }

  private keep({ kept }: Layer, number: number, packet: Buffer): void {
    if (kept.length === 0) kept.length = keptPackets;
    const place = number % keptPackets;
    this.keptBytes -= kept[place]?.length ?? 0;
    const isRoom = this.keptBytes + packet.length <= keptBytesMax;
    kept[place] = isRoom ? packet : undefined;
    if (isRoom) this.keptBytes += packet.length;
  }

  private rtp(peer: Peer, packet: Buffer) {
    const header = readRtp(packet);
    if (header === undefined) return this.drop();
    this.packetsIn++;
    const { numbering } = peer.ask;
    const wide = numbering === undefined ? undefined : header.extensions.get(numbering);
    if (wide?.length === 2 && peer.arrivals.length < arrivalsMax)
      peer.arrivals.push([wide.readUInt16BE(0), this.ports.nowMs()]);
    const known = peer.bySsrc.get(header.ssrc) ?? this.named(peer, header);
    if (known === undefined) return this.drop();
    const { track, layer } = known;
    noteGaps(layer, header.number);
    if (header.end === header.begin) return takeOutPadding(track, layer, header.number);
    const payload = packet.subarray(header.begin, header.end);
    layer.bytes += payload.length;
    this.keep(layer, header.number, packet);
    this.heard(track);
    if (track.kind === "voice") this.spoken(track, header.timestamp);
    const index = track.layers.indexOf(layer);
    const mayBegin = track.kind === "voice" || isKeyFrame(payload);
    for (const slot of track.slots) {
      if (!slot.peer.isUp) continue;
      if (slot.layer !== index) {
        if (slot.wanted !== index || slot.most < 0 || !mayBegin) continue;
        turnTo(slot, index, header);
      }
      this.forward(slot, packet, payload, header);
    }
  }

  /** The first packet of an SSRC that was not told says whose it is by header extensions, once. */
  private named({ ask, tracks, bySsrc }: Peer, { ssrc, extensions }: RtpHeader) {
    const mid = ask.mid === undefined ? undefined : extensions.get(ask.mid)?.toString("latin1");
    const name = ask.rid === undefined ? undefined : extensions.get(ask.rid)?.toString("latin1");
    const track = tracks.find((one) => one.mid === mid);
    const layer = track?.layers.find((one) => one.name === (name ?? "") && one.ssrc === 0);
    if (track === undefined || layer === undefined) return undefined;
    layer.ssrc = ssrc;
    const known = { track, layer };
    bySsrc.set(ssrc, known);
    this.wantKeyFrame(track, track.layers.indexOf(layer));
    return known;
  }

  private forward(slot: Slot, packet: Buffer, payload: Buffer, { number, timestamp }: RtpHeader): void {
    const { ask, pace, send } = slot.peer;
    const out = (number + slot.numberShift) & 0xffff;
    if (((out - slot.top) & 0xffff) < 0x8000) slot.top = out;
    const time = (timestamp + slot.timeShift) >>> 0;
    const wide =
      ask.numbering === undefined || (slot.kind === "voice" && ask.plainVoice === true)
        ? undefined
        : ([ask.numbering, pace.number(payload.length + aroundBytes, this.ports.nowMs())] as const);
    slot.lastTime = time;
    slot.sent++;
    slot.sentBytes += payload.length;
    this.packetsOut++;
    this.bytesOut += payload.length;
    send(
      buildRtp(
        {
          payloadType: slot.kind === "voice" ? ask.opus : ask.vp8,
          isMarked: ((packet[1] as number) & 0x80) !== 0,
          number: out,
          timestamp: time,
          ssrc: slot.ssrc,
          numbering: wide,
        },
        payload,
      ),
    );
  }

  private rtcp(peer: Peer, one: Rtcp): void {
    const { type, format, bytes } = one;
    if (type === rtcpTypes.senderReport && bytes.length >= 28) {
      const known = peer.bySsrc.get(bytes.readUInt32BE(4));
      if (known !== undefined) this.passReport(known.track, known.layer, bytes);
      return;
    }
    if (bytes.length < 12) return;
    const slot = peer.slotBySsrc.get(bytes.readUInt32BE(8));
    if (type === rtcpTypes.transport && format === 15) peer.pace.feedback(one, this.ports.nowMs());
    else if (type === rtcpTypes.transport && format === 1 && slot !== undefined) this.repeat(slot, one);
    else if (type === rtcpTypes.payload && format === 1 && slot?.from !== undefined)
      this.wantKeyFrame(slot.from, slot.wanted);
  }

  private repeat(slot: Slot, asked: Rtcp): void {
    const layer = slot.from?.layers[slot.layer];
    if (layer === undefined) return;
    const { peer } = slot;
    const nowMs = this.ports.nowMs();
    const gained = ((nowMs - peer.repeatMs) * peer.pace.rate) / 8_000;
    peer.repeatBytes = Math.min(repeatBurstBytes, peer.repeatBytes + gained);
    peer.repeatMs = nowMs;
    slot.repeatedMs ??= new Float64Array(keptPackets).fill(Number.NEGATIVE_INFINITY);
    let left = repeatsAtOnceMax;
    for (const out of askedAgain(asked)) {
      if (left-- === 0) return;
      const number = (out - slot.numberShift) & 0xffff;
      const packet = layer.kept[number % keptPackets];
      const header = packet && readRtp(packet);
      if (packet === undefined || header?.number !== number || header.ssrc !== layer.ssrc) continue;
      const place = number % keptPackets;
      if (nowMs - (slot.repeatedMs[place] as number) < repeatAgainMs) continue;
      if (peer.repeatBytes < packet.length) return;
      peer.repeatBytes -= packet.length;
      slot.repeatedMs[place] = nowMs;
      this.repeated++;
      this.forward(slot, packet, packet.subarray(header.begin, header.end), header);
    }
  }

  private wantKeyFrame(track: Track, index: number): void {
    const layer = track.layers[index];
    const nowMs = this.ports.nowMs();
    if (track.kind !== "picture" || layer === undefined || layer.ssrc === 0 || !track.peer.isUp) return;
    if (nowMs - layer.askedKeyMs < keyFrameMs) return;
    layer.askedKeyMs = nowMs;
    track.peer.send(askForKeyFrame(layer.ssrc));
  }

  private report(peer: Peer): void {
    // Who waits for a key frame asks again itself: a browser that received nothing asks for nothing.
    for (const { from, wanted, layer, most } of peer.slots)
      if (from !== undefined && most >= 0 && layer !== wanted) this.wantKeyFrame(from, wanted);
    const media = peer.tracks[0]?.layers[0]?.ssrc ?? 1;
    const feedback = transportFeedback(peer.arrivals, media, peer.feedbacks);
    if (feedback !== undefined) {
      peer.arrivals = [];
      peer.feedbacks++;
      peer.send(feedback);
    }
    for (const { layers } of peer.tracks)
      for (const layer of layers) {
        const numbers = toAskAgain(layer);
        if (numbers.length > 0) peer.send(askAgain(layer.ssrc, numbers));
      }
  }

  /**
   * Voices first, then every picture small, then each as large as it is shown, in the order of the slots. What does not
   * fit is not sent.
   */
  private share(peer: Peer): void {
    const isPaced = peer.ask.numbering !== undefined;
    let left = isPaced ? peer.pace.rate : Number.POSITIVE_INFINITY;
    for (const { kind, from } of peer.slots) if (kind === "voice") left -= from?.layers[0]?.bitsPerSecond ?? 0;
    const shown = peer.slots.filter(({ kind, from, most }) => kind === "picture" && from !== undefined && most >= 0);
    const chosen = new Map<Slot, number>();
    for (let index = 0; index < 2; index++)
      for (const slot of shown) {
        const layer = slot.from?.layers[index];
        if (layer === undefined || index > slot.most || (chosen.get(slot) ?? -1) !== index - 1) continue;
        if (index > 0 && layer.ssrc === 0) continue;
        // Who has it keeps it a little longer.
        const price = layer.bitsPerSecond * (slot.layer >= index ? 1 : 1.2);
        const more = price - (index === 0 ? 0 : (slot.from?.layers[0]?.bitsPerSecond ?? 0));
        if (more > left) continue;
        left -= more;
        chosen.set(slot, index);
      }
    for (const slot of peer.slots) {
      if (slot.kind !== "picture" || slot.from === undefined) continue;
      const wanted = chosen.get(slot) ?? -1;
      if (wanted === slot.wanted) continue;
      slot.wanted = wanted;
      if (wanted < 0) slot.layer = -1;
      else this.wantKeyFrame(slot.from, wanted);
    }
  }

  /**
   * Clocks of a picture and a voice belong together by these. The sender's own clock and counts do not travel: its
   * clock is moved to this one's by one shift for all that it sends, and the counts are the slot's.
   */
  private passReport(track: Track, layer: Layer, report: Buffer): void {
    const nowMs = this.ports.nowMs();
    if (nowMs - layer.reportedMs < reportMs) return;
    layer.reportedMs = nowMs;
    const theirs = report.readBigUInt64BE(8);
    const { peer } = track;
    peer.clockShift ??= BigInt(Math.floor(nowMs)) * ntpMs - theirs;
    const clock = BigInt.asUintN(64, theirs + peer.clockShift);
    const index = track.layers.indexOf(layer);
    for (const slot of track.slots) {
      if (!slot.peer.isUp || slot.layer !== index) continue;
      const out = Buffer.alloc(28);
      out[0] = 0x80;
      out[1] = rtcpTypes.senderReport;
      out.writeUInt16BE(6, 2);
      out.writeUInt32BE(slot.ssrc, 4);
      out.writeBigUInt64BE(clock - (clock % ntpMs), 8);
      out.writeUInt32BE((report.readUInt32BE(16) + slot.timeShift) >>> 0, 16);
      out.writeUInt32BE(slot.sent >>> 0, 20);
      out.writeUInt32BE(slot.sentBytes % 2 ** 32, 24);
      slot.peer.send(out);
    }
  }

  private drop(): void {
    this.dropped++;
  }
}
