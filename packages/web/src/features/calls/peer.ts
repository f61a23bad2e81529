/**
 * Peer: a WebRTC connection to one device of the other party (docs/spec/calls.md CA25–CA28, CA58). It is made during
 * ringing, through the relay only and without tracks; without a relay it is made once somebody has answered. Tracks are
 * added once that device is the one that talks.
 */
import type { CallNow, RelayAccess } from "@yanshu/client";
import { gathered } from "./gathering.ts";
import { serversOf } from "./ways.ts";
import { type Level, lossBetween, noVoice, rates, type VoiceCounts, type Weather } from "./weak.ts";

export type PeerHooks = {
  readonly describe: (kind: "offer" | "answer", round: number, sdp: string) => void;
  readonly connected: () => void;
  readonly failed: (as: "failed" | "unproven" | "lost") => void;
  readonly stream: (stream: MediaStream) => void;
  /** The connection is interrupted. */
  readonly broken: () => void;
};

/**
 * Whether a connection may be tried. Without a relay every candidate reveals an IP address, so nothing is tried before
 * somebody has answered, and never if the caller allows the relay only.
 */
export function mayTry({ at, isIn, relay, relayOnly }: Pick<CallNow, "at" | "isIn" | "relay" | "relayOnly">): boolean {
  if (!isIn) return false;
  return relay !== undefined || (!relayOnly && (at === "joining" || at === "talking"));
}

export class Peer {
  readonly stream = new MediaStream();
  private readonly connection: RTCPeerConnection;
  private readonly hooks: PeerHooks;
  private readonly isOfferer: boolean;
  private readonly isDirectAllowed: boolean;
  private round = 0;
  /** The offer that was taken last, and what was answered. */
  private taken: { readonly round: number; readonly sdp: string; answer?: string } | undefined;
  private wasConnected = false;
  private counts: VoiceCounts = noVoice;
  private isOver = false;
  private isOpen = false;
  private work: Promise<void> = Promise.resolve();
  /** What this device sends, once that was said. Apart from `work`, which may wait for addresses (CA264). */
  private sent: { readonly local: MediaStream | undefined } | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(isOfferer: boolean, relay: RelayAccess | undefined, relayOnly: boolean, hooks: PeerHooks) {
    this.hooks = hooks;
    this.isOfferer = isOfferer;
    this.isDirectAllowed = !relayOnly;
    this.connection = new RTCPeerConnection({
      iceServers: relay === undefined ? [] : serversOf(relay),
      // No IP address of either side is revealed before somebody has answered.
      iceTransportPolicy: relay === undefined ? "all" : "relay",
      bundlePolicy: "max-bundle",
      rtcpMuxPolicy: "require",
    });
    const { connection } = this;
    connection.addEventListener("track", ({ track }) => {
      track.enabled = this.isOpen;
      this.stream.addTrack(track);
      this.hooks.stream(this.stream);
    });
    connection.addEventListener("connectionstatechange", () => this.changed());
    if (isOfferer) for (const kind of ["audio", "video"]) connection.addTransceiver(kind, { direction: "sendrecv" });
  }

  /** Whether this side makes the offers. */
  get offers(): boolean {
    return this.isOfferer;
  }

  get isConnected(): boolean {
    return this.connection.connectionState === "connected";
  }

  offer(): void {
    this.next(async () => {
      this.round++;
      await this.say(await this.connection.createOffer());
      this.hooks.describe("offer", this.round, this.connection.localDescription?.sdp ?? "");
    });
  }

  take(kind: "offer" | "answer", round: number, sdp: string): void {
    this.next(async () => {
      const { connection } = this;
      if (kind === "answer") {
        // An answer to an earlier offer is ignored.
        if (round !== this.round || connection.signalingState !== "have-local-offer") return;
        await connection.setRemoteDescription({ type: "answer", sdp });
        return;
      }
      // Said again, for it may not have been heard; nor may the answer.
      if (this.taken?.round === round && this.taken.sdp === sdp) {
        if (this.taken.answer !== undefined) this.hooks.describe("answer", round, this.taken.answer);
        return;
      }
      const taken: Peer["taken"] = { round, sdp };
      this.taken = taken;
      await connection.setRemoteDescription({ type: "offer", sdp });
      for (const transceiver of connection.getTransceivers()) transceiver.direction = "sendrecv";
      this.replace();
      await this.say(await connection.createAnswer());
      taken.answer = connection.localDescription?.sdp ?? "";
      this.hooks.describe("answer", round, taken.answer);
    });
  }

  /** Somebody answered: enables the received tracks, which are muted until then. */
  open(): void {
    this.isOpen = true;
    for (const track of this.stream.getTracks()) track.enabled = true;
  }

  /** Replaces the tracks that this device sends. */
  send(local: MediaStream | undefined): void {
    this.sent = { local };
    this.replace();
  }

  /** Of an answering side the offer makes the transceivers: before it there is nothing to replace. */
  private replace(): void {
    const { sent } = this;
    if (sent === undefined) return;
    this.sending = this.inOrder(this.sending, async () => {
      if (sent !== this.sent) return;
      for (const { sender, receiver } of this.connection.getTransceivers()) {
        const track = sent.local?.getTracks().find(({ kind }) => kind === receiver.track.kind) ?? null;
        if (sender.track !== track) await sender.replaceTrack(track);
      }
    });
  }

  /** Somebody answered: tries a direct connection, unless either side allows the relay only. */
  goDirect(): void {
    if (!this.isDirectAllowed) return;
    this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceTransportPolicy: "all" });
    if (this.isOfferer) this.again();
  }

  /** Sets a new relay credential; `again` then restarts ICE. */
  renew(relay: RelayAccess): void {
    this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceServers: serversOf(relay) });
  }

  /**
   * Measures the connection. `received`: voice packets so far; they never pause, so no new ones mean that the
   * connection is broken. Loss is counted since the last call with `isNew`.
   */
  async weather(isNew: boolean): Promise<Weather & { readonly received: number }> {
    const stats = [...((await this.connection.getStats()) as unknown as ReadonlyMap<string, Stat>).values()];
    const isVoice = ({ kind }: Stat) => kind === "audio";
    const inbound = stats.find((one) => one.type === "inbound-rtp" && isVoice(one));
    const outbound = stats.find((one) => one.type === "outbound-rtp" && isVoice(one));
    const told = stats.find((one) => one.type === "remote-inbound-rtp" && isVoice(one));
    const pair = stats.find(
      (one) => one.type === "candidate-pair" && one.nominated === true && one.state === "succeeded",
    );
    const counts: VoiceCounts = {
      received: inbound?.packetsReceived ?? 0,
      lost: inbound?.packetsLost ?? 0,
      asked: inbound?.nackCount ?? 0,
      sent: (outbound?.packetsSent ?? 0) - (outbound?.retransmittedPacketsSent ?? 0),
      askedBack: outbound?.nackCount ?? 0,
    };
    const { into, out } = lossBetween(this.counts, counts);
    if (isNew) this.counts = counts;
    return {
      received: counts.received,
      outBps: pair?.availableOutgoingBitrate,
      outLoss: Math.max(told?.fractionLost ?? 0, out),
      inLoss: into,
      rttMs: 1_000 * (pair?.currentRoundTripTime ?? 0),
    };
  }

  /** Sets the bitrates of a level; voice has priority. */
  keepTo(level: Level): void {
    this.next(async () => {
      for (const { sender, receiver } of this.connection.getTransceivers()) {
        const parameters = sender.getParameters();
        const [encoding] = parameters.encodings;
        if (encoding === undefined) continue;
        const isVoice = receiver.track.kind === "audio";
        if (isVoice) {
          encoding.priority = "high";
          encoding.maxBitrate = rates[level].voice;
          // Longer packets: at this rate the headers take more than the voice.
          Object.assign(encoding, { adaptivePtime: level === "least" });
        } else {
          encoding.active = rates[level].picture > 0;
          encoding.maxBitrate = Math.max(1, rates[level].picture);
          encoding.scaleResolutionDownBy = level === "small" ? 3 : 1;
        }
        // A browser that refuses the parameters keeps the old ones.
        await sender.setParameters(parameters).catch(() => undefined);
      }
    });
  }

  /** Prefers RED (RFC 2198), by which the other party sends voice twice; from the next negotiation on. */
  wantsTwice(isLossy: boolean): void {
    const codecs = RTCRtpReceiver.getCapabilities?.("audio")?.codecs ?? [];
    const isRed = ({ mimeType }: { readonly mimeType: string }) => mimeType.toLowerCase() === "audio/red";
    if (!codecs.some(isRed)) return;
    const [red, others] = [codecs.filter(isRed), codecs.filter((one) => !isRed(one))];
    for (const transceiver of this.connection.getTransceivers())
      if (transceiver.receiver.track.kind === "audio")
        transceiver.setCodecPreferences?.(isLossy ? [...red, ...others] : [...others, ...red]);
  }

  /** Sets the jitter buffer's target in ms; null: the browser's default. */
  wait(ms: number | null): void {
    for (const { receiver } of this.connection.getTransceivers())
      if ("jitterBufferTarget" in receiver && receiver.jitterBufferTarget !== ms) receiver.jitterBufferTarget = ms;
  }

  again(): void {
    this.connection.restartIce();
    if (this.isOfferer) this.offer();
  }

  /** The other asks for an offer. One that waits for its answer is as good, and is there already (CA269). */
  asked(): void {
    this.next(async () => {
      const { connection } = this;
      if (connection.signalingState === "have-local-offer")
        this.hooks.describe("offer", this.round, connection.localDescription?.sdp ?? "");
      else this.again();
    });
  }

  /** Resolves once what was taken so far is answered. */
  async settled(): Promise<void> {
    await this.work;
  }

  close(): void {
    this.isOver = true;
    this.connection.close();
  }

  /** Resolves once the description has its candidates. */
  private async say(description: RTCSessionDescriptionInit): Promise<void> {
    const { connection } = this;
    const sdp = asksForLost(description.sdp ?? "");
    await gathered(connection, () => connection.setLocalDescription({ ...description, sdp }));
  }

  private next(work: () => Promise<void>): void {
    this.work = this.inOrder(this.work, work);
  }

  private inOrder(before: Promise<void>, work: () => Promise<void>): Promise<void> {
    return before
      .then(async () => {
        if (!this.isOver) await work();
      })
      .catch(() => {
        if (!this.isOver) this.hooks.failed("failed");
      });
  }

  private changed(): void {
    if (this.isOver) return;
    const { connectionState, iceConnectionState } = this.connection;
    if (connectionState === "connected") {
      this.wasConnected = true;
      this.hooks.connected();
    } else if (connectionState === "disconnected") this.hooks.broken();
    else if (connectionState === "failed") {
      // ICE connected, but DTLS failed: the certificate is not the one whose fingerprint was signed.
      const isReached = iceConnectionState === "connected" || iceConnectionState === "completed";
      if (isReached && !this.wasConnected) this.hooks.failed("unproven");
      else if (this.wasConnected) this.hooks.broken();
      else this.hooks.failed("failed");
    }
  }
}

/** The fields that are read of the browser's statistics (W3C webrtc-stats). */
type Stat = {
  readonly type: string;
  readonly kind?: string;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly fractionLost?: number;
  readonly nackCount?: number;
  readonly packetsSent?: number;
  readonly retransmittedPacketsSent?: number;
  readonly availableOutgoingBitrate?: number;
  /** Seconds. */
  readonly currentRoundTripTime?: number;
};

/**
 * Adds NACK (RFC 4585) for voice to an SDP, so that lost packets are sent again. Browsers offer it for video only.
 */
export function asksForLost(sdp: string): string {
  const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  if (opus === undefined || new RegExp(`^a=rtcp-fb:${opus} nack\\s*$`, "im").test(sdp)) return sdp;
  return sdp.replace(
    new RegExp(`^(a=rtpmap:${opus} opus/48000[^\\r\\n]*)(\\r?\\n)`, "im"),
    `$1$2a=rtcp-fb:${opus} nack$2`,
  );
}
