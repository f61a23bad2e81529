import { expect, test } from "bun:test";
import { GroupPeer } from "./group-peer.ts";
import { asksForLost, mayTry, Peer } from "./peer.ts";

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

test("[CA269] an offer that waits for its answer is said again to who asks, and what is heard twice is answered once, by the same answer", async () => {
  const made: string[] = [];
  class Plain extends EventTarget {
    iceGatheringState = "complete";
    signalingState = "stable";
    localDescription: { readonly sdp: string } | null = null;
    addTransceiver() {}
    getTransceivers = () => [];
    restartIce = () => void made.push("restart");
    createOffer = async () => ({ type: "offer", sdp: `offer ${made.push("offer")}` });
    createAnswer = async () => ({ type: "answer", sdp: `answer ${made.push("answer")}` });
    async setLocalDescription({ type, sdp }: { readonly type: string; readonly sdp: string }) {
      this.localDescription = { sdp };
      this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    }
    async setRemoteDescription({ type }: { readonly type: string }) {
      this.signalingState = type === "offer" ? "have-remote-offer" : "stable";
    }
  }
  const before = [globalThis.RTCPeerConnection, globalThis.MediaStream];
  Object.assign(globalThis, { RTCPeerConnection: Plain, MediaStream: class {} });
  try {
    const said: string[] = [];
    const hooks = {
      describe: (kind: string, round: number, sdp: string) => void said.push(`${kind} ${round}: ${sdp}`),
      connected() {},
      failed: (as: string) => void said.push(as),
      stream() {},
      broken() {},
    };
    const called = new Peer(true, undefined, false, hooks);
    called.again();
    called.asked();
    await called.settled();
    expect(said.splice(0)).toEqual(["offer 1: offer 2", "offer 1: offer 2"]);
    called.take("answer", 1, "answer");
    called.asked();
    await called.settled();
    await called.settled();
    expect([said.splice(0), made.splice(0)]).toEqual([["offer 2: offer 4"], ["restart", "offer", "restart", "offer"]]);
    const caller = new Peer(false, undefined, false, hooks);
    for (const [round, sdp] of [
      [1, "one"],
      [1, "one"],
      [2, "two"],
    ] as const)
      caller.take("offer", round, sdp);
    await caller.settled();
    expect(said).toEqual(["answer 1: answer 1", "answer 1: answer 1", "answer 2: answer 2"]);
  } finally {
    const [RTCPeerConnection, MediaStream] = before;
    Object.assign(globalThis, { RTCPeerConnection, MediaStream });
  }
});

/** A browser's connection that keeps the descriptions which it was given. */
class Connection {
  readonly given: string[] = [];
  signalingState = "stable";
  localDescription: { readonly sdp: string } | undefined;
  private mids = 0;
  /** Header extensions that it offers, in the sections of one kind. */
  protected readonly offered: Readonly<Record<string, readonly string[]>> = {};
  addEventListener() {}
  addTransceiver(kind: string) {
    const [mid, track] = [`${kind}${this.mids++}`, {}];
    const sender = { track: null, replaceTrack: async () => undefined };
    return { mid, sender, receiver: { track }, setCodecPreferences() {} };
  }
  async createOffer() {
    const media = ["audio0", "video1", "audio2", "video3"].map((mid) => {
      const kind = mid.slice(0, 5);
      return [`m=${kind} 9 X 111`, `a=mid:${mid}`, ...(this.offered[kind] ?? [])].join("\r\n");
    });
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

/** A group's way in a browser whose connections are of this class. */
async function withPeer(
  kind: typeof Connection,
  work: (peer: GroupPeer, made: readonly Connection[]) => Promise<void>,
): Promise<void> {
  const made: Connection[] = [];
  const given = {
    MediaStream: class {},
    RTCRtpScriptTransform: class {},
    RTCRtpSender: { getCapabilities: () => null },
    RTCRtpReceiver: { getCapabilities: () => null },
    location: { hostname: "home" },
    RTCPeerConnection: class extends kind {
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
    await work(new GroupPeer(relay, { voiceSlots: 1, pictureSlots: 1 }, {} as Worker, hooks), made);
  } finally {
    Object.assign(globalThis, before);
  }
}

const answer = { v: 1, ufrag: "u", pwd: "p", fingerprint: new Uint8Array(32), slots: [] } as never;

test("[CA210] among more than sixteen voice pauses while nobody speaks, by a new description of the same way", () =>
  withPeer(Connection, async (peer, made) => {
    // Not before the way is there.
    await peer.pausing(true);
    await peer.pausing(false);
    await peer.describe(undefined);
    await peer.take(answer);
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
  }));

const numbering = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const mid = "a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid";
const rid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const extensionLines = (sdp: string | undefined) =>
  (sdp ?? "").split(/\r\nm=/).map((section) => section.split("\r\n").filter((line) => line.startsWith("a=extmap:")));

/** Offers what Firefox 140 offers, and refuses what it refuses. */
class Firefox extends Connection {
  protected override readonly offered = {
    audio: ["a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level", mid],
    video: [mid, `a=extmap:7 ${numbering}`, `a=extmap:9/sendonly ${rid}`],
  };
  override async setRemoteDescription(described: { readonly sdp: string }) {
    const offered = extensionLines(this.localDescription?.sdp).map((lines) => lines.map((line) => line.split(" ")[1]));
    for (const [at, lines] of extensionLines(described.sdp).entries())
      for (const line of lines)
        if (!offered[at]?.includes(line.split(" ")[1])) throw new Error(`Answer has extmap at level ${at - 1}`);
    await super.setRemoteDescription(described);
  }
}

test("[CA234] [CA235] where a browser offers the transport-wide number for pictures alone, voices are answered without", () =>
  withPeer(Firefox, async (peer, made) => {
    const { numbering: id, plainVoice } = await peer.describe(undefined);
    expect([id, plainVoice]).toEqual([7, true]);
    await peer.take(answer);
    const wide = `a=extmap:7 ${numbering}`;
    const sections = [[], [mid], [wide, mid, `a=extmap:9 ${rid}`], [mid], [wide, mid]];
    expect(made.map(({ given }) => given.map(extensionLines))).toEqual([[sections]]);
    const feedback = made[0]?.given[0]?.split(/\r\nm=/).map((section) => section.includes(" transport-cc"));
    expect(feedback).toEqual([false, false, true, false, true]);
  }));

class Chromium extends Connection {
  protected override readonly offered = {
    audio: [`a=extmap:3 ${numbering}`],
    video: [`a=extmap:3 ${numbering}`],
  };
}

test("[CA235] a browser that reads the number of voices too says nothing of plain ones", () =>
  withPeer(Chromium, async (peer, made) => {
    const join = await peer.describe(undefined);
    expect([join.numbering, "plainVoice" in join]).toEqual([3, false]);
    await peer.take(answer);
    const wide = [`a=extmap:3 ${numbering}`];
    expect(made.map(({ given }) => given.map(extensionLines))).toEqual([[[[], wide, wide, wide, wide]]]);
  }));

/** A way of a call of two, in a browser that finds addresses only once it is told to. */
async function withTwo(work: (peer: Peer, sends: () => readonly unknown[], finds: () => void) => Promise<void>) {
  const transceivers: { readonly sender: { track: unknown }; readonly receiver: { readonly track: object } }[] = [];
  const found: (() => void)[] = [];
  const given = {
    MediaStream: class {},
    location: { hostname: "home" },
    RTCPeerConnection: class {
      signalingState = "stable";
      iceGatheringState = "new";
      localDescription = { sdp: "" };
      addEventListener(kind: string, told: () => void) {
        if (kind === "icegatheringstatechange") found.push(told);
      }
      addTransceiver(kind: string) {
        const sender = {
          track: null as unknown,
          replaceTrack: async (track: unknown) => {
            sender.track = track;
          },
        };
        transceivers.push({ sender, receiver: { track: { kind } } });
      }
      getTransceivers() {
        return transceivers;
      }
      async createOffer() {
        return { type: "offer", sdp: "" };
      }
      async createAnswer() {
        return { type: "answer", sdp: "" };
      }
      async setLocalDescription() {
        this.iceGatheringState = "gathering";
        for (const told of found) told();
      }
      async setRemoteDescription() {
        this.addTransceiver("audio");
      }
    },
  };
  const before = Object.fromEntries(Object.keys(given).map((name) => [name, Reflect.get(globalThis, name)]));
  Object.assign(globalThis, given);
  try {
    const hooks = { describe() {}, connected() {}, failed() {}, stream() {}, broken() {} };
    const peer = new Peer(true, { port: 1, username: "u", credential: "c" }, false, hooks);
    const sends = () => transceivers.map(({ sender }) => sender.track);
    await work(peer, sends, () => {
      for (const told of found) told();
    });
  } finally {
    Object.assign(globalThis, before);
  }
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test("[CA264] a voice is sent at once, also while the addresses of a description are looked for", () =>
  withTwo(async (peer, sends) => {
    const voice = { kind: "audio" };
    peer.offer();
    await turns();
    peer.send({ getTracks: () => [voice] } as never);
    await turns();
    expect(sends()).toEqual([voice, null]);
  }));

test("[CA264] what is sent before the other's offer came is sent once it has, and of two the newer", () =>
  withTwo(async (peer, sends) => {
    const [before, voice] = [{ kind: "audio" }, { kind: "audio" }];
    peer.send({ getTracks: () => [before] } as never);
    peer.send({ getTracks: () => [voice] } as never);
    await turns();
    peer.take("offer", 1, "");
    await turns();
    expect(sends()).toEqual([voice, null, voice]);
    expect(sends()[0]).toBe(voice);
  }));
