/**
 * A town for end-to-end tests: the server as `npm start` runs it, on a free port with its own data
 * folder, and people in browser profiles of their own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, expect, type Page } from "@playwright/test";

const root = join(import.meta.dirname, "../../..");

export type Look = {
  readonly locale: string;
  readonly size: { width: number; height: number };
  readonly dark?: boolean;
};
export const phone: Look = { locale: "zh-CN", size: { width: 390, height: 844 } };
export const desktop: Look = { locale: "en-US", size: { width: 1280, height: 800 } };

export class Town {
  readonly port: number;
  readonly data: string;
  private readonly browser: Browser;
  private readonly contexts: BrowserContext[] = [];
  private server: ChildProcess | undefined;
  invite = "";

  private constructor(browser: Browser, port: number, data: string) {
    this.browser = browser;
    this.port = port;
    this.data = data;
  }

  static async found(browser: Browser): Promise<Town> {
    const town = new Town(browser, await freePort(), await mkdtemp(join(tmpdir(), "yanshu-e2e-")));
    await town.startServer();
    return town;
  }

  /** Starts the server and waits for the invite that it prints. */
  async startServer(): Promise<void> {
    const server = spawn("node", ["tools/start.mjs", "--port", `${this.port}`, "--data", this.data], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // Its own group, so that `kill -9` takes the server with its launcher.
    });
    this.server = server;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      server.stdout?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const link = /http:\/\/localhost:\d+\/#i\/\S+/.exec(said);
        if (link === null) return;
        this.invite = link[0];
        resolve();
      });
      server.stderr?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    });
  }

  async killServer(): Promise<void> {
    const { server } = this;
    if (server?.pid === undefined) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.removeAllListeners("exit");
    const ended = new Promise((resolve) => server.once("exit", resolve));
    process.kill(-server.pid, "SIGKILL");
    await Promise.race([gone, ended]);
    this.server = undefined;
  }

  /** A browser profile of its own. Whatever it asks of another host fails the test. */
  async profile(look: Look): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: look.size,
      locale: look.locale,
      colorScheme: look.dark === true ? "dark" : "light",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    this.contexts.push(context);
    const page = await context.newPage();
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith("http") || protocol.startsWith("ws")) expect(hostname).toBe("localhost");
    });
    return page;
  }

  /** Opens `link`, chooses a name, and puts the recovery card off: on the first screen. */
  async settle(page: Page, name: string, link = this.invite): Promise<void> {
    await page.goto(link);
    await page.getByTestId("start").click();
    await page.getByTestId("name").fill(name);
    await page.getByTestId("next").click();
    await page.getByTestId("later").click();
  }

  async close(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
    await this.killServer();
    await rm(this.data, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
