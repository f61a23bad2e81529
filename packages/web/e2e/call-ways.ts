/** Ways of a call's media: a network that lets one of them pass, as far as a page can tell, and what goes over it. */
import type { Page } from "@playwright/test";

/** To the relay by UDP, by TCP, or by TLS; or directly. */
export type Way = "direct" | "udp" | "tcp" | "tls";

type Hooks = { OwnConnection?: typeof RTCPeerConnection; madeByWay?: RTCPeerConnection[] };

/** From now on; "direct" lets all pass, of which a call takes the direct way. `undefined` ends the watching. */
export const letsPass = (page: Page, way: Way | undefined) =>
  page.evaluate((only) => {
    const hooks = window as unknown as Hooks;
    hooks.OwnConnection ??= RTCPeerConnection;
    const made: RTCPeerConnection[] = [];
    hooks.madeByWay = made;
    const Own = hooks.OwnConnection;
    if (only === undefined) {
      window.RTCPeerConnection = Own;
      return;
    }
    const passes = (url: string) =>
      only === "tls" ? url.startsWith("turns:") : url.startsWith("turn:") && url.endsWith(`=${only}`);
    const narrowed = (configuration: RTCConfiguration = {}): RTCConfiguration => {
      if (only === "direct") return configuration;
      const iceServers = (configuration.iceServers ?? []).map((one) => ({
        ...one,
        urls: [one.urls].flat().filter(passes),
      }));
      return { ...configuration, iceTransportPolicy: "relay", iceServers };
    };
    window.RTCPeerConnection = class extends Own {
      constructor(configuration?: RTCConfiguration) {
        super(narrowed(configuration));
        made.push(this);
      }
      override setConfiguration(configuration?: RTCConfiguration): void {
        super.setConfiguration(narrowed(configuration));
      }
    };
  }, way);

/** Which way the pair of candidates in use goes. */
export const wayInUse = (page: Page) =>
  page.evaluate(async () => {
    const { madeByWay = [] } = window as unknown as Hooks;
    const connection = madeByWay.findLast((one) => one.signalingState !== "closed");
    const report = (await connection?.getStats()) as unknown as
      | ReadonlyMap<unknown, Record<string, unknown>>
      | undefined;
    const stats = report ?? new Map<unknown, Record<string, unknown>>();
    const transport = [...stats.values()].find((one) => one["type"] === "transport");
    const pair = stats.get(transport?.["selectedCandidatePairId"]);
    const [mine, theirs] = [stats.get(pair?.["localCandidateId"]), stats.get(pair?.["remoteCandidateId"])];
    if (mine?.["candidateType"] === "relay") return mine["relayProtocol"] as string;
    return mine === undefined || theirs?.["candidateType"] === "relay" ? undefined : "direct";
  });

/** How many tracks of the other's voice are live, and let out, in this page. */
export const heard = (page: Page) =>
  page.evaluate(() => {
    const sound = document.querySelector<HTMLAudioElement>("#calls audio");
    const stream = sound?.muted === false ? (sound.srcObject as MediaStream | null) : null;
    const isLive = ({ readyState, muted, enabled }: MediaStreamTrack) => readyState === "live" && !muted && enabled;
    return stream?.getAudioTracks().filter(isLive).length ?? 0;
  });

/** Sum of one figure over all voices that came to this page since the watching began. */
const voiceSum = (page: Page, figure: "totalAudioEnergy" | "packetsReceived") =>
  page.evaluate(async (named) => {
    const { madeByWay = [] } = window as unknown as Hooks;
    let sum = 0;
    for (const connection of madeByWay)
      for (const one of (
        (await connection.getStats()) as unknown as ReadonlyMap<string, Record<string, unknown>>
      ).values())
        if (one["type"] === "inbound-rtp" && one["kind"] === "audio") sum += Number(one[named] ?? 0);
    return sum;
  }, figure);

/** Energy of the voice that this page plays of the other, by what the browser decoded since the call began. */
export const soundOf = (page: Page) => voiceSum(page, "totalAudioEnergy");

/** Packets of voice that came; some fifty a second. */
export const packetsOf = (page: Page) => voiceSum(page, "packetsReceived");
