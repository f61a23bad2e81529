import { expect, test } from "bun:test";
import { GroupPeer } from "./group-peer.ts";
import { asksForLost, mayTry } from "./peer.ts";

test("[CA58] where there is no relay nothing is tried before somebody answered, and never for one who keeps to it", () => {
  const relay = { port: 1, username: "u", credential: "c", untilMs: 0 };
  for (const at of ["calling", "ringing", "joining", "talking"] as const) {
    const isAnswered = at === "joining" || at === "talking";
    expect(mayTry({ at, isIn: true, relayOnly: false })).toBe(isAnswered);
    expect(mayTry({ at, isIn: true, relayOnly: true })).toBe(false);
    for (const relayOnly of [true, false]) {
      expect(mayTry({ at, isIn: true, relayOnly, relay })).toBe(true);
      expect(mayTry({ at, isIn: false, relayOnly, relay })).toBe(false);
    }
  }
});

test("[CA125] voice that was lost is asked for again: the description says so once, of Opus alone", () => {
  const head = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\n";
  const rest =
    "a=rtcp-fb:111 transport-cc\r\na=rtpmap:63 red/48000/2\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-fb:96 nack\r\n";
  const asking = asksForLost(head + rest);
  expect(asking).toBe(`${head}a=rtcp-fb:111 nack\r\n${rest}`);
  expect(asksForLost(asking)).toBe(asking);
  expect(asksForLost("v=0\r\n")).toBe("v=0\r\n");
});

/** A browser's connection that keeps the descriptions which it was given. */
class Connection {
  readonly given: string[] = [];
  signalingState = "stable";
  localDescription: { readonly sdp: string } | undefined;
  private mids = 0;
  addEventListener() {}
  addTransceiver(kind: string) {
    const [mid, track] = [`${kind}${this.mids++}`, {}];
    const sender = { track: null, replaceTrack: async () => undefined };
    return { mid, sender, receiver: { track }, setCodecPreferences() {} };
  }
  async createOffer() {
    const media = ["audio0", "video1", "audio2", "video3"].map((mid) => `m=${mid.slice(0, 5)} 9 X 111\r\na=mid:${mid}`);
    const codecs = "a=rtpmap:111 opus/48000/2\r\na=rtpmap:96 VP8/90000";
    return { sdp: ["v=0", ...media, codecs, ""].join("\r\n") };
  }
  async setLocalDescription(made: { readonly sdp: string }) {
    this.localDescription = made;
  }
  async setRemoteDescription({ sdp }: { readonly sdp: string }) {
    this.given.push(sdp);
  }
  async addIceCandidate() {}
}

test("[CA210] among more than sixteen voice pauses while nobody speaks, by a new description of the same way", async () => {
  const made: Connection[] = [];
  const given = {
    MediaStream: class {},
    RTCRtpScriptTransform: class {},
    RTCRtpSender: { getCapabilities: () => null },
    RTCRtpReceiver: { getCapabilities: () => null },
    location: { hostname: "home" },
    RTCPeerConnection: class extends Connection {
      constructor() {
        super();
        made.push(this);
      }
    },
  };
  const before = Object.fromEntries(Object.keys(given).map((name) => [name, Reflect.get(globalThis, name)]));
  Object.assign(globalThis, given);
  try {
    const relay = { port: 1, username: "u", credential: "c", untilMs: 0 };
    const hooks = { connected() {}, broken() {} };
    const peer = new GroupPeer(relay, { voiceSlots: 1, pictureSlots: 1 }, {} as Worker, hooks);
    // Not before the way is there.
    await peer.pausing(true);
    await peer.pausing(false);
    await peer.describe(undefined);
    await peer.take({ v: 1, ufrag: "u", pwd: "p", fingerprint: new Uint8Array(32), slots: [] } as never);
    await peer.pausing(true);
    await peer.pausing(true);
    await peer.pausing(false);
    const pauses = made.map(({ given: all }) =>
      all.map((sdp) => [...sdp.matchAll(/usedtx=(\d)/g)].map((one) => one[1])),
    );
    expect(pauses).toEqual([
      [
        ["0", "0"],
        ["1", "1"],
        ["0", "0"],
      ],
    ]);
  } finally {
    Object.assign(globalThis, before);
  }
});
