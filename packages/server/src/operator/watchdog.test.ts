/** What systemd is told, at a socket like its own. */
import { afterAll, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endAll, portOf, startWith, until } from "../testkit/process.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-watchdog-"));
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

/** Prints each datagram that comes, on a line. */
const listener = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True: print(s.recv(4096).decode().replace("\\n", " "), flush=True)
`;

test.skipIf(Bun.which("python3") === null || Bun.which("systemd-notify") === null)(
  "[DS149] systemd hears that the server is ready, that it is still there, and that it ends; a stopped one is silent",
  async () => {
    const path = join(folder, "notify");
    const hearing = spawn("python3", ["-c", listener, path]);
    let heard = "";
    hearing.stdout.on("data", (data) => {
      heard += data;
    });
    const count = (what: RegExp) => heard.split("\n").filter((line) => what.test(line)).length;
    await until(() => existsSync(path) || undefined);
    const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: "900000" };
    const started = startWith(env, "--port", "0", "--data", join(folder, "data"), "--drain-seconds", "0");
    await portOf(started);
    await until(() => (count(/READY=1/) === 1 && count(/WATCHDOG=1/) >= 2) || undefined);
    started.child.kill("SIGSTOP"); // As a process whose event loop stands still.
    await Bun.sleep(600); // What was sent before has come.
    const before = count(/WATCHDOG=1/);
    await Bun.sleep(1_000);
    expect(count(/WATCHDOG=1/)).toBe(before);
    started.child.kill("SIGCONT");
    await until(() => count(/WATCHDOG=1/) > before || undefined);
    started.child.kill("SIGTERM");
    expect(await started.ended).toBe(0);
    await until(() => count(/STOPPING=1/) === 1 || undefined);
    hearing.kill();
  },
  30_000,
);
