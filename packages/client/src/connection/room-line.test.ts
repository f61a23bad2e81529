import { expect, test } from "bun:test";
import { type Bytes, decodeRoomClientFrame, encodeRoomServerFrame } from "@yanshu/wire";
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

/** A line whose connections the test plays: what each was sent, and what is due when. */
function played({ payment }: { readonly payment: object | undefined } = { payment: {} }) {
  type Played = {
    readonly events: { open: () => void; message: (bytes: Bytes) => void; closed: (reason?: string) => void };
    readonly sent: string[];
    isOpen: boolean;
  };
  const sockets: Played[] = [];
  const due: { readonly ms: number; readonly run: () => void }[] = [];
  const heard: string[] = [];
  const ports = {
    connect: (_: string, events: Played["events"]) => {
      const one: Played = { events, sent: [], isOpen: true };
      sockets.push(one);
      return {
        send(frame: Bytes) {
          const sent = decodeRoomClientFrame(frame);
          const how = sent.type === "enter" && sent.args.back !== undefined ? " back" : "";
          one.sent.push(sent.type === "say" ? `say ${sent.bytes[0]}` : `${sent.type}${how}`);
        },
        close() {
          one.isOpen = false;
        },
      };
    },
    after: (ms: number, run: () => void) => void due.push({ ms, run }),
    chance: () => 0.5,
  };
  const events = {
    entered: () => void heard.push("entered"),
    said: (_: number, bytes: Bytes) => void heard.push(`said ${bytes[0]}`),
    seats() {},
    relay() {},
    away: () => void heard.push("away"),
    refused() {},
  };
  const line = openRoomLine(ports as never, "s", new Uint8Array(16), payment as never, events);
  const entered = encodeRoomServerFrame({
    type: "entered",
    entered: { seat: 5, secret: new Uint8Array(16), others: [1], timeMs: 1_000 },
  } as never);
  const enters = (n: number) => {
    sockets[n]?.events.open();
    sockets[n]?.events.message(entered);
  };
  const says = (n: number, what: number) =>
    sockets[n]?.events.message(encodeRoomServerFrame({ type: "said", from: 1, bytes: Uint8Array.of(what) } as never));
  const refuses = (n: number, code: string) =>
    sockets[n]?.events.message(encodeRoomServerFrame({ type: "refused", code, waitMs: 60_000 } as never));
  enters(0);
  return { line, sockets, due, heard, enters, says, refuses };
}

test("[CA270] a room is dialled anew beside its connection, which goes on until the new one sits: nothing said meanwhile is lost, on either", () => {
  const { line, sockets, heard, enters, says } = played();
  line.again();
  expect(sockets.map(({ isOpen }) => isOpen)).toEqual([true, true]);
  says(0, 7);
  line.say(Uint8Array.of(8));
  expect(sockets[0]?.sent).toEqual(["enter", "say 8"]);
  enters(1);
  expect(sockets[0]?.isOpen).toBe(false);
  expect(sockets[1]?.sent).toEqual(["enter back", "say 8"]);
  says(0, 9);
  says(1, 10);
  line.say(Uint8Array.of(11));
  expect(sockets[1]?.sent.at(-1)).toBe("say 11");
  expect(heard).toEqual(["entered", "said 7", "entered", "said 10"]);
});

test("[CA270] of the two either may end first: who sits is not away, and sits on", () => {
  const { line, sockets, due, heard, enters, says } = played();
  line.again();
  sockets[1]?.events.closed("");
  says(0, 7);
  line.again();
  // Home ends the old connection as superseded, and that may be told first.
  sockets[0]?.events.closed("superseded");
  enters(2);
  says(2, 8);
  expect(heard).toEqual(["entered", "said 7", "entered", "said 8"]);
  expect(due).toEqual([]);
});

test("[CA270] a refusal at the new connection ends that one alone, and so does what is no frame", () => {
  const { line, sockets, heard, says, refuses } = played();
  line.again();
  line.say(Uint8Array.of(3));
  refuses(1, "rate-limited");
  line.again();
  sockets[2]?.events.message(Uint8Array.of(255));
  says(0, 7);
  line.say(Uint8Array.of(4));
  expect(sockets.map(({ isOpen }) => isOpen)).toEqual([true, false, false]);
  expect(sockets[0]?.sent).toEqual(["enter", "say 3", "say 4"]);
  expect(heard).toEqual(["entered", "said 7"]);
});

test("[CA270] what the network cut is dialled at once and what home ended after a pause, and a change of network waits for neither", () => {
  const { line, sockets, due, heard, enters } = played();
  sockets[0]?.events.closed("");
  expect(due.map(({ ms }) => ms)).toEqual([60]);
  due[0]?.run();
  sockets[1]?.events.closed("");
  expect(due.map(({ ms }) => ms)).toEqual([60, 700]);
  line.again();
  due[1]?.run();
  expect(sockets.length).toBe(3);
  enters(2);
  sockets[2]?.events.closed("going");
  expect(due.map(({ ms }) => ms)).toEqual([60, 700, 700]);
  expect(heard).toEqual(["entered", "away", "entered", "away"]);
});

test("[CA270] who hangs up while the room is dialled anew is heard by the new connection", () => {
  const { line, sockets, enters } = played();
  line.again();
  line.say(Uint8Array.of(3));
  line.leave();
  enters(1);
  expect(sockets[1]?.sent).toEqual(["enter back", "say 3", "leave"]);
  line.again();
  expect(sockets.length).toBe(2);
});

test("[CA270] to another home there is one tunnel at a time", () => {
  const { line, sockets } = played({ payment: undefined });
  line.again();
  expect(sockets.map(({ isOpen }) => isOpen)).toEqual([false, true]);
});
