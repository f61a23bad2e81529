/**
 * Peer: one way of voice and picture to a device of the other (docs/spec/calls.md CA25–CA28, CA58). It is made while it
 * still rings, through the relay alone and with nothing on it, and where there is no relay once somebody answered; the
 * tracks come once that device is the one that talks.
 */
import type { CallNow, RelayAccess } from "@yanshu/client";
import { serversOf } from "./ways.ts";
import { type Level, rates, type Weather } from "./weak.ts";

export type PeerHooks = {
  readonly describe: (kind: "offer" | "answer", round: number, sdp: string) => void;
  readonly connected: () => void;
  readonly failed: (as: "failed" | "unproven" | "lost") => void;
  readonly stream: (stream: MediaStream) => void;
  /** The way is gone for a moment. */
  readonly broken: () => void;
};

const gatherMsMax = 1_500;
/** Where the relay is there other ways have been found, or take long: what comes later is not waited for. */
const afterRelayMs = 150;

/** Of all that came and went so far. */
type Counts = { readonly received: number; readonly lost: number };

/**
 * Whether a way may be looked for. Without a relay every candidate tells an address, so that nothing is tried before
 * somebody answered, and never where the caller keeps to the relay.
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
  private wasConnected = false;
  private counts: Counts = { received: 0, lost: 0 };
  private isOver = false;
  private isOpen = false;
  private work: Promise<void> = Promise.resolve();

  constructor(isOfferer: boolean, relay: RelayAccess | undefined, relayOnly: boolean, hooks: PeerHooks) {
    this.hooks = hooks;
    this.isOfferer = isOfferer;
    this.isDirectAllowed = !relayOnly;
    this.connection = new RTCPeerConnection({
      iceServers: relay === undefined ? [] : serversOf(relay),
      // No address of either side is told before somebody answered.
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

  /** The one of the two that makes offers. */
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
      await this.gathered();
      this.hooks.describe("offer", this.round, this.connection.localDescription?.sdp ?? "");
    });
  }

  take(kind: "offer" | "answer", round: number, sdp: string): void {
    this.next(async () => {
      const { connection } = this;
      if (kind === "answer") {
        // An answer to an offer before the last one says nothing any more.
        if (round !== this.round || connection.signalingState !== "have-local-offer") return;
        await connection.setRemoteDescription({ type: "answer", sdp });
        return;
      }
      await connection.setRemoteDescription({ type: "offer", sdp });
      for (const transceiver of connection.getTransceivers()) transceiver.direction = "sendrecv";
      await this.say(await connection.createAnswer());
      await this.gathered();
      this.hooks.describe("answer", round, connection.localDescription?.sdp ?? "");
    });
  }

  /** Somebody answered: what the other sends is heard and seen from now on. Before that it is silent and dark. */
  open(): void {
    this.isOpen = true;
    for (const track of this.stream.getTracks()) track.enabled = true;
  }

  /** What this device sends from now on. */
  send(local: MediaStream | undefined): void {
    this.next(async () => {
      for (const { sender, receiver } of this.connection.getTransceivers()) {
        const track = local?.getTracks().find(({ kind }) => kind === receiver.track.kind) ?? null;
        if (sender.track !== track) await sender.replaceTrack(track);
      }
    });
  }

  /** Somebody answered: the shortest way is looked for, unless either side keeps to the relay. */
  goDirect(): void {
    if (!this.isDirectAllowed) return;
    this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceTransportPolicy: "all" });
    if (this.isOfferer) this.again();
  }

  /** The network changed. */
  renew(relay: RelayAccess): void {
    this.connection.setConfiguration({ ...this.connection.getConfiguration(), iceServers: serversOf(relay) });
  }

  /**
   * How the way is, and how many packets of voice came over it so far: they never pause, so that none for a moment
   * means that it is gone. Loss is counted since this was asked the last time with `isNew`.
   */
  async weather(isNew: boolean): Promise<Weather & { readonly received: number }> {
    const stats = [...((await this.connection.getStats()) as unknown as ReadonlyMap<string, Stat>).values()];
    const isVoice = ({ kind }: Stat) => kind === "audio";
    const inbound = stats.find((one) => one.type === "inbound-rtp" && isVoice(one));
    const outbound = stats.find((one) => one.type === "remote-inbound-rtp" && isVoice(one));
    const pair = stats.find(
      (one) => one.type === "candidate-pair" && one.nominated === true && one.state === "succeeded",
    );
    const counts = { received: inbound?.packetsReceived ?? 0, lost: inbound?.packetsLost ?? 0 };
    const [received, lost] = [counts.received - this.counts.received, counts.lost - this.counts.lost];
    if (isNew) this.counts = counts;
    return {
      received: counts.received,
      outBps: pair?.availableOutgoingBitrate,
      outLoss: outbound?.fractionLost ?? 0,
      inLoss: lost > 0 ? lost / Math.max(1, lost + received) : 0,
      rttMs: 1_000 * (pair?.currentRoundTripTime ?? 0),
    };
  }

  /** What is sent from now on: voice first. */
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
          // Fewer packets of more voice each: their headers take more than the voice at such a rate.
          Object.assign(encoding, { adaptivePtime: level === "least" });
        } else {
          encoding.active = rates[level].picture > 0;
          encoding.maxBitrate = Math.max(1, rates[level].picture);
          encoding.scaleResolutionDownBy = level === "small" ? 3 : 1;
        }
        // One that a browser does not take leaves the rest as it is.
        await sender.setParameters(parameters).catch(() => undefined);
      }
    });
  }

  /** Whether the other sends each piece of voice twice (RED), from the next description on. */
  wantsTwice(isLossy: boolean): void {
    const codecs = RTCRtpReceiver.getCapabilities?.("audio")?.codecs ?? [];
    const isRed = ({ mimeType }: { readonly mimeType: string }) => mimeType.toLowerCase() === "audio/red";
    if (!codecs.some(isRed)) return;
    const [red, others] = [codecs.filter(isRed), codecs.filter((one) => !isRed(one))];
    for (const transceiver of this.connection.getTransceivers())
      if (transceiver.receiver.track.kind === "audio")
        transceiver.setCodecPreferences?.(isLossy ? [...red, ...others] : [...others, ...red]);
  }

  /** How long voice waits before it is heard. Null: as the browser likes. */
  wait(ms: number | null): void {
    for (const { receiver } of this.connection.getTransceivers())
      if ("jitterBufferTarget" in receiver && receiver.jitterBufferTarget !== ms) receiver.jitterBufferTarget = ms;
  }

  again(): void {
    this.connection.restartIce();
    if (this.isOfferer) this.offer();
  }

  close(): void {
    this.isOver = true;
    this.connection.close();
  }

  private async say(description: RTCSessionDescriptionInit): Promise<void> {
    await this.connection.setLocalDescription({ ...description, sdp: asksForLost(description.sdp ?? "") });
  }

  private next(work: () => Promise<void>): void {
    this.work = this.work.then(async () => {
      if (!this.isOver) await work();
    });
    this.work = this.work.catch(() => {
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
      // The way was there, and the certificate at its other end was not the one that was signed.
      const isReached = iceConnectionState === "connected" || iceConnectionState === "completed";
      if (isReached && !this.wasConnected) this.hooks.failed("unproven");
      else if (this.wasConnected) this.hooks.broken();
      else this.hooks.failed("failed");
    }
  }

  /** All its addresses, or those of the relay and what came before, or as many as came in a moment. */
  private gathered(): Promise<void> {
    const { connection } = this;
    if (connection.iceGatheringState === "complete") return Promise.resolve();
    return new Promise((resolve) => {
      const ending = new AbortController();
      const end = () => {
        ending.abort();
        resolve();
      };
      setTimeout(end, gatherMsMax);
      const { signal } = ending;
      connection.addEventListener(
        "icecandidate",
        ({ candidate }) => {
          if (candidate?.type === "relay") setTimeout(end, afterRelayMs);
        },
        { signal },
      );
      connection.addEventListener(
        "icegatheringstatechange",
        () => {
          if (connection.iceGatheringState === "complete") end();
        },
        { signal },
      );
    });
  }
}

/** What of the browser's statistics is read (W3C webrtc-stats). */
type Stat = {
  readonly type: string;
  readonly kind?: string;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly fractionLost?: number;
  readonly availableOutgoingBitrate?: number;
  /** Seconds. */
  readonly currentRoundTripTime?: number;
};

/**
 * Voice that was lost on the way is asked for again (RFC 4585), which browsers do for a picture alone by themselves.
 */
export function asksForLost(sdp: string): string {
  const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  if (opus === undefined || new RegExp(`^a=rtcp-fb:${opus} nack\\s*$`, "im").test(sdp)) return sdp;
  return sdp.replace(
    new RegExp(`^(a=rtpmap:${opus} opus/48000[^\\r\\n]*)(\\r?\\n)`, "im"),
    `$1$2a=rtcp-fb:${opus} nack$2`,
  );
}
