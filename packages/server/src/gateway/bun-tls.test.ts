/** HTTPS by the server itself: a certificate from files, another one in its place, and who is connected stays. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { encodeCall } from "@yanshu/wire";
import { certified as certifiedIn, hasOpenssl } from "../testkit/certificate.ts";
import { endAll, start, until } from "../testkit/process.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-tls-"));
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});
const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];

const certified = (name: string) => certifiedIn(folder, name);

function nameShown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.on("error", reject);
  });
}

function greeted(port: number) {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/ws`, {
    tls: { rejectUnauthorized: false },
  } as unknown as string[]);
  socket.binaryType = "arraybuffer";
  let [answers, isClosed] = [0, false];
  socket.onmessage = () => answers++;
  socket.onclose = () => {
    isClosed = true;
  };
  const hello = () => socket.send(encodeCall(1, "hello", { versions: [1] }) as Uint8Array<ArrayBuffer>);
  socket.onopen = hello;
  return { socket, hello, answers: () => answers, isClosed: () => isClosed };
}

test.skipIf(!hasOpenssl)(
  "[DS150] the server has its certificate itself, takes a renewed one while people are connected, and none that is no pair",
  async () => {
    certified("first.example");
    const started = start(
      "--port",
      "0",
      "--data",
      join(folder, "data"),
      "--tls-cert",
      cert,
      "--tls-key",
      key,
      "--drain-seconds",
      "0",
    );
    const port = await until(() => Number(/\(127\.0\.0\.1:(\d+)\)/.exec(started.output())?.[1]) || undefined);
    expect(await nameShown(port)).toBe("first.example");
    const page = await fetch(`https://127.0.0.1:${port}/healthz`, { tls: { rejectUnauthorized: false } });
    expect([page.status, await page.text()]).toEqual([200, "ok\n"]);
    const root = await fetch(`https://127.0.0.1:${port}/`, { tls: { rejectUnauthorized: false } });
    expect(root.headers.get("strict-transport-security")).toBe("max-age=31536000");
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    const ann = greeted(port);
    await until(() => ann.answers() === 1 || undefined);

    writeFileSync(`${cert}.bad`, "nonsense");
    renameSync(`${cert}.bad`, cert);
    started.child.kill("SIGHUP");
    await until(() => started.output().includes("holds no certificate; the older certificate goes on") || undefined);
    expect(await nameShown(port)).toBe("first.example");

    certified("second.example");
    started.child.kill("SIGHUP");
    await until(() => started.output().includes("the new certificate is in use") || undefined);
    expect(await nameShown(port)).toBe("second.example");
    ann.hello();
    await until(() => ann.answers() === 2 || undefined);
    const ben = greeted(port);
    await until(() => ben.answers() === 1 || undefined);
    started.child.kill("SIGTERM");
    expect(await started.ended).toBe(0);
    await until(() => (ann.isClosed() && ben.isClosed()) || undefined); // Of either certificate's listener.
  },
  30_000,
);

test.skipIf(!hasOpenssl)(
  "[DS150] [DS34] a certificate that cannot be used ends the start with a sentence",
  async () => {
    certified("one.example");
    const other = join(folder, "other.pem");
    renameSync(key, other);
    certified("two.example");
    const said = async (...args: string[]) => {
      const { ended, output } = start("--port", "0", "--data", join(folder, "never"), ...args);
      return [await ended, output()];
    };
    expect(await said("--tls-cert", cert)).toEqual([
      1,
      expect.stringContaining("belong together: one of them is missing"),
    ]);
    expect(await said("--tls-cert", cert, "--tls-key", other)).toEqual([
      1,
      expect.stringContaining("is not the key of"),
    ]);
    expect(await said("--tls-cert", other, "--tls-key", key)).toEqual([
      1,
      expect.stringContaining("holds no certificate"),
    ]);
    expect(await said("--tls-cert", cert, "--tls-key", cert)).toEqual([
      1,
      expect.stringContaining("holds no private key"),
    ]);
    expect(await said("--tls-cert", `${cert}.none`, "--tls-key", key)).toEqual([
      1,
      expect.stringContaining("cannot be read (ENOENT)"),
    ]);
  },
  30_000,
);
