import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import {
  decodeRoomServerFrame,
  encodeRoomClientFrame,
  encodeRoomServerFrame,
  everySeat,
  type RelayAccess,
  type RoomClientFrame,
  type RoomServerFrame,
} from "@yanshu/wire";
import { Faults } from "../../core/faults.ts";
import type { Sink } from "../../core/ports.ts";
import { type Serving, serve } from "../../gateway/bun.ts";
import { openSqliteLog } from "../../log/sqlite/bun.ts";
import { certified, hasOpenssl } from "../../testkit/certificate.ts";
import { addressBytes } from "./bun-listeners.ts";
import { callsBy } from "./bun-port.ts";
import type { RelayOptions } from "./bun-relay.ts";
import { attributes, buildStun, classes, longTermKey, methods, parseStun, readXorPlace, xorPlace } from "./stun.ts";

const open: Serving[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

type More = Partial<Parameters<typeof serve>[0]>;

function home(calls: Partial<RelayOptions> = {}, more: More = {}): Serving {
  const { tell = () => undefined } = more;
  const faults = new Faults();
  const options = { host: "127.0.0.1", port: 0, tcp: 0, bytesPerSecond: 25_000_000, publicHost: undefined, ...calls };
  const serving = serve({
    log: openSqliteLog(":memory:"),
    port: 0,
    host: "127.0.0.1",
    faults,
    provides: [callsBy(options, faults, tell)],
    ...more,
  });
  open.push(serving);
  return serving;
}

class Guest {
  readonly got: RoomServerFrame[] = [];
  readonly socket: WebSocket;
  private waiting: (() => void)[] = [];

  constructor(serving: Serving, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${serving.port}/calls/ws`, { headers } as unknown as string[]);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => {
      this.got.push(decodeRoomServerFrame(new Uint8Array(data as ArrayBuffer)));
      for (const one of this.waiting.splice(0)) one();
    };
    this.socket.onclose = () => {
      for (const one of this.waiting.splice(0)) one();
    };
  }

  send(frame: RoomClientFrame): void {
    this.socket.send(encodeRoomClientFrame(frame) as Uint8Array<ArrayBuffer>);
  }

  async next<T extends RoomServerFrame["type"]>(type: T): Promise<Extract<RoomServerFrame, { type: T }>> {
    for (;;) {
      const found = this.got.findIndex((frame) => frame.type === type);
      if (found >= 0) return this.got.splice(found, 1)[0] as Extract<RoomServerFrame, { type: T }>;
      if (this.got.some(({ type: came }) => came === "refused")) throw new Error("refused");
      if (this.socket.readyState >= WebSocket.CLOSING) throw new Error("closed");
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async enter(name = 1): Promise<RelayAccess> {
    if (this.socket.readyState !== WebSocket.OPEN)
      await new Promise((resolve) => this.socket.addEventListener("open", resolve));
    this.send({ type: "enter", args: { v: 1, room: new Uint8Array(16).fill(name) } });
    const { relay } = (await this.next("entered")).entered;
    if (relay === undefined) throw new Error("no relay");
    return relay;
  }
}

/** Asks for a seat at the relay over any kind of socket. */
async function allocate(access: RelayAccess, ask: (packet: Buffer) => Promise<Buffer>) {
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(12)));
  const transport = [attributes.transport, Buffer.from([17, 0, 0, 0])] as const;
  const head = { method: methods.allocate, class: classes.request, id };
  const challenge = parseStun(await ask(buildStun(head, [transport])));
  const nonce = challenge?.attributes.get(attributes.nonce) as Buffer;
  const key = longTermKey(access.username, "yanshu", access.credential);
  const signed = (method: number, list: readonly (readonly [number, Uint8Array])[], by = id) =>
    buildStun(
      { method, class: classes.request, id: by },
      [...list, [attributes.username, Buffer.from(access.username)], [attributes.nonce, nonce]],
      key,
    );
  const answer = parseStun(await ask(signed(methods.allocate, [transport])));
  const relayed = answer && readXorPlace(answer.attributes.get(attributes.relayed) as Buffer, answer.id);
  if (relayed === undefined) throw new Error("no seat");
  return { relayed, signed, id };
}

async function udpTo(port: number) {
  const heard: Buffer[] = [];
  const waiting: ((packet: Buffer) => void)[] = [];
  const socket = await Bun.udpSocket({
    binaryType: "buffer",
    socket: {
      data: (_socket, packet: Buffer) => {
        const next = waiting.shift();
        if (next === undefined) heard.push(Buffer.from(packet));
        else next(Buffer.from(packet));
      },
    },
  });
  const next = () => {
    const first = heard.shift();
    return first === undefined ? new Promise<Buffer>((resolve) => waiting.push(resolve)) : Promise.resolve(first);
  };
  const send = (packet: Buffer) => void socket.send(packet, port, "127.0.0.1");
  const ask = (packet: Buffer) => {
    send(packet);
    return next();
  };
  return { next, send, ask, close: () => socket.close() };
}

test("[CA1] [CA15] two sockets on /calls/ws meet in a room of the real server, and hear each other", async () => {
  const serving = home();
  const [ann, ben] = [new Guest(serving), new Guest(serving)];
  await ann.enter();
  await ben.enter();
  ann.send({ type: "say", to: everySeat, bytes: Uint8Array.of(7) });
  expect(await ben.next("said")).toMatchObject({ from: 1, bytes: Uint8Array.of(7) });
  expect(serving.counts()).toMatchObject({ rooms: 1, roomSeats: 2, roomsOpened: 1, says: 1 });
  const closed = new Promise((resolve) => ann.socket.addEventListener("close", resolve));
  await serving.drain(0);
  await closed;
});

test("[CA10] [CA14] packets go through the relay's own thread, by UDP and by TCP; rubbish ends nothing", async () => {
  const serving = home();
  const [ann, ben] = [new Guest(serving), new Guest(serving)];
  const [first, second] = [await ann.enter(), await ben.enter()];
  const udp = await udpTo(first.port);
  const one = await allocate(first, udp.ask);

  const heard: Buffer[] = [];
  let told: (() => void) | undefined;
  const tcp = await Bun.connect({
    hostname: "127.0.0.1",
    port: second.tcp as number,
    socket: {
      data: (_socket, chunk) => {
        heard.push(Buffer.from(chunk));
        told?.();
      },
    },
  });
  const next = async () => {
    while (heard.length === 0) await new Promise<void>((resolve) => (told = resolve));
    return heard.shift() as Buffer;
  };
  const askTcp = (packet: Buffer) => {
    // In two pieces, as a network may have it.
    tcp.write(packet.subarray(0, 7));
    tcp.write(packet.subarray(7));
    return next();
  };
  const two = await allocate(second, askTcp);
  const peer = (place: { ip: Uint8Array; port: number }, id: Buffer) => [attributes.peer, xorPlace(place, id)] as const;
  const channel = [attributes.channel, Buffer.from([0x40, 0, 0, 0])] as const;
  expect(parseStun(await udp.ask(one.signed(methods.channel, [channel, peer(two.relayed, one.id)])))?.class).toBe(
    classes.success,
  );
  expect(parseStun(await askTcp(two.signed(methods.channel, [channel, peer(one.relayed, two.id)])))?.class).toBe(
    classes.success,
  );
  for (const rubbish of ["", "x", "\u0000".repeat(40), "y".repeat(1_400)]) udp.send(Buffer.from(rubbish));
  udp.send(Buffer.from([0x40, 0, 0, 5, 1, 2, 3, 4, 5]));
  // On a stream it ends at a multiple of four.
  expect(await next()).toEqual(Buffer.from([0x40, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0]));
  tcp.write(Buffer.from([0x40, 0, 0, 2, 8, 9, 0, 0]));
  expect(await udp.next()).toEqual(Buffer.from([0x40, 0, 0, 2, 8, 9]));
  // A stream that is none of ours is closed.
  const closed = new Promise<void>((resolve) => {
    void Bun.connect({
      hostname: "127.0.0.1",
      port: second.tcp as number,
      socket: {
        open: (socket) => void socket.write("GET / HTTP/1.1\r\n\r\n"),
        data: () => undefined,
        close: () => resolve(),
      },
    });
  });
  await closed;
  expect(serving.counts().faults).toBe(0);
  tcp.end();
  udp.close();
});

test.skipIf(!hasOpenssl)(
  "[CA105] [CA106] a seat is told the port of TLS and sits down there; a port that cannot be opened leaves the others",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "yanshu-calls-"));
    const files = certified(folder, "calls.example");
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const said: string[] = [];
    const serving = home({ tcp: taken.port, tls: { port: 0, files } }, { tell: (line: string) => said.push(line) });
    const [ann, ben] = [new Guest(serving), new Guest(serving)];
    const [first, second] = [await ann.enter(), await ben.enter()];
    expect(first).not.toHaveProperty("tcp");
    expect(said).toEqual([expect.stringMatching(/EADDRINUSE.*--call-tcp/)]);
    const socket = connect({ port: first.tls as number, host: "127.0.0.1", rejectUnauthorized: false });
    const heard: Buffer[] = [];
    let told: (() => void) | undefined;
    socket.on("data", (chunk: Buffer) => {
      heard.push(chunk);
      told?.();
    });
    const next = async () => {
      while (heard.length === 0) await new Promise<void>((resolve) => (told = resolve));
      return heard.shift() as Buffer;
    };
    const askTls = (packet: Buffer) => {
      socket.write(packet);
      return next();
    };
    const udp = await udpTo(second.port);
    const [one, two] = [await allocate(first, askTls), await allocate(second, udp.ask)];
    const peer = (place: { ip: Uint8Array; port: number }, id: Buffer) =>
      [attributes.peer, xorPlace(place, id)] as const;
    const channel = [attributes.channel, Buffer.from([0x40, 0, 0, 0])] as const;
    for (const answer of [
      await askTls(one.signed(methods.channel, [channel, peer(two.relayed, one.id)])),
      await udp.ask(two.signed(methods.channel, [channel, peer(one.relayed, two.id)])),
    ])
      expect(parseStun(answer)?.class).toBe(classes.success);
    socket.write(Buffer.from([0x40, 0, 0, 2, 8, 9, 0, 0]));
    expect(await udp.next()).toEqual(Buffer.from([0x40, 0, 0, 2, 8, 9]));
    udp.send(Buffer.from([0x40, 0, 0, 1, 7]));
    expect(await next()).toEqual(Buffer.from([0x40, 0, 0, 1, 7, 0, 0, 0]));
    expect(serving.counts().faults).toBe(0);
    socket.destroy();
    udp.close();
    taken.stop(true);
    rmSync(folder, { recursive: true });
  },
);

test("[CA1] a server without calls has no such path, and says so in its greeting", async () => {
  const serving = home({}, { provides: undefined });
  const guest = new WebSocket(`ws://127.0.0.1:${serving.port}/calls/ws`);
  const failed = new Promise((resolve) => guest.addEventListener("error", resolve));
  await failed;
  expect(serving.server.socketAt("/calls/ws")).toBeUndefined();
});

test("[CA14] a port that is taken leaves calls without a relay, and the operator is told", async () => {
  const taken = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
  const said: string[] = [];
  const serving = home({ port: taken.port }, { tell: (line: string) => said.push(line) });
  const guest = new Guest(serving);
  await expect(guest.enter()).rejects.toThrow("no relay");
  expect(said.join()).toContain("--call-port");
  taken.close();
});

test("[CA13] addresses are read as bytes, in each way that they are written", () => {
  expect(addressBytes("127.0.0.1")).toEqual(Uint8Array.of(127, 0, 0, 1));
  expect(addressBytes("::ffff:10.1.2.3")).toEqual(Uint8Array.of(10, 1, 2, 3));
  expect([...addressBytes("2001:db8::1")]).toEqual([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect([...addressBytes("::")]).toEqual(Array.from({ length: 16 }, () => 0));
  expect([...addressBytes("fe80::1%eth0")].slice(0, 2)).toEqual([0xfe, 0x80]);
});

test("[CA65] what a room hands to a socket within one turn counts as not read", async () => {
  const serving = home();
  const rooms = serving.server.socketAt("/calls/ws");
  if (rooms === undefined) throw new Error("no rooms");
  const sinks: Sink[] = [];
  const { connect } = rooms;
  Object.assign(rooms, {
    connect: (sink: Sink, prefix: string | undefined) => {
      sinks.push(sink);
      return connect(sink, prefix);
    },
  });
  const guest = new Guest(serving);
  await guest.enter();
  const [sink] = sinks;
  expect(sink?.unread?.()).toBe(0);
  const frame = encodeRoomServerFrame({ type: "said", from: 2, bytes: new Uint8Array(1_000) });
  for (let i = 0; i < 3; i++) sink?.send(frame);
  expect(sink?.unread?.()).toBe(3 * frame.length);
  for (let i = 0; i < 3; i++) await guest.next("said");
  expect(sink?.unread?.()).toBe(0);
});

test("[CA67] sockets that sit in rooms keep no device of their place from its messages", async () => {
  const serving = home(
    {},
    { config: { socketsMax: { prefix: 3, all: 100 }, memberSocketsMax: { prefix: 5, all: 100 } } },
  );
  const headers = { "x-forwarded-for": "9.9.9.9" };
  const guests: Guest[] = [];
  for (let i = 0; i < 5; i++) {
    const guest = new Guest(serving, headers);
    await guest.enter();
    guests.push(guest);
  }
  const opens = (path: string) =>
    new Promise<boolean>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${serving.port}${path}`, { headers } as unknown as string[]);
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
  // Five sit, so that a sixth is not let sit down; the place's other sockets have the room that they had.
  await expect(new Guest(serving, headers).enter()).rejects.toThrow("refused");
  expect(await opens("/ws")).toBe(true);
  expect(await opens("/ws")).toBe(true);
  expect(await opens("/ws")).toBe(false);
  // Who leaves gives its place back.
  guests[0]?.send({ type: "leave" });
  await expect(guests[0]?.next("entered")).rejects.toThrow("closed");
  expect(serving.counts().faults).toBe(0);
});
