/**
 * R1.7: what the relay has of a call. Real packets of two browsers, taken between them and the real relay: nobody hears
 * in them what was whistled, their headers tell no loudness, and those of voice are all alike. Beside it a control that
 * is not tamed, in which the same ear hears, and the same eye sees. What is printed here is judged by the evidence
 * (packages/testing/src/evidence/claims/relayed.ts).
 */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { expect, type Page, test } from "@playwright/test";
import { BrowserSetup, desktop, phone } from "./browser-setup.ts";
import { befriend, opens } from "./people.ts";
import { ear, whistles } from "./whistle.ts";

/** Between browsers and the relay: each packet goes on as it came, and what goes to the relay is kept. */
class Tap {
  readonly kept: Buffer[] = [];
  port = 0;
  private readonly own: Socket;
  private readonly legs = new Map<string, Socket>();
  private readonly relayPort: () => number;

  private constructor(relayPort: () => number) {
    this.relayPort = relayPort;
    this.own = createSocket("udp4");
    this.own.on("message", (packet, from) => this.goesOn(packet, from));
  }

  static async open(relayPort: () => number): Promise<Tap> {
    const tap = new Tap(relayPort);
    await new Promise<void>((resolve) => tap.own.bind(0, "127.0.0.1", resolve));
    tap.port = tap.own.address().port;
    return tap;
  }

  close(): void {
    this.own.close();
    for (const leg of this.legs.values()) leg.close();
  }

  private goesOn(packet: Buffer, from: RemoteInfo): void {
    const id = `${from.address} ${from.port}`;
    let leg = this.legs.get(id);
    if (leg === undefined) {
      leg = createSocket("udp4");
      leg.on("message", (answer) => this.own.send(answer, from.port, from.address));
      leg.on("error", () => undefined);
      this.legs.set(id, leg);
    }
    const data = relayedIn(packet);
    if (data !== undefined) this.kept.push(Buffer.from(data));
    leg.send(packet, this.relayPort(), "127.0.0.1");
  }
}

/** What a packet asks the relay to hand on: of ChannelData, or of a Send indication (RFC 8656). */
function relayedIn(packet: Buffer): Buffer | undefined {
  const kind = packet.readUInt16BE(0);
  if (kind >= 0x4000 && kind < 0x5000) return packet.subarray(4, 4 + packet.readUInt16BE(2));
  if (kind !== 0x0016) return undefined;
  for (let at = 20; at + 4 <= packet.length; ) {
    const size = packet.readUInt16BE(at + 2);
    if (packet.readUInt16BE(at) === 0x13) return packet.subarray(at + 4, at + 4 + size);
    at += 4 + size + ((4 - (size % 4)) % 4);
  }
  return undefined;
}

type Voice = { readonly extensions: ReadonlyMap<number, Buffer>; readonly payload: Buffer };

/** RTP packets of one source (RFC 3550), with their header extensions (RFC 8285), which travel in clear. */
function voiceOf(kept: readonly Buffer[], source: number): Voice[] {
  return kept.flatMap((packet) => {
    if (packet.length < 12 || (packet[0] as number) >> 6 !== 2 || packet.readUInt32BE(8) !== source) return [];
    const type = (packet[1] as number) & 0x7f;
    if (type >= 64 && type < 96) return []; // RTCP beside it.
    let at = 12 + 4 * ((packet[0] as number) & 15);
    const extensions = new Map<number, Buffer>();
    if (((packet[0] as number) & 16) !== 0) {
      const isLong = packet.readUInt16BE(at) !== 0xbede;
      const end = at + 4 + 4 * packet.readUInt16BE(at + 2);
      for (at += 4; at < end; ) {
        const head = packet[at] as number;
        if (head === 0) at++;
        else {
          const id = isLong ? head : head >> 4;
          const size = isLong ? (packet[at + 1] as number) : (head & 15) + 1;
          const from = at + (isLong ? 2 : 1);
          extensions.set(id, packet.subarray(from, from + size));
          at = from + size;
        }
      }
      at = end;
    }
    const tag = 16;
    return [{ extensions, payload: packet.subarray(at, Math.max(at, packet.length - tag)) }];
  });
}

type Hooks = {
  readonly made: RTCPeerConnection[];
  readonly plain: number[][];
  wrongPrint: boolean;
};

/** The page calls through the tap, and whistles. */
async function prepare(page: Page, port: number): Promise<void> {
  await whistles(page);
  await page.evaluate((tapPort) => {
    const hooks: Hooks = { made: [], plain: [], wrongPrint: false };
    Object.assign(window, { hooks });
    const through = (given: RTCConfiguration = {}): RTCConfiguration => ({
      ...given,
      iceTransportPolicy: "relay",
      iceServers: (given.iceServers ?? []).map((one) => ({
        ...one,
        urls: [`turn:127.0.0.1:${tapPort}?transport=udp`],
      })),
    });
    const Own = RTCPeerConnection;
    window.RTCPeerConnection = class extends Own {
      constructor(given?: RTCConfiguration) {
        super(through(given));
        hooks.made.push(this);
      }
      override setConfiguration(given?: RTCConfiguration): void {
        super.setConfiguration(through(given));
      }
      override async setRemoteDescription(given: RTCSessionDescriptionInit): Promise<void> {
        const sdp = given.sdp ?? "";
        const other = sdp.replace(
          /^(a=fingerprint:sha-256 )(..)/gm,
          (_, head: string, byte: string) => head + (byte === "00" ? "01" : "00"),
        );
        await super.setRemoteDescription(hooks.wrongPrint === true ? { ...given, sdp: other } : given);
      }
    } as typeof RTCPeerConnection;
    // However busy this machine is: another weather would have other rates, and sizes.
    const stats = Own.prototype.getStats as () => Promise<RTCStatsReport>;
    const fair = { fractionLost: 0, packetsLost: 0, currentRoundTripTime: 0.02, availableOutgoingBitrate: 2_000_000 };
    Own.prototype.getStats = async function (this: RTCPeerConnection) {
      const report = (await stats.call(this)) as unknown as ReadonlyMap<string, object>;
      const seen = [...report].map(([id, one]) => [id, { ...one, ...fair }] as const);
      return new Map(seen) as unknown as RTCStatsReport;
    } as typeof Own.prototype.getStats;
  }, port);
}

/** The source of the voice that this page sends, and what its description says of loudness. */
const voiceNow = (page: Page, at = -1) =>
  page.evaluate(async (nth) => {
    const way = (window as unknown as { hooks: Hooks }).hooks.made.at(nth);
    const report = (await way?.getStats()) as unknown as ReadonlyMap<string, Record<string, unknown>> | undefined;
    const outbound = [...(report?.values() ?? [])].find(
      (one) => one["type"] === "outbound-rtp" && one["kind"] === "audio",
    );
    const offered = `${way?.localDescription?.sdp ?? ""}`;
    return {
      source: Number(outbound?.["ssrc"] ?? 0),
      level: Number(/^a=extmap:(\d+)\S* urn:ietf:params:rtp-hdrext:ssrc-audio-level/m.exec(offered)?.[1] ?? 0),
      config: way?.getConfiguration(),
    };
  }, at);

test("[CA26] [CA27] R1.7: the relay hears nothing of a call, reads no loudness, and all packets of voice are alike", async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const setup = await BrowserSetup.start(browser);
  const tap = await Tap.open(() => setup.port);
  try {
    const [mum, maya] = [await setup.resident(phone), await setup.resident(desktop)];
    await setup.settle(mum, "妈妈");
    await befriend(setup, mum, maya, "Maya");
    for (const page of [mum, maya]) await prepare(page, tap.port);
    const begins = async () => {
      await opens(mum, "Maya");
      await mum.getByTestId("plus-open").click();
      await mum.getByTestId("plus-call-voice").click();
      await expect(maya.getByTestId("call-incoming")).toBeVisible({ timeout: 20_000 });
      await maya.getByTestId("call-answer").click();
    };
    await begins();
    for (const page of [mum, maya])
      await expect(page.getByTestId("call-screen")).toHaveAttribute("data-at", "talking", { timeout: 20_000 });
    const { source, level, config } = await voiceNow(maya);
    const voices = () => voiceOf(tap.kept, source);
    await expect.poll(() => voices().length, { timeout: 60_000 }).toBeGreaterThan(500);
    const sealed = voices().slice(100, 400); // The first second may be of another rate.
    const heard = await ear(
      maya,
      sealed.map(({ payload }) => [...payload]),
    );

    // The same whistle over the same relay between two ends that nobody tamed.
    await maya.evaluate(async (given) => {
      const { made, plain } = (window as unknown as { hooks: Hooks }).hooks;
      const opened = { ...given, encodedInsertableStreams: true } as RTCConfiguration;
      const [one, other] = [new RTCPeerConnection(opened), new RTCPeerConnection(given)];
      made.push(one); // The last one, whichever the page makes meanwhile.
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const)
        from.addEventListener("icecandidate", ({ candidate }) => {
          if (candidate !== null) setTimeout(() => void to.addIceCandidate(candidate).catch(() => undefined), 300);
        });
      const [track] = (await navigator.mediaDevices.getUserMedia()).getAudioTracks();
      if (track === undefined) return;
      const sender = one.addTrack(track) as RTCRtpSender & {
        readonly createEncodedStreams: () => {
          readonly readable: ReadableStream<{ readonly data: ArrayBuffer }>;
          readonly writable: WritableStream;
        };
      };
      // Each piece of voice, as it is before it is sealed.
      const { readable, writable } = sender.createEncodedStreams();
      const keeps = new TransformStream<{ readonly data: ArrayBuffer }, unknown>({
        transform: (frame, on) => {
          plain.push([...new Uint8Array(frame.data)]);
          on.enqueue(frame);
        },
      });
      void readable.pipeThrough(keeps).pipeTo(writable);
      await one.setLocalDescription();
      await other.setRemoteDescription(one.localDescription as RTCSessionDescription);
      await other.setLocalDescription();
      await one.setRemoteDescription(other.localDescription as RTCSessionDescription);
    }, config);
    const untamed = await voiceNow(maya);
    await expect.poll(() => voiceOf(tap.kept, untamed.source).length, { timeout: 60_000 }).toBeGreaterThan(500);
    const wild = voiceOf(tap.kept, untamed.source).slice(100, 400);
    const plain = await maya.evaluate(() => (window as unknown as { hooks: Hooks }).hooks.plain.slice(100, 400));
    const control = await ear(maya, plain);
    const levels = (all: readonly Voice[], id: number) =>
      new Set(all.flatMap(({ extensions }) => extensions.get(id)?.[0] ?? [])).size;
    const sizes = (all: readonly Voice[]) => new Set(all.map(({ payload }) => payload.length)).size;
    const others = new Set(sealed.flatMap(({ extensions }) => [...extensions.keys()])).size;

    await maya.getByTestId("call-hang-up").click();
    await expect(mum.getByTestId("call-screen")).toHaveCount(0);

    // Another certificate at the end of the way than the one that was signed.
    await mum.evaluate(() => {
      (window as unknown as { hooks: Hooks }).hooks.wrongPrint = true;
    });
    const before = tap.kept.length;
    await begins();
    await expect(mum.getByTestId("toast").filter({ hasText: "证明不了自己" })).toBeVisible({ timeout: 30_000 });
    const swapped = await voiceNow(maya);
    const leaked = swapped.source === 0 ? 0 : voiceOf(tap.kept.slice(before), swapped.source).length;
    const tried = tap.kept.slice(before).length;

    console.log(
      `R1.7 relay ${sealed.length} packets, tone ${heard.share.toFixed(4)}, control ${control.share.toFixed(4)} of ${control.seconds.toFixed(1)} s`,
    );
    console.log(`R1.7 levels ${levels(sealed, level)} of ${others} extensions, control ${levels(wild, untamed.level)}`);
    console.log(`R1.7 sizes ${sizes(sealed)} of ${sealed.length}, control ${sizes(wild)}`);
    console.log(`R1.7 fingerprint ${leaked} voice packets of ${tried}`);
    expect(control.share).toBeGreaterThan(0.8);
    expect(heard.share).toBeLessThan(0.1);
    expect([levels(sealed, level), sizes(sealed), leaked]).toEqual([0, 1, 0]);
    expect(levels(wild, untamed.level)).toBeGreaterThan(1);
  } finally {
    tap.close();
    await setup.close();
  }
});
