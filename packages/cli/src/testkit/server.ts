/** Server: the real process, on a free port of this machine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mainPath = join(import.meta.dir, "../../../server/src/main.ts");

export class TestServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "yanshu-cli-server-"));
  private process: Bun.Subprocess<"ignore", "pipe", "inherit"> | undefined;
  private port = 0;
  invite = "";
  private readonly more: readonly string[];

  /** @param more options of the server besides. */
  constructor(...more: readonly string[]) {
    this.more = more;
  }

  /** Where it was before, if it ran before. */
  async start(): Promise<void> {
    const where = ["--port", `${this.port}`, "--origin", `http://127.0.0.1:${this.port}`];
    const started = Bun.spawn([process.execPath, mainPath, ...where, "--data", this.folder, ...this.more], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.process = started;
    let said = "";
    for await (const chunk of started.stdout.pipeThrough(new TextDecoderStream())) {
      said += chunk;
      const invite = /^(http:\/\/127\.0\.0\.1:(\d+)\/#i\/\S+)\n/m.exec(said);
      if (invite === null) continue;
      this.invite = invite[1] as string;
      this.port = Number(invite[2]);
      return;
    }
    throw new Error(`the server printed no invite: ${said}`);
  }

  /** Its name in links. */
  get name(): string {
    return `localhost:${this.port}`;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** As when its power fails. */
  async kill(): Promise<void> {
    this.process?.kill("SIGKILL");
    await this.process?.exited;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
