/** `yanshu app`: who is let in, what is served, and what is carried. A real server, and the real command. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinned } from "@yanshu/release";
import { writeHome } from "../../home.ts";
import { build, releasedFiles } from "../../testkit/released.ts";
import { TestServer } from "../../testkit/server.ts";
import { Terminal, until } from "../../testkit/terminal.ts";
import { type AppRequest, entryOf } from "./admission.ts";
import { checkedBuild } from "./build.ts";
import { cookieOf } from "./tokens.ts";

setDefaultTimeout(60_000);
const folder = mkdtempSync(join(tmpdir(), "yanshu-app-"));
const web = join(folder, "web");
const server = new TestServer();

beforeAll(async () => {
  build(web, 2);
  await server.start();
});
afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const listener = await listening("127.0.0.1", 0);
  const { port } = listener.address() as { port: number };
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

const listening = (host: string, port: number) =>
  new Promise<Server>((resolve) => {
    const listener = createServer();
    listener.listen(port, host, () => resolve(listener));
  });

/** As an earlier version left it, whose account is in a browser. */
function isInBrowser(ann: Terminal, origin = server.origin): void {
  mkdirSync(join(ann.folder, "app"), { recursive: true });
  writeHome(join(ann.folder, "app"), { server: new URL(origin).host, origin });
}

/** The command, until it has said where the app is. */
async function opened(ann: Terminal, port: number, ...more: readonly string[]) {
  const link = existsSync(join(ann.folder, "app", "home.json")) ? [] : [server.origin];
  const running = ann.start(["app", ...link, "--port", `${port}`, "--web", web, ...more]);
  await until("the address is said", () => running.out().includes("/start#"));
  const address = /http:\S+\/start#\S+/.exec(running.out())?.[0] ?? "";
  const token = new URL(address).hash.slice(1);
  const origin = `http://yanshu.localhost:${port}`;
  const ask = (
    path: string,
    headers: Readonly<Record<string, string>> = {},
    init: RequestInit = {},
    host = "127.0.0.1",
  ) => fetch(`http://${host}:${port}${path}`, { ...init, headers: { host: `yanshu.localhost:${port}`, ...headers } });
  const end = async () => {
    running.interrupt();
    return running.done;
  };
  const begin = (body: string) => ask("/start", { origin }, { method: "POST", body });
  const { headers } = await begin(token);
  const cookie = headers.get("set-cookie")?.split(";")[0] ?? "";
  return { running, token, port, ask, begin, end, cookie };
}

test("[F-2j-12] [TE20] the app is served by this computer as it was released, and says so; a changed one is not served at all", async () => {
  const ann = new Terminal();
  const app = await opened(ann, await freePort());
  try {
    expect(app.running.out()).toContain("release 1.2.0, signed by test-1.yanshu.example, test-2.yanshu.example");
    const { cookie } = app;
    for (const host of ["127.0.0.1", "[::1]"]) {
      expect(await (await app.ask("/assets/main-AbCd1234.js", {}, {}, host)).text()).toBe("1");
      expect(await (await app.ask("/chats", { cookie }, {}, host)).text()).toBe(releasedFiles["index.html"]);
    }
    const { headers } = await app.ask("/", { cookie });
    expect(headers.get("content-security-policy")).toContain("script-src 'self' 'wasm-unsafe-eval'");
  } finally {
    expect((await app.end()).code).toBe(0);
  }
  const port = `${await freePort()}`;
  const refused = async (into: string, ...more: readonly string[]) =>
    (await ann.run(["app", "--port", port, "--web", into, ...more])).err;
  expect(await refused(build(join(folder, "changed"), 2, { "assets/main-AbCd1234.js": "2" }))).toContain(
    "other files: assets/main-AbCd1234.js",
  );
  expect(await refused(build(join(folder, "one"), 1), "--own-build")).toContain("too few people signed it");
  rmSync(join(build(join(folder, "unlogged"), 2), "release.proof"));
  expect(await refused(join(folder, "unlogged"))).toContain("not in the log of releases");
  expect(await refused(build(join(folder, "own"), 0))).toContain("nobody signed it");
  expect(await refused(join(folder, "none"))).toContain("no built web app");
  expect(checkedBuild(join(folder, "own"), pinned, true).kind).toBe("own-build");
  ann.remove();
});

test("[RE14] [RE18] somebody who ran a release by this command is served no older one, no other one of its version, and none of another log", async () => {
  const ann = new Terminal();
  const port = await freePort();
  await (await opened(ann, port)).end();
  const run = async (into: string, proof?: string) => {
    const at = build(join(folder, into), 2, {}, releases[into]);
    if (proof !== undefined) copyFileSync(proof, join(at, "release.proof"));
    return (await ann.run(["app", "--port", `${port}`, "--web", at])).err;
  };
  const releases: Readonly<Record<string, { version?: string; commit?: string; after?: string }>> = {
    older: { version: "1.1.9" },
    rival: { commit: "cd" },
    forked: { version: "1.3.0", after: join(folder, "rival") },
    later: { version: "1.3.0", after: web },
  };
  const known = join(web, "release.proof");
  expect(await run("older", known)).toContain("it is older");
  expect(await run("rival", known)).toContain("there is another of its version");
  // In a log of its own it is more than a rival.
  expect(await run("rival")).toContain("made for some people alone");
  expect(await run("forked")).toContain("made for some people alone");
  // Both heads are kept, for others to see.
  const heads = readFileSync(join(ann.folder, "app", "two-logs.txt"), "utf8");
  expect(heads.match(/^— test-log\.yanshu\.example /gm)).toHaveLength(2);
  const later = build(join(folder, "later"), 2, {}, releases["later"]);
  await (await opened(ann, port, "--web", later)).end();
  // What it ran last is the newest from now on.
  expect((await ann.run(["app", "--port", `${port}`, "--web", web])).err).toContain("it is older");
  // A damaged note of it keeps nobody out.
  writeFileSync(join(ann.folder, "app", "newest.json"), "{");
  await (await opened(ann, port)).end();
  ann.remove();
});

test("[TE20] the port is part of the address: a taken one is a sentence, on either form of this machine, and never another", async () => {
  const ann = new Terminal();
  for (const host of ["127.0.0.1", "::1"]) {
    const port = await freePort();
    const other = await listening(host, port);
    const { code, err } = await ann.run(["app", server.origin, "--port", `${port}`, "--web", web]);
    expect([host, code, err]).toEqual([host, 1, expect.stringContaining(`Port ${port} is taken`)]);
    await new Promise((resolve) => other.close(resolve));
  }
  ann.remove();
});

test("[TE20] home is chosen once, where a browser keeps the account: what is stored at the address belongs to it", async () => {
  const ann = new Terminal();
  const port = await freePort();
  expect((await ann.run(["app", "--port", `${port}`, "--web", web])).err).toContain("Which server?");
  expect((await ann.run(["app", "http://yan.example/#i/x", "--web", web])).err).toContain("without encryption");
  isInBrowser(ann);
  await (await opened(ann, port)).end();
  const { err } = await ann.run(["app", "https://yan.example", "--port", `${port}`, "--web", web]);
  expect(err).toContain(`belongs to ${server.origin}`);
  const again = ann.start(["app", "--port", `${port}`, "--web", web]);
  await until("the address is said", () => again.out().includes("/start#"));
  again.interrupt();
  expect((await again.done).code).toBe(0);
  ann.remove();
});

test("[TE21] admission: name, origin and token are exact, and everything else stays outside", () => {
  const port = 7_718;
  const own = "http://yanshu.localhost:7718";
  const token = "t0ken";
  const says = (path: string, headers: Readonly<Record<string, string>>, method = "GET") => {
    const all: Readonly<Record<string, string>> = { host: "yanshu.localhost:7718", ...headers };
    const request: AppRequest = { method, path, header: (name) => all[name] ?? null };
    const isCookie = (one: string) => one === cookieOf(token);
    return entryOf(request, { port, isCookie, isFile: (one) => one === "/assets/a.js", hasCore: false });
  };
  const cookie = `other=1; yanshu-app-7719=other; yanshu-app-7718=${cookieOf(token)}`;
  expect(says("/ws", { cookie, origin: own })).toBe("socket");
  expect(says("/calls/ws", { cookie, origin: own, "sec-fetch-site": "same-origin" })).toBe("socket");
  expect(says("/blobs/0a", { cookie })).toBe("carried");
  expect(says("/blobs/0a", { cookie, origin: own }, "POST")).toBe("carried");
  expect(says("/home.json", { cookie })).toBe("home");
  expect(says("/assets/a.js", {})).toBe("file");
  expect(says("/chats", { cookie, "sec-fetch-site": "none", "sec-fetch-mode": "navigate" })).toBe("page");
  expect(says("/chats", {})).toBe("start"); // A sentence: which address to open.
  expect(says("/start", {})).toBe("start");
  expect(says("/start", { origin: own }, "POST")).toBe("begin");
  const outside = [
    says("/ws", { cookie, origin: own, host: "evil.example" }), // Its name was led here.
    says("/ws", { cookie, origin: own, host: "127.0.0.1:7718" }),
    says("/ws", { cookie, origin: own, host: "yanshu.localhost:7719" }),
    says("/ws", { cookie, origin: "https://evil.example" }),
    says("/ws", { cookie, origin: "null" }),
    says("/ws", { cookie }), // No browser.
    says("/ws", { origin: own }), // Another program of this computer.
    says("/ws", { cookie: `yanshu-app-7718=${cookieOf("t0keN")}`, origin: own }),
    says("/ws", { cookie: "yanshu-app-7718=t0ken", origin: own }),
    says("/ws", { cookie: "yanshu-app-7718=", origin: own }),
    says("/ws", { cookie: `yanshu-app=${cookieOf(token)}; yanshu-app-7719=${cookieOf(token)}`, origin: own }),
    says("/blobs/0a", {}),
    says("/blobs/0a", { cookie, "sec-fetch-site": "cross-site" }),
    says("/blobs/0a", { cookie, "sec-fetch-site": "same-site" }), // Another port of the same name.
    says("/blobs/../etc", { cookie: "" }),
    // A page elsewhere asks with the cookie, and no header that says across which border: an older browser.
    says("/home.json", { cookie, origin: "https://evil.example" }),
    says("/blobs/0a", { cookie, origin: "null" }, "POST"),
    says("/home.json", {}),
    says("/start", { origin: "https://evil.example" }, "POST"),
    says("/start", {}, "POST"),
    says("/chats", { cookie, origin: own }, "POST"),
    says("/missing.js", { cookie }),
  ];
  expect(outside).toEqual(outside.map(() => "refused"));
});

test("[TE21] [HM96] a browser that opens a printed address gets in by its token, once, and is told; a guess does not", async () => {
  const ann = new Terminal();
  const app = await opened(ann, await freePort());
  try {
    const { ask, begin, token, port, cookie, running } = app;
    for (const guess of ["guess", "", "x".repeat(1 << 20)]) expect((await begin(guess)).status).toBe(403);
    expect(running.err()).toContain("A browser is open");
    expect(running.err()).not.toContain("opened before");
    // Who read it off the arguments of the browser's process comes too late, and is seen.
    expect((await begin(token)).status).toBe(403);
    expect(running.err()).toContain("Somebody tried an address that was opened before");
    const next = [...running.err().matchAll(/start#([\w-]+)/g)].at(-1)?.[1] ?? "";
    expect(next).not.toBe(token);
    const begun = await begin(next);
    const secret = await begun.text();
    expect([begun.status, secret.length]).toEqual([200, 43]);
    expect(begun.headers.get("set-cookie")).toBe(
      `yanshu-app-${port}=${cookieOf(secret)}; Path=/; HttpOnly; SameSite=Strict`,
    );
    expect([token, next]).not.toContain(secret);
    expect((await ask("/home.json")).status).toBe(403);
    const home = await ask("/home.json", { cookie });
    expect(await home.json()).toEqual({ server: server.name, origin: server.origin, isCoreHere: true });
  } finally {
    await app.end();
    ann.remove();
  }
});

test("[TE24] two apps on two ports of this computer leave each other their cookies, which ports share", async () => {
  const [ann, ben] = [new Terminal(), new Terminal()];
  const apps = [await opened(ann, await freePort()), await opened(ben, await freePort())];
  try {
    // As a browser keeps them: by name and host, whatever the port.
    const jar = new Map<string, string>();
    for (const app of apps) {
      const [name = "", value = ""] = app.cookie.split("=");
      jar.set(name, value);
    }
    const cookie = [...jar].map((one) => one.join("=")).join("; ");
    for (const { ask } of apps) expect((await ask("/home.json", { cookie })).status).toBe(200);
  } finally {
    for (const app of apps) await app.end();
    ann.remove();
    ben.remove();
  }
});

test("[TE22] files are carried as bytes: no cookie goes to home, and nothing that home says besides comes back", async () => {
  const seen: Headers[] = [];
  const evil = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      seen.push(request.headers);
      if (request.url.endsWith("/away")) return Response.redirect("https://evil.example/", 302);
      const headers = { "content-type": "text/html", "clear-site-data": '"*"', "set-cookie": "a=1", link: "</x>" };
      return new Response("<script>1</script>", { headers });
    },
  });
  const ann = new Terminal();
  const port = await freePort();
  isInBrowser(ann, `http://127.0.0.1:${evil.port}`);
  const app = await opened(ann, port);
  try {
    const headers = {
      host: `yanshu.localhost:${port}`,
      cookie: app.cookie,
      "blob-owner": "0a",
      "x-other": "1",
    };
    const answer = await fetch(`http://127.0.0.1:${port}/blobs/0a`, { headers });
    expect(await answer.text()).toBe("<script>1</script>");
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    for (const name of ["clear-site-data", "set-cookie", "link"]) expect(answer.headers.get(name)).toBeNull();
    expect(seen[0]?.get("blob-owner")).toBe("0a");
    expect([seen[0]?.get("cookie"), seen[0]?.get("x-other"), seen[0]?.get("origin")]).toEqual([null, null, null]);
    expect((await fetch(`http://127.0.0.1:${port}/blobs/away`, { headers, redirect: "manual" })).status).toBe(502);
  } finally {
    await app.end();
    await evil.stop(true);
    ann.remove();
  }
});
