/** The gateway on Bun: real sockets and requests on loopback. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import {
  decodeResult,
  decodeServerFrame,
  encodeAcks,
  encodeCall,
  encodeParts,
  encodePost,
  limits,
  signInBytes,
  toHex,
} from "@yanshu/wire";
import { memoryBlobStore } from "../blobs/memory.ts";
import { nodePrimitives } from "../core/node-crypto.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { Person } from "../testkit/person.ts";
import { Socket, until } from "../testkit/process.ts";
import { loadAssets } from "./assets.ts";
import { type Serving, serve } from "./bun.ts";
import { securityHeaders } from "./headers.ts";
import { prefixOf, proxiesOf } from "./prefix.ts";

const token = new Uint8Array(16).fill(7);
const stopping: Serving[] = [];
const folder = mkdtempSync(join(tmpdir(), "yanshu-gateway-"));
afterAll(async () => {
  await Promise.all(stopping.map((serving) => serving.stop()));
  rmSync(folder, { recursive: true });
});

const plenty = 1e9;
function serving(assets?: string): Serving {
  const started = serve({
    log: openSqliteLog(":memory:"),
    port: 0,
    host: "127.0.0.1",
    assets,
    operatorPort: 0,
    config: {
      domain: "home.example",
      registrationToken: token,
      postsPerMinute: { address: plenty, list: plenty, connection: plenty, prefix: plenty },
    },
  });
  stopping.push(started);
  return started;
}

async function register(port: number, person: Person): Promise<void> {
  const caller = new Socket(port);
  await caller.open();
  await caller.call("register", { token, inception: person.inception, entry: person.entries[0] as Uint8Array });
  caller.socket.close();
}

test("[WI7] a text message, and a frame over the cap, close the socket", async () => {
  const { port, server } = serving();
  const text = new Socket(port);
  await text.open();
  text.socket.send("hello");
  expect(await until(() => text.closed)).toEqual({ code: 4003, reason: "malformed" });
  const large = new Socket(port);
  await large.open();
  large.send(new Uint8Array(limits.frameBytesMax + 1));
  await until(() => large.closed);
  await until(() => server.counts().connections === 0 || undefined);
});

test("[DS192] a socket ends of which pings, or pongs, come by the hundred in one turn; one that asks now and then is answered", async () => {
  const { port } = serving();
  for (const [opcode, count] of [
    [0x89, 1_000],
    [0x8a, 1_000],
    [0x89, 16],
  ] as const) {
    const came: Buffer[] = [];
    let isClosed = false;
    const raw = connect(port, "127.0.0.1");
    raw.on("data", (bytes) => came.push(bytes as Buffer));
    raw.on("error", () => undefined);
    raw.on("close", () => {
      isClosed = true;
    });
    const head = ["GET /ws HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade"];
    const key = Buffer.alloc(16).toString("base64");
    raw.write([...head, `Sec-WebSocket-Key: ${key}`, "Sec-WebSocket-Version: 13", "", ""].join("\r\n"));
    await until(() => (Buffer.concat(came).includes("\r\n\r\n") ? true : undefined));
    raw.write(Buffer.concat(Array.from({ length: count }, () => Buffer.from([opcode, 0x80, 1, 2, 3, 4]))));
    await Bun.sleep(200);
    const answers = Buffer.concat(came).toString("latin1").split("\x8a\x00").length - 1;
    expect([opcode, count, isClosed]).toEqual([opcode, count, count > 16]);
    if (count === 16) expect(answers).toBe(16);
    raw.destroy();
  }
});

test("[DS33] a slow reader is closed, and catches up from its queue", async () => {
  const { port, server } = serving();
  const bob = new Person("bob");
  await register(port, bob);
  const phone = new Socket(port);
  await phone.signIn(bob, 0);
  const address = new Uint8Array(16).fill(1);
  await phone.call("addresses", { add: [address], remove: [] });
  phone.socket.close();
  await until(() => server.counts().signedIn === 0 || undefined);

  const stuck = await stuckReader(port, bob);
  await until(() => server.counts().signedIn === 1 || undefined);
  const sender = new Socket(port);
  await sender.open();
  const body = new Uint8Array(200_000).fill(9);
  let sent = 0;
  await until(() => {
    for (let i = 0; i < 4; i++) {
      body[0] = sent;
      const parts = encodeParts([{ target: { kind: "address", address }, envelope: body }]);
      sender.send(encodePost(1_000 + sent++, { mode: "deposit" }, parts));
    }
    return server.counts().signedIn === 0 || undefined;
  });
  await until(() => sender.frames.filter(({ type }) => type === "ok").length === sent || undefined);
  stuck.end();

  const back = new Socket(port);
  await back.signIn(bob, 2);
  const pushes = () => back.frames.flatMap((frame) => (frame.type === "push" ? [frame.push] : []));
  await until(() => {
    const got = pushes();
    if (got.length > 0) back.send(encodeAcks([{ first: got[0]?.id as number, last: got.at(-1)?.id as number }]));
    return got.length === sent || undefined;
  });
  expect(pushes().map(({ envelope }) => envelope[0])).toEqual(Array.from({ length: sent }, (_, i) => i & 0xff));
}, 20_000);

/** Signs in over a bare TCP socket, and then never reads again. */
async function stuckReader(port: number, person: Person): Promise<{ end: () => void }> {
  const received: Uint8Array[] = [];
  let reading = true;
  const tcp = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (socket, data) => {
        received.push(new Uint8Array(data));
        if (!reading) socket.pause();
      },
    },
  });
  const key = Buffer.from(new Uint8Array(16)).toString("base64");
  tcp.write(
    `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  const bytes = () => Buffer.concat(received);
  const headEnd = await until(() => {
    const at = bytes().indexOf("\r\n\r\n");
    return at < 0 ? undefined : at + 4;
  });
  tcp.write(masked(encodeCall(1, "hello", { versions: [1] })));
  const hello = await until(() => (bytes().length > headEnd + 100 ? bytes().subarray(headEnd) : undefined));
  const frame = decodeServerFrame(new Uint8Array(hello.subarray(2, 2 + (hello[1] as number))));
  if (frame.type !== "result") throw new Error("no greeting");
  const { incarnation, nonce } = decodeResult("hello", frame.body);
  const { account, phone } = person;
  const fields = { account, device: phone.id, current: phone.value(1), next: phone.value(2) };
  const signature = phone.keys.sign(signInBytes({ domain: "home.example", incarnation, nonce, ...fields }));
  reading = false;
  tcp.write(masked(encodeCall(2, "signIn", { ...fields, signature })));
  return { end: () => tcp.end() };
}

/** A client's WebSocket frame with a mask of zeros. */
function masked(payload: Uint8Array): Uint8Array {
  const head =
    payload.length < 126 ? [0x82, 0x80 | payload.length] : [0x82, 0xfe, payload.length >> 8, payload.length & 0xff];
  return Uint8Array.of(...head, 0, 0, 0, 0, ...payload);
}

test("[DS18] published and single pushes reach a socket in the order of their ids", async () => {
  const started = serve({
    log: openSqliteLog(":memory:"),
    port: 0,
    host: "127.0.0.1",
    config: { domain: "home.example", registrationToken: token, topicFrom: 0 },
  });
  stopping.push(started);
  const bob = new Person("bob");
  await register(started.port, bob);
  const phone = new Socket(started.port);
  await phone.signIn(bob, 0);
  const address = new Uint8Array(16).fill(1);
  await phone.call("addresses", { add: [address], remove: [] });
  const sender = new Socket(started.port);
  await sender.open();
  const { hash } = await sender.call("uploadList", { addresses: [address] });
  const { Group } = await import("../testkit/group.ts");
  const group = new Group("order");
  group.list = hash;
  const welcome = group.parts("welcome");
  sender.send(encodePost(500, group.create(welcome), encodeParts(welcome)));
  for (let i = 0; i < 100; i++) {
    const target = { kind: "address" as const, address };
    sender.send(encodePost(600 + i, group.application(1), encodeParts(group.parts(`list ${i}`))));
    sender.send(encodePost(800 + i, { mode: "deposit" }, encodeParts([{ target, envelope: Uint8Array.of(i) }])));
  }
  const ids = () => phone.frames.flatMap((frame) => (frame.type === "push" ? [frame.push.id] : []));
  await until(() => ids().length === 201 || undefined);
  expect(ids()).toEqual([...ids()].sort((a, b) => a - b));
});

test("[DS35] the operator sees counts and nothing else", async () => {
  const { operatorPort, port } = serving();
  const counts = (await (await fetch(`http://127.0.0.1:${operatorPort}/`)).json()) as Record<string, unknown>;
  expect(Object.values(counts).every((value) => typeof value === "number")).toBe(true);
  expect(counts).toMatchObject({ connections: 0, accounts: 0 });
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(404);
});

test("[DS80] the counts are there for Prometheus, without a label, and nowhere else", async () => {
  const { operatorPort, port } = serving();
  const bob = new Person("bob");
  await register(port, bob);
  const answer = await fetch(`http://127.0.0.1:${operatorPort}/metrics`);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await answer.text()).trimEnd().split("\n");
  const samples = lines.filter((line) => !line.startsWith("#"));
  expect(samples.length).toBeGreaterThan(12);
  for (const sample of samples) expect(sample).toMatch(/^yanshu_[a-z0-9_]+ \d+(\.\d+)?$/);
  expect(samples).toContain("yanshu_accounts 1");
  const told = (what: string) =>
    lines.filter((line) => line.startsWith(`# ${what} yanshu_`)).map((line) => line.split(" ")[2]);
  const names = samples.map((sample) => sample.split(" ")[0]);
  expect([told("HELP"), told("TYPE")]).toEqual([names, names]);
  const page = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(page.status).toBe(404);
});

test("[DS81] [DS82] a server that goes answers what came, sends everybody elsewhere in turn, and is not ready meanwhile", async () => {
  const going = serving();
  const { port } = going;
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return [answer.status, await answer.text()];
  };
  expect([await ask("/healthz"), await ask("/readyz")]).toEqual([
    [200, "ok\n"],
    [200, "ready\n"],
  ]);
  const sockets = Array.from({ length: 40 }, () => new Socket(port));
  const closedAtMs: number[] = [];
  for (const { socket } of sockets) socket.addEventListener("close", () => closedAtMs.push(performance.now()));
  await Promise.all(sockets.map((socket) => socket.open()));
  const parts = [{ target: { kind: "address" as const, address: new Uint8Array(16) }, envelope: new Uint8Array(300) }];
  const answers = sockets.map((socket) => socket.post({ mode: "deposit" }, parts));
  await until(() => going.server.counts().posts > 0 || undefined);
  const gone = going.drain(600);
  expect(await ask("/readyz")).toEqual([503, "going\n"]);
  expect(await ask("/healthz")).toEqual([200, "ok\n"]);
  expect((await ask(`/blobs/${"0a".repeat(16)}/state`))[0]).toBe(503);
  const late = new Socket(port);
  await until(() => late.closed !== undefined || undefined);
  expect(late.frames).toEqual([]);
  await gone;
  await until(() => sockets.every(({ closed }) => closed !== undefined) || undefined);
  for (const answer of await Promise.all(answers)) expect(answer.type).toBe("ok");
  for (const { closed } of sockets) expect(closed).toEqual({ code: 4007, reason: "going" });
  expect((closedAtMs.at(-1) as number) - (closedAtMs[0] as number)).toBeGreaterThan(300);
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
});

test("[DS82] a file that is under way when the server is told to go is taken whole", async () => {
  const blobs = memoryBlobStore(new Uint8Array(32));
  const going = serve({ log: openSqliteLog(":memory:"), blobs, port: 0, host: "127.0.0.1" });
  const [id, secret, file] = ["0b".repeat(16), new Uint8Array(32).fill(3), new Uint8Array(200_000).fill(9)];
  const row = { bytes: file.length, written: 0, days: 30, expiresDay: 1e6, ownerHash: nodePrimitives.sha256(secret) };
  blobs.index.create(id, row, []);
  const { promise: rest, resolve: sendRest } = Promise.withResolvers<void>();
  const body = new ReadableStream({
    async start(stream) {
      stream.enqueue(file.subarray(0, 100_000));
      await rest;
      stream.enqueue(file.subarray(100_000));
      stream.close();
    },
  });
  const headers = { "upload-offset": "0", "blob-owner": toHex(secret), "content-length": `${file.length}` };
  const put = fetch(`http://127.0.0.1:${going.port}/blobs/${id}`, { method: "PUT", headers, body });
  await Bun.sleep(200);
  let isGone = false;
  const gone = going.drain(0).then(() => {
    isGone = true;
  });
  await Bun.sleep(200);
  expect([isGone, blobs.files.size]).toEqual([false, 0]);
  sendRest();
  expect((await put).status).toBe(200);
  await gone;
  expect(blobs.files.get(id)).toEqual(file);
});

function app(): string {
  const dist = mkdtempSync(join(folder, "dist-"));
  mkdirSync(join(dist, "assets"));
  writeFileSync(join(dist, "index.html"), "<!doctype html><title>雁</title>".padEnd(2_000));
  writeFileSync(join(dist, "assets/main-AbCd1234.js"), "console.log('hello');\n".repeat(200));
  writeFileSync(join(dist, "assets/main-AbCd1234.js.br"), "made by the build");
  writeFileSync(join(dist, "assets/packed-AbCd1234.js.br"), brotliCompressSync("console.log('packed');"));
  writeFileSync(join(dist, "assets/packed-AbCd1234.js.gz"), gzipSync("console.log('packed');"));
  writeFileSync(join(dist, "release.json"), "{}");
  writeFileSync(join(dist, workerName), "// worker");
  return dist;
}

const workerName = `sw-${"0a".repeat(32)}.js`;

test("[DS33] the app is served compressed, cached by name, and under a strict policy", async () => {
  const { port, assets } = serving(app());
  await assets.compressed;
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers, decompress: false } as RequestInit);
  const page = await get("/", { "accept-encoding": "gzip, br;q=0" });
  expect(page.headers.get("content-encoding")).toBe("gzip");
  expect(gunzipSync(await page.arrayBuffer()).toString()).toContain("雁");
  const policy = page.headers.get("content-security-policy") as string;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
  expect(page.headers.get("set-cookie")).toBeNull();
  expect(page.headers.get("cache-control")).toBe("no-cache");
  expect(page.headers.get("x-content-type-options")).toBe("nosniff");

  const script = await get("/assets/main-AbCd1234.js", { "accept-encoding": "gzip, deflate, br" });
  expect(script.headers.get("cache-control")).toContain("immutable");
  expect(script.headers.get("content-type")).toContain("text/javascript");
  expect(await script.text()).toBe("made by the build");
  expect((await get("/assets/main-AbCd1234.js.br")).status).toBe(404);
  // Who takes neither form is unpacked for.
  const [plain, packed] = ["/assets/main-AbCd1234.js", "/assets/packed-AbCd1234.js"];
  for (const accepted of ["identity", "br;q=0"]) {
    const unpacked = await get(plain, { "accept-encoding": accepted });
    expect(unpacked.headers.get("content-encoding")).toBeNull();
    expect(await unpacked.text()).toBe("console.log('hello');\n".repeat(200));
    expect(await (await get(packed, { "accept-encoding": accepted })).text()).toBe("console.log('packed');");
  }
  expect((await get(packed, { "accept-encoding": "gzip" })).headers.get("content-encoding")).toBe("gzip");
  expect((await get("/release.json")).headers.get("cache-control")).toBe("no-cache");
  const worker = await get(`/${workerName}`, { "accept-encoding": "identity" });
  expect(worker.headers.get("cache-control")).toContain("immutable");

  const route = await get("/chats/7", { "accept-encoding": "br" });
  expect(brotliDecompressSync(await route.arrayBuffer()).toString()).toContain("<title>");
  const etag = page.headers.get("etag") as string;
  expect((await get("/", { "if-none-match": etag })).status).toBe(304);
  expect((await get("/missing.js")).status).toBe(404);
  expect((await get("/", {}, "POST")).status).toBe(405);
  expect(await (await get("/", {}, "HEAD")).text()).toBe("");
  expect((await get("/../../etc/passwd")).status).toBeLessThan(500);
  expect(await (await get("/healthz")).text()).toBe("ok\n");
  expect((await get("/ws")).status).toBe(426);
});

test("[WE140] the app’s carrier may reach the home that its address names, and every other file home alone", () => {
  const built = app();
  for (const name of ["carrier-AbCd1234.js", "other-AbCd1234.js"]) writeFileSync(join(built, "assets", name), "//\n");
  const { answer } = loadAssets(built, securityHeaders);
  const policyOf = (path: string, search: string) => {
    const { headers } = answer({ method: "GET", path, search, acceptEncoding: "", ifNoneMatch: null });
    return /connect-src ([^;]*)/.exec(headers.get("content-security-policy") ?? "")?.[1];
  };
  const carrier = "/assets/carrier-AbCd1234.js";
  expect(policyOf(carrier, "?to=two.example")).toBe("wss://two.example https://two.example");
  for (const search of ["", "?to=", "?to=*", "?to=a.example%20*", "?too=two.example"])
    expect(policyOf(carrier, search)).toBe("'self'");
  for (const path of ["/", "/index.html", "/assets/other-AbCd1234.js"])
    expect(policyOf(path, "?to=two.example")).toBe("'self'");
});

test("[PR10] the page that draws mini programs is sandboxed by its own header, and no other file is", () => {
  const built = app();
  mkdirSync(join(built, "mini"));
  for (const name of ["host.html", "other.html"]) writeFileSync(join(built, "mini", name), "<!doctype html>\n");
  const { answer } = loadAssets(built, securityHeaders);
  const headersOf = (path: string) =>
    answer({ method: "GET", path, search: "", acceptEncoding: "", ifNoneMatch: null }).headers;
  const policy = headersOf("/mini/host.html").get("content-security-policy") ?? "";
  expect(policy.split("; ")).toContain("sandbox allow-scripts");
  expect(policy).toContain("frame-ancestors 'self'");
  expect(policy).not.toMatch(/'self'(?!$|;)|https?:|\*|allow-same-origin|connect-src/);
  expect(headersOf("/mini/host.html").get("permissions-policy")).toContain("camera=()");
  for (const path of ["/", "/mini/other.html", "/mini/host"]) {
    expect(headersOf(path).get("content-security-policy")).toBe(securityHeaders["content-security-policy"] as string);
    expect(headersOf(path).get("content-security-policy")).toContain("frame-ancestors 'none'");
  }
});

test("[PR30] the page that draws webxdc apps is sandboxed by its own header, fetches nothing, and names no host", () => {
  const built = app();
  mkdirSync(join(built, "mini"));
  writeFileSync(join(built, "mini", "webxdc.html"), "<!doctype html>\n");
  const { answer } = loadAssets(built, securityHeaders);
  const { headers } = answer({
    method: "GET",
    path: "/mini/webxdc.html",
    search: "",
    acceptEncoding: "",
    ifNoneMatch: null,
  });
  const policy = headers.get("content-security-policy") ?? "";
  for (const directive of ["default-src 'none'", "frame-src 'none'", "sandbox allow-scripts", "form-action 'none'"])
    expect(policy.split("; ")).toContain(directive);
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy.replace("frame-ancestors 'self'", "")).not.toMatch(/'self'|https?:|\*|allow-same-origin/);
  expect(headers.get("connection-allowlist")).toBe("()");
});

test("[DS33] who names a host that is none gets the app, and it is no fault of the server", async () => {
  const home = serving(app());
  const answer = Promise.withResolvers<string>();
  await Bun.connect({
    hostname: "127.0.0.1",
    port: home.port,
    socket: {
      open: (socket) => {
        socket.write("GET /x?to=y HTTP/1.1\r\nHost: a:99999\r\nConnection: close\r\n\r\n");
      },
      data: (_socket, bytes) => answer.resolve(String(bytes)),
    },
  });
  expect((await answer.promise).split("\r\n")[0]).toBe("HTTP/1.1 200 OK");
  expect(home.counts().faults).toBe(0);
});

test("[HM66] a page of another home may ask for files, by name of nobody", async () => {
  const { port } = serving(app());
  const at = `http://127.0.0.1:${port}/blobs/${"00".repeat(16)}`;
  const asked = await fetch(at, { method: "OPTIONS", headers: { origin: "https://one.example" } });
  expect(asked.status).toBe(204);
  expect(asked.headers.get("access-control-allow-methods")).toContain("PUT");
  expect(asked.headers.get("access-control-allow-headers")).toContain("blob-owner");
  for (const { headers } of [asked, await fetch(at)]) {
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  }
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect(page.headers.get("access-control-allow-origin")).toBeNull();
});

test("[DS33] without a build the page says how to make one", () => {
  const { answer } = loadAssets(join(folder, "absent"), {});
  expect(answer({ method: "GET", path: "/", acceptEncoding: "", ifNoneMatch: null }).status).toBe(404);
});

test("[DS24] a prefix is an IPv4 address, an IPv6 /56, or what a proxy on loopback names last", () => {
  expect(prefixOf("192.0.2.7", "198.51.100.1")).toBe("192.0.2.7");
  expect(prefixOf("::ffff:192.0.2.7", null)).toBe("192.0.2.7");
  expect(prefixOf("2001:db8:1:2aff::1", null)).toBe("2001:db8:1:2a00");
  expect(prefixOf("2001:db8:1:2abc:9:9:9:9", null)).toBe("2001:db8:1:2a00");
  expect(prefixOf("127.0.0.1", null)).toBeUndefined();
  expect(prefixOf("::1", "spoofed, 192.0.2.9")).toBe("192.0.2.9");
  expect(prefixOf(undefined, null)).toBeUndefined();
  const isProxy = proxiesOf("10.0.0.5, 10.1.0.0/16,fd00::/8");
  expect(prefixOf("10.0.0.5", "192.0.2.9", isProxy)).toBe("192.0.2.9");
  expect(prefixOf("::ffff:10.1.2.3", "192.0.2.9", isProxy)).toBe("192.0.2.9");
  expect(prefixOf("fd00::1", "2001:db8:1:2abc::1", isProxy)).toBe("2001:db8:1:2a00");
  expect(prefixOf("10.0.0.6", "192.0.2.9", isProxy)).toBe("10.0.0.6");
  expect(prefixOf("10.0.0.5", null, isProxy)).toBe("10.0.0.5"); // It forgot to say: limited as one place.
  for (const wrong of ["", "caddy", "10.0.0.0/33", "10.0.0.0/", "fd00::/129"]) expect(proxiesOf(wrong)).toBeUndefined();
});
