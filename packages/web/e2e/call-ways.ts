/** A network that lets one way to the relay pass and nothing else, as far as the page's connections can tell. */
import type { Page } from "@playwright/test";

type Way = "udp" | "tcp" | "tls";

/** From now on; `undefined` lets everything pass again. */
export const letsPass = (page: Page, way: Way | undefined) =>
  page.evaluate((only) => {
    const hooks = window as unknown as { OwnConnection?: typeof RTCPeerConnection; madeByWay?: RTCPeerConnection[] };
    hooks.OwnConnection ??= RTCPeerConnection;
    hooks.madeByWay = [];
    const made = hooks.madeByWay;
    const Own = hooks.OwnConnection;
    if (only === undefined) {
      window.RTCPeerConnection = Own;
      return;
    }
    const passes = (url: string) =>
      only === "tls" ? url.startsWith("turns:") : url.startsWith("turn:") && url.endsWith(`=${only}`);
    const narrowed = (configuration: RTCConfiguration = {}): RTCConfiguration => ({
      ...configuration,
      iceTransportPolicy: "relay",
      iceServers: (configuration.iceServers ?? []).map((one) => ({ ...one, urls: [one.urls].flat().filter(passes) })),
    });
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

/** By which protocol voice goes to the relay just now: that of the pair of candidates in use. */
export const protocolOf = (page: Page) =>
  page.evaluate(async () => {
    const { madeByWay = [] } = window as unknown as { madeByWay?: RTCPeerConnection[] };
    const way = madeByWay.findLast((one) => one.signalingState !== "closed");
    const stats = [...((await way?.getStats()) ?? new Map<string, Record<string, unknown>>()).values()] as Record<
      string,
      unknown
    >[];
    const used = stats.find((one) => one["type"] === "transport")?.["selectedCandidatePairId"];
    const pair = stats.find((one) => one["id"] === used);
    return stats.find((one) => one["id"] === pair?.["localCandidateId"])?.["relayProtocol"];
  });
