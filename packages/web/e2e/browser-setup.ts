/**
 * Browser setup for end-to-end tests: the server as `npm start` runs it, on a free port with its own data
 * folder, and people in browser profiles of their own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Page,
  test,
} from "@playwright/test";
import { TamperingProxy } from "@yanshu/testing/tampering-proxy";

const root = join(import.meta.dirname, "../../..");

export type Look = {
  readonly locale: string;
  readonly size: { width: number; height: number };
  readonly dark?: boolean;
};
/** A file as a chooser hands it over. */
export type Chosen = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer };
export const phone: Look = { locale: "zh-CN", size: { width: 390, height: 844 } };
export const desktop: Look = { locale: "en-US", size: { width: 1280, height: 800 } };
/** 简体 on a phone, English on a desktop. */
const bothLooks: readonly (readonly [string, Look])[] = [
  ["phone", phone],
  ["desktop", desktop],
];

/**
 * What takes long and is the same in any window is played in one; its screens are looked at in both
 * (everywhere.spec.ts).
 */
export const oneLook = bothLooks.slice(0, 1);
export const otherLook = bothLooks.slice(1);
/** Whether `npm test` plays it, which has less time than `npm run e2e`. */
export const isShort = process.env["YANSHU_E2E"] === "short";
/** What `npm run e2e` plays in both; `npm test`, which has most else on a phone, in the other one. */
export const looks = isShort ? otherLook : bothLooks;

/** Of this machine, where no other machine comes. */
const hereAlone = "127.0.0.1";

/** For `BrowserSetup.resident`: the app is kept on the device by its service worker, as it is for everybody in life. */
export const kept: BrowserContextOptions = { serviceWorkers: "allow" };

/** Where a server runs, if not here. */
export type Where = {
  /**
   * The folder in which it runs, and which it has for what is temporary: what Bun is told there (bunfig.toml) counts
   * for its processes.
   */
  readonly workshop?: string;
  /** The command that runs it, such as that of another network namespace. */
  readonly within?: readonly string[];
};

export class BrowserSetup {
  readonly port: number;
  readonly data: string;
  /** Where its server listens; its people find it at `localhost`, wherever that is. */
  private readonly host: string;
  private readonly browser: Browser;
  private readonly contexts: BrowserContext[] = [];
  /** Hosts besides home that a person in a test asks for something, by a tap. */
  readonly mayBeAsked = new Set<string>();
  private readonly complaints: string[] = [];
  private residents = 0;
  private server: ChildProcess | undefined;
  private readonly args: readonly string[];
  private readonly where: Where;
  invite = "";

  private constructor(
    browser: Browser,
    { port, data, host = hereAlone }: { readonly port: number; readonly data: string; readonly host?: string },
    args: readonly string[],
    where: Where = {},
  ) {
    this.browser = browser;
    this.port = port;
    this.data = data;
    this.host = host;
    this.args = args;
    this.where = where;
  }

  /** @param args further flags of the server. */
  static async start(browser: Browser, args: readonly string[] = [], where: Where = {}): Promise<BrowserSetup> {
    const data = await mkdtemp(join(tmpdir(), "yanshu-e2e-"));
    const setup = new BrowserSetup(browser, { port: await freePort(), data }, args, where);
    await setup.startServer();
    return setup;
  }

  /** Behind a proxy that changes what it answers; who comes through it opens `origin`. */
  static async behindProxy(
    browser: Browser,
  ): Promise<{ readonly setup: BrowserSetup; readonly proxy: TamperingProxy }> {
    const proxy = await TamperingProxy.open();
    const place = `localhost:${proxy.port}`;
    const setup = await BrowserSetup.start(browser, ["--domain", place, "--origin", `http://${place}`]);
    proxy.leadTo(setup.port);
    return { setup, proxy };
  }

  /**
   * As another setup was when it was left: what its server kept, at the same port.
   *
   * @param host an address of this machine, so that several tests may each have their own at that port.
   */
  static async again(
    browser: Browser,
    left: Pick<BrowserSetup, "port" | "data">,
    args: readonly string[] = [],
    host = hereAlone,
  ) {
    const data = await mkdtemp(join(tmpdir(), "yanshu-e2e-"));
    const setup = new BrowserSetup(browser, { port: left.port, data, host }, args);
    // A server that was killed leaves its control socket, which is no file.
    await cp(left.data, data, { recursive: true, filter: (from) => !from.endsWith(".sock") });
    await setup.startServer();
    return setup;
  }

  /** Starts the server and waits for the invite that it prints. */
  async startServer(): Promise<void> {
    const { port, data, host, args } = this;
    const { workshop, within = [] } = this.where;
    // As `npm start` does once all is built.
    const start = [join(root, "node_modules/bun/bin/bun.exe"), join(root, "packages/server/src/main.ts")];
    // What a browser is told of a name's address counts for requests, and not for the packets of calls.
    const there = host === hereAlone ? [] : ["--host", host, "--call-host", host];
    const at = ["--port", `${port}`, ...there, "--data", data];
    const [command = "", ...rest] = [...within, ...start, ...at, ...args];
    const server = spawn(command, rest, {
      cwd: workshop ?? root,
      env: {
        YANSHU_ASSETS: join(root, "packages/web/dist"),
        ...process.env,
        ...(workshop !== undefined && { TMPDIR: workshop }),
      },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // Its own group, so that `kill -9` takes the server with what it began.
    });
    this.server = server;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      server.stdout?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const link = /https?:\/\/\S+\/#i\/\S+/.exec(said);
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

  /** Where its people find it. */
  get origin(): string {
    return new URL(this.invite).origin;
  }

  /** Where this process finds what its people find at `url`: it has nobody to tell it where `localhost` is. */
  nearby(url: string): string {
    const there = new URL(url);
    if (there.hostname === "localhost") there.hostname = this.host;
    return there.href;
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

  /** Ends the server's process of media, as a crash does. @returns how many there were. */
  endMedia(): number {
    const isOurs = (pid: string) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
        // Of proc(5): the group, which is the server's own.
        const group = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
        const isMedia = readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("bun-media-process.ts");
        return isMedia && group === this.server?.pid;
      } catch {
        return false; // It ended meanwhile.
      }
    };
    const found = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isOurs(pid));
    for (const pid of found) process.kill(Number(pid), "SIGKILL");
    return found.length;
  }

  /**
   * Somebody in a browser of their own, which keeps what it has in `folder` and finds it there again. Whatever it asks
   * of another host fails the test.
   */
  async resident(
    look: Look,
    folder = join(this.data, "browsers", `own-${this.residents++}`),
    more: BrowserContextOptions = {},
  ): Promise<Page> {
    const { args = [], ...launch } = test.info().project.use.launchOptions ?? {};
    const found = this.host === hereAlone ? [] : [`--host-resolver-rules=MAP localhost ${this.host}`];
    const options = { ...launch, args: [...args, ...found], ...optionsOf(look), ...more };
    const context = await this.browser.browserType().launchPersistentContext(folder, options);
    return this.watched(context, context.pages()[0] ?? (await context.newPage()));
  }

  /**
   * The same in a browser that runs already and keeps nothing on disk. That costs nearly twice the work
   * (docs/decisions/0052), so it is for browsers of which a test needs one alone.
   */
  async guest(look: Look, browser = this.browser, more: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ ...optionsOf(look), ...more });
    return this.watched(context, await context.newPage());
  }

  private watched(context: BrowserContext, page: Page): Page {
    this.contexts.push(context);
    const home = new URL(this.origin).hostname;
    page.on("console", (said) => {
      if (said.type() === "error") this.complaints.push(said.text());
    });
    page.on("pageerror", ({ message }) => this.complaints.push(message));
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      const isOfNetwork = protocol.startsWith("http") || protocol.startsWith("ws");
      // An expectation of each request costs a sixth of all that a test does here.
      if (isOfNetwork && hostname !== home && !this.mayBeAsked.has(hostname)) expect(hostname).toBe(home);
    });
    return page;
  }

  /** Opens `link`, chooses a name and perhaps a picture, and puts the recovery card off: on the first screen. */
  async settle(page: Page, name: string, link = this.invite, picture?: Chosen): Promise<void> {
    await page.goto(link);
    await page.getByTestId("start").click();
    await page.getByTestId("name").fill(name);
    if (picture !== undefined) {
      await page.getByTestId("picture-input").setInputFiles(picture);
      await page.getByTestId("crop-done").click();
      await expect(page.locator(".face-button img")).toBeVisible();
    }
    await page.getByTestId("next").click();
    await page
      .getByTestId("later")
      .click({ timeout: 30_000 })
      .catch(async (error: Error) => {
        throw new Error(`${error.message}\n${await this.told()}`);
      });
  }

  /** What the browser complained of, and what each screen says: a failure without it is a riddle on another machine. */
  private async told(): Promise<string> {
    const pages = this.contexts.flatMap((context) => context.pages());
    const screens = await Promise.all(
      pages.map((page) =>
        page
          .locator("body")
          .textContent({ timeout: 2_000 })
          .catch(() => "(no screen)"),
      ),
    );
    return [...this.complaints, ...screens.map((text, n) => `screen ${n + 1}: ${text?.slice(0, 400)}`)].join("\n");
  }

  async close(): Promise<void> {
    await this.leave();
    // A browser that ends may still write.
    await rm(this.data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** What its server and its residents keep stays (`again`, `resident`). */
  async leave(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
    await this.killServer();
  }
}

function optionsOf(look: Look): BrowserContextOptions {
  return {
    viewport: look.size,
    locale: look.locale,
    colorScheme: look.dark === true ? "dark" : "light",
    timezoneId: whereItIsMorning(new Date().getUTCHours()),
    permissions: ["clipboard-read", "clipboard-write"],
    // Motion costs a machine without a graphics card a tenth of the run. Where it is what is looked at, it is asked
    // for.
    reducedMotion: "reduce",
    // It fetches the whole app once more, a quarter of what a new person costs. Where it is played, `kept` is asked
    // for.
    serviceWorkers: "block",
  };
}

/**
 * A zone in which it is nine in the morning when a test begins: no test that reads days is played across a midnight.
 * In the names of these zones the sign is turned round: `Etc/GMT+5` lies five hours behind.
 */
function whereItIsMorning(hourUtc: number): string {
  const ahead = ((9 - hourUtc + 36) % 24) - 12;
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

export async function freePort(): Promise<number> {
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
