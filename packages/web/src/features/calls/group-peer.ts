/**
 * Group peer: a device's one WebRTC connection in a group call, to the SFU (docs/spec/calls.md CA81–CA84). It goes
 * through the relay only, to one internal address. Device and server exchange numbers instead of SDP; the SDP answer is
 * written here. Every frame passes the sealing worker: an unsealed frame is not sent, and a frame that does not open is
 * not played.
 */
import type { JoinMedia, MediaAnswer, RelayAccess } from "@yanshu/client";
import { serversOf } from "./ways.ts";

export type SlotKind = "voice" | "picture";
export type PeerSlot = { readonly kind: SlotKind; readonly index: number; readonly stream: MediaStream };

export type GroupPeerHooks = {
  readonly connected: () => void;
  /** The connection is interrupted or has failed. */
  readonly broken: () => void;
};

const numberingUri = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const midUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
const ridUri = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const place = { address: "192.0.2.254", port: 10_000 };

const layers = [
  { rid: "s", scaleResolutionDownBy: 4, maxBitrate: 120_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 900_000 },
];

export class GroupPeer {
  readonly slots: PeerSlot[] = [];
  private readonly connection: RTCPeerConnection;
  private readonly voice: RTCRtpTransceiver;
  private readonly picture: RTCRtpTransceiver;
  private answer: MediaAnswer | undefined;
  private pauses = false;
  private work: Promise<void> = Promise.resolve();
  private asked: { readonly opus: number; readonly vp8: number } | undefined;
  private isOver = false;

  /** @param seal the worker that seals and opens frames (worker/seal.ts). */
  constructor(
    relay: RelayAccess,
    of: { readonly voiceSlots: number; readonly pictureSlots: number },
    seal: Worker,
    hooks: GroupPeerHooks,
  ) {
    const connection = new RTCPeerConnection({
      iceServers: serversOf(relay, ["udp", "tcp"]),
      iceTransportPolicy: "relay",
      bundlePolicy: "max-bundle",
      rtcpMuxPolicy: "require",
    });
    this.connection = connection;
    connection.addEventListener("connectionstatechange", () => {
      if (this.isOver) return;
      const { connectionState } = connection;
      if (connectionState === "connected") hooks.connected();
      else if (connectionState === "disconnected" || connectionState === "failed") hooks.broken();
    });
    const transform = (side: "seal" | "open", index: number, kind: SlotKind) =>
      new RTCRtpScriptTransform(seal, { side, index, kind });
    this.voice = connection.addTransceiver("audio", { direction: "sendonly", sendEncodings: [{ maxBitrate: 32_000 }] });
    this.picture = connection.addTransceiver("video", { direction: "sendonly", sendEncodings: layers });
    this.picture.setCodecPreferences(vp8(RTCRtpSender.getCapabilities("video")));
    this.voice.sender.transform = transform("seal", 0, "voice");
    this.picture.sender.transform = transform("seal", 0, "picture");
    for (const kind of ["voice", "picture"] as const)
      for (let index = 0; index < (kind === "voice" ? of.voiceSlots : of.pictureSlots); index++) {
        const one = connection.addTransceiver(kind === "voice" ? "audio" : "video", { direction: "recvonly" });
        if (kind === "picture") one.setCodecPreferences(vp8(RTCRtpReceiver.getCapabilities("video")));
        one.receiver.transform = transform("open", this.slots.length, kind);
        this.slots.push({ kind, index: this.slots.length, stream: new MediaStream([one.receiver.track]) });
      }
  }

  get isConnected(): boolean {
    return this.connection.connectionState === "connected";
  }

  /** Whether the server's numbers came. */
  get isAnswered(): boolean {
    return this.answer !== undefined;
  }

  /** Sends `local`, and returns the numbers of this device's offer for the server. */
  async describe(local: MediaStream | undefined): Promise<JoinMedia> {
    await this.send(local);
    const { connection } = this;
    await connection.setLocalDescription(await connection.createOffer());
    const sdp = connection.localDescription?.sdp ?? "";
    const ids = { numbering: idOf(sdp, numberingUri), mid: idOf(sdp, midUri), rid: idOf(sdp, ridUri) };
    const isPlain = (section: string) => section.startsWith("audio") && idOf(section, numberingUri) === undefined;
    const plainVoice = ids.numbering !== undefined && sectionsOf(sdp).some(isPlain);
    const opus = Number(/^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1]);
    const vp8Type = Number(/^a=rtpmap:(\d+) VP8\/90000/im.exec(sdp)?.[1]);
    this.asked = { opus, vp8: vp8Type };
    const hex = /^a=fingerprint:sha-256 (\S+)/im.exec(sdp)?.[1] ?? "";
    return {
      v: 1,
      ufrag: /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? "",
      pwd: /^a=ice-pwd:(\S+)/m.exec(sdp)?.[1] ?? "",
      fingerprint: Uint8Array.from(hex.split(":"), (byte) => Number.parseInt(byte, 16)),
      opus,
      vp8: vp8Type,
      up: [
        { kind: "voice", mid: this.voice.mid ?? "", layers: [] },
        { kind: "picture", mid: this.picture.mid ?? "", layers: layers.map(({ rid }) => rid) },
      ],
      voiceSlots: this.slots.filter(({ kind }) => kind === "voice").length,
      pictureSlots: this.slots.filter(({ kind }) => kind === "picture").length,
      ...(ids.numbering !== undefined && { numbering: ids.numbering }),
      ...(ids.mid !== undefined && { mid: ids.mid }),
      ...(ids.rid !== undefined && { rid: ids.rid }),
      ...(plainVoice && { plainVoice }),
    };
  }

  /** Applies the server's answer. It leaves out what the server does not take, above all the audio level (CA27). */
  take(answer: MediaAnswer): Promise<void> {
    this.answer = answer;
    return this.next(() => this.write(answer));
  }

  /** Sets whether voice pauses in silence (DTX): in large calls, where speakers take the slots of the silent. */
  pausing(pauses: boolean): Promise<void> {
    if (this.pauses === pauses) return this.work;
    this.pauses = pauses;
    return this.next(async () => {
      const { answer, connection } = this;
      if (answer === undefined || connection.signalingState !== "stable") return;
      await connection.setLocalDescription(await connection.createOffer());
      await this.write(answer);
    });
  }

  /** Runs `work` after all earlier work, also after a failure. */
  private next(work: () => Promise<void>): Promise<void> {
    this.work = this.work.then(work, work);
    return this.work;
  }

  private async write(answer: MediaAnswer): Promise<void> {
    const { connection, asked } = this;
    if (asked === undefined || this.isOver) return;
    const sections = sectionsOf(connection.localDescription?.sdp ?? "");
    const mids = sections.map((section) => /^a=mid:(\S+)/m.exec(section)?.[1] ?? "");
    const common = [
      "c=IN IP4 0.0.0.0",
      "a=rtcp-mux",
      `a=ice-ufrag:${answer.ufrag}`,
      `a=ice-pwd:${answer.pwd}`,
      `a=fingerprint:sha-256 ${[...answer.fingerprint]
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join(":")
        .toUpperCase()}`,
      "a=setup:active",
    ];
    let slot = 0;
    const media = sections.map((section, at) => {
      const isVoice = section.startsWith("audio");
      const mid = mids[at] as string;
      const isOwn = mid === this.voice.mid || mid === this.picture.mid;
      const lines = [
        ...(isVoice ? voiceHead(asked.opus, this.pauses) : pictureHead(asked.vp8)),
        ...numberingOf(section, isVoice ? asked.opus : asked.vp8),
        ...common,
        `a=mid:${mid}`,
        isOwn ? "a=recvonly" : "a=sendonly",
        ...extensionsOf(section, isOwn && !isVoice ? [midUri, ridUri] : [midUri]),
      ];
      if (isOwn && !isVoice)
        lines.push(
          ...layers.map(({ rid }) => `a=rid:${rid} recv`),
          `a=simulcast:recv ${layers.map(({ rid }) => rid).join(";")}`,
        );
      if (!isOwn) {
        lines.push(`a=msid:s${slot} s${slot}`, `a=ssrc:${answer.slots[slot]?.ssrc ?? 0} cname:s`);
        slot++;
      }
      return lines.join("\r\n");
    });
    const head = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", `a=group:BUNDLE ${mids.join(" ")}`];
    await connection.setRemoteDescription({ type: "answer", sdp: [...head, ...media, ""].join("\r\n") });
    const candidate = `candidate:1 1 udp 2130706431 ${place.address} ${place.port} typ host`;
    await connection.addIceCandidate({ candidate, sdpMid: mids[0] ?? "0", sdpMLineIndex: 0 });
  }

  /** Replaces the tracks that this device sends. */
  async send(local: MediaStream | undefined): Promise<void> {
    for (const [one, kind] of [
      [this.voice, "audio"],
      [this.picture, "video"],
    ] as const) {
      const track = local?.getTracks().find((each) => each.kind === kind) ?? null;
      if (one.sender.track !== track) await one.sender.replaceTrack(track);
    }
  }

  /** Audio levels, 0 to 1, by slot; slot −1 is the own microphone. */
  async levels(): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>();
    const slotOfTrack = new Map(this.slots.map(({ index, stream }) => [stream.getTracks()[0]?.id, index]));
    const stats = await this.connection.getStats();
    for (const one of stats.values() as Iterable<Record<string, unknown>>) {
      const level = one["audioLevel"];
      if (typeof level !== "number") continue;
      const slot = slotOfTrack.get(one["trackIdentifier"] as string);
      if (one["type"] === "inbound-rtp" && slot !== undefined) found.set(slot, level);
      else if (one["type"] === "media-source") found.set(-1, level);
    }
    return found;
  }

  close(): void {
    this.isOver = true;
    this.connection.close();
  }
}

/** The media sections of a description, each without its "m=". */
function sectionsOf(sdp: string): readonly string[] {
  return sdp.split(/\r\nm=/).slice(1);
}

/** @param pauses Opus sends next to nothing while nobody speaks (DTX, RFC 7587). */
function voiceHead(type: number, pauses: boolean): readonly string[] {
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${type}`,
    `a=rtpmap:${type} opus/48000/2`,
    // Constant bitrate, because packet sizes would reveal what is spoken. NACK, to get lost packets again.
    `a=fmtp:${type} minptime=10;useinbandfec=0;cbr=1;usedtx=${pauses ? 1 : 0}`,
    `a=rtcp-fb:${type} nack`,
  ];
}

function pictureHead(type: number): readonly string[] {
  return [
    `m=video 9 UDP/TLS/RTP/SAVPF ${type}`,
    `a=rtpmap:${type} VP8/90000`,
    `a=rtcp-fb:${type} nack`,
    `a=rtcp-fb:${type} nack pli`,
  ];
}

/** The transport-wide number and its feedback, where the offered `section` has it. */
function numberingOf(section: string, type: number): readonly string[] {
  const lines = extensionsOf(section, [numberingUri]);
  return lines.length === 0 ? [] : [`a=rtcp-fb:${type} transport-cc`, ...lines];
}

/** Those of `uris` that the offered `section` has: Firefox refuses an answer with any other (CA234). */
function extensionsOf(section: string, uris: readonly string[]): readonly string[] {
  return uris.flatMap((uri) => {
    const id = idOf(section, uri);
    return id === undefined ? [] : [`a=extmap:${id} ${uri}`];
  });
}

function idOf(sdp: string, uri: string): number | undefined {
  const line = sdp.split(/\r?\n/).find((one) => one.startsWith("a=extmap:") && one.split(" ")[1] === uri);
  const id = Number(/^a=extmap:(\d+)/.exec(line ?? "")?.[1]);
  return id >= 1 && id <= 14 ? id : undefined;
}

function vp8(capabilities: RTCRtpCapabilities | null): RTCRtpCodec[] {
  return (capabilities?.codecs ?? []).filter(({ mimeType }) => mimeType === "video/VP8");
}
