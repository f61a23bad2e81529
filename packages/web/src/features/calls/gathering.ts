/**
 * Gathering: a description is told once its candidates are there (docs/spec/calls.md CA127, CA232). No candidates are
 * told later.
 */

/** The part of an RTCPeerConnection that gathering uses. */
export type Gatherer = Pick<RTCPeerConnection, "iceGatheringState" | "localDescription" | "addEventListener">;

const gatherMsMax = 1_500;
/** Wait after the relay's candidate: by then other candidates have come, or would take long. */
const afterRelayMs = 150;
/** The same after one by UDP, which is the best of the relay's (CA269). */
const afterUdpMs = 50;

type Wait = (work: () => void, ms: number) => unknown;

/**
 * Sets a local description, and resolves once its candidates are gathered, shortly after the relay's one, or after
 * `gatherMsMax`. A description of the same ICE generation needs no new ones.
 *
 * @param set sets it. @throws what `set` throws.
 */
export async function gathered(connection: Gatherer, set: () => Promise<void>, wait: Wait = setTimeout): Promise<void> {
  const before = ufragOf(connection);
  // Of a new generation the state goes on to say "complete", of the one before, until its own gathering begins: in
  // Chromium that is after the description was set.
  let hasBegun = connection.iceGatheringState !== "complete";
  const ending = new AbortController();
  const { signal } = ending;
  const { promise: done, resolve } = Promise.withResolvers<void>();
  connection.addEventListener(
    "icecandidate",
    ({ candidate }) => {
      if (candidate?.type !== "relay" || !isCurrent(candidate, connection)) return;
      wait(resolve, isByUdp(candidate) ? afterUdpMs : afterRelayMs);
    },
    { signal },
  );
  connection.addEventListener(
    "icegatheringstatechange",
    () => {
      if (connection.iceGatheringState === "gathering") hasBegun = true;
      else if (connection.iceGatheringState === "complete" && hasBegun) resolve();
    },
    { signal },
  );
  try {
    await set();
    if (ufragOf(connection) === before && connection.iceGatheringState === "complete") return;
    wait(resolve, gatherMsMax);
    await done;
  } finally {
    ending.abort();
  }
}

/** Names the ICE generation (RFC 8839 §5.4). With BUNDLE all media have the same. */
function ufragOf({ localDescription }: Gatherer): string | undefined {
  return /^a=ice-ufrag:(\S+)/m.exec(localDescription?.sdp ?? "")?.[1];
}

/** In the standard, but not yet in TypeScript's types; nor in every browser. */
function isByUdp(candidate: RTCIceCandidate): boolean {
  return (candidate as { readonly relayProtocol?: string | null }).relayProtocol === "udp";
}

function isCurrent({ usernameFragment }: RTCIceCandidate, connection: Gatherer): boolean {
  return usernameFragment === null || usernameFragment === undefined || usernameFragment === ufragOf(connection);
}
