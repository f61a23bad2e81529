/**
 * Ways: tests each network path that voice can take from here (docs/spec/calls.md CA126), by connecting two peers in
 * this page over it. Nobody is called.
 */
import type { RelayAccess } from "@yanshu/client";

export type Way = "direct" | "udp" | "tcp" | "tls";
export type Outcome = "trying" | "works" | "blocked" | "absent";
export type Ways = Readonly<Record<Way, Outcome>>;

const tryMsMax = 6_000;

/** The TURN URL of the relay for a transport; undefined if home does not offer it. */
export function relayUrl(way: Exclude<Way, "direct">, { host = location.hostname, port, tcp, tls }: RelayAccess) {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  if (way === "udp") return `turn:${name}:${port}?transport=udp`;
  if (way === "tcp") return tcp === undefined ? undefined : `turn:${name}:${tcp}?transport=tcp`;
  return tls === undefined ? undefined : `turns:${name}:${tls}?transport=tcp`;
}

/**
 * The relay as `iceServers` of a connection, with those of the transports `ways` that home offers; empty without any.
 */
export function serversOf(
  relay: RelayAccess,
  ways: readonly Exclude<Way, "direct">[] = ["udp", "tcp", "tls"],
): RTCIceServer[] {
  const urls = ways.flatMap((way) => relayUrl(way, relay) ?? []);
  return urls.length === 0 ? [] : [{ urls, username: relay.username, credential: relay.credential }];
}

/** Tests all paths in parallel. @param told called with each result as it arrives. */
export async function tryWays(
  relay: RelayAccess | undefined,
  told: (way: Way, outcome: Outcome) => void,
): Promise<void> {
  const ways: readonly Way[] = ["direct", "udp", "tcp", "tls"];
  await Promise.all(
    ways.map(async (way) => {
      if (way === "direct") return told(way, (await reaches({ iceServers: [] })) ? "works" : "blocked");
      const servers = relay === undefined ? [] : serversOf(relay, [way]);
      if (servers.length === 0) return told(way, "absent");
      told(way, (await reaches({ iceServers: servers, iceTransportPolicy: "relay" })) ? "works" : "blocked");
    }),
  );
}

/** Whether a message gets from one peer to the other. */
async function reaches(configuration: RTCConfiguration): Promise<boolean> {
  const [one, other] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  try {
    const channel = one.createDataChannel("way");
    const came = new Promise<boolean>((resolve) => {
      channel.addEventListener("open", () => channel.send("1"));
      other.addEventListener("datachannel", (event) => event.channel.addEventListener("message", () => resolve(true)));
      setTimeout(() => resolve(false), tryMsMax);
    });
    join(one, other);
    join(other, one);
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription as RTCSessionDescription);
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription as RTCSessionDescription);
    return await came;
  } catch {
    return false;
  } finally {
    one.close();
    other.close();
  }
}

function join(from: RTCPeerConnection, to: RTCPeerConnection): void {
  const early: RTCIceCandidate[] = [];
  const add = (candidate: RTCIceCandidate) => void to.addIceCandidate(candidate).catch(() => undefined);
  from.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate === null) return;
    if (to.remoteDescription === null) early.push(candidate);
    else add(candidate);
  });
  to.addEventListener("signalingstatechange", () => {
    if (to.remoteDescription !== null) for (const candidate of early.splice(0)) add(candidate);
  });
}

/** The text id of a one-sentence summary. */
export function sumOf(
  ways: Ways,
): "call.sum.trying" | "call.sum.all" | "call.sum.slow" | "call.sum.direct" | "call.sum.none" {
  const [udp, stream] = [ways.udp, [ways.tcp, ways.tls]];
  if (udp === "works") return "call.sum.all";
  if (udp === "trying" || stream.includes("trying") || ways.direct === "trying") return "call.sum.trying";
  if (stream.includes("works")) return "call.sum.slow";
  if (ways.direct === "works" && udp === "absent") return "call.sum.direct";
  return "call.sum.none";
}
