/**
 * `yanshu app` as the client, whose screens are a page: what is kept where, who gets in, and what ends a line. A real
 * server, the real command, and the page's end of the line.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hex, type RemoteClient, remoteClient, type Views } from "@yanshu/client";
import { build } from "../../testkit/released.ts";
import { TestServer } from "../../testkit/server.ts";
import { bugs, type Running, Terminal, until } from "../../testkit/terminal.ts";
import { cookieName, entryOf } from "./admission.ts";
import { cookieOf } from "./tokens.ts";

setDefaultTimeout(60_000);
const folder = mkdtempSync(join(tmpdir(), "yanshu-core-"));
const web = join(folder, "web");
const server = new TestServer();
/** One for each test: what is bound may take a while to be free again. */
let port = 21_500 + (process.pid % 400) * 10;

beforeAll(async () => {
  build(web, 2);
  await server.start();
});
afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true });
  expect(bugs).toEqual([]);
});

/** `secret`: what a browser was given for the address. */
type App = { readonly running: Running; readonly token: string; readonly secret: string; readonly port: number };

async function started(ann: Terminal, link?: string): Promise<App> {
  port++;
  const running = ann.start(["app", ...(link === undefined ? [] : [link]), "--port", `${port}`, "--web", web]);
  await until("the address is said", () => running.out().includes("/start#"));
  const token = /\/start#([\w-]+)/.exec(running.out())?.[1] ?? "";
  const host = `yanshu.localhost:${port}`;
  const headers = { host, origin: `http://${host}` };
  const begun = await fetch(`http://127.0.0.1:${port}/start`, { method: "POST", body: token, headers });
  return { running, port, token, secret: await begun.text() };
}

async function ends({ running }: App): Promise<void> {
  running.interrupt();
  expect((await running.done).code).toBe(0);
}

type Line = { readonly socket: WebSocket; readonly heard: Uint8Array[]; readonly closed: Promise<number> };

/** A socket as a page opens it. @param said its first words. */
async function line({ port, secret }: App, said: readonly (string | Uint8Array<ArrayBuffer>)[]): Promise<Line> {
  const name = `yanshu.localhost:${port}`;
  const headers = {
    host: name,
    origin: `http://${name}`,
    cookie: `${cookieName(port)}=${cookieOf(secret)}`,
  };
  const Opened = WebSocket as unknown as new (address: string, options: object) => WebSocket;
  const socket = new Opened(`ws://127.0.0.1:${port}/core`, { headers });
  socket.binaryType = "arraybuffer";
  const heard: Uint8Array[] = [];
  socket.addEventListener("message", ({ data }) => heard.push(new Uint8Array(data as ArrayBuffer)));
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("not let in")));
  });
  for (const one of said) socket.send(one);
  return { socket, heard, closed };
}

async function page(app: App): Promise<{ readonly client: RemoteClient; readonly end: () => Promise<unknown> }> {
  const { socket, closed } = await line(app, [app.secret]);
  const client = remoteClient((bytes) => socket.send(bytes));
  socket.addEventListener("message", ({ data }) => client.take(new Uint8Array(data as ArrayBuffer)));
  return {
    client,
    end: () => {
      socket.close();
      return closed;
    },
  };
}

const said = (message: unknown) => {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length);
  bytes.set(text, 4);
  return bytes;
};

test("[HM94] a page makes an account and talks: all of it is in the terminal's folder, and one process has it", async () => {
  const [ann, ben] = [new Terminal(), new Terminal()];
  const app = await started(ann, server.invite);
  const { client, end } = await page(app);
  await client.api.createAccount({ name: "Ann", link: server.invite });
  // Another command finds the folder in use.
  expect((await ann.run(["chats"])).err).toContain("Another yanshu is using");
  await ben.says("create", "--name", "Ben", server.invite);
  await ben.says("add", await client.api.myLink(), "--greeting", "是我");
  let requests: Views["requests"]["value"] = [];
  client.subscribe("requests", [], (now) => {
    requests = now;
  });
  await until("Ben asks", () => requests.length === 1);
  const chat = requests[0]?.conversation as Hex;
  await client.api.acceptRequest(chat);
  let state = "";
  client.subscribe("conversation", [chat], (now) => {
    state = now?.state ?? "";
  });
  await until("a chat with Ben", () => state === "open");
  // A file that was chosen in the page goes range by range.
  const bytes = crypto.getRandomValues(new Uint8Array(200_000));
  await client.api.sendFile(chat, { source: new Blob([bytes]), name: "清单.bin", type: "application/octet-stream" });
  await client.api.sendText(chat, "密钥在这个程序里");
  await ben.saysAtLast("密钥在这个程序里", "read", "Ann", "--wait", "5");
  const saved = mkdtempSync(join(folder, "saved-"));
  await ben.says("save", "Ann", "--to", saved, "--wait", "60");
  expect(new Uint8Array(await Bun.file(join(saved, "清单.bin")).arrayBuffer())).toEqual(bytes);
  await end();
  await ends(app);
  expect(statSync(join(ann.folder, "yanshu.db")).mode & 0o777).toBe(0o600);
  // The same account, in the terminal, and then in a page again.
  expect(await ann.says("read", "Ben")).toContain("密钥在这个程序里");
  const again = await started(ann);
  const { client: anew, end: endAnew } = await page(again);
  expect(await anew.api.myLink()).toContain(`${server.origin}/#c/`);
  await endAnew();
  await ends(again);
  ann.remove();
  ben.remove();
});

test("[HM95] with the client here nothing of home is carried, and what is no message ends that line alone", async () => {
  const ann = new Terminal();
  const app = await started(ann, server.invite);
  const { client, end } = await page(app);
  const phase = new Promise<string>((resolve) => client.subscribe("status", [], ({ phase: now }) => resolve(now)));
  expect(await phase).toBe("new");
  const wrong: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
    short: new Uint8Array([0, 0]),
    "cut off": new Uint8Array([0, 0, 1, 0, 1]),
    "longer than it is": said({ kind: "close", id: 1 }).map((byte, at) => (at === 3 ? byte + 1 : byte)),
    "no JSON": new Uint8Array([0, 0, 0, 1, 123]),
    kind: said({ kind: "other", id: 1 }),
    number: said({ kind: "call", id: "1", method: "myLink", args: [] }),
    call: said({ kind: "call", id: 1, method: "constructor", args: [] }),
    "no call": said({ kind: "call", id: 1, method: "noSuchCall", args: [] }),
    view: said({ kind: "open", id: 1, name: "noSuchView", args: [] }),
    "a view's kin": said({ kind: "open", id: 1, name: "toString", args: [] }),
    bytes: said({ kind: "part", id: 1, bytes: { $: "bytes", at: 0, length: 9 } }),
    odd: said({ kind: "part", id: 1, bytes: { $: "bytes", at: -1, length: 0 } }),
    strange: said({ kind: "call", id: 1, method: "myLink", args: [{ $: "function" }] }),
    entries: said({ kind: "call", id: 1, method: "myLink", args: [{ $: "entries", entries: [[1, 2]] }] }),
    deep: said({ kind: "call", id: 1, method: "myLink", args: JSON.parse("[".repeat(99) + "]".repeat(99)) }),
  };
  for (const [name, message] of Object.entries(wrong))
    expect([name, await (await line(app, [app.secret, message])).closed]).toEqual([name, 1008]);
  // A refusal of the client is an answer.
  const refused = client.api.sendText("00".repeat(16) as never, "?");
  await expect(refused).rejects.toMatchObject({ name: "ClientError", code: "unknown-conversation" });
  await end();
  const cookie = `${cookieName(app.port)}=${cookieOf(app.secret)}`;
  const origin = `http://yanshu.localhost:${app.port}`;
  const headers: Readonly<Record<string, string>> = { host: `yanshu.localhost:${app.port}`, cookie, origin };
  const says = (path: string, hasCore: boolean) =>
    entryOf(
      { method: "GET", path, header: (name) => headers[name] ?? null },
      { port: app.port, isCookie: (one) => one === cookieOf(app.secret), isFile: () => false, hasCore },
    );
  for (const path of ["/ws", "/calls/ws", "/tunnel", "/blobs/0a"])
    expect([path, says(path, true)]).toEqual([path, "refused"]);
  expect([says("/core", true), says("/core", false)]).toEqual(["core", "refused"]);
  await ends(app);
  ann.remove();
});

test("[HM96] the cookie, which other ports are given, opens no line to the client, nor does the address; what a browser was given for it does", async () => {
  const ann = new Terminal();
  const app = await started(ann, server.invite);
  const status = said({ kind: "open", id: 1, name: "status", args: [] });
  for (const first of [cookieOf(app.secret), app.token, "", status, "guess"]) {
    const { closed, heard } = await line(app, [first, status]);
    expect(await closed).toBe(1008);
    expect(heard).toEqual([]);
  }
  // Nor does it twice on one line.
  expect(await (await line(app, [app.secret, app.secret])).closed).toBe(1008);
  const name = `yanshu.localhost:${app.port}`;
  const asked = (headers: Readonly<Record<string, string>>) =>
    fetch(`http://127.0.0.1:${app.port}/core`, { headers: { host: name, ...headers } });
  const cookie = `${cookieName(app.port)}=${cookieOf(app.secret)}`;
  expect((await asked({ origin: `http://${name}` })).status).toBe(403);
  expect((await asked({ cookie })).status).toBe(403);
  expect((await asked({ cookie, origin: "http://yanshu.localhost:1" })).status).toBe(403);
  await ends(app);
  ann.remove();
});

test("[HM94] a taken port, and no server, leave no account behind", async () => {
  const ann = new Terminal();
  expect((await ann.run(["app", "--web", web])).err).toContain("Which server?");
  expect(existsSync(ann.folder)).toBe(false);
  // Until somebody lives there another server may be chosen.
  await ends(await started(ann, "http://localhost:1"));
  const app = await started(ann, server.invite);
  expect(app.running.out()).toContain(server.origin);
  await ends(app);
  ann.remove();
});
