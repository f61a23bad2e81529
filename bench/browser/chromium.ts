/**
 * Chromium as the benchmarks drive it: one process with a profile of its own, spoken to by its DevTools protocol.
 * A measurement wants nothing between itself and the browser: with Playwright it costs half as much CPU again
 * (docs/decisions/0044-libraries-not-taken.md).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const program = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const phoneSize = { width: 390, height: 844 } as const;
const startMsMax = 30_000;

type Message = {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
  /** Of an event. */
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly sessionId?: string;
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
  /** What the page's workers send and get by WebSockets from now on, one entry for each that is opened. */
  readonly sockets: () => Promise<readonly Socket[]>;
};

/** When it was opened, of `performance.now()`; bytes of the frames' payloads, both ways. */
export type Socket = { readonly openedMs: number; bytes: number };

export type Chromium = {
  readonly pid: number;
  readonly port: number;
  readonly newTab: () => Promise<Tab>;
  readonly stop: () => Promise<void>;
};

/** @param profile its folder; what an earlier process left there is found again. @param flags more of the command. */
export async function startChromium(profile: string, flags: readonly string[] = []): Promise<Chromium> {
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
      ...flags,
      "about:blank",
    ],
    { stdout: "ignore", stderr: "ignore" },
  );
  const [port, path] = await portOf(join(profile, "DevToolsActivePort"));
  const { send, hear } = await connect(`ws://127.0.0.1:${port}${path}`);
  return {
    pid: browser.pid,
    port: Number(port),
    newTab: () => newTab(send, hear),
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

type Hear = (listener: (event: Message) => void) => () => void;

async function connect(url: string): Promise<{ readonly send: Send; readonly hear: Hear }> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  let lastId = 0;
  const waiting = new Map<number, (message: Message) => void>();
  const listeners = new Set<(event: Message) => void>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id === undefined) {
      for (const listener of listeners) listener(message);
      return;
    }
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  };
  const send: Send = (method, params = {}, session) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
      socket.send(JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) }));
    });
  const hear: Hear = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return { send, hear };
}

async function newTab(sendTo: Send, hear: Hear): Promise<Tab> {
  const { targetId } = await sendTo("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await sendTo("Target.attachToTarget", { targetId, flatten: true });
  const send: Send = (method, params) => sendTo(method, params, sessionId as string);
  await send("Page.enable");
  const profiled = await profiling(sendTo, hear, sessionId as string);
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
    sockets: () => socketsOf(sendTo, hear, sessionId as string),
    close: async () => {
      await profiled();
      await sendTo("Target.closeTarget", { targetId });
    },
  };
}

const workersAlone = [{ type: "worker" }, { exclude: true }];

async function socketsOf(send: Send, hear: Hear, tab: string): Promise<readonly Socket[]> {
  const opened: Socket[] = [];
  const byId = new Map<unknown, Socket>();
  hear(({ method, params, sessionId }) => {
    if (method === "Target.attachedToTarget" && sessionId === tab)
      void send("Network.enable", {}, (params as { readonly sessionId: string }).sessionId);
    if (method === "Network.webSocketCreated") {
      const socket = { openedMs: performance.now(), bytes: 0 };
      byId.set(params?.["requestId"], socket);
      opened.push(socket);
    }
    const socket = byId.get(params?.["requestId"]);
    if (socket === undefined || !/^Network\.webSocketFrame(Sent|Received)$/.test(method ?? "")) return;
    const { opcode, payloadData } = (params as { readonly response: { opcode: number; payloadData: string } }).response;
    socket.bytes += Buffer.from(payloadData, opcode === 2 ? "base64" : "utf8").length;
  });
  const filter = workersAlone;
  await send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: true, filter }, tab);
  return opened;
}

let profiles = 0;

/**
 * `BENCH_PROFILE=DIR` has a CPU profile of each tab, and of each of its workers, written there; it makes them slower.
 *
 * @returns ends and writes them.
 */
async function profiling(send: Send, hear: Hear, tab: string): Promise<() => Promise<void>> {
  const folder = process.env["BENCH_PROFILE"];
  if (folder === undefined) return async () => undefined;
  const nth = ++profiles;
  const sessions = [{ session: tab, name: "page" }];
  async function begin(session: string): Promise<void> {
    await send("Profiler.enable", {}, session);
    await send("Profiler.setSamplingInterval", { interval: 500 }, session);
    await send("Profiler.start", {}, session);
  }
  const deaf = hear(({ method, params, sessionId }) => {
    if (method !== "Target.attachedToTarget" || sessionId !== tab) return;
    const { sessionId: session, targetInfo } = params as {
      readonly sessionId: string;
      readonly targetInfo: { readonly type: string };
    };
    sessions.push({ session, name: targetInfo.type });
    void begin(session).finally(() => void send("Runtime.runIfWaitingForDebugger", {}, session));
  });
  await begin(tab);
  const filter = workersAlone;
  await send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter }, tab);
  return async () => {
    deaf();
    for (const [i, { session, name }] of sessions.entries()) {
      const { profile } = await send("Profiler.stop", {}, session).catch(() => ({ profile: undefined }));
      if (profile !== undefined) writeFileSync(join(folder, `${nth}-${i}-${name}.cpuprofile`), JSON.stringify(profile));
    }
  };
}

/** What the page's own thread has spent on this so far, once `Performance.enable` was sent. */
export async function spentMs({ send }: Tab, on: "TaskDuration" | "ScriptDuration"): Promise<number> {
  const { metrics } = await send("Performance.getMetrics");
  const found = (metrics as readonly { name: string; value: number }[]).find(({ name }) => name === on);
  return (found?.value ?? Number.NaN) * 1_000;
}

/** An expression for the first element with this test id. */
export function here(testId: string): string {
  return `document.querySelector('[data-testid="${testId}"]')`;
}

/** In a page: when a frame on the glass first held what a selector finds. */
export const watchScript = `
  globalThis.shownAfter = (isThere) => new Promise((resolve) => {
    const look = () => {
      if (!isThere()) return requestAnimationFrame(look);
      // What this frame holds is on the glass once the next one begins.
      requestAnimationFrame(() => resolve(performance.now()));
    };
    requestAnimationFrame(look);
  });
  globalThis.isInSight = (element) => {
    const box = element?.getBoundingClientRect();
    return box !== undefined && box.height > 0 && box.top < innerHeight && box.bottom > 0;
  };`;

/** Within the app, so that its worker goes on. */
export async function goTo(tab: Tab, path: string, testId: string): Promise<void> {
  await tab.ask(`history.pushState(null, "", ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent("popstate"))`);
  await tab.until(here(testId));
}
