/** The thread of the relay (docs/spec/calls.md CA14): packets are handed on here, and hold up no message. */
import { parentPort, workerData } from "node:worker_threads";
import { TlsError } from "../../gateway/bun-tls.ts";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import { connectionsMax, type Listener, openTcp, openTls, openUdp } from "./bun-listeners.ts";
import { MediaSockets } from "./bun-media-sockets.ts";
import type { RelayNews, RelayOrder, RelayTask } from "./bun-relay.ts";
import { drawing } from "./draws.ts";
import { Relay } from "./relay.ts";

const { secret, host, port, tcp, tls, bytesPerSecond } = workerData as RelayTask;
const sweepMs = 5_000;
const tellMs = 1_000;
const lookMs = 60_000;

function tell(news: RelayNews): void {
  parentPort?.postMessage(news);
}

/** A place of the program's own words, and the kind of an error: never what it says. */
function failed(place: string, error: unknown): void {
  tell({ kind: "fault", place, name: error instanceof Error ? error.name : typeof error });
}

const inside = new MediaSockets((leg, packet) => relay.fromInside(leg, packet), failed);
const relay = new Relay({
  secret,
  nowMs: () => Date.now(),
  draw: drawing(),
  bytesPerSecond,
  inside,
});

const listeners: Listener[] = [];
async function open(): Promise<void> {
  try {
    const udp = await openUdp(relay, host, port, failed);
    listeners.push(udp);
    const counted = new ConnectionLimits(connectionsMax);
    const plain =
      tcp === undefined
        ? undefined
        : opened("--call-tcp", () => openTcp(relay, host, tcp, failed, undefined, { open: counted }));
    const said = (line: string) => tell({ kind: "said", line });
    const sealed =
      tls === undefined
        ? undefined
        : opened("--call-tls", () => openTls(relay, host, tls, failed, said, undefined, counted));
    if (sealed !== undefined) setInterval(() => guarded("the certificate of calls", sealed.look), lookMs);
    tell({ kind: "open", port: udp.port, tcp: plain?.port, tls: sealed?.port });
  } catch (error) {
    tell({ kind: "closed", code: codeOf(error) });
  }
}

/** One that cannot be opened leaves the others (CA14). */
function opened<One extends Listener>(option: string, open: () => One): One | undefined {
  try {
    const listener = open();
    listeners.push(listener);
    return listener;
  } catch (error) {
    const why = error instanceof TlsError ? error.message : codeOf(error);
    tell({ kind: "said", line: `a port of calls cannot be opened (${why}); see ${option}` });
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "unknown";
}

function guarded(place: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    failed(place, error);
  }
}

parentPort?.on("message", (order: RelayOrder) => {
  try {
    if (order.kind === "joined") relay.joined(order.room, order.seat, order.icePassword);
    else if (order.kind === "seat-gone") relay.seatGone(order.room, order.seat);
    else if (order.kind === "inside") inside.port = order.port;
    else {
      inside.close();
      for (const listener of listeners) listener.close();
    }
  } catch (error) {
    failed("an order", error);
  }
});
setInterval(() => guarded("sweeping", () => relay.sweep()), sweepMs);
setInterval(() => tell({ kind: "counts", counts: relay.counts() }), tellMs);
process.on("uncaughtException", (error) => failed("the relay", error));
process.on("unhandledRejection", (error) => failed("the relay", error));
await open();
