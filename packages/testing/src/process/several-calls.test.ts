/** Calls of a home with several servers, behind the Caddyfile that is handed out for three (decision 0076). */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallsView, Hex } from "@yanshu/client";
import { hasPostgres, PostgresCluster } from "@yanshu/server/postgres";
import { endAll, start } from "@yanshu/server/process";
import { Device, until } from "../evidence/real/device.ts";
import { Recorder } from "../evidence/real/recorder.ts";
import { Secrets } from "../evidence/real/secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-several-calls-"));
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

/** The file itself, with names and addresses of this machine. */
function caddyfile(port: number, servers: readonly number[]): string {
  const file = readFileSync(join(import.meta.dirname, "../../../../deploy/Caddyfile.three"), "utf8")
    .replace(/^\{$/m, "{\n\tadmin off")
    .replace("yan.example {", `http://127.0.0.1:${port}, http://localhost:${port} {`)
    .replace(/10\.0\.0\.1(\d):8080/g, (_, n) => `127.0.0.1:${servers[Number(n) - 1]}`);
  const path = join(folder, "Caddyfile");
  writeFileSync(path, file);
  return path;
}

/** One person's device, whose calls are carried by a page that connects at once. */
class Phone {
  readonly device: Device;
  constructor(device: Device) {
    this.device = device;
  }
  get calls(): CallsView {
    return this.device.view("calls");
  }
  get at(): string {
    return this.calls.now?.at ?? "idle";
  }
}

test.skipIf(!hasPostgres || Bun.which("caddy") === null)(
  "[CA16] [CA267] at three servers two who call each other sit at the first that is ready, at the next when it goes, and at the first again when it is back",
  async () => {
    const cluster = await PostgresCluster.begin();
    const url = cluster.database();
    const front = await freePort();
    const domain = `localhost:${front}`;
    const ports = [await freePort(), await freePort(), await freePort()];
    const operatorPorts = [await freePort(), await freePort(), await freePort()];
    const options = ["--domain", domain, "--origin", `http://${domain}`, "--log", url, "--drain-seconds", "0"];
    const own = (n: number) => ["--port", `${ports[n]}`, "--operator-port", `${operatorPorts[n]}`];
    const asked = ["--calls", "yes", "--call-port", "0", "--proxies", "127.0.0.1"];
    const run = (n: number) => start(...own(n), "--data", join(folder, `${n}`), ...options, ...asked);
    const servers = [0, 1, 2].map(run);
    const isReady = async (port: number) => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
    const seatsAt = async (n: number) => {
      const answer = await fetch(`http://127.0.0.1:${operatorPorts[n]}/`).catch(() => undefined);
      return ((await answer?.json()) as { readonly roomSeats?: number } | undefined)?.roomSeats;
    };
    for (const port of ports) await until("a server is ready", async () => (await isReady(port)) === true);
    const caddy = Bun.spawn(["caddy", "run", "--adapter", "caddyfile", "--config", caddyfile(front, ports)], {
      env: { PATH: process.env["PATH"], HOME: folder },
      stdout: "ignore",
      stderr: "ignore",
    });
    const phones: Phone[] = [];
    const recorders: Recorder[] = [];
    try {
      await until("Caddy is ready", async () => (await isReady(front)) === true);
      const link = /^http\S+#i\/\S+$/m.exec(servers[0]?.output() ?? "")?.[0] ?? "";
      for (const [n, name] of ["Ann", "Ben"].entries()) {
        const recorder = await Recorder.start(front, `127.0.0.${41 + n}`);
        recorders.push(recorder);
        const origin = { userAgent: name, forwardedFor: `fd00::${n + 1}` };
        const device = await new Device(name, { domain }, recorder, origin, new Secrets()).start();
        await device.api.createAccount({ name, link });
        phones.push(new Phone(device));
      }
      const [ann, ben] = phones as [Phone, Phone];
      const supplied = ({ device }: Phone) =>
        device.database.get("SELECT 1 FROM key_packages WHERE published = 1") !== undefined;
      await until("both can be reached", () => phones.every(supplied));
      const chat = await ann.device.api.requestContact({
        link: await ben.device.api.myLink(),
        greeting: "hello",
        scanned: true,
      });
      await until("he is asked", () => ben.device.view("requests").some((row) => row.conversation === chat));
      await ben.device.api.acceptRequest(chat);
      await until("she knows", () => ann.device.isOpen(chat) && ann.calls.areThere);

      // Each device is at any of the three; the room is at the first.
      const call: Hex = await ann.device.api.startCall(chat, "voice", "her page");
      await until("it rings", () => ben.at === "ringing");
      await ben.device.api.answerCall(call, "his page");
      await until("both have answered", () => ann.at === "joining" && ben.at === "joining");
      for (const { device } of phones) {
        await device.api.callConnected(call);
        await device.api.callSends(call, { voice: true, picture: false });
      }
      expect([await seatsAt(0), await seatsAt(1), await seatsAt(2)]).toEqual([2, 0, 0]);

      servers[0]?.child.kill("SIGTERM");
      expect(await servers[0]?.ended).toBe(0);
      await until("both sit at the second", async () => (await seatsAt(1)) === 2);
      await until("and know it", () => phones.every(({ calls }) => calls.now?.isAway === false));
      expect([ann.at, ben.at, await seatsAt(2)]).toEqual(["talking", "talking", 0]);

      servers[0] = run(0);
      await until("it is back", async () => (await isReady(ports[0] as number)) === true);
      await Bun.sleep(2_500); // Until Caddy asked it again.
      await ben.device.api.callAgain(call); // As when his network changed.
      await until("both sit at the first again", async () => (await seatsAt(0)) === 2, 40_000);
      expect([ann.at, ben.at]).toEqual(["talking", "talking"]);
      await ann.device.api.hangUp();
      await until("he is told", () => ben.at === "idle");
      expect(phones.flatMap(({ device }) => device.bugs)).toEqual([]);
    } finally {
      for (const { device } of phones) await device.end();
      for (const recorder of recorders) recorder.stop();
      caddy.kill();
      await caddy.exited;
      for (const { child } of servers) child.kill("SIGTERM");
      for (const { ended } of servers) await ended;
      cluster.end();
    }
  },
  120_000,
);
