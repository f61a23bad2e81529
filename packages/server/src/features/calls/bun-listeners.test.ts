import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { ConnectionLimits } from "../../gateway/connection-limits.ts";
import { certified, hasOpenssl } from "../../testkit/certificate.ts";
import { ManualClock } from "../../testkit/clock.ts";
import { connectionsMax, hearing, type Listener, openTcp, openTls, openUdp, sitDownMs } from "./bun-listeners.ts";
import { Relay } from "./relay.ts";
import { relayCredential } from "./relay-credential.ts";
import { attributes, buildStun, classes, longTermKey, methods, parseStun, readXorPlace, xorPlace } from "./stun.ts";

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

/** A connection to a listener, which tells when it is closed. */
async function connected({ port }: Listener) {
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

test("[CA61] a connection that does not sit down within ten seconds is closed; one that sits is cut by no clock of the listener", async () => {
  const clock = new ManualClock();
  const relay = relayOf();
  const listener = openTcp(relay, "127.0.0.1", 0, unexpected, clock.after);
  open.push(listener);
  const [ann, slow] = [await connected(listener), await connected(listener)];
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
  const listener = openTcp(relayOf(), "127.0.0.1", 0, unexpected, new ManualClock().after);
  open.push(listener);
  const all = [];
  for (let i = 0; i < connectionsMax.prefix; i++) all.push(await connected(listener));
  await (await connected(listener)).closed;
  expect(all.some(({ isClosed }) => isClosed())).toBe(false);
  const [first] = all;
  // A stream that is none of ours is closed by the listener, which has counted it out by then.
  first?.socket.write("GET / HTTP/1.1\r\n\r\n");
  await first?.closed;
  const next = await connected(listener);
  expect(parseStun(await next.ask(bare))?.class).toBe(classes.error);
});

test("[CA13] a stream that announces more than 2,000 bytes, or begins with what is no frame, is closed before the rest comes", async () => {
  const listener = openTcp(relayOf(), "127.0.0.1", 0, unexpected, new ManualClock().after);
  open.push(listener);
  const head = (first: number, length: number) => {
    const bytes = Buffer.alloc(4);
    bytes[0] = first;
    bytes.writeUInt16BE(length, 2);
    return bytes;
  };
  // The head counts: 4 bytes of ChannelData, 20 of STUN.
  for (const [first, length] of [
    [0x40, 1_997],
    [0x00, 1_981],
    [0x04, 8],
    [0x80, 8],
    [0xff, 0xffff],
  ] as const) {
    const one = await connected(listener);
    one.socket.write(head(first, length));
    await one.closed;
  }
  // What has 2,000 is read to its end, and the next frame after it is answered.
  for (const [first, length, rest] of [
    [0x40, 1_996, 1_996],
    [0x00, 1_980, 1_996],
  ] as const) {
    const one = await connected(listener);
    one.socket.write(Buffer.concat([head(first, length), Buffer.alloc(rest)]));
    expect(parseStun(await one.ask(bare))?.class).toBe(classes.error);
    expect(one.isClosed()).toBe(false);
  }
});

test("[CA13] a connection that does not read loses whole packets, and is never given the half of one", async () => {
  let nowMs = Date.now();
  const relay = relayOf(() => nowMs);
  const listener = openTcp(relay, "127.0.0.1", 0, unexpected, new ManualClock().after);
  open.push(listener);
  // Ann is in the test's hand; Ben is a real connection.
  let told: Buffer = Buffer.alloc(0);
  const ann = {
    id: "ann",
    from: "10.0.0.1",
    ip: Uint8Array.of(10, 0, 0, 1),
    port: 9,
    isStream: false,
    send: (packet: Uint8Array) => {
      told = Buffer.from(packet);
    },
    left: () => undefined,
  };
  const askAnn = async (packet: Buffer) => {
    relay.receive(ann, packet);
    return told;
  };
  const socket = createConnection(listener.port, "127.0.0.1");
  open.push({ close: () => socket.destroy() });
  let heard: Buffer = Buffer.alloc(0);
  let came: () => void = () => undefined;
  socket.on("data", (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    came();
  });
  const askBen = async (packet: Buffer) => {
    heard = Buffer.alloc(0);
    socket.write(packet);
    while (heard.length < 20 || heard.length < 20 + heard.readUInt16BE(2))
      await new Promise<void>((resolve) => (came = resolve));
    return heard;
  };
  const [fromAnn, fromBen] = [await sitDown(askAnn, 1), await sitDown(askBen, 2)];
  const relayed = async (ask: typeof askBen, signed: typeof fromAnn) => {
    const answer = parseStun(await ask(signed(methods.allocate, [transport])));
    return answer && readXorPlace(answer.attributes.get(attributes.relayed) as Buffer, answer.id);
  };
  const places = [await relayed(askAnn, fromAnn), await relayed(askBen, fromBen)];
  const channel = [attributes.channel, Buffer.from([0x40, 0, 0, 0])] as const;
  const bind = async (ask: typeof askBen, signed: typeof fromAnn, other: (typeof places)[number]) => {
    if (other === undefined) throw new Error("no seat");
    const packet = signed(methods.channel, [channel, [attributes.peer, xorPlace(other, id)]]);
    expect(parseStun(await ask(packet))?.class).toBe(classes.success);
  };
  await bind(askAnn, fromAnn, places[1]);
  await bind(askBen, fromBen, places[0]);
  heard = Buffer.alloc(0);
  socket.pause();
  const size = 1_186;
  const last = 255;
  /** In the rate of a leg (CA13): 400 packets a second of the relay's clock. */
  const sends = (count: number, filling: (at: number) => number) => {
    nowMs += 1_000;
    for (let at = 0; at < count; at++)
      relay.receive(
        ann,
        Buffer.concat([Buffer.from([0x40, 0, size >> 8, size & 255]), Buffer.alloc(size, filling(at))]),
      );
  };
  const turns = 100;
  for (let turn = 0; turn < turns; turn++) {
    sends(400, (at) => (turn * 400 + at) % last);
    await new Promise(setImmediate);
  }
  socket.resume();
  const frames: number[] = [];
  const read = () => {
    let at = 0;
    // On a stream each ends at a multiple of four.
    const whole = 4 + Math.ceil(size / 4) * 4;
    for (; at + whole <= heard.length; at += whole) {
      const data = heard.subarray(at + 4, at + 4 + size);
      const isWhole = heard.readUInt32BE(at) === 0x4000_0000 + size && data.every((byte) => byte === data[0]);
      frames.push(isWhole ? (data[0] as number) : -1);
    }
    heard = heard.subarray(at);
  };
  while (frames.at(-1) !== last && !frames.includes(-1)) {
    const next = new Promise<void>((resolve) => (came = resolve));
    sends(1, () => last);
    await next;
    read();
  }
  expect(frames).not.toContain(-1);
  expect(frames.length).toBeGreaterThan(100);
  expect(frames.length).toBeLessThan(turns * 400);
}, 60_000);

test("[CA64] a packet that says it came from port 0 is passed over: it would take others with it when it is answered", () => {
  const sent: number[] = [];
  const hear = hearing(relayOf(), (port) => () => sent.push(port), unexpected);
  hear(bare, 0, "10.0.0.1");
  hear(bare, 9, "10.0.0.1");
  expect(sent).toEqual([9]);
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "yanshu-listeners-"));
  open.push({ close: () => rmSync(made, { recursive: true }) });
  return made;
}

/** As a browser comes to `turns:`, by the TLS of Node; the certificate is nobody's. */
async function sealed(port: number) {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  open.push({ close: () => socket.destroy() });
  await new Promise<void>((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
  const ask = (packet: Buffer) => {
    const answer = new Promise<Buffer>((resolve) => socket.once("data", resolve));
    socket.write(packet);
    return answer;
  };
  return { socket, ask, name: nameOf(socket) };
}

const nameOf = (socket: TLSSocket) => String(socket.getPeerCertificate().subject.CN);

test.skipIf(!hasOpenssl)(
  "[CA105] [DS236] a seat is taken over TLS; a renewed certificate is shown to those who come later, and cuts nobody",
  async () => {
    const here = folder();
    const files = certified(here, "first.example");
    const said: string[] = [];
    const listener = openTls(relayOf(), "127.0.0.1", { port: 0, files }, unexpected, (line) => said.push(line));
    open.push(listener);
    const ann = await sealed(listener.port);
    expect(ann.name).toBe("first.example");
    const signed = await sitDown(ann.ask, 1);

    writeFileSync(files.cert, "nonsense");
    listener.look();
    expect(said).toEqual([expect.stringContaining("holds no certificate; the older certificate goes on")]);
    expect((await sealed(listener.port)).name).toBe("first.example");

    certified(here, "second.example");
    listener.look();
    const ben = await sealed(listener.port);
    expect(ben.name).toBe("second.example");
    await sitDown(ben.ask, 2);
    expect(parseStun(await ann.ask(signed(methods.refresh, [])))?.class).toBe(classes.success);
    expect(said).toHaveLength(1);
    const closed = [ann, ben].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    listener.close();
    await Promise.all(closed);
  },
);

test.skipIf(!hasOpenssl)(
  "[CA106] who greets not, or with what is no TLS, is closed; those over TLS count with those over TCP",
  async () => {
    const files = certified(folder(), "one.example");
    const clock = new ManualClock();
    const relay = relayOf();
    const counted = new ConnectionLimits({ prefix: 2, all: 10 });
    const ignored = () => undefined;
    const listener = openTls(relay, "127.0.0.1", { port: 0, files }, unexpected, ignored, clock.after, counted);
    const plain = openTcp(relay, "127.0.0.1", 0, unexpected, clock.after, { open: counted });
    open.push(listener, plain);
    const silent = await connected(listener);
    const greeted = await sealed(listener.port);
    expect(parseStun(await greeted.ask(bare))?.class).toBe(classes.error);
    // Two are here, by this listener: a third is let in by neither.
    await (await connected(plain)).closed;
    await (await connected(listener)).closed;
    const ended = new Promise<void>((resolve) => greeted.socket.once("close", () => resolve()));
    await clock.pass(sitDownMs - 1);
    expect([silent.isClosed(), greeted.socket.closed]).toEqual([false, false]);
    await clock.pass(1);
    await silent.closed;
    await ended;
    expect(counted.isEmpty).toBe(true);
    // Some speak first, and not TLS.
    for (const nonsense of ["GET / HTTP/1.1\r\n\r\n", bare, Buffer.from([0x16, 3, 1, 0xff, 0xff, 1, 0, 0, 0])]) {
      const socket = createConnection(listener.port, "127.0.0.1");
      const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.on("error", ignored).resume();
      socket.end(nonsense);
      await gone;
    }
    expect((await sealed(listener.port)).name).toBe("one.example");
  },
);

test("[CA10] of packets that come at once each leaves as it came, to the seat that it is for", async () => {
  const listener = await openUdp(relayOf(), "127.0.0.1", 0, unexpected);
  open.push(listener);
  const [ann, ben] = [await udpTo(listener), await udpTo(listener)];
  const [annAt, benAt] = [await ann.sitDown(1), await ben.sitDown(2)];
  await ann.bind(0x4000, benAt);
  await ben.bind(0x4001, annAt);
  // Each has a length and a filling of its own.
  const datagrams = (from: number) => Array.from({ length: 40 }, (_, i) => Buffer.alloc(20 + 7 * i, from + i));
  ann.sendAll(0x4000, datagrams(1));
  ben.sendAll(0x4001, datagrams(101));
  const came = async (one: typeof ann) => {
    const got = [];
    for (let i = 0; i < 40; i++) got.push(await one.next());
    return got.map(({ number, data }) => `${number} ${data.length} ${[...new Set(data)].join()}`).toSorted();
  };
  const sent = (number: number, from: number) =>
    datagrams(from)
      .map((data) => `${number} ${data.length} ${data[0]}`)
      .toSorted();
  expect(await came(ben)).toEqual(sent(0x4001, 1));
  expect(await came(ann)).toEqual(sent(0x4000, 101));
});

/** A seat at a listener of UDP. */
async function udpTo({ port }: Listener) {
  const answers: Buffer[] = [];
  const data: { readonly number: number; readonly data: Buffer }[] = [];
  let told: () => void = () => undefined;
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    port: 0,
    binaryType: "buffer",
    connect: { hostname: "127.0.0.1", port },
    socket: {
      data: (_socket, packet: Buffer) => {
        if ((packet[0] as number) < 0x40) answers.push(Buffer.from(packet));
        else data.push({ number: packet.readUInt16BE(0), data: Buffer.from(packet.subarray(4)) });
        told();
      },
    },
  });
  open.push(socket);
  const first = async <T>(list: T[]): Promise<T> => {
    while (list.length === 0) await new Promise<void>((resolve) => (told = resolve));
    return list.shift() as T;
  };
  const ask = (packet: Buffer) => {
    socket.send(packet as Uint8Array<ArrayBuffer>);
    return first(answers);
  };
  let signed: Awaited<ReturnType<typeof sitDown>>;
  return {
    next: () => first(data),
    sitDown: async (seat: number) => {
      signed = await sitDown(ask, seat);
      const answer = parseStun(await ask(signed(methods.allocate, [transport])));
      const relayed = answer && readXorPlace(answer.attributes.get(attributes.relayed) as Buffer, answer.id);
      if (relayed === undefined) throw new Error("no seat");
      return relayed;
    },
    bind: async (number: number, other: NonNullable<ReturnType<typeof readXorPlace>>) => {
      const channel = [attributes.channel, Buffer.from([number >> 8, number & 255, 0, 0])] as const;
      const answer = parseStun(await ask(signed(methods.channel, [channel, [attributes.peer, xorPlace(other, id)]])));
      expect(answer?.class).toBe(classes.success);
    },
    sendAll: (number: number, datagrams: readonly Buffer[]) => {
      const packets = datagrams.map((one) => {
        const head = Buffer.alloc(4);
        head.writeUInt16BE(number, 0);
        head.writeUInt16BE(one.length, 2);
        return Buffer.concat([head, one]);
      });
      expect(socket.sendMany(packets as Uint8Array<ArrayBuffer>[])).toBe(packets.length);
    },
  };
}
