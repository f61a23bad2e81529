/**
 * Chromium as the benchmarks drive it: one process with a profile of its own, spoken to by its DevTools protocol.
 * Playwright is not dependable under Bun, and a measurement wants nothing between itself and the browser.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const program = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const phoneSize = { width: 390, height: 844 } as const;
const startMsMax = 30_000;

type Message = {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
};
type Send = (method: string, params?: Record<string, unknown>, session?: string) => Promise<Record<string, unknown>>;

/** One tab. `ask` evaluates an expression in it and waits for its promise. */
export type Tab = {
  readonly send: Send;
  readonly ask: <T>(expression: string) => Promise<T>;
  /** Waits until an expression holds. */
  readonly until: (expression: string, msMax?: number) => Promise<void>;
  readonly click: (testId: string) => Promise<void>;
  readonly open: (url: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type Chromium = {
  readonly pid: number;
  readonly port: number;
  readonly newTab: () => Promise<Tab>;
  readonly stop: () => Promise<void>;
};

/** @param profile its folder; what an earlier process left there is found again. */
export async function startChromium(profile: string): Promise<Chromium> {
  const browser = Bun.spawn(
    [
      program,
      "--headless=new",
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--lang=zh-CN",
      `--window-size=${phoneSize.width},${phoneSize.height}`,
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    { stdout: "ignore", stderr: "ignore" },
  );
  const [port, path] = await portOf(join(profile, "DevToolsActivePort"));
  const send = await connect(`ws://127.0.0.1:${port}${path}`);
  return {
    pid: browser.pid,
    port: Number(port),
    newTab: () => newTab(send),
    stop: async () => {
      // Asked to, it writes what it holds; a killed one might lose the newest.
      await Promise.race([send("Browser.close"), browser.exited]).catch(() => undefined);
      const timer = setTimeout(() => browser.kill("SIGKILL"), 5_000);
      await browser.exited;
      clearTimeout(timer);
    },
  };
}

async function portOf(file: string): Promise<readonly [port: string, path: string]> {
  for (const startMs = performance.now(); performance.now() - startMs < startMsMax; await Bun.sleep(50)) {
    const [port, path] = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    if (port !== undefined && path !== undefined) return [port, path];
  }
  throw new Error(`${program} did not start`);
}

async function connect(url: string): Promise<Send> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  let lastId = 0;
  const waiting = new Map<number, (message: Message) => void>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id === undefined) return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  };
  return (method, params = {}, session) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
      socket.send(JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) }));
    });
}

async function newTab(sendTo: Send): Promise<Tab> {
  const { targetId } = await sendTo("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await sendTo("Target.attachToTarget", { targetId, flatten: true });
  const send: Send = (method, params) => sendTo(method, params, sessionId as string);
  await send("Page.enable");
  await send("Emulation.setDeviceMetricsOverride", { ...phoneSize, deviceScaleFactor: 1, mobile: true });

  async function ask<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`the page failed: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }
  async function until(expression: string, msMax = 30_000): Promise<void> {
    for (const startMs = performance.now(); performance.now() - startMs < msMax; await Bun.sleep(30)) {
      // A page that is just being left cannot answer.
      if (await ask<boolean>(`Boolean(${expression})`).catch(() => false)) return;
    }
    throw new Error(`did not come: ${expression}`);
  }
  return {
    send,
    ask,
    until,
    click: async (testId) => {
      await until(here(testId));
      await ask(`${here(testId)}.click()`);
    },
    open: async (url) => void (await send("Page.navigate", { url })),
    close: async () => void (await sendTo("Target.closeTarget", { targetId })),
  };
}

/** An expression for the first element with this test id. */
export function here(testId: string): string {
  return `document.querySelector('[data-testid="${testId}"]')`;
}
