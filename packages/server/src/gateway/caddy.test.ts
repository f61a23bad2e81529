/**
 * Three servers behind the Caddyfile that is handed out for three, brought forward one after another while people
 * write.
 */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeParts, encodePost } from "@yanshu/wire";
import { Person } from "../testkit/person.ts";
import { freePort } from "../testkit/ports.ts";
import { hasPostgres, PostgresCluster } from "../testkit/postgres.ts";
import { endAll, portOf, Socket, type Started, settle, start, until } from "../testkit/process.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-caddy-"));
const address = new Uint8Array(16).fill(6);
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

/** The file itself, with names and addresses of this machine. */
function caddyfile(port: number, servers: readonly number[]): string {
  const file = readFileSync(join(import.meta.dirname, "../../../../deploy/Caddyfile.three"), "utf8")
    .replace(/^\{$/m, "{\n\tadmin off")
    .replace("yan.example {", `http://127.0.0.1:${port} {`)
    .replace(/10\.0\.0\.1(\d):8080/g, (_, n) => `127.0.0.1:${servers[Number(n) - 1]}`);
  const path = join(folder, "Caddyfile");
  writeFileSync(path, file);
  return path;
}

/**
 * Writes four messages a second, and comes again after a random moment when it is sent away; remembers what was
 * answered `ok`.
 */
class Writer {
  readonly answered = new Set<string>();
  readonly closed: number[] = [];
  private isOver = false;
  private count = 0;

  async write(name: string, port: number): Promise<void> {
    while (!this.isOver) {
      const caller = new Socket(port);
      const isGone = () => caller.closed !== undefined;
      await until(() => caller.socket.readyState === WebSocket.OPEN || isGone());
      if (!isGone()) await caller.open().catch(() => undefined);
      while (!(this.isOver || isGone())) {
        const text = `${name} ${++this.count}`;
        const parts = [{ target: { kind: "address" as const, address }, envelope: new TextEncoder().encode(text) }];
        caller.send(encodePost(10_000 + this.count, { mode: "deposit" }, encodeParts(parts)));
        const request = 10_000 + this.count;
        const answer = () => caller.frames.find((frame) => "request" in frame && frame.request === request);
        await until(() => answer() !== undefined || isGone());
        if (answer()?.type === "ok") this.answered.add(text);
        await Bun.sleep(250);
      }
      if (caller.closed !== undefined) this.closed.push(caller.closed.code);
      else caller.socket.close();
      await Bun.sleep(Math.random() * 300);
    }
  }

  end(): void {
    this.isOver = true;
  }
}

test.skipIf(!hasPostgres || Bun.which("caddy") === null)(
  "[DS81] [DS82] three servers are brought forward one after another behind Caddy, and every message that was taken arrives once",
  async () => {
    const cluster = await PostgresCluster.begin();
    const url = cluster.database();
    const run = (n: number, port: number) =>
      start(
        "--port",
        `${port}`,
        "--data",
        join(folder, `${n}`),
        "--domain",
        "yan.test",
        "--log",
        url,
        "--drain-seconds",
        "1",
      );
    const servers: Started[] = [0, 1, 2].map((n) => run(n, 0));
    const ports = await Promise.all(servers.map(portOf));
    const bob = new Person("bob");
    await settle(ports[0] as number, bob, join(folder, "0"), address);
    const front = await freePort();
    const caddy = Bun.spawn(["caddy", "run", "--adapter", "caddyfile", "--config", caddyfile(front, ports)], {
      env: { PATH: process.env["PATH"], HOME: folder },
      stdout: "ignore",
      stderr: "ignore",
    });
    const isReady = async (port: number) => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
    for (let tries = 0; (await isReady(front)) !== true; tries++) {
      expect(tries).toBeLessThan(100);
      await Bun.sleep(100);
    }
    const writers = ["ann", "cat", "dan", "eve", "fay"].map((name) => ({ name, writer: new Writer() }));
    const writing = writers.map(({ name, writer }) => writer.write(name, front));
    const pages: (number | undefined)[] = [];
    for (const [n, port] of ports.entries()) {
      await Bun.sleep(1_500);
      servers[n]?.child.kill("SIGTERM");
      expect(await servers[n]?.ended).toBe(0);
      pages.push((await fetch(`http://127.0.0.1:${front}/healthz`)).status);
      servers[n] = run(n, port);
      await portOf(servers[n] as Started);
      while ((await isReady(port)) !== true) await Bun.sleep(50);
      await Bun.sleep(2_500); // Until Caddy asked it again.
    }
    for (const { writer } of writers) writer.end();
    await Promise.all(writing);
    expect(pages).toEqual([200, 200, 200]);
    expect(writers.flatMap(({ writer }) => writer.closed)).toContain(4007);
    const answered = writers.flatMap(({ writer }) => [...writer.answered]);
    expect(answered.length).toBeGreaterThan(100);
    const phone = new Socket(front);
    await phone.signIn(bob, 1);
    await until(() => answered.every((text) => phone.reads.includes(text)) || phone.acknowledge());
    expect(new Set(phone.reads).size).toBe(phone.reads.length);
    caddy.kill();
    await caddy.exited;
    for (const { child } of servers) child.kill("SIGTERM");
    for (const { ended } of servers) await ended;
    cluster.end();
  },
  90_000,
);
