import { expect, test } from "bun:test";
import { type Bytes, encodeRoomServerFrame } from "@yanshu/wire";
import { openRoomLine } from "./room-line.ts";

test("[CA111] home says once a connection which seat one has: a second time ends the connection, and counts for nothing", () => {
  const sockets: { readonly message: (bytes: Bytes) => void; isOpen: boolean }[] = [];
  const due: (() => void)[] = [];
  const seats: number[] = [];
  let away = 0;
  const ports = {
    connect: (_: string, events: { readonly open: () => void; readonly message: (bytes: Bytes) => void }) => {
      const socket = { message: events.message, isOpen: true };
      sockets.push(socket);
      return {
        send() {},
        close() {
          socket.isOpen = false;
        },
      };
    },
    after: (_: number, run: () => void) => void due.push(run),
    chance: () => 0,
  };
  const events = {
    entered: (_: readonly number[], seat: number) => void seats.push(seat),
    said() {},
    seats() {},
    relay() {},
    away: () => void away++,
    refused() {},
  };
  openRoomLine(ports as never, "s", new Uint8Array(16), {} as never, events);
  const entered = (seat: number) =>
    encodeRoomServerFrame({
      type: "entered",
      entered: { seat, secret: new Uint8Array(16), others: [1], timeMs: 1_000 },
    } as never);
  sockets[0]?.message(entered(5));
  sockets[0]?.message(entered(6));
  expect(seats).toEqual([5]);
  expect(sockets[0]?.isOpen).toBe(false);
  expect(away).toBe(1);
  for (const run of due.splice(0)) run();
  sockets[1]?.message(entered(7));
  expect(seats).toEqual([5, 7]);
});

test("[CA249] who listens at a home that lets in and ends the connection at once asks less and less often, and anew after a minute of standing", () => {
  const sockets: { readonly message: (bytes: Bytes) => void; readonly closed: () => void }[] = [];
  const due: { readonly ms: number; readonly run: () => void }[] = [];
  const ports = {
    connect: (_: string, { message, closed }: { message: (bytes: Bytes) => void; closed: () => void }) => {
      sockets.push({ message, closed });
      return { send() {}, close() {} };
    },
    after: (ms: number, run: () => void) => void due.push({ ms, run }),
    chance: () => 0.5,
  };
  const events = { entered() {}, said() {}, seats() {}, relay() {}, away() {}, refused() {} };
  openRoomLine(ports as never, "s", new Uint8Array(16), undefined, events, "listens");
  const entered = encodeRoomServerFrame({
    type: "entered",
    entered: { seat: 5, secret: new Uint8Array(16), others: [1], timeMs: 1_000 },
  } as never);
  /** @returns how long it waits before it dials again. */
  const endedAfter = (standsMs: number) => {
    sockets.at(-1)?.message(entered);
    for (const { run } of due.splice(0).filter(({ ms }) => ms <= standsMs)) run();
    sockets.at(-1)?.closed();
    const dial = due.pop();
    due.length = 0;
    dial?.run();
    return dial?.ms;
  };
  expect([0, 0, 0, 0].map(endedAfter)).toEqual([3_000, 6_000, 12_000, 24_000]);
  expect([60_000, 0].map(endedAfter)).toEqual([3_000, 6_000]);
});
