/**
 * Gateway on Bun: one port for the web app and the WebSocket (docs/spec/delivery.md DS33).
 *
 * A socket that does not read is closed when its buffer is full, rather than losing frames silently;
 * its device catches up from its queue.
 */

import { blobLimits, limits } from "@yanshu/wire";
import type { Server as BunServer, ServerWebSocket } from "bun";
import type { BlobStore } from "../blobs/store.ts";
import { defaultConfig, type ServerConfig } from "../core/config.ts";
import { OneByOne } from "../core/fair.ts";
import { Faults } from "../core/faults.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import { type Clock, closeCodes, type PushPort, type Sink, type Wake } from "../core/ports.ts";
import { release } from "../core/release.ts";
import type { Disk } from "../core/room.ts";
import { createServer, type Server, type ServerConnection } from "../core/server.ts";
import type { FeatureHttp, FeatureSocket, Provided } from "../feature.ts";
import type { Log } from "../log/feature-tables.ts";
import { LogAwayError } from "../log/log.ts";
import type { Counts } from "../operator/counts.ts";
import { watchLoop } from "../operator/loop-delay.ts";
import { metricsText, type ProcessCounts, processCounts } from "../operator/metrics.ts";
import { type Assets, loadAssets } from "./assets.ts";
import { Body, SlowBodyError } from "./bun-body.ts";
import { keepHeapSmall } from "./bun-collector.ts";
import { Download } from "./bun-download.ts";
import { Listeners } from "./bun-listeners.ts";
import type { TlsFiles, TlsPair } from "./bun-tls.ts";
import { ConnectionLimits } from "./connection-limits.ts";
import { securedHeaders, securityHeaders } from "./headers.ts";
import { type Coming, Incoming } from "./incoming.ts";
import { type IsProxy, prefixOf } from "./prefix.ts";
import { Inbox, Slices } from "./slices.ts";
import { Unsent } from "./unsent.ts";

export type ServeOptions = {
  readonly log: Log;
  /** Absent: no files are stored. */
  readonly blobs?: BlobStore | undefined;
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** Absent: plain HTTP, behind a proxy that has the certificate. */
  readonly tls?: TlsFiles | undefined;
  /** Is told what an operator should hear of. */
  readonly tell?: (said: string) => void;
  /** Other processes may listen on the same port: the kernel gives each new connection to one of them (docs/spec/delivery.md DS98). */
  readonly sharePort?: boolean;
  /** Who is believed when it says for whom it asks, besides this machine. */
  readonly isProxy?: IsProxy | undefined;
  readonly config?: Partial<ServerConfig>;
  /** How devices without a connection are woken; absent: they are not. */
  readonly push?: PushPort | undefined;
  /** What features ask for that is outside of the server, as a relay of calls; it ends with the server. */
  readonly provides?: readonly Provided[] | undefined;
  /** How other servers over the same log are told at once. */
  readonly wake?: Wake | undefined;
  /** Where exceptions are counted; its own, if absent. */
  readonly faults?: Faults;
  /** Absent: nothing is known of how full it is. */
  readonly disk?: Disk | undefined;
  /** The built web app. */
  readonly assets?: string | undefined;
  /** How long the head of a request, or a pause in its body, may take; 10 by default. */
  readonly requestSecondsMax?: number;
  /** Counts as JSON, on loopback only; absent: nowhere. */
  readonly operatorPort?: number | undefined;
};

export type Serving = {
  readonly port: number;
  readonly operatorPort: number | undefined;
  /** Takes the certificate anew where its files have changed; it looks by itself each minute. */
  readonly look: () => void;
  readonly certificateEndsMs: () => number | undefined;
  readonly server: Server;
  /** All that the operator is told in figures. */
  readonly counts: () => Counts & ProcessCounts;
  readonly assets: Assets;
  /** Answers what waits, closes every socket, and frees the port. The log stays open. */
  readonly stop: () => Promise<void>;
  /** As `stop`, so that nobody notices more than coming to another server: sockets are closed over `overMs` (docs/spec/delivery.md DS82). */
  readonly drain: (overMs: number) => Promise<void>;
};

type SocketData = {
  connection: ServerConnection | undefined;
  sink: SocketSink | undefined;
  inbox: Inbox | undefined;
  readonly prefix: string | undefined;
  /** It is a feature's own, as that of rooms; absent: it is for messages. */
  readonly beside: FeatureSocket | undefined;
};
type Socket = ServerWebSocket<SocketData>;

/** More than the largest frame and one step of a backlog together. */
const backpressureBytes = 4 << 20;
const idleSeconds = 120;
/** Between the beginnings of two answers of at most four mebibytes. */
const readPauseMs = 4;
/** How long files that are under way have when a server goes. */
const bodiesMsMax = 10_000;
/** Anybody may ask whether we are ready; the database is asked no more often than this. */
const readyMsMin = 2_000;
/** Of a request: its head must be there by then, and no pause of its body may be longer. */
const requestSecondsMax = 10;

/**
 * A domain that ends in `:0` gets the port that was found.
 *
 * @throws an error with code EADDRINUSE when the port is taken.
 */
export function serve(options: ServeOptions): Serving {
  const assets = loadAssets(options.assets, options.tls === undefined ? securityHeaders : securedHeaders);
  const faults = options.faults ?? new Faults();
  const turn = new Turn(faults);
  const doors = doorsOf(options, faults);
  const house: House = { server: () => server, turn, assets, doors, faults };
  const listener = new Listeners<SocketData>(
    options.port,
    options.tls,
    (port, pair) => listen({ ...options, port }, house, pair),
    options.tell ?? (() => undefined),
  );
  const server = started(listener, turn, { ...options, faults });
  const loop = watchLoop();
  const leaveHeap = keepHeapSmall(faults);
  const counts = () => ({
    ...server.counts(),
    ...processCounts(),
    ...loop.read(),
    slowReaders: doors.unsent.dropped + doors.memberUnsent.dropped + doors.seatUnsent.dropped,
  });
  const operator =
    options.operatorPort === undefined ? undefined : listenOperator(options.operatorPort, counts, faults);
  const stop = async () => {
    server.flush();
    turn.end();
    server.stop();
    loop.stop();
    leaveHeap();
    await listener.stop();
    await server.stopped();
    await operator?.stop(true);
  };
  return {
    port: listener.port,
    look: () => listener.look(),
    certificateEndsMs: () => listener.certificateEndsMs,
    operatorPort: operator?.port,
    server,
    counts,
    assets,
    stop,
    drain: async (overMs) => {
      doors.isGoing = true;
      // A client that comes now is another's; on a port of our own they are told that we are going.
      if (options.sharePort === true) listener.closeDoor();
      await server.drain(overMs);
      for (const endMs = Date.now() + bodiesMsMax; !doors.bodies.isEmpty && Date.now() < endMs; ) await Bun.sleep(20);
      await Bun.sleep(50); // What was answered last is still leaving.
      await stop();
    },
  };
}

/** Made once the port is ours, and before the first request can be read. */
function started(
  listener: Listeners<SocketData>,
  turn: Turn,
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
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      faults,
      disk,
      fanout: {
        publish: (topic, bytes) => {
          turn.end(); // What was sent to one of them before has the lower id (DS18).
          listener.publish(topic, bytes);
        },
      },
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

/**
 * One turn of the event loop. What it sends to one socket leaves in one write at its end: a write costs more than all
 * else that a frame does, and a commit answers and pushes many frames at once.
 */
class Turn {
  private sinks: SocketSink[] = [];
  private readonly faults: Faults;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  begins(sink: SocketSink): void {
    if (this.sinks.length === 0) queueMicrotask(() => this.end());
    this.sinks.push(sink);
  }

  end(): void {
    const { sinks } = this;
    this.sinks = [];
    for (const sink of sinks) if (!this.faults.guarded("a socket", () => sink.write())) sink.fail();
  }
}

class SocketSink implements Sink {
  /** Sent in this turn; nothing is kept for a socket that is idle. */
  private frames: Uint8Array[] | undefined;
  /** Those of them that nobody else needs. */
  private own: Uint8Array[] | undefined;
  /** Of `frames`. */
  private bytes = 0;
  private isKnown = false;
  private readonly socket: Socket;
  private readonly turn: Turn;
  private readonly doors: Doors;

  constructor(socket: Socket, turn: Turn, doors: Doors) {
    this.socket = socket;
    this.turn = turn;
    this.doors = doors;
  }

  get prefix(): string | undefined {
    return this.socket.data.prefix;
  }

  get unsent(): number {
    return this.socket.readyState === WebSocket.OPEN ? this.socket.getBufferedAmount() : 0;
  }

  unread(): number {
    // A room hands on within one turn what many say; what a device asked for in one turn is no sign that it does not read.
    return this.unsent + (this.socket.data.beside === undefined ? 0 : this.bytes);
  }

  /** It holds more than there is room for: not even a farewell is added to it. */
  drop(): void {
    this.socket.terminate();
  }

  /** From here on it counts among the members' sockets, or those of rooms; where there is no room, it stays where it is. */
  known(): boolean {
    if (this.isKnown) return true;
    if (!this.knownHere.enter(this.prefix)) return false;
    this.doors.strangers.leave(this.prefix);
    this.unsentHere.forget(this);
    this.isKnown = true;
    return true;
  }

  private get knownHere(): ConnectionLimits {
    return this.socket.data.beside === undefined ? this.doors.members : this.doors.seats;
  }

  looked(): void {
    this.unsentHere.look(this);
  }

  private get unsentHere(): Unsent<SocketSink> {
    const { unsent, memberUnsent, seatUnsent } = this.doors;
    if (!this.isKnown) return unsent;
    return this.socket.data.beside === undefined ? memberUnsent : seatUnsent;
  }

  gone(): void {
    this.unsentHere.forget(this);
    (this.isKnown ? this.knownHere : this.doors.strangers).leave(this.prefix);
  }

  send(bytes: Uint8Array, isLast = false): void {
    this.bytes += bytes.length;
    if (isLast) {
      this.own ??= [];
      this.own.push(bytes);
    }
    if (this.frames !== undefined) {
      this.frames.push(bytes);
      return;
    }
    this.frames = [bytes];
    this.turn.begins(this);
  }

  write(): void {
    const { frames, own, socket } = this;
    this.frames = undefined;
    this.own = undefined;
    this.bytes = 0;
    if (frames === undefined) return;
    let waits = false;
    const send = () => {
      // Below zero: not all of it left at once.
      for (const frame of frames) if (socket.sendBinary(frame as Uint8Array<ArrayBuffer>) <= 0) waits = true;
    };
    if (frames.length === 1) send();
    else {
      socket.cork(send);
      waits = true; // What a corked one answers says nothing.
    }
    if (own !== undefined) for (const frame of own) release(frame); // The socket has its own copy of what waits.
    if (waits) this.looked();
  }

  /** Its buffer is lost: what it lacks its device fetches anew. */
  fail(): void {
    this.socket.terminate();
  }

  close(code: number, reason: string): void {
    this.write();
    this.socket.close(code, reason);
  }

  subscribe(topic: string): void {
    this.socket.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.socket.unsubscribe(topic);
  }
}

/** What comes in; nothing does any more once the server is going. */
type Doors = {
  /** Sockets of which nobody knows whose they are, and those on which a member is. */
  readonly strangers: ConnectionLimits;
  readonly members: ConnectionLimits;
  /** Those that sit in a room (docs/spec/calls.md CA67). */
  readonly seats: ConnectionLimits;
  readonly bodies: Incoming;
  /** Bytes of those that are taken as a whole, as a bucket takes a part. */
  readonly wholeBodies: Incoming;
  /** Answers that are not taken yet, of those that are looked at: once so many requests are under way. */
  readonly downloads: Incoming;
  readonly crowdedFrom: number;
  /** Of a body. */
  readonly pauseMs: number;
  readonly reads: OneByOne;
  readonly unsent: Unsent<SocketSink>;
  readonly memberUnsent: Unsent<SocketSink>;
  readonly seatUnsent: Unsent<SocketSink>;
  /** What came in that no turn of the loop had time for yet. */
  readonly slices: Slices;
  readonly unhandled: Unsent<Inbox>;
  readonly isProxy: IsProxy;
  isGoing: boolean;
};

function doorsOf(
  { config, isProxy = () => false, requestSecondsMax: secondsMax = requestSecondsMax }: ServeOptions,
  faults: Faults,
): Doors {
  const {
    socketsMax,
    memberSocketsMax,
    unsentBytesMax,
    memberUnsentBytesMax,
    unhandledBytesMax,
    bodiesMax,
    bodyBytesMax,
  } = {
    ...defaultConfig,
    ...config,
  };
  return {
    strangers: new ConnectionLimits(socketsMax),
    members: new ConnectionLimits(memberSocketsMax),
    seats: new ConnectionLimits(memberSocketsMax),
    bodies: new Incoming(bodiesMax),
    wholeBodies: new Incoming(bodyBytesMax),
    downloads: new Incoming(bodiesMax),
    crowdedFrom: bodiesMax.prefix,
    pauseMs: 1_000 * secondsMax,
    reads: new OneByOne(() => Bun.sleep(readPauseMs), bodiesMax.prefix),
    unsent: new Unsent(unsentBytesMax),
    memberUnsent: new Unsent(memberUnsentBytesMax),
    seatUnsent: new Unsent(unsentBytesMax),
    slices: new Slices({
      nowMs: () => performance.now(),
      soon: (work) => void setImmediate(() => faults.guarded("a turn", work)),
    }),
    unhandled: new Unsent(unhandledBytesMax),
    isProxy,
    isGoing: false,
  };
}

type House = {
  readonly server: () => Server;
  readonly turn: Turn;
  readonly assets: Assets;
  readonly doors: Doors;
  readonly faults: Faults;
};

function listen(
  options: ServeOptions,
  { server, turn, assets, doors, faults }: House,
  pair: TlsPair | undefined,
): BunServer<SocketData> {
  const ready = readiness(server, doors);
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
      if (path === "/ws") return upgrade(request, listener, doors);
      const beside = server().socketAt(path);
      if (beside !== undefined) return upgrade(request, listener, doors, beside);
      const http = server().httpAt(path);
      if (http !== undefined) return answerHttp(request, path, listener, http, doors);
      if (path === "/readyz") return ready();
      if (path === "/healthz") return new Response("ok\n", { headers: securityHeaders });
      return assets.answer({
        method: request.method,
        path,
        acceptEncoding: request.headers.get("accept-encoding") ?? "",
        ifNoneMatch: request.headers.get("if-none-match"),
      });
    },
    websocket: {
      // Memory for a message is taken once it is announced, so it may announce little.
      maxPayloadLength: limits.messageBytesMax,
      backpressureLimit: backpressureBytes,
      closeOnBackpressureLimit: true,
      idleTimeout: idleSeconds,
      sendPings: true,
      perMessageDeflate: false,
      open: (socket) => {
        socket.binaryType = "arraybuffer"; // A Buffer costs a copy once its memory is asked for.
        const sink = new SocketSink(socket, turn, doors);
        socket.data.sink = sink;
        const isMet = faults.guarded("a new socket", () => {
          const { prefix, beside = server() } = socket.data;
          socket.data.connection = beside.connect(sink, prefix);
        });
        if (!isMet) socket.close(closeCodes.faulty, "faulty");
      },
      message: (socket, message) => {
        if (typeof message === "string") socket.close(closeCodes.malformed, "malformed");
        else receive(socket, new Uint8Array(message as unknown as ArrayBuffer), doors);
      },
      drain: (socket) => {
        socket.data.sink?.looked();
      },
      close: (socket) => {
        socket.data.inbox?.end();
        socket.data.connection?.closed();
        socket.data.connection = undefined;
        if (socket.data.sink === undefined) doors.strangers.leave(socket.data.prefix);
        else socket.data.sink.gone();
      },
    },
    error: (error) => {
      faults.caught("a request", error);
      return new Response("unavailable\n", { status: 500, headers: securityHeaders });
    },
  });
}

/** At once, where this turn of the loop has time; few sockets ever have something that waits. */
function receive(socket: Socket, bytes: Uint8Array, { slices, unhandled }: Doors): void {
  const { data } = socket;
  if (slices.hasTime()) {
    data.connection?.receive(bytes);
    return;
  }
  data.inbox ??= new Inbox(data.prefix, slices, unhandled, {
    receive: (message) => data.connection?.receive(message),
    flooded: () => socket.close(closeCodes.flooding, "flooding"),
  });
  data.inbox.add(bytes);
}

/** Whether others shall be sent here: not while the database is away, nor once we are going (docs/spec/delivery.md DS81). */
function readiness(server: () => Server, doors: Doors): () => Response {
  let why: string | undefined;
  let askAtMs = 0;
  return () => {
    if (doors.isGoing) return notReady("going");
    if (performance.now() >= askAtMs) {
      why = server().unready();
      askAtMs = performance.now() + readyMsMin;
    }
    return why === undefined ? new Response("ready\n", { headers: securityHeaders }) : notReady(why);
  };
}

function notReady(why: string): Response {
  return new Response(`${why}\n`, { status: 503, headers: { ...securityHeaders, "retry-after": "5" } });
}

function upgrade(
  request: Request,
  listener: BunServer<SocketData>,
  doors: Doors,
  beside?: FeatureSocket,
): Response | undefined {
  const { strangers, isGoing, isProxy } = doors;
  if (isGoing) return notReady("going");
  const prefix = prefixOf(listener.requestIP(request)?.address, request.headers.get("x-forwarded-for"), isProxy);
  if (!strangers.enter(prefix)) return tooMany();
  if (listener.upgrade(request, { data: { connection: undefined, sink: undefined, inbox: undefined, prefix, beside } }))
    return undefined;
  strangers.leave(prefix);
  return new Response("expected a WebSocket\n", { status: 426, headers: { ...securityHeaders, upgrade: "websocket" } });
}

function tooMany(): Response {
  const headers = { ...securityHeaders, "retry-after": "30", connection: "close" };
  return new Response("rate-limited", { status: 429, headers });
}

async function answerHttp(
  request: Request,
  path: string,
  listener: BunServer<SocketData>,
  http: FeatureHttp,
  { bodies, wholeBodies, downloads, crowdedFrom, reads, slices, pauseMs, isGoing, isProxy }: Doors,
): Promise<Response> {
  if (isGoing) return notReady("going");
  const prefix = prefixOf(listener.requestIP(request)?.address, request.headers.get("x-forwarded-for"), isProxy);
  // A body takes room and time until all of it has come, so few are open at once.
  const coming = new Body(request.body, prefix, pauseMs);
  if (!bodies.enter(coming)) {
    coming.end();
    return tooMany();
  }
  // The runtime's own clock cuts what comes at less than 16 KB a second, as from many a village.
  if (request.body !== null) listener.timeout(request, 0);
  let whole: Coming | undefined;
  try {
    const answering = () =>
      http.answer({
        method: request.method,
        path,
        header: (name) => request.headers.get(name),
        body: async (bytesMax) => {
          const amount = Math.min(bytesMax, Number(request.headers.get("content-length") ?? bytesMax));
          whole = { prefix, amount, behindMs: () => coming.behindMs(), drop: () => coming.drop() };
          if (!wholeBodies.enter(whole)) throw new SlowBodyError("no room for a body");
          return coming.whole(bytesMax);
        },
        chunks: () => released(coming.chunks()),
        turn: () => slices.turn(prefix ?? ""),
        isStreamed: true,
        prefix,
      });
    // The system takes megabytes of an answer at once, whenever it is read: so they begin one after another, in turn by place.
    const answered = request.method === "GET" ? reads.run(prefix ?? "", answering) : answering();
    if (answered === undefined) return tooMany();
    const { status, headers, body, stream } = await answered;
    // What is left of a refused body is not even received.
    const closing = status >= 400 && request.body !== null ? { connection: "close" } : {};
    // The system says nothing of when what it was left with ends.
    const isLeft = stream instanceof Blob && listener.pendingRequests <= crowdedFrom;
    const download = stream && !isLeft ? new Download(stream, prefix, (one) => downloads.leave(one)) : undefined;
    if (download !== undefined && !downloads.enter(download)) {
      download.giveUp();
      return tooMany();
    }
    return new Response((download?.stream ?? stream ?? body ?? null) as BodyInit | null, {
      status,
      headers: { ...securityHeaders, ...headers, ...closing },
    });
  } catch (error) {
    if (error instanceof SlowBodyError) return tooMany();
    throw error;
  } finally {
    bodies.leave(coming);
    if (whole !== undefined) wholeBodies.leave(whole);
    coming.end();
  }
}

/** Each is gone once the next one is asked for. */
async function* released(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    release(chunk);
  }
}

/** Without what is not known, such as the room of a disk where there is none. */
function known<T extends Readonly<Record<string, number>>>(counts: T): Partial<T> {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => Number.isFinite(value))) as Partial<T>;
}

function listenOperator(port: number, countsNow: Serving["counts"], faults: Faults): BunServer<undefined> {
  return Bun.serve({
    port,
    hostname: "127.0.0.1",
    development: false,
    fetch: ({ url }) => {
      const counts = countsNow();
      if (pathOf(url) !== "/metrics") return Response.json(known(counts));
      return new Response(metricsText(counts), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      });
    },
    // The database is away: what is not known is not told.
    error: (error) => {
      if (!(error instanceof LogAwayError)) faults.caught("the operator's port", error);
      return new Response("unavailable\n", { status: 503 });
    },
  });
}

function pathOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return "/";
  }
}
