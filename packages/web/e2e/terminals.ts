/**
 * People in terminals, who cost a fraction of what a browser does: the command as it is shipped, a process each time.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const program = [join(root, "node_modules/bun/bin/bun.exe"), join(root, "packages/cli/src/main.ts")] as const;

export class Terminal {
  readonly name: string;
  private readonly data = mkdtempSync(join(tmpdir(), "yanshu-terminal-"));

  constructor(name: string) {
    this.name = name;
  }

  /** What a command prints. @throws where it fails, with what it said. */
  async says(...words: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(...words);
    if (code !== 0) throw new Error(`yanshu ${words[0]} of ${this.name}: ${err}${out}`);
    return out.trimEnd();
  }

  /** The ids of all messages in a chat, in their own order. @param wait seconds in which home may bring more. */
  async idsIn(chat: string, wait = 1): Promise<readonly string[]> {
    const said = await this.says("read", chat, "--last", "500", "--peek", "--json", "--wait", `${wait}`);
    const items = JSON.parse(said) as readonly { readonly id: string; readonly body: { readonly kind: string } }[];
    return items.flatMap(({ id, body }) => (body.kind === "system" ? [] : [id])).toSorted();
  }

  run(
    ...words: readonly string[]
  ): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
    const [bun, main] = program;
    const child = spawn(bun, [main, ...words, "--data", join(this.data, "device"), "--lang", "en"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, out, err }));
    });
  }

  /** A command that goes on. Resolves with the value that it prints first, and what ends it. */
  async begins(...words: readonly string[]): Promise<{ readonly value: unknown; readonly end: () => Promise<void> }> {
    const [bun, main] = program;
    const child = spawn(bun, [main, ...words, "--data", join(this.data, "device"), "--lang", "en", "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
    const end = async () => {
      child.kill("SIGINT");
      await closed;
    };
    let out = "";
    const value = new Promise<unknown>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
        try {
          resolve(JSON.parse(out));
        } catch {
          // There is more of it.
        }
      });
      void closed.then(() => reject(new Error(`yanshu ${words[0]} of ${this.name} ended: ${out}`)));
    });
    return { value: await value, end };
  }

  remove(): void {
    rmSync(this.data, { recursive: true, force: true });
  }
}
