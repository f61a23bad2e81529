/** The thread of the relay (docs/spec/calls.md CA14): packets are handed on here, and hold up no message. */
import { randomFillSync } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { type Door, openTcp, openUdp } from "./bun-doors.ts";
import { InsideDoor } from "./bun-inside.ts";
import type { RelayNews, RelayOrder, RelayTask } from "./bun-relay.ts";
import { Relay } from "./relay.ts";

const { secret, host, port, tcp, bytesPerSecond } = workerData as RelayTask;
const sweepMs = 5_000;
const tellMs = 1_000;

function tell(news: RelayNews): void {
  parentPort?.postMessage(news);
}

/** A place of the program's own words, and the kind of an error: never what it says. */
function failed(place: string, error: unknown): void {
  tell({ kind: "fault", place, name: error instanceof Error ? error.name : typeof error });
}

const drawn = new Uint32Array(256);
let left = 0;
const inside = new InsideDoor((leg, packet) => relay.fromInside(leg, packet), failed);
const relay = new Relay({
  secret,
  nowMs: () => Date.now(),
  draw: () => {
    if (left === 0) left = randomFillSync(drawn).length;
    return drawn[--left] as number;
  },
  bytesPerSecond,
  inside,
});

const doors: Door[] = [];
async function open(): Promise<void> {
  try {
    const udp = await openUdp(relay, host, port, failed);
    doors.push(udp);
    if (tcp !== undefined) doors.push(openTcp(relay, host, tcp, failed));
    tell({ kind: "open", port: udp.port, tcp: doors[1]?.port });
  } catch (error) {
    const { code } = error as { code?: unknown };
    tell({ kind: "closed", code: typeof code === "string" ? code : "unknown" });
  }
}

parentPort?.on("message", (order: RelayOrder) => {
  try {
    if (order.kind === "seat-gone") relay.seatGone(order.room, order.seat);
    else if (order.kind === "inside") inside.port = order.port;
    else {
      inside.close();
      for (const door of doors) door.close();
    }
  } catch (error) {
    failed("an order", error);
  }
});
setInterval(() => {
  try {
    relay.sweep();
  } catch (error) {
    failed("sweeping", error);
  }
}, sweepMs);
setInterval(() => tell({ kind: "counts", counts: relay.counts() }), tellMs);
process.on("uncaughtException", (error) => failed("the relay", error));
process.on("unhandledRejection", (error) => failed("the relay", error));
await open();
