/**
 * Server: starts the real server as a child process, waits until it greets a client, and stops it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBase64Url, toHex } from "@yanshu/wire";
import { withFolder } from "./folder.ts";
import type { ServerTarget } from "./load/jobs.ts";
import { greet } from "./load/people.ts";
import { freePort } from "./ports.ts";
import { treeOf } from "./process.ts";

const root = join(import.meta.dirname, "..");
const programs = { asShipped: "packages/server/src/main.ts", raised: "bench/raised-server.ts" } as const;
const greetMsMax = 20_000;
const stopMsMax = 10_000;

export type RunningServer = ServerTarget & {
  /** From the command until a client was greeted. */
  readonly greetedMs: number;
  readonly stop: () => Promise<void>;
};

type More = {
  /** Where it tells of its event loop and its memory (inside.ts). */
  readonly insideFile?: string;
  /** As an operator gives them, beside the shipped ones. */
  readonly options?: readonly string[];
  /** Speaks with other servers of this machine. */
  readonly hasPeers?: boolean;
  /** As before, so that others find it again; absent: a free one. */
  readonly port?: number;
};

/** @param which `raised` lifts the rate limits that a benchmark runs into (raised-server.ts). */
export async function startServer(
  folder: string,
  which: keyof typeof programs,
  { insideFile, options = [], hasPeers = false, port = freePort() }: More = {},
): Promise<RunningServer> {
  const operatorPort = freePort();
  const flags = ["--port", String(port), "--data", folder, "--operator-port", String(operatorPort), ...options];
  if (which === "asShipped") flags.push("--quiet");
  const startedMs = performance.now();
  const watching = insideFile === undefined ? [] : ["--preload", join(import.meta.dirname, "inside.ts")];
  const child = Bun.spawn([process.execPath, ...profiling(), ...watching, join(root, programs[which]), ...flags], {
    stdout: "ignore",
    stderr: "inherit",
    env: {
      ...process.env,
      NODE_ENV: "production",
      ...(insideFile !== undefined && { BENCH_INSIDE: insideFile }),
      ...(hasPeers && { BENCH_PEERS: "yes" }),
    },
  });
  const stop = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
    await child.exited;
    clearTimeout(timer);
  };
  const url = `ws://127.0.0.1:${port}/ws`;
  try {
    await greeted(url, () => child.exitCode);
    const greetedMs = performance.now() - startedMs;
    const token = fromBase64Url(readFileSync(join(folder, "registration-token"), "utf8").trim()) ?? new Uint8Array();
    return {
      url,
      pid: child.pid,
      registrationToken: toHex(token),
      countsUrl: `http://127.0.0.1:${operatorPort}/`,
      greetedMs,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const npmMsMax = 300_000;

/** The server with all that `npm start` puts around it; the web app is built first where it is not. */
export async function startAsNpmDoes(folder: string) {
  const port = freePort();
  const child = Bun.spawn(["npm", "start", "--", "--port", String(port), "--data", folder, "--quiet"], {
    cwd: root,
    stdout: "ignore",
    stderr: "inherit",
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await child.exited;
  };
  try {
    await greeted(`ws://127.0.0.1:${port}/ws`, () => child.exitCode, npmMsMax);
    const isServer = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("server/src/main.ts\0");
    const serverPid = () => treeOf(child.pid).filter(isServer).at(-1) ?? child.pid;
    return { pid: child.pid, serverPid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A server with raised limits and a new folder, for as long as `work` takes. */
export function withServer<T>(work: (server: ServerTarget) => Promise<T>): Promise<T> {
  return withFolder((folder) => withServerOn(folder, "raised", work));
}

/** A server on a folder that may have been another's before. */
export async function withServerOn<T>(
  folder: string,
  which: keyof typeof programs,
  work: (server: RunningServer) => Promise<T>,
  more: More = {},
): Promise<T> {
  const server = await startServer(folder, which, more);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** `BENCH_PROFILE=DIR` has Bun write a CPU profile of every server there; it makes the server slower. */
function profiling(): readonly string[] {
  const folder = process.env["BENCH_PROFILE"];
  return folder === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", folder];
}

async function greeted(url: string, exitCode: () => number | null, withinMs = greetMsMax): Promise<void> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    if (exitCode() !== null) throw new Error(`the server ended with code ${exitCode()}`);
    try {
      (await greet(url)).peer.close();
      return;
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await Bun.sleep(2);
    }
  }
}
