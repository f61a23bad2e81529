/**
 * Peer: one way of voice and picture to a device of the other (docs/spec/calls.md CA25–CA28, CA58). It is made while it still rings,
 * through the relay alone and with nothing on it, and where there is no relay once somebody answered; the tracks come once that device is the one that talks.
 */
import type { CallNow, RelayAccess } from "@yanshu/client";

export type PeerHooks = {
  readonly describe: (kind: "offer" | "answer", round: number, sdp: string) => void;
  readonly connected: () => void;
  readonly failed: (as: "failed" | "unproven" | "lost") => void;
  readonly stream: (stream: MediaStream) => void;
  /** The way is gone for a moment. */
  readonly broken: () => void;
};

const gatherMsMax = 1_500;

/**
 * Whether a way may be looked for. Without a relay every candidate tells an address, so that nothing is tried before somebody answered, and
 * never where the caller keeps to the relay.
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
  private isOver = false;
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
      this.stream.addTrack(track);
      this.hooks.stream(this.stream);
    });
    connection.addEventListener("connectionstatechange", () => this.changed());
    if (isOfferer) for (const kind of ["audio", "video"]) connection.addTransceiver(kind, { direction: "sendrecv" });
  }

  get isConnected(): boolean {
    return this.connection.connectionState === "connected";
  }

  offer(): void {
    this.next(async () => {
      this.round++;
      await this.connection.setLocalDescription(await this.connection.createOffer());
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
      await connection.setLocalDescription(await connection.createAnswer());
      await this.gathered();
      this.hooks.describe("answer", round, connection.localDescription?.sdp ?? "");
    });
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

  again(): void {
    this.connection.restartIce();
    if (this.isOfferer) this.offer();
  }

  close(): void {
    this.isOver = true;
    this.connection.close();
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

  /** All its addresses, or as many as came in a moment. */
  private gathered(): Promise<void> {
    const { connection } = this;
    if (connection.iceGatheringState === "complete") return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, gatherMsMax);
      connection.addEventListener("icegatheringstatechange", () => {
        if (connection.iceGatheringState !== "complete") return;
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function serversOf({ host = location.hostname, port, tcp, username, credential }: RelayAccess): RTCIceServer[] {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const urls = [`turn:${name}:${port}?transport=udp`];
  if (tcp !== undefined) urls.push(`turn:${name}:${tcp}?transport=tcp`);
  return [{ urls, username, credential }];
}
