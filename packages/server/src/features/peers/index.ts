/** Peers: this server speaks with others (docs/spec/peers.md). Off where nobody provides a way to them. */
import { serverCardPath } from "@yanshu/wire";
import type { Outcome } from "../../core/outcome.ts";
import { serverFeature, services } from "../../feature.ts";
import { peerActs } from "./acts.ts";
import { linePath, ownCard } from "./card.ts";
import { Peers } from "./peers.ts";
import { peersPort, type Wire } from "./port.ts";
import { migrations, ofNobody, peerTables } from "./tables.ts";

const noCounts = { peerLines: 0, peerLinesOpened: 0, peersRefused: 0 };

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
    newPeersPerHour: { all: 20, prefix: 3 },
  },
  options: {
    "peers-at-once": { of: ["peerLinesMax"], help: "other servers with which this one speaks at once" },
    "new-peers": { of: ["newPeersPerHour", "all"], help: "servers an hour that it meets for the first time" },
  },
  metrics: {
    peerLines: { name: "peer_lines", kind: "gauge", help: "Other servers with which this one speaks." },
    peerLinesOpened: { name: "peer_lines_opened_total", kind: "counter", help: "Lines with other servers." },
    peersRefused: { name: "peers_refused_total", kind: "counter", help: "Servers that were not let in." },
  },
  acts: (tables, ports) => peerActs(tables, ports),
  serve: ({ tables, config, clock, random, primitives, faults, inCommit, ask }) => {
    const port = ask(peersPort);
    const committed = <T>(run: () => Outcome<T>): Promise<Outcome<T>> =>
      new Promise((resolve) => inCommit(run, resolve));
    const arrivals = ask(services.arrivals);
    if (port === undefined || arrivals === undefined)
      return { calls: {}, counts: () => noCounts, acts: peerActs(tables, { committed }) };
    const name = config.domain;
    const { incarnation } = arrivals;
    const { contact } = port;
    const card = ownCard(port.keys, { name, incarnation, ...(contact === undefined ? {} : { contact }) });
    const all = new Peers({
      tables,
      port,
      name,
      incarnation,
      clock,
      random,
      primitives,
      faults,
      committed,
      limits: { linesMax: config.peerLinesMax, newPeersPerHour: config.newPeersPerHour },
    });
    return {
      calls: {},
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
      socket: {
        path: linePath,
        connect: (sink, prefix) => {
          const wire: Wire = {
            send: (message) => sink.send(message),
            close: () => sink.close(1_000, "over"),
            known: () => sink.known?.() ?? true,
          };
          return all.connect(wire, prefix);
        },
      },
      acts: peerActs(tables, { committed }, all),
      drain: () => all.stop(),
      stop: () => all.stop(),
      counts: () => ({ peerLines: all.lineCount, peerLinesOpened: all.opened, peersRefused: all.refused }),
    };
  },
});
