/**
 * The thread of the front (docs/spec/calls.md CA180–CA185): one port of TCP, whose connections it hands to the website
 * or to the relay by how they greet. It opens nothing of TLS, so that a flood of greetings costs it little, and it
 * hands on so many a second. What fails ends its connection alone.
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
const takeMs = 20;
const tellMs = 1_000;

function tell(news: FrontNews): void {
  parentPort?.postMessage(news);
}

/** A place of the program's own words, and the kind of an error: never what it says. */
function failed(place: string, error: unknown): void {
  tell({ kind: "fault", place, name: error instanceof Error ? error.name : typeof error });
}

type Waiting = {
  readonly socket: Socket;
  readonly address: string;
  /** What came, to be handed on as it came; `headBytes` of it are filled. */
  head: Buffer;
  headBytes: number;
  timer: ReturnType<typeof setTimeout>;
};

const tables: Readonly<Record<FrontWay, PeerTable>> = {
  site: new PeerTable(peers.site),
  turn: new PeerTable(peers.turn),
};
const leads: Record<FrontWay, number | undefined> = { site: undefined, turn: undefined };
const open = new Crowd<Socket>(limits.open);
/** Who has not greeted yet, the oldest first. */
const ungreeted = new Map<Socket, string>();
const ungreetedOf = new Map<string, number>();
const turns: Readonly<Record<FrontWay, Turns<Waiting>>> = {
  site: new Turns(limits.perSecond, limits.ungreeted, performance.now()),
  turn: new Turns(limits.perSecond, limits.ungreeted, performance.now()),
};
/** By the local port of what was made last. */
const made: Readonly<Record<FrontWay, Map<number, Socket>>> = { site: new Map(), turn: new Map() };

let [connections, handedOn, refused] = [0, 0, 0];

/** Whom the front lets no further. */
function refuse(socket: Socket): void {
  refused++;
  socket.destroy();
}

function forget(socket: Socket): void {
  const place = ungreeted.get(socket);
  if (place === undefined) return;
  ungreeted.delete(socket);
  const left = (ungreetedOf.get(place) ?? 1) - 1;
  if (left === 0) ungreetedOf.delete(place);
  else ungreetedOf.set(place, left);
}

function met(socket: Socket): void {
  const address = socket.remoteAddress ?? "";
  // Nobody speaks for others here: from this machine one stands for oneself.
  const place = prefixOf(address, null) ?? "here";
  socket.on("error", () => socket.destroy());
  const mayGreet = address !== "" && (ungreetedOf.get(place) ?? 0) < limits.ungreeted.prefix;
  const came = mayGreet ? open.enter(place, socket) : undefined;
  if (came === undefined) {
    refuse(socket);
    return;
  }
  if (came.displaced !== undefined) refuse(came.displaced);
  connections++;
  // Who waited longest makes way for who came last: a greeting comes at once.
  const [oldest] = ungreeted.size >= limits.ungreeted.all ? ungreeted.keys() : [];
  if (oldest !== undefined) {
    forget(oldest); // Its end is told later, and the next makes another go.
    refuse(oldest);
  }
  ungreeted.set(socket, place);
  ungreetedOf.set(place, (ungreetedOf.get(place) ?? 0) + 1);
  const ends = () => setTimeout(() => refuse(socket), limits.greetMs);
  const waiting: Waiting = { socket, address, head: nothing, headBytes: 0, timer: ends() };
  socket.on("close", () => {
    clearTimeout(waiting.timer);
    forget(socket);
    open.leave(place, socket);
    connections--;
  });
  const reader = new GreetingReader();
  const read = (chunk: Buffer) => {
    try {
      keep(waiting, chunk);
      const greeting = reader.read(chunk);
      if (greeting === "more") return;
      if (greeting === "none" || leads[greeting] === undefined) {
        refuse(socket);
        return;
      }
      socket.pause();
      socket.off("data", read);
      forget(socket);
      const displaced = turns[greeting].add(place, waiting);
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
    for (const waiting of turns[way].take(performance.now()))
      try {
        handOn(way, waiting);
      } catch (error) {
        failed("handing on", error);
        waiting.socket.destroy();
      }
}

function handOn(way: FrontWay, waiting: Waiting): void {
  const { socket, address } = waiting;
  const to = leads[way];
  if (socket.destroyed || to === undefined) {
    socket.destroy();
    return;
  }
  // In TLS the second word is of the same side as the first: who says none goes.
  clearTimeout(waiting.timer);
  waiting.timer = setTimeout(() => refuse(socket), limits.greetMs);
  socket.once("data", () => clearTimeout(waiting.timer));
  socket.pause(); // Until there is somebody to hand it to.
  const other = connect({ host: PeerTable.from, port: to, localAddress: PeerTable.from });
  other.on("error", () => other.destroy());
  other.on("connect", () => {
    const own = other.localPort;
    if (own === undefined || socket.destroyed) {
      other.destroy();
      return;
    }
    // Before the first byte: who reads it finds whose it is.
    tables[way].put(own, address);
    made[way].set(own, other);
    other.on("close", () => {
      if (made[way].get(own) !== other) return; // The port is another's by now.
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
  if (order.kind === "lead") leads[order.way] = order.port;
  else server.close();
});
setInterval(take, takeMs);
setInterval(() => tell({ kind: "counts", counts: { connections, handedOn, refused } }), tellMs);
process.on("uncaughtException", (error) => failed("the front", error));
process.on("unhandledRejection", (error) => failed("the front", error));
