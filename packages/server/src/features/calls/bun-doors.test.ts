import { afterEach, expect, test } from "bun:test";
import { ManualClock } from "../../testkit/clock.ts";
import { connectionsMax, type Door, hearing, openTcp, sitDownMs } from "./bun-doors.ts";
import { Relay, relayCredential } from "./relay.ts";
import { attributes, buildStun, classes, longTermKey, methods, parseStun } from "./stun.ts";

const secret = new Uint8Array(32).fill(5);
const transport = [attributes.transport, Buffer.from([17, 0, 0, 0])] as const;
const id = Buffer.alloc(12, 6);
const bare = buildStun({ method: methods.allocate, class: classes.request, id }, [transport], undefined, false);

const open: { close: () => void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

function relayOf(nowMs = () => Date.now()): Relay {
  let drawn = 0;
  return new Relay({ secret, nowMs, draw: () => ++drawn });
}

function unexpected(place: string, error: unknown): never {
  throw new Error(place, { cause: error });
}

/** A connection to a door, which tells when it is closed. */
async function connected({ port }: Door) {
  const heard: Buffer[] = [];
  let told: () => void = () => undefined;
  let isClosed = false;
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_socket, chunk) => {
        heard.push(Buffer.from(chunk));
        told();
      },
      close: () => {
        isClosed = true;
        close();
      },
      error: () => undefined,
    },
  });
  open.push({ close: () => socket.end() });
  const ask = async (packet: Buffer) => {
    socket.write(packet);
    while (heard.length === 0) await new Promise<void>((resolve) => (told = resolve));
    return heard.shift() as Buffer;
  };
  return { socket, ask, closed, isClosed: () => isClosed };
}

async function sitDown(ask: (packet: Buffer) => Promise<Buffer>, seat: number) {
  const { username, credential } = relayCredential(secret, Date.now(), "room", seat);
  const nonce = parseStun(await ask(bare))?.attributes.get(attributes.nonce) as Buffer;
  const signed = (method: number, more: readonly (readonly [number, Uint8Array])[]) =>
    buildStun(
      { method, class: classes.request, id },
      [...more, [attributes.username, Buffer.from(username)], [attributes.nonce, nonce]],
      longTermKey(username, "yanshu", credential),
    );
  expect(parseStun(await ask(signed(methods.allocate, [transport])))?.class).toBe(classes.success);
  return signed;
}

test("[CA61] a connection that does not sit down within ten seconds is closed; one that sits is cut by no clock of the door", async () => {
  const clock = new ManualClock();
  const relay = relayOf();
  const door = openTcp(relay, "127.0.0.1", 0, unexpected, clock.after);
  open.push(door);
  const [ann, slow] = [await connected(door), await connected(door)];
  const signed = await sitDown(ann.ask, 1);
  // It asks again and again, and sits down never.
  await slow.ask(bare);
  await clock.pass(sitDownMs - 1);
  await slow.ask(bare);
  await clock.pass(1);
  await slow.closed;
  expect(clock.pending).toBe(0);
  await clock.pass(3_600_000);
  expect(parseStun(await ann.ask(signed(methods.refresh, [])))?.class).toBe(classes.success);
  expect(ann.isClosed()).toBe(false);
  // Once it sits no more, it has ten seconds again.
  relay.seatGone("room", 1);
  await ann.ask(bare);
  expect(ann.isClosed()).toBe(false);
  await clock.pass(sitDownMs);
  await ann.closed;
});

test("[CA61] one place has 64 connections, and another comes in where one of them has gone", async () => {
  const door = openTcp(relayOf(), "127.0.0.1", 0, unexpected, new ManualClock().after);
  open.push(door);
  const all = [];
  for (let i = 0; i < connectionsMax.prefix; i++) all.push(await connected(door));
  await (await connected(door)).closed;
  expect(all.some(({ isClosed }) => isClosed())).toBe(false);
  const [first] = all;
  // A stream that is none of ours is closed by the door, which has counted it out by then.
  first?.socket.write("GET / HTTP/1.1\r\n\r\n");
  await first?.closed;
  const next = await connected(door);
  expect(parseStun(await next.ask(bare))?.class).toBe(classes.error);
});

test("[CA64] a packet that says it came from port 0 is passed over: it would take others with it when it is answered", () => {
  const sent: number[] = [];
  const hear = hearing(relayOf(), (_packet, port) => sent.push(port), unexpected);
  hear(bare, 0, "10.0.0.1");
  hear(bare, 9, "10.0.0.1");
  expect(sent).toEqual([9]);
});
