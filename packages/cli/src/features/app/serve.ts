/**
 * Serve: the app at its one address, on this computer alone (docs/spec/terminal.md TE20–TE22). Bound to both forms of
 * this machine, or not at all: what listens on the other one would be the app to half of the browsers.
 */
import type { RemoteLine } from "@yanshu/client";
import { programFrames, securityHeaders, typeOfFile } from "@yanshu/release";
import type { Home } from "../../home.ts";
import { wholeWithin } from "../../whole-within.ts";
import { cookieName, entryOf } from "./admission.ts";
import type { Files } from "./build.ts";
import { type Carried, carryRequest, Line } from "./carry.ts";
import type { Core } from "./core.ts";
import { startHtml, startScript } from "./start-page.ts";
import { cookieOf, type Tokens } from "./tokens.ts";

export type Serving = { readonly stop: () => Promise<void> };
export type Setting = {
  readonly port: number;
  readonly tokens: Tokens;
  /** Somebody opened an address: one that was printed, or one that was opened before. */
  readonly opened: (how: "first" | "again") => void;
  readonly home: Home;
  readonly files: Files;
  /** The client, where it is in this process and not in the browser. */
  readonly core?: Core | undefined;
  /** How long a socket of the client may say nothing. */
  readonly silentMs?: number;
};
/** A socket of the page that is carried to home, or speaks with the client here. */
type Socket = Carried | { readonly path: "/core"; line?: RemoteLine | "ended" };

const hosts = ["127.0.0.1", "::1"];
const tokenBytesMax = 200;
/** Who opens the client's socket says its secret at once. */
const silentMsMax = 20_000;
/** A film that the page is slow to take; a page that takes nothing more is ended. */
const waitingBytesMax = 256 << 20;

/** @throws an error with code EADDRINUSE when the port is taken, by either form. */
export function serveApp(setting: Setting): Serving {
  const servers: Bun.Server<Socket>[] = [];
  try {
    for (const hostname of hosts) servers.push(listen(hostname, setting));
  } catch (error) {
    for (const one of servers) void one.stop(true);
    // A computer without IPv6 has no other form.
    if (servers.length === 0 || (error as { code?: unknown }).code === "EADDRINUSE") throw error;
    return serveOn([listen("127.0.0.1", setting)]);
  }
  return serveOn(servers);
}

function serveOn(servers: readonly Bun.Server<Socket>[]): Serving {
  return { stop: async () => void (await Promise.all(servers.map((one) => one.stop(true)))) };
}

function listen(hostname: string, setting: Setting): Bun.Server<Socket> {
  const { port, tokens, home, files, core, silentMs = silentMsMax } = setting;
  const isCookie = (cookie: string) => tokens.isCookie(cookie);
  const isFile = (path: string) => files.has(path.slice(1));
  return Bun.serve<Socket>({
    hostname,
    port,
    // A film comes for longer than a page.
    idleTimeout: 255,
    maxRequestBodySize: 64 << 20,
    async fetch(request, server) {
      const { pathname: path } = new URL(request.url);
      const asked = { method: request.method, path, header: (name: string) => request.headers.get(name) };
      switch (entryOf(asked, { port, isCookie, isFile, hasCore: core !== undefined })) {
        case "refused":
          return answer(403, "text/plain", "no\n");
        case "start":
          return path === "/start.js"
            ? answer(200, typeOfFile("start.js"), startScript)
            : answer(200, typeOfFile("start.html"), startHtml);
        case "begin":
          return begin(await shortText(request), setting);
        case "home":
          return answer(
            200,
            "application/json",
            JSON.stringify(core === undefined ? home : { ...home, isCoreHere: true }),
          );
        case "socket":
          if (server.upgrade(request, { data: { path: path as Carried["path"] } })) return undefined;
          return answer(426, "text/plain", "expected a WebSocket\n");
        case "core":
          if (server.upgrade(request, { data: { path: "/core" } })) return undefined;
          return answer(426, "text/plain", "expected a WebSocket\n");
        case "carried":
          return carryRequest(request, path, home);
        case "page":
          return file("index.html", files);
        case "file":
          return file(path.slice(1), files);
      }
    },
    websocket: {
      maxPayloadLength: 16 << 20,
      backpressureLimit: waitingBytesMax,
      closeOnBackpressureLimit: true,
      open(socket) {
        const { data } = socket;
        if (data.path !== "/core") data.line = new Line(home, data.path, socket);
        else setTimeout(() => data.line === undefined && socket.close(1008), silentMs);
      },
      message(socket, bytes) {
        const { data } = socket;
        if (data.path === "/core") {
          if (core !== undefined) hear(core, tokens, { socket, data, said: bytes });
        } else if (typeof bytes === "string") socket.close(1003);
        else data.line?.send(new Uint8Array(bytes));
      },
      close({ data }) {
        if (data.path !== "/core") data.line?.close();
        else if (data.line !== "ended") data.line?.end();
      },
    },
  });
}

type Heard = {
  readonly socket: {
    readonly sendBinary: (bytes: Uint8Array<ArrayBuffer>) => unknown;
    readonly close: (code: number) => void;
  };
  readonly data: Extract<Socket, { readonly path: "/core" }>;
  readonly said: string | Buffer<ArrayBuffer>;
};

/** The first word is the secret; what follows are messages to the client (docs/spec/homes.md HM95, HM96). */
function hear(core: Core, tokens: Tokens, { socket, data, said }: Heard): void {
  if (data.line === "ended") return;
  try {
    if (data.line !== undefined && typeof said !== "string") {
      data.line.take(new Uint8Array(said));
      return;
    }
    // @checks HM96
    if (data.line !== undefined || typeof said !== "string" || !tokens.isSecret(said))
      throw new RangeError("no secret");
    data.line = core.line((bytes) => socket.sendBinary(bytes));
  } catch {
    // What is no message ends this line and no other.
    if (data.line !== undefined) data.line.end();
    data.line = "ended";
    socket.close(1008);
  }
}

/** A token is short: of what is longer nothing is kept, and it is none. */
async function shortText(request: Request): Promise<string> {
  const said = await wholeWithin(request, { bytesMax: tokenBytesMax }).catch(() => undefined);
  return new TextDecoder().decode(said);
}

function begin(given: string, { tokens, port, opened }: Setting): Response {
  const begun = tokens.begin(given);
  if (begun === "used") opened("again");
  if (typeof begun === "string") return answer(403, "text/plain", "no\n");
  opened("first");
  const cookie = `${cookieName(port)}=${cookieOf(begun.secret)}; Path=/; HttpOnly; SameSite=Strict`;
  return answer(200, "text/plain", begun.secret, { "set-cookie": cookie });
}

function file(path: string, files: Files): Response {
  const isForGood = /^sw-[0-9a-f]{64}\.js$|^assets\/.*[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(path);
  const caching = { "cache-control": isForGood ? "public, max-age=31536000, immutable" : "no-cache" };
  const own = { ...caching, ...programFrames[`/${path}`] };
  return answer(200, typeOfFile(path), files.get(path) ?? "", own);
}

function answer(
  status: number,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  more: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...securityHeaders, "content-type": type, ...more } });
}
