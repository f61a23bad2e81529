/** Peers: this server speaks with others (docs/spec/peers.md). Off where nobody provides a way to them. */
import { limits, serverCardPath } from "@yanshu/wire";
import { accept, refuse } from "../../core/outcome.ts";
import { type CallRules, committedBy, type FeatureSocket, provide, serverFeature, services } from "../../feature.ts";
import { peerActs } from "./acts.ts";
import { linePath, ownCard, relayPath } from "./card.ts";
import { uploadFarList } from "./far-lists.ts";
import { Peers } from "./peers.ts";
import { peersPort, type Wire } from "./port.ts";
import { migrations, ofNobody, peerTables } from "./tables.ts";
import { Tunnels, tunnelPath } from "./tunnels.ts";

const noCounts = {
  peerLines: 0,
  peerLinesOpened: 0,
  peersRefused: 0,
  peerRowsOut: 0,
  peerRowsIn: 0,
  peerRowsRefused: 0,
  peerRowsGivenUp: 0,
  peerTunnels: 0,
};

/** Of other servers nothing is known here. */
const isOff = {
  uploadFarList: { grows: false, handle: (_from, _args, answer) => answer(refuse("unavailable")) },
  peerStates: { grows: false, handle: (_from, _args, answer) => answer(refuse("unavailable")) },
} satisfies CallRules;

export const peers = serverFeature({
  name: "peers",
  migrations,
  owned: [],
  ofNobody,
  tables: (prepare) => peerTables(prepare),
  limits: {
    /** Other servers with which it speaks at once. */
    peerLinesMax: 256,
    /** Servers that nobody here knew before: in all, and looked up for one IP prefix. */
    newPeersPerHour: { all: 20, prefix: 6 },
    /** Of one server, while it is new; twenty times as many after a week. */
    peerRowsPerMinute: 600,
    /** What may have come of all that the operator did not allow, and is not on disk yet. */
    peerComingBytesAll: 64 * 1024 * 1024,
    /** What may wait for one server, the same. */
    peerBacklogBytes: 64 * 1024 * 1024,
    /** What may wait for all together; half of it for those that are new. */
    peerBacklogBytesAll: 4 * 1024 * 1024 * 1024,
    /** Of clients to other servers: of one place, with one server in both directions, and in all. */
    tunnelsOpen: { prefix: 64, peer: 256, all: 2_048 },
    tunnelsPerMinute: { prefix: 60, peer: 600 },
    /** Of one place to one server: an eighth of the calls that it takes from this one. */
    tunnelRecordsPerMinute: { prefix: 750 },
    /** The same in bytes: more than the largest frame, and fewer than half of the names of holes that it takes. */
    tunnelBytesPerMinute: { prefix: 1_536 * 1_024 },
  },
  options: {
    "peers-at-once": { of: ["peerLinesMax"], help: "other servers with which this one speaks at once" },
    "new-peers": { of: ["newPeersPerHour", "all"], help: "servers an hour that it meets for the first time" },
  },
  metrics: {
    peerRowsOut: { name: "peer_rows_out_total", kind: "counter", help: "Envelopes that other servers have taken." },
    peerRowsIn: { name: "peer_rows_in_total", kind: "counter", help: "Envelopes that came from other servers." },
    peerRowsRefused: { name: "peer_rows_refused_total", kind: "counter", help: "Envelopes that they did not take." },
    peerRowsGivenUp: {
      name: "peer_rows_given_up_total",
      kind: "counter",
      help: "Envelopes for other servers for which there was no room.",
    },
    peerLines: { name: "peer_lines", kind: "gauge", help: "Other servers with which this one speaks." },
    peerTunnels: { name: "peer_tunnels", kind: "gauge", help: "Clients that speak to other servers through this one." },
    peerLinesOpened: { name: "peer_lines_opened_total", kind: "counter", help: "Lines with other servers." },
    peersRefused: { name: "peers_refused_total", kind: "counter", help: "Servers that were not let in." },
  },
  expire: (tables, today) => tables.expire(today - limits.queueDays, today),
  acts: (tables, ports) => peerActs(tables, ports),
  serve: ({ tables, config, clock, random, primitives, faults, inCommit, ask, mayGrow, peers: log, callServer }) => {
    const port = ask(peersPort);
    const committed = committedBy(inCommit);
    const arrivals = ask(services.arrivals);
    const far = ask(services.far);
    const strangers = ask(services.strangers);
    if (port === undefined || arrivals === undefined || far === undefined || strangers === undefined)
      return { calls: isOff, counts: () => noCounts, acts: peerActs(tables, { committed }) };
    const name = config.domain;
    const { incarnation } = arrivals;
    const { contact } = port;
    const card = ownCard(port.keys, { name, incarnation, ...(contact === undefined ? {} : { contact }) });
    const tunnels: Tunnels = new Tunnels({
      name,
      card,
      keys: port.keys,
      clock,
      faults,
      strangers,
      rooms: ask(services.rooms),
      lineTo: (to, prefix) => all.lineTo(to, prefix),
      limits: {
        open: config.tunnelsOpen,
        perMinute: config.tunnelsPerMinute,
        recordsPerMinute: config.tunnelRecordsPerMinute,
        bytesPerMinute: config.tunnelBytesPerMinute,
      },
    });
    const all: Peers = new Peers({
      tables,
      port,
      name,
      incarnation,
      clock,
      random,
      primitives,
      faults,
      committed,
      limits: {
        linesMax: config.peerLinesMax,
        comingBytesAll: config.peerComingBytesAll,
        newPeersPerHour: config.newPeersPerHour,
        rowsPerMinute: config.peerRowsPerMinute,
        backlogBytes: config.peerBacklogBytes,
        backlogBytesAll: config.peerBacklogBytesAll,
      },
      far,
      mayGrow,
      tunnelled: (line, frame) => tunnels.heard(line, frame),
      lineOver: (line) => tunnels.over(line),
      carriesTunnels: (line) => tunnels.isOn(line),
      beside: log && { number: log.number, living: log.living, call: callServer },
    });
    all.start();
    return {
      calls: {
        uploadFarList: {
          grows: false,
          handle: (_from, { entries }, answer) => answer(uploadFarList({ name, primitives, far, all }, entries)),
        },
        peerStates: {
          grows: false,
          handle: (_from, { servers }, answer) => answer(accept({ states: servers.map((one) => all.stateFor(one)) })),
        },
      },
      provides: [provide(services.peerNetwork, (of) => all.networkOf(of))],
      hello: { peers: port.keys.signKey },
      carryRefusal: (...post) => all.carryRefusal(...post),
      eachMinute: () => {
        all.eachMinute();
        tunnels.eachMinute();
      },
      called: () => all.called(),
      carry: (...post) => all.carry(...post),
      carried: () => all.carried(),
      http: {
        path: serverCardPath,
        answer: async ({ method, path }) =>
          path === serverCardPath && (method === "GET" || method === "HEAD")
            ? {
                status: 200,
                headers: {
                  "content-type": "application/cbor",
                  "cache-control": "no-cache",
                  "access-control-allow-origin": "*",
                },
                body: card,
              }
            : { status: 404, headers: {} },
      },
      sockets: [
        ...(
          [
            [linePath, "stream"],
            [`${linePath}${relayPath}`, "relay"],
          ] as const
        ).map(
          ([path, role]): FeatureSocket => ({
            path,
            connect: (sink, prefix) => {
              const wire: Wire = {
                send: (message) => sink.send(message),
                close: () => sink.close(1_000, "over"),
                known: () => sink.known?.() ?? true,
              };
              return all.connect(wire, prefix, role);
            },
          }),
        ),
        { path: tunnelPath, connect: (sink, prefix) => tunnels.connect(sink, prefix) },
      ],
      acts: peerActs(tables, { committed }, all),
      drain: () => all.stop(),
      stop: () => all.stop(),
      counts: () => ({
        peerLines: all.lineCount,
        peerTunnels: tunnels.count,
        peerLinesOpened: all.opened,
        peersRefused: all.refused,
        peerRowsOut: all.rows.rowsOut,
        peerRowsIn: all.rows.rowsIn,
        peerRowsRefused: all.rows.rowsRefused,
        peerRowsGivenUp: all.rows.rowsGivenUp,
      }),
    };
  },
});
