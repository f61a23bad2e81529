/**
 * The thread of the front (docs/spec/calls.md CA180–CA185): one TCP port for the website and for TURN over TLS. It
 * reads the greeting of a connection (TLS's ClientHello, RFC 8446 §4.1.2), and hands the connection to one or the other
 * by the protocol that the greeting offers (ALPN, RFC 7301). It does not terminate TLS, so that a flood of greetings
 * costs it little, and hands on at most `limits.perSecond` connections a second each way. What fails ends its
 * connection alone.
 */
import { connect, createServer, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { FrontNews, FrontOrder, FrontTask, FrontWay } from "./bun-front.ts";
import { Crowd } from "./crowd.ts";
import { GreetingReader } from "./greeting.ts";
import { PeerTable } from "./peer-table.ts";
import { prefixOf } from "./prefix.ts";
import { Turns } from "./turns.ts";

const { host, port, peers, limits } = workerData as FrontTask;
const nothing = Buffer.alloc(0);
const handOnEveryMs = 20;
const reportEveryMs = 1_000;

function tell(news: FrontNews): void {
  parentPort?.postMessage(news);
}

/**
 * Reports a fault: where, in fixed words of ours, and the error's class; never its message, which may hold an address.
 */
function failed(where: string, error: unknown): void {
  tell({ kind: "fault", place: where, name: error instanceof Error ? error.name : typeof error });
}

type Waiting = {
  readonly socket: Socket;
  readonly address: string;
  /** The bytes that were read, to be forwarded as they are. It grows; the first `headBytes` are used. */
  head: Buffer;
  headBytes: number;
  timer: ReturnType<typeof setTimeout>;
};

const tables: Readonly<Record<FrontWay, PeerTable>> = {
  site: new PeerTable(peers.site),
  turn: new PeerTable(peers.turn),
};
/** Ports on loopback of those who stand behind. */
const targets: Record<FrontWay, number | undefined> = { site: undefined, turn: undefined };
/** Open connections, limited by network and in all. */
const open = new Crowd<Socket>(limits.open);
/** Connections whose greeting is not whole yet, by the network that they come from, the oldest first. */
const ungreeted = new Map<Socket, string>();
const ungreetedOf = new Map<string, number>();
const queues: Readonly<Record<FrontWay, Turns<Waiting>>> = {
  site: new Turns(limits.perSecond, limits.ungreeted, performance.now()),
  turn: new Turns(limits.perSecond, limits.ungreeted, performance.now()),
};
/** Connections to those behind, by their local port. A port is used again, so the last one counts. */
const made: Readonly<Record<FrontWay, Map<number, Socket>>> = { site: new Map(), turn: new Map() };

let [connections, handedOn, refused] = [0, 0, 0];

/** Whom the front lets no further. */
function refuse(socket: Socket): void {
  refused++;
  socket.destroy();
}

function leaveUngreeted(socket: Socket): void {
  const prefix = ungreeted.get(socket);
  if (prefix === undefined) return;
  ungreeted.delete(socket);
  const left = (ungreetedOf.get(prefix) ?? 1) - 1;
  if (left === 0) ungreetedOf.delete(prefix);
  else ungreetedOf.set(prefix, left);
}

function met(socket: Socket): void {
  const address = socket.remoteAddress ?? "";
  // No proxy is believed here: all who connect from this machine share one prefix.
  const prefix = prefixOf(address, null) ?? "here";
  socket.on("error", () => socket.destroy());
  // not a check: it is gone already, and would never leave.
  if (address === "") {
    refuse(socket);
    return;
  }
  // @checks CA183
  const mayGreet = (ungreetedOf.get(prefix) ?? 0) < limits.ungreeted.prefix;
  const came = mayGreet ? open.enter(prefix, socket) : undefined;
  if (came === undefined) {
    refuse(socket);
    return;
  }
  if (came.displaced !== undefined) refuse(came.displaced);
  connections++;
  // The connection that has waited longest is closed: a real client greets at once.
  const [oldest] = ungreeted.size >= limits.ungreeted.all ? ungreeted.keys() : [];
  if (oldest !== undefined) {
    leaveUngreeted(oldest); // `close` fires later; until then the next connection would close the same one again.
    refuse(oldest);
  }
  ungreeted.set(socket, prefix);
  ungreetedOf.set(prefix, (ungreetedOf.get(prefix) ?? 0) + 1);
  const waiting: Waiting = {
    socket,
    address,
    head: nothing,
    headBytes: 0,
    timer: setTimeout(() => refuse(socket), limits.greetMs),
  };
  socket.on("close", () => {
    clearTimeout(waiting.timer);
    leaveUngreeted(socket);
    open.leave(prefix, socket);
    connections--;
  });
  const reader = new GreetingReader();
  const read = (chunk: Buffer) => {
    try {
      keep(waiting, chunk);
      const greeting = reader.read(chunk);
      if (greeting === "more") return;
      // @checks CA181
      if (greeting === "none" || targets[greeting] === undefined) {
        refuse(socket);
        return;
      }
      socket.pause();
      socket.off("data", read);
      leaveUngreeted(socket);
      const displaced = queues[greeting].add(prefix, waiting);
      if (displaced !== undefined) refuse(displaced.socket);
      take();
    } catch (error) {
      failed("a greeting", error);
      socket.destroy();
    }
  };
  socket.on("data", read);
}

/** Room doubles, so that a greeting in many small packets is copied a few times in all. */
function keep(waiting: Waiting, chunk: Buffer): void {
  const bytes = waiting.headBytes + chunk.length;
  if (bytes > waiting.head.length) {
    const grown = Buffer.alloc(Math.max(bytes, 2 * waiting.head.length));
    waiting.head.copy(grown, 0, 0, waiting.headBytes);
    waiting.head = grown;
  }
  chunk.copy(waiting.head, waiting.headBytes);
  waiting.headBytes = bytes;
}

/** Hands on those whose turn it is. */
function take(): void {
  for (const way of ["site", "turn"] as const)
    for (const waiting of queues[way].take(performance.now()))
      try {
        handOn(way, waiting);
      } catch (error) {
        failed("handing on", error);
        waiting.socket.destroy();
      }
}

function handOn(way: FrontWay, waiting: Waiting): void {
  const { socket, address } = waiting;
  const to = targets[way];
  if (socket.destroyed || to === undefined) {
    socket.destroy();
    return;
  }
  // After the server's flight the client sends again (RFC 8446 §2). One that does not is closed.
  clearTimeout(waiting.timer);
  waiting.timer = setTimeout(() => refuse(socket), limits.greetMs);
  socket.once("data", () => clearTimeout(waiting.timer));
  socket.pause(); // Listening for data let it flow again; it waits until the other side is connected.
  const other = connect({ host: PeerTable.from, port: to, localAddress: PeerTable.from });
  other.on("error", () => other.destroy());
  other.on("connect", () => {
    const own = other.localPort;
    if (own === undefined || socket.destroyed) {
      other.destroy();
      return;
    }
    // Before the first byte is forwarded: the listener finds the client's address when it reads that.
    tables[way].put(own, address);
    made[way].set(own, other);
    other.on("close", () => {
      if (made[way].get(own) !== other) return; // The port was used again, by another connection.
      made[way].delete(own);
      tables[way].remove(own);
    });
    other.setNoDelay(true);
    socket.setNoDelay(true);
    handedOn++;
    other.write(waiting.head.subarray(0, waiting.headBytes));
    waiting.head = nothing; // It is sent, and the connection may stay open for days.
    socket.pipe(other);
    other.pipe(socket);
  });
  other.on("close", () => socket.destroy());
  socket.on("close", () => other.destroy());
}

const server = createServer(met);
server.on("error", (error) => {
  const { code } = error as { code?: unknown };
  tell({ kind: "closed", code: typeof code === "string" ? code : "unknown" });
});
server.listen(port, host, () => {
  const at = server.address();
  tell({ kind: "open", port: typeof at === "object" && at !== null ? at.port : 0 });
});
parentPort?.on("message", (order: FrontOrder) => {
  if (order.kind === "target") targets[order.way] = order.port;
  else server.close();
});
setInterval(take, handOnEveryMs);
setInterval(() => tell({ kind: "counts", counts: { connections, handedOn, refused } }), reportEveryMs);
process.on("uncaughtException", (error) => failed("the front", error));
process.on("unhandledRejection", (error) => failed("the front", error));
