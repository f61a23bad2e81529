/**
 * Gateway on Bun: one port for the web app and the WebSocket (docs/spec/delivery.md DS33).
 *
 * A socket that does not read is closed when its buffer is full: otherwise it would lose frames silently. Its device
 * fetches from its queue what it missed.
 */

import { blobLimits } from "@yanshu/wire";
import type { Server as BunServer } from "bun";
import type { BlobStore } from "../blobs/store.ts";
import { defaultConfig } from "../core/config.ts";
import { Faults } from "../core/faults.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import type { Clock, PushPort, Wake } from "../core/ports.ts";
import type { Disk } from "../core/room.ts";
import { createServer, type Server } from "../core/server.ts";
import type { Provided } from "../feature.ts";
import type { Log } from "../log/feature-tables.ts";
import type { Counts } from "../operator/counts.ts";
import { watchLoop } from "../operator/loop-delay.ts";
import { type ProcessCounts, processCounts } from "../operator/metrics.ts";
import { type Assets, loadAssets } from "./assets.ts";
import { type Admission, type AdmissionOptions, admissionOf, requestSecondsMax } from "./bun-admission.ts";
import { keepHeapSmall } from "./bun-collector.ts";
import type { FrontThread } from "./bun-front.ts";
import { answerHttp } from "./bun-http.ts";
import { Listeners } from "./bun-listeners.ts";
import { listenOperator } from "./bun-operator.ts";
import { type PlaceOf, placeByAddress, placeByFront } from "./bun-place.ts";
import { type SocketData, Turn } from "./bun-sink.ts";
import { type GatewayParts, socketHandlers, upgrade } from "./bun-sockets.ts";
import type { TlsFiles, TlsPair } from "./bun-tls.ts";
import { securedHeaders, securityHeaders } from "./headers.ts";
import { tooMany } from "./http-refusals.ts";
import { pathOf, searchOf } from "./path.ts";
import { PeerTable } from "./peer-table.ts";
import { readiness } from "./readiness.ts";
import { releaseSaid } from "./released.ts";

export type ServeOptions = AdmissionOptions & {
  readonly log: Log;
  /** Absent: no files are stored. */
  readonly blobs?: BlobStore | undefined;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Listens on one port for the website and for calls over TLS, and hands connections on. Needs `tls`. */
  readonly front?: FrontThread | undefined;
  /** Absent: plain HTTP, as behind a proxy that has the certificate. */
  readonly tls?: TlsFiles | undefined;
  /** Called with each line of text that an operator should read. */
  readonly tell?: (said: string) => void;
  /**
   * Other processes may listen on the same port: the kernel gives each new connection to one of them
   * (docs/spec/delivery.md DS98).
   */
  readonly sharePort?: boolean;
  /** How devices without a connection are woken; absent: they are not. */
  readonly push?: PushPort | undefined;
  /** Parts outside the server that features need, such as the relay for calls. They stop with the server. */
  readonly provides?: readonly Provided[] | undefined;
  /** Notifies the other servers that share the same log at once. */
  readonly wake?: Wake | undefined;
  /** Counts exceptions; absent: a new one. */
  readonly faults?: Faults;
  /** Absent: the server does not know how full its disk is. */
  readonly disk?: Disk | undefined;
  /** Folder of the built web app; absent: the one inside the program, if any (`loadAssets`). */
  readonly assets?: string | undefined;
  /** Port on loopback that serves the counts (DS35); absent: they are not served. */
  readonly operatorPort?: number | undefined;
};

export type Serving = {
  readonly port: number;
  readonly operatorPort: number | undefined;
  /** Reads the certificate again if its files changed. This also happens each minute by itself. */
  readonly look: () => void;
  readonly certificateEndsMs: () => number | undefined;
  readonly server: Server;
  /** Every count and gauge that the operator's port serves. */
  readonly counts: () => Counts & ProcessCounts;
  readonly assets: Assets;
  /** Answers the requests that wait, closes every socket, and frees the port. The log stays open. */
  readonly stop: () => Promise<void>;
  /**
   * Like `stop`, but spreads the closing of sockets over `overMs`, so that clients reconnect to other servers a few at
   * a time (docs/spec/delivery.md DS82).
   */
  readonly drain: (overMs: number) => Promise<void>;
};

/** How long a draining server waits for uploads that are under way. */
const bodiesMsMax = 10_000;

/**
 * Starts the server. In a domain that ends in `:0` the port that was found replaces the 0.
 *
 * @throws an error with code EADDRINUSE when the port is taken.
 */
export function serve(options: ServeOptions): Serving {
  const assets = loadAssets(options.assets, options.tls === undefined ? securityHeaders : securedHeaders);
  const faults = options.faults ?? new Faults();
  const turn = new Turn(faults);
  const admission = admissionOf(options, faults);
  const parts: GatewayParts = { server: () => server, turn, admission, faults };
  const listener = new Listeners<SocketData>(
    options.port,
    options.tls,
    (port, pair) => listen({ ...options, port }, assets, parts, pair, placeByAddress(admission.isProxy)),
    options.tell ?? (() => undefined),
  );
  const { front } = options;
  const behind = front && listenBehind(front, options, assets, parts);
  const publish = (topic: string, bytes: Uint8Array) => {
    turn.end(); // Frames queued for one subscriber leave before this one: ids rise on each socket (DS18).
    listener.publish(topic, bytes);
    behind?.publish(topic, bytes);
  };
  const server = started(listener, publish, admission, { ...options, faults });
  // Checking the release takes time, so it happens after the start.
  setTimeout(() => {
    const said = releaseSaid(assets.files);
    if (said !== undefined) options.tell?.(said);
  }, 0).unref();
  const loop = watchLoop();
  const leaveHeap = keepHeapSmall(faults);
  const counts = () => ({
    ...server.counts(),
    ...processCounts(),
    ...loop.read(),
    slowReaders: admission.unsent.dropped + admission.memberUnsent.dropped + admission.seatUnsent.dropped,
  });
  const operator =
    options.operatorPort === undefined ? undefined : listenOperator(options.operatorPort, counts, faults);
  const stop = async () => {
    server.flush();
    turn.end();
    server.stop();
    loop.stop();
    leaveHeap();
    await front?.stop();
    await Promise.all([listener.stop(), behind?.stop()]);
    await server.stopped();
    await operator?.stop(true);
  };
  return {
    port: listener.port,
    look: () => {
      listener.look();
      behind?.look();
    },
    certificateEndsMs: () => listener.certificateEndsMs,
    operatorPort: operator?.port,
    server,
    counts,
    assets,
    stop,
    drain: async (overMs) => {
      admission.isGoing = true;
      // On a shared port another process takes new clients. On an own port they get 503 ("going").
      if (options.sharePort === true) listener.stopAccepting();
      await server.drain(overMs);
      for (const endMs = Date.now() + bodiesMsMax; !admission.bodies.isEmpty && Date.now() < endMs; )
        await Bun.sleep(20);
      await Bun.sleep(50); // The last answers are still being sent.
      await stop();
    },
  };
}

/** Creates the server after the port is open (its domain may name the port) and before a request can be read. */
function started(
  listener: Listeners<SocketData>,
  publish: (topic: string, bytes: Uint8Array) => void,
  admission: Admission,
  options: ServeOptions & { readonly faults: Faults },
): Server {
  const { log, blobs, config, push, wake, faults, disk, provides } = options;
  const domain = (config?.domain ?? defaultConfig.domain).replace(/:0$/, `:${listener.port}`);
  try {
    return createServer({
      log,
      blobs,
      provides,
      clock: systemClock,
      random: (length) => crypto.getRandomValues(new Uint8Array(length)),
      primitives: nodePrimitives,
      push,
      wake,
      pause: () => admission.slices.step(),
      faults,
      disk,
      fanout: { publish },
      config: { ...config, domain },
    });
  } catch (error) {
    void listener.stop();
    throw error;
  }
}

const systemClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, work) => {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A second listener for the website, on loopback. It accepts only connections that the front made. */
function listenBehind(
  front: FrontThread,
  options: ServeOptions,
  assets: Assets,
  parts: GatewayParts,
): Listeners<SocketData> {
  const own = { ...options, host: PeerTable.from, sharePort: false };
  const placeOf = placeByFront(front.peers.site);
  const behind = new Listeners<SocketData>(
    0,
    options.tls,
    (port, pair) => listen({ ...own, port }, assets, parts, pair, placeOf),
    () => undefined, // The other listener reads the same files and reports on them.
  );
  front.setTarget("site", behind.port);
  return behind;
}

function listen(
  options: ServeOptions,
  assets: Assets,
  parts: GatewayParts,
  pair: TlsPair | undefined,
  placeOf: PlaceOf,
): BunServer<SocketData> {
  const { server, admission, faults } = parts;
  const ready = readiness(server, admission);
  return Bun.serve<SocketData>({
    port: options.port,
    hostname: options.host,
    ...(pair === undefined ? {} : { tls: { cert: pair.cert, key: pair.key } }),
    development: false,
    reusePort: options.sharePort === true,
    idleTimeout: options.requestSecondsMax ?? requestSecondsMax,
    maxRequestBodySize: blobLimits.partBytesMax + 64 * 1024,
    fetch: (request, listener) => {
      const path = pathOf(request.url);
      const place = placeOf(request, listener);
      if (place === "stranger") return new Response("forbidden\n", { status: 403, headers: securityHeaders });
      const { prefix } = place;
      const http = server().httpAt(path);
      if (http !== undefined) return answerHttp(request, path, listener, http, admission, prefix);
      const answer = () => {
        if (path === "/ws") return upgrade(request, listener, admission, prefix);
        const beside = server().socketAt(path);
        if (beside !== undefined) return upgrade(request, listener, admission, prefix, beside);
        if (path === "/readyz") return ready();
        if (path === "/healthz") return new Response("ok\n", { headers: securityHeaders });
        return assets.answer({
          method: request.method,
          path,
          search: searchOf(request.url),
          acceptEncoding: request.headers.get("accept-encoding") ?? "",
          ifNoneMatch: request.headers.get("if-none-match"),
        });
      };
      // While one waits, the runtime closes a connection that sends the next: so requests without end end (DS244).
      return admission.slices.request(prefix ?? "", answer, tooMany);
    },
    websocket: socketHandlers(parts),
    error: (error) => {
      faults.caught("a request", error);
      return new Response("unavailable\n", { status: 500, headers: securityHeaders });
    },
  });
}
