/** The front: real sockets, the website's real listener, and the relay's real thread behind one port. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, connect as plainly, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { Faults } from "../core/faults.ts";
import { provide } from "../feature.ts";
import { RelayThread } from "../features/calls/bun-relay.ts";
import { callsPort } from "../features/calls/port.ts";
import { attributes, buildStun, classes, methods, parseStun } from "../features/calls/stun.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { certified, hasOpenssl } from "../testkit/certificate.ts";
import { freePort } from "../testkit/ports.ts";
import { until } from "../testkit/process.ts";
import { serve } from "./bun.ts";
import { type FrontLimits, FrontThread, frontLimits } from "./bun-front.ts";
import { GreetingReader } from "./greeting.ts";

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const unbounded: FrontLimits = { ...frontLimits, greetMs: 60_000 };

/** The front alone; what it leads to is the test's. */
async function frontWith(limits: Partial<FrontLimits> = {}) {
  const faults = new Faults();
  const front = new FrontThread({ host: "127.0.0.1", port: 0 }, faults, () => undefined, { ...unbounded, ...limits });
  front.begin();
  ends.push(() => front.stop());
  const port = await front.ready();
  if (port === undefined) throw new Error("the front did not open");
  return { front, port, faults };
}

/** A loopback port that counts who comes, and answers nothing. */
async function sink() {
  const met: Socket[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    met.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => {
    for (const socket of met) socket.destroy();
    server.close();
  });
  return { met, port: (server.address() as { port: number }).port };
}

/** A connection that says this, and tells when it is closed. */
function says(port: number, bytes: Uint8Array | string) {
  const socket = plainly({ host: "127.0.0.1", port });
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("error", () => undefined);
  socket.on("connect", () => socket.write(bytes));
  socket.resume();
  ends.push(() => void socket.destroy());
  return { socket, closed };
}

/** What a TLS library says first. @param protocols that it offers. */
async function greeting(protocols: readonly string[] | undefined): Promise<Buffer> {
  const { met, port } = await sink();
  const client = connect({ host: "127.0.0.1", port, ...(protocols && { ALPNProtocols: [...protocols] }) });
  client.on("error", () => undefined);
  ends.push(() => void client.destroy());
  let said: Buffer = Buffer.alloc(0);
  await until(() => met[0]);
  met[0]?.on("data", (chunk) => {
    said = Buffer.concat([said, chunk as Buffer]);
  });
  await until(() => new GreetingReader().read(said) !== "more");
  return said;
}

const bare = buildStun(
  { method: methods.allocate, class: classes.request, id: Buffer.alloc(12, 6) },
  [[attributes.transport, Buffer.from([17, 0, 0, 0])]],
  undefined,
  false,
);

/** TURN over TLS, without a protocol that is offered. */
async function turnsTo(port: number): Promise<{ readonly socket: TLSSocket; readonly heard: Buffer[] }> {
  const heard: Buffer[] = [];
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => heard.push(chunk));
  ends.push(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.on("secureConnect", resolve);
    socket.on("close", () => reject(new Error("closed")));
  });
  return { socket, heard };
}

describe.skipIf(!hasOpenssl)("the website and calls behind it", () => {
  async function site(sockets = 64, wanted = 0) {
    const folder = mkdtempSync(join(tmpdir(), "yanshu-front-"));
    ends.push(() => rmSync(folder, { recursive: true }));
    const files = certified(folder, "yan.example");
    const faults = new Faults();
    const front = new FrontThread({ host: "127.0.0.1", port: wanted }, faults, () => undefined, unbounded);
    let turn: number | undefined;
    const calls = {
      host: "127.0.0.1",
      port: 0,
      tcp: undefined,
      tls: { port: 0, files, peers: front.peers.turn.memory },
      bytesPerSecond: 25_000_000,
      publicHost: undefined,
      front: {
        port: 443,
        setTarget: (way: "turn", at: number | undefined) => {
          turn = at;
          front.setTarget(way, at);
        },
        counts: () => front.counts(),
      },
    };
    let inner = 0;
    const { setTarget } = front;
    front.setTarget = (way, at) => {
      if (way === "site") inner = at ?? 0;
      setTarget.call(front, way, at);
    };
    const relay = new RelayThread(calls, faults, () => undefined);
    const serving = serve({
      log: openSqliteLog(":memory:"),
      port: 0,
      host: "127.0.0.1",
      tls: files,
      front,
      faults,
      provides: [provide(callsPort, { relay, front: calls.front })],
      config: { socketsMax: { prefix: sockets, all: 1_000 } },
    });
    ends.push(() => serving.stop());
    front.begin();
    const port = await front.ready();
    if (port === undefined) throw new Error("the front did not open");
    return { port, serving, front, inner: () => inner, turn: () => turn, relay, faults };
  }

  const tls = { rejectUnauthorized: false };
  const wss = (port: number, headers: Record<string, string> = {}) => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, { tls, headers } as unknown as string[]);
    ends.push(() => socket.close());
    return new Promise<boolean>((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
  };

  test("[CA180] [CA15] website, its sockets and TURN over TLS share one port, and a seat is told that port", async () => {
    const { port, serving, relay, turn } = await site();
    const answer = await fetch(`https://127.0.0.1:${port}/healthz`, { tls });
    expect([answer.status, await answer.text()]).toEqual([200, "ok\n"]);
    expect(await wss(port)).toBe(true);
    await relay.ready();
    expect(relay.access("room", 1)).toMatchObject({ tls: 443 });
    await until(() => turn() !== undefined);
    const { socket, heard } = await turnsTo(port);
    socket.write(bare);
    await until(() => heard.length > 0);
    expect(parseStun(heard[0] as Buffer)?.class).toBe(classes.error);
    await says(port, "GET / HTTP/1.1\r\n\r\n").closed;
    const counts = () => serving.counts() as unknown as Record<string, number>;
    await until(() => counts()["frontRefused"] === 1 && (counts()["frontHandedOn"] ?? 0) >= 3);
    expect(counts()["frontConnections"]).toBeGreaterThan(0);
  });

  test("[CA182] behind the front nobody is believed about whom they ask for, and who comes past it is nobody", async () => {
    const { port, serving, inner, turn, relay } = await site(2);
    const claims = (at: number) => ({ "x-forwarded-for": `203.0.113.${at}` });
    // Past the front, from this machine, a proxy is believed: the control.
    for (let i = 0; i < 4; i++) expect(await wss(serving.port, claims(i))).toBe(true);
    const through = [await wss(port, claims(1)), await wss(port, claims(2)), await wss(port, claims(3))];
    expect(through).toEqual([true, true, false]);
    // Straight to what stands behind it.
    const direct = await fetch(`https://127.0.0.1:${inner()}/healthz`, { tls });
    expect(direct.status).toBe(403);
    expect(await wss(inner(), claims(9))).toBe(false);
    await relay.ready();
    await until(() => turn() !== undefined);
    const { socket } = await turnsTo(turn() as number).catch(() => ({ socket: undefined }));
    if (socket !== undefined) await new Promise((resolve) => socket.on("close", resolve));
  });

  test("[CA182] each network behind the front is counted for itself, by its real address", async () => {
    const { front, inner } = await site(1);
    const from = async (address: string) => {
      const socket = plainly({ host: "127.0.0.1", port: inner(), localAddress: "127.0.0.1" });
      ends.push(() => void socket.destroy());
      await new Promise((resolve) => socket.on("connect", resolve));
      front.peers.site.put(socket.localPort as number, address); // As the front does before the first byte.
      const sealed = connect({ socket, ...tls, ALPNProtocols: ["http/1.1"] });
      sealed.on("error", () => undefined);
      await new Promise((resolve) => sealed.on("secureConnect", resolve));
      const key = Buffer.alloc(16, 1).toString("base64");
      const head = ["GET /ws HTTP/1.1", "host: yan.example", "connection: upgrade", "upgrade: websocket"];
      sealed.write([...head, `sec-websocket-key: ${key}`, "sec-websocket-version: 13", "", ""].join("\r\n"));
      const answer = await new Promise<Buffer>((resolve) => sealed.once("data", resolve));
      return Number(answer.toString("latin1").split(" ")[1]);
    };
    expect(await from("203.0.113.7")).toBe(101);
    expect(await from("203.0.113.7")).toBe(429);
    expect(await from("203.0.113.8")).toBe(101);
    expect(await from("2001:db8:1:200::1")).toBe(101);
    expect(await from("2001:db8:1:2ff::9")).toBe(429); // Of one household's /56.
  });

  test("[CA185] the front's thread is begun anew where it died, and leads to the same places", async () => {
    const { port, front, faults } = await site(64, await freePort());
    expect(await wss(port)).toBe(true);
    await (front as unknown as { worker: { terminate: () => Promise<unknown> } }).worker.terminate();
    await until(async () => (await wss(port)) || undefined);
    expect(faults.count).toBe(0);
  });
});

test("[CA181] [CA183] bad first bytes, half a greeting, and a greeting that nothing follows are closed; STUN in the clear is no way in", async () => {
  const { port, front, faults } = await frontWith({ greetMs: 400 });
  const { met, port: behind } = await sink();
  front.setTarget("site", behind);
  const said = await greeting(["http/1.1"]);
  for (const bytes of [
    bare,
    "GET / HTTP/1.1\r\n\r\n",
    "PROXY TCP4 203.0.113.7 203.0.113.8 40000 443\r\n",
    Buffer.of(22, 3, 1, 255, 255),
  ])
    await says(port, bytes).closed;
  expect(met).toHaveLength(0);
  await says(port, said.subarray(0, 40)).closed; // Half a greeting, and then silence.
  const nobody = says(port, "");
  await nobody.closed;
  expect(met).toHaveLength(0);
  const half = says(port, said); // A whole one, and then silence: a handshake that is never ended.
  await until(() => met.length === 1);
  await half.closed;
  // A preface before a greeting makes nobody of it.
  await says(port, Buffer.concat([Buffer.from("PROXY TCP4 203.0.113.7 203.0.113.8 1 2\r\n"), said])).closed;
  expect(met).toHaveLength(1);
  // Where nothing takes calls, who greets as one is closed.
  await says(port, await greeting(undefined)).closed;
  await until(() => front.counts().refused === 9);
  expect(faults.count).toBe(0);
});

test("[CA183] bytes that come one by one reach the website whole, and one who is slower than the time to greet is closed", async () => {
  const { port, front } = await frontWith({ greetMs: 1_000 });
  const { met, port: behind } = await sink();
  front.setTarget("site", behind);
  const said = await greeting(["http/1.1"]);
  const loris = says(port, said.subarray(0, 1));
  let at = 1;
  const drip = setInterval(() => {
    if (at < said.length - 1) loris.socket.write(said.subarray(at, ++at));
  }, 50);
  await loris.closed;
  clearInterval(drip);
  expect(met).toHaveLength(0);
  const whole = says(port, said.subarray(0, 9));
  await new Promise((resolve) => whole.socket.on("connect", resolve));
  for (let i = 9; i < said.length; i++) whole.socket.write(said.subarray(i, i + 1));
  await until(() => met.length === 1);
  let came: Buffer = Buffer.alloc(0);
  met[0]?.on("data", (chunk) => {
    came = Buffer.concat([came, chunk as Buffer]);
  });
  whole.socket.write("and more");
  await until(() => came.length === said.length + 8);
  expect(came.equals(Buffer.concat([said, Buffer.from("and more")]))).toBe(true);
});

test("[CA183] one place holds so many that have not greeted; of all the one that waited longest makes way", async () => {
  const { port } = await frontWith({ ungreeted: { prefix: 3, all: 2 } });
  const [first, second, third] = [says(port, ""), says(port, ""), says(port, "")];
  await first.closed; // Two of all.
  expect([second.socket.destroyed, third.socket.destroyed]).toEqual([false, false]);
  const alone = await frontWith({ ungreeted: { prefix: 2, all: 100 } });
  const [one, other, last] = [says(alone.port, ""), says(alone.port, ""), says(alone.port, "")];
  await last.closed;
  expect([one.socket.destroyed, other.socket.destroyed]).toEqual([false, false]);
});

test("[CA190] where the front is full the next is closed, and let in once one has left", async () => {
  const { port, front } = await frontWith({ open: { prefix: 2, all: 2 } });
  const { met, port: behind } = await sink();
  front.setTarget("site", behind);
  const said = await greeting(["http/1.1"]);
  const first = says(port, said);
  await until(() => met.length === 1);
  says(port, said);
  await until(() => met.length === 2);
  await says(port, said).closed;
  expect(met).toHaveLength(2);
  first.socket.destroy();
  await until(async () => {
    await Promise.race([says(port, said).closed, until(() => met.length === 3)]);
    return met.length === 3 || undefined;
  });
});

test("[CA184] a flood of greetings comes to the accounts at the pace of the front", async () => {
  const perSecond = 5;
  const { port, front, faults } = await frontWith({ perSecond, ungreeted: { prefix: 64, all: 2_000 } });
  const { met, port: behind } = await sink();
  front.setTarget("site", behind);
  const said = await greeting(["h2"]);
  const beganMs = performance.now();
  for (let i = 0; i < 60; i++) says(port, said);
  await until(() => met.length > perSecond);
  // So many at once, and from then on so many a second, however slow this machine is.
  const most = perSecond * (1 + (performance.now() - beganMs) / 1_000) + 1;
  expect(met.length).toBeLessThanOrEqual(most);
  expect(faults.count).toBe(0);
});
