/**
 * Abuse: floods of sockets, sockets and requests that never come to the point, and guesses; each has an end, and others
 * notice nothing.
 */
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capabilityHashOf, decodeServerFrame, encodeCall, limits } from "@yanshu/wire";
import { openBlobStore } from "../blobs/bun.ts";
import { memoryBlobStore } from "../blobs/memory.ts";
import type { BlobStore } from "../blobs/store.ts";
import { defaultConfig, type ServerConfig } from "../core/config.ts";
import { FewAtOnce } from "../core/fair.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { Group } from "../testkit/group.ts";
import { Person } from "../testkit/person.ts";
import { Socket, until } from "../testkit/process.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer, token } from "../testkit/test-server.ts";
import { type Serving, serve } from "./bun.ts";
import { Download } from "./bun-download.ts";
import { ConnectionLimits } from "./connection-limits.ts";
import { type Coming, Incoming } from "./incoming.ts";

const stopping: Serving[] = [];
const folder = mkdtempSync(join(tmpdir(), "yanshu-abuse-"));
afterAll(async () => {
  await Promise.all(stopping.map((serving) => serving.stop()));
  rmSync(folder, { recursive: true });
});

function serving(config: Partial<ServerConfig>): Serving {
  const started = serve({
    log: openSqliteLog(":memory:"),
    blobs: openBlobStore(join(folder, `${stopping.length}`)),
    port: 0,
    host: "127.0.0.1",
    requestSecondsMax: 1,
    config: { domain: "home.example", registrationToken: token, ...config },
  });
  stopping.push(started);
  return started;
}

const hello = encodeCall(1, "hello", { versions: [1] }) as Uint8Array<ArrayBuffer>;

/** Opens a socket from somewhere; what became of it. */
function opened(
  port: number,
  from: string,
  says = true,
): { readonly socket: WebSocket; readonly ended: Promise<"hello" | number> } {
  const headers = { "x-forwarded-for": from };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers } as unknown as string[]);
  socket.binaryType = "arraybuffer";
  const ended = new Promise<"hello" | number>((resolve) => {
    socket.addEventListener("open", () => says && socket.send(hello));
    socket.addEventListener("message", () => resolve("hello"));
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  return { socket, ended };
}

test("[DS60] a flood of sockets from one place is refused at once, others come in, and room returns with those who go", async () => {
  const { port, server } = serving({ socketsMax: { prefix: 20, all: 50 } });
  const flood = Array.from({ length: 200 }, () => opened(port, "203.0.113.9"));
  const ends = await Promise.all(flood.map(({ ended }) => ended));
  expect(ends.filter((end) => end === "hello")).toHaveLength(20);
  expect(server.counts().connections).toBe(20);
  const answer = await fetch(`http://127.0.0.1:${port}/ws`, { headers: { "x-forwarded-for": "203.0.113.9" } });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "30"]);
  expect(await opened(port, "198.51.100.7").ended).toBe("hello");
  for (const { socket } of flood) socket.close();
  for (let i = 0; i < 200 && server.counts().connections > 1; i++) await Bun.sleep(10);
  expect(await opened(port, "203.0.113.9").ended).toBe("hello");
});

test("[DS60] what comes in is counted once, by place and in all, and forgotten when it has left", () => {
  const caller = new ConnectionLimits({ prefix: 2, all: 3 });
  expect(["a", "a", "a", "b", "b", undefined].map((from) => caller.enter(from))).toEqual([
    true,
    true,
    false,
    true,
    false,
    false,
  ]);
  caller.leave("a");
  expect(caller.enter(undefined)).toBe(true);
  expect(caller.enter("a")).toBe(false);
  for (const from of ["a", "b", undefined]) caller.leave(from);
  expect(["c", "c"].map((from) => caller.enter(from))).toEqual([true, true]);
  expect(JSON.stringify([...(caller as unknown as { byPrefix: Map<string, number> }).byPrefix.keys()])).toBe('["c"]');
});

test("[DS61] a socket that says nothing is closed; one that said hello stays", async () => {
  const { port, server } = serving({ helloMs: 300 });
  const [silent, polite] = [opened(port, "203.0.113.9", false), opened(port, "203.0.113.9")];
  expect(await polite.ended).toBe("hello");
  expect(await silent.ended).toBe(4006);
  await Bun.sleep(300);
  expect(polite.socket.readyState).toBe(WebSocket.OPEN);
  expect(server.counts().connections).toBe(1);
});

test("[DS61] no version in common is no hello", async () => {
  const home = new TestServer();
  const client = home.socket();
  client.send(encodeCall(1, "hello", { versions: [99] }));
  await home.clock.pass(11_000);
  expect(client.closedWith).toEqual({ code: 4006, reason: "silent" });
});

test("[DS244] requests without end on one connection end it, whatever they ask for, and others are answered", async () => {
  const { port } = serving({});
  const asked = 20_000;
  const flood = (path: string) =>
    new Promise<number>((resolve) => {
      let answers = 0;
      const socket = connect(port, "127.0.0.1", () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n`.repeat(asked)),
      );
      socket.on("data", (bytes) => {
        answers += bytes.toString("latin1").split("HTTP/1.1 ").length - 1;
        if (answers === asked) socket.destroy();
      });
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(answers));
    });
  for (const path of ["/healthz", "/readyz", "/", "/ws", "/no-such-file"])
    expect(await flood(path)).toBeLessThan(asked / 2);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test("[DS244] of sockets that come all at once from many places each is let in", async () => {
  const { port, server } = serving({});
  const many = Array.from({ length: 400 }, (_, n) => opened(port, `198.51.100.${n % 200}`));
  const untilMs = performance.now() + 50;
  while (performance.now() < untilMs); // As where others use the machine: they come in one turn.
  const ends = await Promise.all(many.map(({ ended }) => ended));
  expect(ends.filter((end) => end === "hello")).toHaveLength(400);
  expect(server.counts().connections).toBe(400);
  for (const { socket } of many) socket.close();
});

/** Writes the head, then a little every half second; answers after how many milliseconds it was cut. */
function trickle(port: number, head: string, more: string): Promise<number> {
  const beganMs = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(head));
    const timer = setInterval(() => more !== "" && socket.write(more), 500);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(timer);
      resolve(performance.now() - beganMs);
    });
    socket.resume();
  });
}

test.concurrent("[DS61] a head that never ends, of a request or of a handshake, and a body that stops are cut", async () => {
  const { port } = serving({});
  const blob = `/blobs/${"0a".repeat(16)}`;
  const heads = [
    trickle(port, "", ""),
    trickle(port, "GET / HTTP/1.1\r\nHost: x\r\n", ""),
    trickle(port, "GET / HTTP/1.1\r\nHost: x\r\n", "X-a: b\r\n"),
    trickle(port, "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", "X-a: b\r\n"),
    trickle(port, `POST ${blob} HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n`, ""),
  ];
  for (const ms of await Promise.all(heads)) expect(ms).toBeLessThan(15_000);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
}, 30_000);

test("[DS60] bodies that trickle in are few at once, and from elsewhere files are still answered", async () => {
  const { port } = serving({ bodiesMax: { prefix: 5, all: 50 } });
  const path = `/blobs/${"0a".repeat(16)}`;
  const head = (from: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${from}\r\nContent-Length: 30000\r\n\r\n`;
  const held = Array.from({ length: 12 }, () => trickle(port, head("203.0.113.9"), "x"));
  await Bun.sleep(400);
  const asked = async (from: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}/state`, { headers: { "x-forwarded-for": from } })).status;
  expect(await asked("203.0.113.9")).toBe(429);
  expect(await asked("198.51.100.7")).toBe(404);
  void held;
});

/** A request whose body comes byte by byte and never ends. */
function drips(port: number, from: string): { readonly ended: Promise<string> } {
  const ended = new Promise<string>((resolve) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(
        `POST /blobs/${"0a".repeat(16)} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${from}\r\nContent-Length: 30000\r\n\r\n`,
      ),
    );
    const timer = setInterval(() => socket.write("x"), 200);
    socket.on("data", (bytes) => {
      heard += bytes;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(timer);
      resolve(heard.split("\r\n")[0] ?? "");
    });
  });
  return { ended };
}

test("[DS181] where bodies that drip in fill all the room, those from the fullest place make way for a client from elsewhere", async () => {
  const { port } = serving({ bodiesMax: { prefix: 6, all: 12 } });
  const held = [0, 1].flatMap((place) => Array.from({ length: 6 }, () => drips(port, `203.0.113.${place}`)));
  const upload = async (from: string) => {
    const headers = { "x-forwarded-for": from };
    const url = `http://127.0.0.1:${port}/blobs/${"0b".repeat(16)}`;
    return (await fetch(url, { method: "POST", headers, body: new Uint8Array(100) })).status;
  };
  await Bun.sleep(300);
  for (let i = 0; i < 20; i++) expect(await upload(`198.51.100.${i}`)).toBe(400); // It is looked at, and is none.
  expect(await Promise.race(held.map(({ ended }) => ended))).toBe("HTTP/1.1 429 Too Many Requests");
});

test("[DS128] bodies that are taken as a whole have a share of the memory, in which who drips makes way too", async () => {
  const asked = (port: number, from: string, bytes: number) =>
    fetch(`http://127.0.0.1:${port}/blobs/${"0b".repeat(16)}`, {
      method: "POST",
      headers: { "x-forwarded-for": from },
      body: new Uint8Array(bytes),
    });
  const narrow = serving({ bodyBytesMax: { prefix: 25_000, all: 25_000 } });
  expect((await asked(narrow.port, "203.0.113.1", 30_000)).status).toBe(429);
  for (let i = 0; i < 5; i++) expect((await asked(narrow.port, "203.0.113.1", 20_000)).status).toBe(400);
  const { port } = serving({ bodyBytesMax: { prefix: 65_000, all: 125_000 } });
  const held = [1, 1, 2, 2].map((place) => drips(port, `203.0.113.${place}`));
  await Bun.sleep(300);
  for (let i = 0; i < 5; i++) expect((await asked(port, `198.51.100.${i}`, 20_000)).status).toBe(400);
  expect(await Promise.race(held.map(({ ended }) => ended))).toBe("HTTP/1.1 429 Too Many Requests");
});

test.concurrent("[DS181] a body that never pauses and never gets on is cut, also while there is room", async () => {
  const { port } = serving({});
  expect(await drips(port, "203.0.113.9").ended).toBe("HTTP/1.1 429 Too Many Requests");
}, 30_000);

/** Asks for a file; what became of it. */
function asks(port: number, id: string, from: string, bytes: number) {
  let heard = "";
  const socket = connect(port, "127.0.0.1", () =>
    socket.write(
      `GET /blobs/${id} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${from}\r\nRange: bytes=0-${bytes - 1}\r\n\r\n`,
    ),
  );
  socket.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  const status = new Promise<number>((resolve) => {
    socket.on("data", (data) => {
      heard = heard === "" ? data.toString("latin1") : heard;
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1]));
    });
  });
  return { status, ended, socket };
}

function servingFiles(
  blobs: BlobStore,
  bodiesMax: ServerConfig["bodiesMax"],
  bodyBytesMax = defaultConfig.bodyBytesMax,
): number {
  const started = serve({
    log: openSqliteLog(":memory:"),
    blobs,
    port: 0,
    host: "127.0.0.1",
    config: { domain: "home.example", bodiesMax, bodyBytesMax },
  });
  stopping.push(started);
  return started.port;
}

function keepFile({ index }: BlobStore, id: string, bytes: number): void {
  index.create(id, { bytes, written: 0, days: 30, expiresDay: 1e6, ownerHash: new Uint8Array(32) }, []);
  index.advance(id, { from: 0, to: bytes }, 1e6);
}

test("[DS224] parts of files that come faster than they are written take their room from their beginning, and keep no other place out", async () => {
  const store = openBlobStore(join(folder, "parts"));
  const secret = new Uint8Array(32).fill(9);
  const mebi = 1 << 20;
  const [one, two, three, small] = ["1a", "1b", "1c", "1d"].map((byte) => byte.repeat(16));
  for (const id of [one, two, three, small] as string[]) {
    const bytes = id === small ? 100_000 : 4 * mebi;
    const ownerHash = nodePrimitives.sha256(secret);
    store.index.create(id, { bytes, written: 0, days: 30, expiresDay: 1e6, ownerHash }, []);
  }
  const port = servingFiles(store, { prefix: 64, all: 512 }, { prefix: 9 * mebi, all: 10 * mebi });
  const headers = (from: string) => ({
    "x-forwarded-for": from,
    "blob-owner": Buffer.from(secret).toString("hex"),
    "upload-offset": "0",
  });
  const put = async (id: string | undefined, from: string, bytes: number) =>
    (
      await fetch(`http://127.0.0.1:${port}/blobs/${id}`, {
        method: "PUT",
        headers: headers(from),
        body: new Uint8Array(bytes),
      })
    ).status;
  /** A part's head and some of its body; the rest never comes. Settles with what is answered all the same. */
  const half = (id: string | undefined, bytes: number) => {
    const lines = Object.entries({ ...headers("203.0.113.1"), host: "x", "content-length": `${4 * mebi}` });
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(
        `PUT /blobs/${id} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
      );
      if (bytes > 0) socket.write(new Uint8Array(bytes));
    });
    socket.on("error", () => undefined);
    const status = new Promise<number>((resolve) => {
      socket.on("data", (data) => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(data.toString("latin1"))?.[1])));
    });
    return { socket, status };
  };
  const halves = [half(one, mebi), half(two, mebi)];
  const isBegun = (id = "") => existsSync(join(folder, "parts", id.slice(0, 2), id));
  await until(async () => (isBegun(one) && isBegun(two)) || undefined);
  expect(await half(three, 0).status).toBe(429);
  expect(await put(small, "198.51.100.7", 100_000)).toBe(200);
  for (const { socket } of halves) socket.destroy();
  await until(async () => (await put(three, "203.0.113.1", 4 * mebi).catch(() => 0)) === 200 || undefined);
  store.close();
});

test("[DS188] who asks for files and does not take them has a share, and makes way for a client from elsewhere", async () => {
  const bytes = 600_000;
  const [stuck, whole] = ["0c".repeat(16), "0d".repeat(16)];
  const memory = memoryBlobStore(new Uint8Array(32));
  for (const id of [stuck, whole]) keepFile(memory, id, bytes);
  const read = async (id: string, at: number, length: number) =>
    id === stuck && at > 0 ? new Promise<never>(() => undefined) : new Uint8Array(length).fill(7);
  const port = servingFiles({ ...memory, disk: { ...memory.disk, read } }, { prefix: 4, all: 8 });
  const asked = (from: string) => asks(port, stuck, from, bytes);
  const held = Array.from({ length: 8 }, (_, i) => asked(`203.0.113.${i % 2}`));
  for (const { status } of held) expect(await status).toBe(206);
  expect(await asked("203.0.113.0").status).toBe(429);
  const file = await fetch(`http://127.0.0.1:${port}/blobs/${whole}`, {
    headers: { "x-forwarded-for": "198.51.100.7", range: `bytes=0-${bytes - 1}` },
  });
  expect(file.status).toBe(206);
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array(bytes).fill(7));
  await Promise.race(held.map(({ ended }) => ended)); // One of them made way.
  for (const { socket } of held) socket.destroy();
  // Room returns with those who go.
  await until(async () => (await asked("203.0.113.0").status) === 206 || undefined);
});

test("[DS188] a file on the disk is the same whether the system is left with it or it is read a little at a time", async () => {
  const store = openBlobStore(join(folder, "files"));
  const [id, bytes] = ["0e".repeat(16), 1_000_001];
  keepFile(store, id, bytes);
  const content = new Uint8Array(bytes).map((_, at) => at * 7);
  await store.disk.write(id, 0, content);
  const port = servingFiles(store, { prefix: 1, all: 100 });
  const part = async (from: string, first: number, last: number) => {
    const headers = { "x-forwarded-for": from, range: `bytes=${first}-${last}` };
    const answer = await fetch(`http://127.0.0.1:${port}/blobs/${id}`, { headers });
    return [answer.status, answer.headers.get("content-range"), new Uint8Array(await answer.arrayBuffer())] as const;
  };
  const ask = () => part("198.51.100.7", 5, 900_004);
  const expected = [206, `bytes 5-900004/${bytes}`, content.slice(5, 900_005)] as const;
  expect(await ask()).toEqual(expected);
  const dripping = [1, 2, 3].map((place) => drips(port, `203.0.113.${place}`)); // So many that they are looked at.
  for (let i = 0; i < 5; i++) expect(await ask()).toEqual(expected);
  void dripping;
});

test("[DS241] of downloads that are read a little at a time few are read at once, in turn by place", async () => {
  const reads = new FewAtOnce(4);
  const begun: string[] = [];
  const waiting: (() => void)[] = [];
  const file = (place: string) =>
    Object.assign(new Blob([new Uint8Array(100)]), {
      slice: () => ({
        arrayBuffer: () => {
          begun.push(place);
          return new Promise<ArrayBuffer>((resolve) => waiting.push(() => resolve(new ArrayBuffer(100))));
        },
      }),
    });
  const read = (place: string) => {
    const download = new Download(file(place) as unknown as Blob, place, reads, () => undefined);
    const reader = download.stream.getReader();
    return { download, done: reader.read() };
  };
  const flood = Array.from({ length: 20 }, () => read("flood"));
  const other = read("elsewhere");
  await Bun.sleep(0);
  expect(begun).toEqual(Array.from({ length: 4 }, () => "flood"));
  for (const { download } of flood.slice(4, 10)) download.giveUp(); // Those that ended meanwhile are not read.
  for (let i = 0; i < 15; i++) {
    waiting.shift()?.();
    await Bun.sleep(0);
    expect(waiting.length).toBeLessThanOrEqual(4);
  }
  expect(begun.indexOf("elsewhere")).toBeLessThanOrEqual(6);
  expect(begun.length).toBe(15);
  expect((await other.done).value?.length).toBe(100);
});

test("[DS241] what was read for a client that has gone is given back at once", async () => {
  const download = new Download(new Blob([new Uint8Array(100_000)]), undefined, new FewAtOnce(1), () => undefined);
  const reader = download.stream.getReader();
  const { value } = await reader.read();
  expect(value?.length).toBe(16 * 1_024);
  await reader.cancel();
  expect(value?.length).toBe(0);
});

test("[DS239] what was read of a download is given back once more is asked for, and who takes it late has all of it", async () => {
  const content = new Uint8Array(4 << 20).map((_, at) => at * 7 + (at >> 16));
  let ended = 0;
  const download = new Download(new Blob([content]), undefined, new FewAtOnce(1), () => ended++);
  const reader = download.stream.getReader();
  const read = async () => (await reader.read()).value as Uint8Array;
  const [first, second] = [await read(), await read()];
  expect([first.length, second.length, ended]).toEqual([0, 16 * 1_024, 0]);
  download.giveUp();
  expect(ended).toBe(1);

  const store = openBlobStore(join(folder, "late"));
  const id = "0f".repeat(16);
  keepFile(store, id, content.length);
  await store.disk.write(id, 0, content);
  const port = servingFiles(store, { prefix: 1, all: 100 });
  const late = Array.from({ length: 4 }, (_, i) => asks(port, id, `203.0.113.${i}`, content.length));
  const heard = late.map(({ socket }) => {
    const parts: Buffer[] = [];
    socket.on("data", (data) => parts.push(Buffer.from(data)));
    return parts;
  });
  for (const { status, socket } of late) {
    expect(await status).toBe(206);
    socket.pause();
  }
  // Others are answered meanwhile.
  const range = `bytes=0-${content.length - 1}`;
  const headers = { "x-forwarded-for": "198.51.100.7", range };
  const whole = await fetch(`http://127.0.0.1:${port}/blobs/${id}`, { headers });
  expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
  for (const { socket } of late) socket.resume();
  const bodies = () =>
    heard.map((parts) => {
      const answer = Buffer.concat(parts);
      return answer.subarray(answer.indexOf("\r\n\r\n") + 4);
    });
  const isThere = (body: Buffer) => body.length === content.length || body.subarray(-5).toString() === "0\r\n\r\n";
  await until(async () => bodies().every(isThere) || undefined);
  for (const body of bodies()) expect(bytesIn(body, content.length).equals(content)).toBe(true);
  for (const { socket } of late) socket.destroy();
});

/** Of a body that came as it is, or in chunks (RFC 9112 §7.1). */
function bytesIn(body: Buffer, length: number): Buffer {
  if (body.length === length) return body;
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const line = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, line), 16);
    chunks.push(body.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
  return Buffer.concat(chunks);
}

test("[DS240] the places of one /48 that fill all the room make way for who comes from elsewhere, and not for each other", () => {
  const room = new Incoming({ prefix: 32, all: 48 });
  const dropped: string[] = [];
  const one = (prefix: string): Coming => ({
    prefix,
    amount: 4,
    behindMs: () => 0,
    drop: () => void dropped.push(prefix),
  });
  const held = Array.from({ length: 12 }, (_, n) => one(`2001:db8:1:${(n << 8).toString(16)}`));
  for (const coming of held) expect(room.enter(coming)).toBe(true);
  expect(room.enter(one("2001:db8:1:f00"))).toBe(false);
  expect(dropped).toEqual([]);
  // Up to where the region of the newcomer would hold as much.
  for (let n = 0; n < 5; n++) expect(room.enter(one("2001:db8:2:0"))).toBe(true);
  expect(room.enter(one("2001:db8:2:0"))).toBe(false);
  expect(dropped).toHaveLength(5);
  expect(room.enter(one("203.0.113.9"))).toBe(true);
  // Within one /48 the fullest place makes way.
  expect(room.enter(one("2001:db8:2:100"))).toBe(true);
  expect(dropped.at(-1)).toBe("2001:db8:2:0");
  for (const coming of held) room.leave(coming);
  expect(room.enter(one("2001:db8:1:f00"))).toBe(true);
});

test("[DS181] what is furthest behind in the fullest place makes way, what comes in time does not, and what is too large never", () => {
  const gone: string[] = [];
  const room = new Incoming({ prefix: 4, all: 8 });
  const coming = (name: string, amount: number, behindMs: number, prefix: string | undefined = name[0]) => ({
    prefix,
    amount,
    behindMs: () => behindMs,
    drop: () => void gone.push(name),
  });
  expect(room.enter(coming("a1", 5, 0))).toBe(false);
  for (const one of [coming("a1", 2, 0), coming("a2", 2, 1_000), coming("b1", 3, 1_500)])
    expect(room.enter(one)).toBe(true);
  expect(room.enter(coming("a3", 1, 0))).toBe(false); // Its own place is full of what may still come in time.
  expect(room.enter(coming("c1", 1, 0))).toBe(true);
  expect(room.enter(coming("d1", 2, 0))).toBe(false); // Nobody who made way would have more left than this.
  expect(room.enter(coming("d2", 1, 0))).toBe(true);
  expect(gone).toEqual(["a2"]);
  expect(room.enter(coming("b2", 1, 9_000))).toBe(true);
  expect(room.enter(coming("d3", 1, 0))).toBe(true);
  expect(gone).toEqual(["a2", "b2"]);
});

test("[DS246] a thousand that find no room are refused without a look at who has some, until somebody can be behind", () => {
  for (const place of [(n: number) => `203.0.113.${n}`, (n: number) => `2001:db8:${n}:0`]) {
    let [nowMs, looks] = [0, 0];
    const room = new Incoming({ prefix: 64, all: 512 }, () => nowMs);
    const one = (n: number): Coming => {
      const beganMs = nowMs;
      const behindMs = (atMs: number) => {
        looks++;
        return atMs - beganMs;
      };
      return { prefix: place(n % 16), amount: 1, behindMs, drop: () => undefined };
    };
    for (let n = 0; n < 512; n++) expect(room.enter(one(n))).toBe(true);
    nowMs = 1_999;
    looks = 0;
    for (let n = 0; n < 1_000; n++) expect(room.enter(one(n))).toBe(false);
    expect(looks).toBe(0);
    nowMs = 2_000; // What came first is two seconds behind, and makes way.
    for (let n = 0; n < 512; n++) expect(room.enter(one(n))).toBe(true);
    looks = 0;
    for (let n = 0; n < 1_000; n++) expect(room.enter(one(n))).toBe(false);
    expect(looks).toBeLessThanOrEqual(512);
    // Where nobody is behind, one of the fullest place makes way for one that has less, and for no other.
    looks = 0;
    expect(room.enter(one(0))).toBe(false);
    expect(room.enter({ ...one(0), prefix: place(99) })).toBe(true);
    expect(looks).toBeLessThanOrEqual(512 + 1);
  }
});

test("[DS62] guesses at an invitation end after sixty an hour from one place, and shut out nobody there who has the right one", async () => {
  const home = new TestServer();
  const guess = async (from: string, shown: Uint8Array, who: Person) => {
    const caller = await home.client(from);
    const entry = who.entries[0] as Uint8Array;
    const code = await refusal(caller.call("register", { token: shown, inception: who.inception, entry }));
    caller.close();
    return code;
  };
  const eve = new Person("eve");
  const codes: unknown[] = [];
  for (let i = 0; i < 200; i++) codes.push(await guess("203.0.113.9", Uint8Array.of(i, ...new Uint8Array(15)), eve));
  expect(codes.filter((code) => code === "bad-token")).toHaveLength(60);
  expect(codes.slice(60).every((code) => code === "rate-limited")).toBe(true);
  expect(await guess("198.51.100.7", new Uint8Array(16), eve)).toBe("bad-token");
  const fay = new Person("fay");
  const caller = await home.client("203.0.113.9");
  await caller.call("register", { token, inception: fay.inception, entry: fay.entries[0] as Uint8Array });
  expect(home.server.refusals.all()).toEqual({ "bad-token": 61, "rate-limited": 140 });
  const over = home.server.acts.invite(5, home.clock.nowMs());
  await home.clock.pass(5);
  const made = await over;
  expect(made.ok && (await guess("203.0.113.9", made.value.code, eve))).toBe("invite-expired"); // It is no guess.
});

test("[DS62] [DS5] who has a capability, and draws two thousand times, leaves its owner's packages but five", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const phone = await alice.phone.signIn(home);
  const capability = new Uint8Array(16).fill(3);
  await phone.call("capabilities", { add: [capabilityHashOf(nodePrimitives.sha256, capability)], remove: [] });
  const expiresAtMs = home.clock.nowMs() + 30 * 86_400_000;
  const packages = Array.from({ length: 30 }, (_, i) => ({
    package: new Uint8Array(40).fill(i),
    expiresAtMs,
    lastResort: i === 0,
  }));
  await phone.call("keyPackages", { add: packages, replace: false });
  const counts = new Map<string, number>();
  for (let connection = 0; connection < 10; connection++) {
    const caller = home.socket(`203.0.113.${connection}`);
    const take = caller.take.bind(caller);
    caller.take = (bytes) => {
      const frame = decodeServerFrame(bytes);
      const what = frame.type === "error" ? frame.code : frame.type;
      counts.set(what, (counts.get(what) ?? 0) + 1);
      take(bytes);
    };
    caller.send(encodeCall(1, "hello", { versions: [1] }));
    for (let i = 0; i < 200; i++) caller.send(encodeCall(2 + i, "claim", { capability }));
    await home.clock.pass(50);
    caller.close();
  }
  expect(counts.get("result")).toBe(10 + 10 * 200);
  expect(await phone.call("keyPackages", { add: [], replace: false })).toEqual({ left: 29 - limits.drawsPerDay });
});

test("[DS125] seven hundred messages that waited go to one group at once, and so does an evening's talk of five hundred", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const phone = await alice.phone.signIn(home);
  phone.acking = true;
  const address = await alice.phone.address(phone);
  const caller = await home.client("203.0.113.9");
  const group = new Group("evening");
  await group.found(caller, [address]);
  for (let i = 0; i < 700; i++) caller.postLater(group.application(), group.parts(`${i}`));
  await home.clock.pass(20);
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 50; i++) caller.postLater(group.application(), group.parts(`${second}.${i}`));
    await home.clock.pass(1_000);
  }
  expect(caller.errors).toEqual([]);
  expect(phone.pushes.length).toBe(1 + 700 + 3_000);
});

test("[WI24] [DS24] who is refused as too often is told when to come again, and is taken then", async () => {
  const home = new TestServer({ config: { callsPerMinute: { connection: 3, prefix: 6_000 } } });
  const caller = await home.client("203.0.113.9");
  await home.clock.pass(20_000);
  const ask = () => refusal(caller.call("hello", { versions: [1] }));
  await caller.call("hello", { versions: [1] });
  await caller.call("hello", { versions: [1] });
  expect(await ask()).toBe("rate-limited");
  const { waitMs = 0 } = caller.errors.at(-1) ?? {};
  expect(waitMs).toBeGreaterThan(38_000);
  expect(waitMs).toBeLessThanOrEqual(40_000);
  await home.clock.pass(waitMs - 1_000);
  expect(await ask()).toBe("rate-limited");
  await home.clock.pass(1_000);
  await caller.call("hello", { versions: [1] });
});

test("[DS127] a sign-in that shows next what it shows now is refused: a copy of it would never be noticed", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const same = new Uint8Array(16).fill(4);
  expect(await refusal(alice.phone.signIn(home, { current: same, next: same }))).toBe("malformed");
  await alice.phone.signIn(home, { current: same, next: new Uint8Array(16).fill(5) });
  expect(
    await refusal(alice.phone.signIn(home, { current: new Uint8Array(16).fill(5), next: new Uint8Array(16).fill(5) })),
  ).toBe("malformed");
});

test("[DS60] a device that signed in counts no more among the strangers of its place", async () => {
  const { port, server } = serving({ socketsMax: { prefix: 3, all: 50 }, memberSocketsMax: { prefix: 1, all: 50 } });
  const from = "203.0.113.9";
  const bob = new Person("bob");
  const own = new Socket(port, from);
  await own.open();
  await own.call("register", { token, inception: bob.inception, entry: bob.entries[0] as Uint8Array });
  const phone = new Socket(port, from);
  await phone.signIn(bob, 0);
  expect([await opened(port, from).ended, await opened(port, from).ended]).toEqual(["hello", "hello"]);
  expect(await opened(port, from).ended).not.toBe("hello");
  phone.socket.close();
  await until(() => server.counts().signedIn === 0 || undefined);
  const again = new Socket(port, "198.51.100.7");
  await again.signIn(bob, 1);
  expect(await opened(port, from).ended).not.toBe("hello"); // It left the members' count, not the strangers'.
});

test("[DS135] calls of a name that nobody knows count as any call, and one who goes on loses the socket", async () => {
  const home = new TestServer();
  const unknown = Uint8Array.of(1, 0, 0, 0, 9, 1, 120);
  const caller = await home.client("203.0.113.9");
  for (let i = 0; i < 700; i++) caller.send(unknown);
  const codes = caller.errors.map(({ code }) => code);
  expect(codes.filter((code) => code === "unknown-method")).toHaveLength(599);
  expect(codes.at(-1)).toBe("rate-limited");
  for (let i = 0; i < 20_000; i++) caller.send(unknown);
  expect(caller.closedWith).toEqual({ code: 4005, reason: "flooding" });
  const idle = await home.client("203.0.113.9");
  for (let i = 0; i <= 60_000; i++) idle.ack();
  expect(idle.closedWith).toEqual({ code: 4005, reason: "flooding" });
});

test("[DS221] an acknowledgement counts as many times as it has ranges, and one who goes on loses the socket", async () => {
  const home = new TestServer();
  const caller = await home.client("203.0.113.9");
  const ranges = Array.from({ length: limits.ackIdsMax }, () => ({ first: 5, last: 6 }));
  for (let i = 0; i < 58; i++) caller.ack(...ranges); // 59,392 of 60,000.
  expect(caller.closedWith).toBeUndefined();
  await home.clock.pass(60_001);
  for (let i = 0; i < 58; i++) caller.ack(...ranges); // Another minute, another sixty thousand.
  for (let i = 0; i < 608; i++) caller.ack();
  expect(caller.closedWith).toBeUndefined();
  caller.ack(...ranges);
  expect(caller.closedWith).toEqual({ code: 4005, reason: "flooding" });
});

test("[DS126] who asks without reading is answered no more, and loses the socket; who reads again is answered", async () => {
  const home = new TestServer();
  const caller = await home.client("203.0.113.9");
  let unread = 0;
  const sink = (caller.connection as unknown as { sink: { inner: { unread?: () => number } } }).sink;
  sink.inner.unread = () => unread;
  const ask = () => caller.call("claim", { capability: new Uint8Array(16) });
  unread = 100_000;
  expect(await refusal(ask())).toBe("rate-limited");
  unread = 0;
  expect(await refusal(ask())).toBe("bad-capability");
  caller.send(encodeCall(900, "claim", { capability: new Uint8Array(16) }));
  unread = 100_000; // It asked while it still read, and then stopped.
  await home.clock.pass(5);
  expect(caller.closedWith).toEqual({ code: 4005, reason: "flooding" });
});

test("[DS138] a long device list is read once, however often one draws by its link, and anew when it changed", async () => {
  const reads: number[] = [];
  const home = new TestServer({
    between: (ports) => ({
      ...ports,
      log: {
        ...ports.log,
        accounts: {
          ...ports.log.accounts,
          entries: (account, from) => {
            const found = ports.log.accounts.entries(account, from);
            reads.push(found.length);
            return found;
          },
        },
      },
    }),
  });
  const alice = await home.person("alice");
  const tablet = await alice.addDevice(home, "tablet");
  await alice.addDevice(home, "laptop");
  const phone = await alice.phone.signIn(home);
  const capability = new Uint8Array(16).fill(3);
  await phone.call("capabilities", { add: [capabilityHashOf(nodePrimitives.sha256, capability)], remove: [] });
  const caller = await home.client("203.0.113.9");
  const drawn = async () => (await caller.call("claim", { capability })).history.entries.length;
  await drawn();
  reads.length = 0;
  expect([await drawn(), await drawn(), await drawn()]).toEqual([3, 3, 3]);
  expect(reads).toEqual([1, 1, 1]);
  const entry = await alice.adopt(alice.entryOf([alice.phone, tablet], alice.phone.keys));
  await phone.call("appendEntries", { account: alice.account, entries: [entry] });
  expect(await drawn()).toBe(4);
});
