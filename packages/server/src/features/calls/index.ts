/**
 * Calls (docs/spec/calls.md CA1–CA16, CA80): rooms in which the devices of a call meet, on a socket of their own, and a
 * relay for what does not go directly. Nothing of a call is kept on disk, and no account is known there.
 */
import { provide, serverFeature, services } from "../../feature.ts";
import { callsPort, noFrontCounts, noRelayCounts, noSfuCounts } from "./port.ts";
import { Rooms } from "./rooms.ts";

const noRooms: ReturnType<Rooms["counts"]> = {
  rooms: 0,
  roomSeats: 0,
  roomsOpened: 0,
  says: 0,
  watching: 0,
  liveBytes: 0,
};

export const calls = serverFeature({
  name: "calls",
  migrations: { sqlite: [], postgres: [] },
  owned: [],
  tables: () => ({}),
  limits: {},
  /** Figures in all, never of one call (CA15). */
  metrics: {
    rooms: { name: "call_rooms", kind: "gauge", help: "Rooms in which devices of a call meet." },
    roomSeats: { name: "call_seats", kind: "gauge", help: "Devices in them." },
    roomsOpened: { name: "call_rooms_total", kind: "counter", help: "Rooms that were opened." },
    says: { name: "call_says_total", kind: "counter", help: "What was said in rooms." },
    watching: { name: "live_watching", kind: "gauge", help: "Devices that watch a Live." },
    liveBytes: { name: "live_bytes_total", kind: "counter", help: "What Lives handed on, in bytes." },
    relayLegs: { name: "relay_legs", kind: "gauge", help: "Ways of devices to the relay." },
    relayPassed: { name: "relay_packets_total", kind: "counter", help: "Packets that the relay handed on." },
    relayBytes: { name: "relay_bytes_total", kind: "counter", help: "Their bytes." },
    relayDropped: { name: "relay_dropped_total", kind: "counter", help: "Packets that the relay handed on to nobody." },
    relayRefused: { name: "relay_refused_total", kind: "counter", help: "What was asked of the relay and refused." },
    frontConnections: { name: "front_connections", kind: "gauge", help: "Connections at the front." },
    frontHandedOn: {
      name: "front_handed_on_total",
      kind: "counter",
      help: "Connections that the front handed to the website or to calls.",
    },
    frontRefused: {
      name: "front_refused_total",
      kind: "counter",
      help: "Connections that the front closed: no greeting of TLS, too slow, too many.",
    },
    mediaSeats: { name: "media_seats", kind: "gauge", help: "Seats of group calls whose media is forwarded." },
    mediaIn: { name: "media_packets_in_total", kind: "counter", help: "Packets of media that came from seats." },
    mediaOut: { name: "media_packets_out_total", kind: "counter", help: "Packets of media that were forwarded." },
    mediaBytes: { name: "media_bytes_total", kind: "counter", help: "Their bytes." },
    mediaEnded: { name: "media_ended_total", kind: "counter", help: "How often the process of media ended by itself." },
  },
  serve: ({ ask, clock, random, faults }) => {
    const port = ask(callsPort);
    const uploadTokens = ask(services.uploadTokens);
    const rooms =
      port &&
      new Rooms({
        clock,
        random,
        faults,
        relay: port.relay,
        media: port.media,
        ...(port.seatsMax !== undefined && { seatsMax: port.seatsMax }),
        ...(port.liveBytesPerSecond !== undefined && { liveBytesPerSecond: port.liveBytesPerSecond }),
        spend: uploadTokens && ((token, prefix) => uploadTokens.spend([token], prefix)),
      });
    return {
      calls: {},
      ...(rooms && {
        hello: { calls: true, ...(port.media && { groupCalls: true }) },
        provides: [provide(services.rooms, (sink, prefix) => rooms.connect(sink, prefix, false))],
        sockets: [{ path: "/calls/ws", connect: (sink, prefix) => rooms.connect(sink, prefix) }],
        drain: () => rooms.drain(),
        stop: () => rooms.stop(),
        stopped: async () => {
          await port.media?.stop?.();
          await port.relay.stop?.();
        },
      }),
      counts: () => {
        const { legs, passed, bytes, dropped, refused } = port?.relay.counts?.() ?? noRelayCounts;
        const front = port?.front?.counts() ?? noFrontCounts;
        const media = port?.media?.counts?.() ?? { ...noSfuCounts, deaths: 0 };
        return {
          ...(rooms?.counts() ?? noRooms),
          relayLegs: legs,
          relayPassed: passed,
          relayBytes: bytes,
          relayDropped: dropped,
          relayRefused: refused,
          frontConnections: front.connections,
          frontHandedOn: front.handedOn,
          frontRefused: front.refused,
          mediaSeats: media.peers,
          mediaIn: media.packetsIn,
          mediaOut: media.packetsOut,
          mediaBytes: media.bytesOut,
          mediaEnded: media.deaths,
        };
      },
    };
  },
});
