/** What the operator is told of calls (docs/spec/calls.md CA15): figures in all, never of one call. */
import type { RelayCounts } from "./relay.ts";
import type { MediaDesk, RelayDesk, Rooms } from "./rooms.ts";

export type CallCounts = ReturnType<Rooms["counts"]> & {
  readonly relayLegs: number;
  readonly relayPassed: number;
  readonly relayBytes: number;
  readonly relayDropped: number;
  readonly relayRefused: number;
  /** Seats that send or take media of group calls, what was forwarded, and how often its process ended (CA80). */
  readonly mediaSeats: number;
  readonly mediaIn: number;
  readonly mediaOut: number;
  readonly mediaBytes: number;
  readonly mediaEnded: number;
};

const noRelay: RelayCounts = { legs: 0, passed: 0, bytes: 0, dropped: 0, refused: 0 };

const noMedia = { peers: 0, packetsIn: 0, packetsOut: 0, bytesOut: 0, deaths: 0 };

export function callCounts(
  rooms: Rooms | undefined,
  relay: RelayDesk | undefined,
  media: MediaDesk | undefined,
): CallCounts {
  const forwarded = media?.counts?.() ?? noMedia;
  const { legs, passed, bytes, dropped, refused } = relay?.counts?.() ?? noRelay;
  return {
    ...(rooms?.counts() ?? { rooms: 0, roomSeats: 0, roomsOpened: 0, says: 0 }),
    relayLegs: legs,
    relayPassed: passed,
    relayBytes: bytes,
    relayDropped: dropped,
    relayRefused: refused,
    mediaSeats: forwarded.peers,
    mediaIn: forwarded.packetsIn,
    mediaOut: forwarded.packetsOut,
    mediaBytes: forwarded.bytesOut,
    mediaEnded: forwarded.deaths,
  };
}
