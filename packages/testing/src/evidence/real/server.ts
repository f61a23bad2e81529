/** Server: the real process, started as an operator starts it, with all that it says kept. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mainFile = join(import.meta.dir, "../../../../server/src/main.ts");
const startMsMax = 15_000;

export class RealServer {
  readonly folder: string;
  readonly port: number;
  readonly operatorPort: number;
  readonly inviteLink: string;
  /** As links and sign-ins name it. */
  readonly domain: string;
  private child: Bun.Subprocess;
  private readonly said: Uint8Array[];
  private readonly flags: readonly string[];

  private constructor(
    folder: string,
    child: Bun.Subprocess,
    said: Uint8Array[],
    flags: readonly string[],
    greeting: { readonly port: number; readonly operatorPort: number; readonly inviteLink: string },
  ) {
    this.folder = folder;
    this.child = child;
    this.said = said;
    this.flags = flags;
    this.port = greeting.port;
    this.operatorPort = greeting.operatorPort;
    this.inviteLink = greeting.inviteLink;
    this.domain = `localhost:${greeting.port}`;
  }

  /**
   * @param assets folder of the built web app, if it is to be served.
   * @param flags more of its options; it is begun again with the same.
   */
  static async start(assets?: string, flags: readonly string[] = []): Promise<RealServer> {
    const folder = mkdtempSync(join(tmpdir(), "yanshu-evidence-"));
    const said: Uint8Array[] = [];
    const child = spawn(folder, 0, 0, said, assets === undefined ? flags : [...flags, "--assets", assets]);
    const endMs = performance.now() + startMsMax;
    for (;;) {
      const text = Buffer.concat(said).toString();
      const port = /\(127\.0\.0\.1:(\d+)\)/.exec(text)?.[1];
      const operatorPort = /operator: http:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1];
      const inviteLink = /^http\S+#i\/\S+$/m.exec(text)?.[0];
      if (port !== undefined && operatorPort !== undefined && inviteLink !== undefined)
        return new RealServer(folder, child, said, flags, {
          port: Number(port),
          operatorPort: Number(operatorPort),
          inviteLink,
        });
      if (child.exitCode !== null || performance.now() > endMs) {
        child.kill("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
        throw new Error(`the server did not start: ${text}`);
      }
      await Bun.sleep(20);
    }
  }

  get pid(): number {
    return this.child.pid;
  }

  /** All that it wrote to its output and error output. */
  logs(): Uint8Array {
    return Buffer.concat(this.said);
  }

  async operatorPage(): Promise<Uint8Array> {
    const answer = await fetch(`http://127.0.0.1:${this.operatorPort}/`);
    return new Uint8Array(await answer.arrayBuffer());
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    return JSON.parse(Buffer.from(await this.operatorPage()).toString()) as Record<string, number>;
  }

  /** As when the process is killed and begun again at once, on what is on disk. It may not listen yet. */
  async killAndStart(between?: (folder: string) => void): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
    between?.(this.folder);
    this.child = spawn(this.folder, this.port, this.operatorPort, this.said, this.flags);
  }

  /** As an operator stops it; the folder stays. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.child.exited;
  }

  async end(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function spawn(folder: string, port: number, operatorPort: number, said: Uint8Array[], more: readonly string[]) {
  const flags = ["--port", `${port}`, "--data", folder, "--operator-port", `${operatorPort}`, ...more];
  const child = Bun.spawn([process.execPath, mainFile, ...flags], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env["PATH"] ?? "" },
  });
  keep(child.stdout, said);
  keep(child.stderr, said);
  return child;
}

function keep(stream: ReadableStream<Uint8Array>, said: Uint8Array[]): void {
  void (async () => {
    for await (const chunk of stream) said.push(chunk);
  })();
}
