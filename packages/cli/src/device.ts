/**
 * Device: the client on a data folder, for the duration of one command. It holds the folder's lock, and `end` stops
 * every timer and socket.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { type Cancel, type Client, ClientError, createClient, type Ports, type Socket } from "@yanshu/client";
import { Fault } from "./fault.ts";
import { mediaIn } from "./files.ts";
import { type Home, originOfServer, readHome, socketAddress } from "./home.ts";
import type { Io } from "./io.ts";
import { lockFolder } from "./lock.ts";
import { openSocket } from "./socket.ts";

export type Device = {
  readonly client: Client;
  /**
   * Waits at most `waitMs` until home's queue is received. Returns whether it was. With `untilDone`, also waits until
   * home has stored everything that was begun here.
   */
  readonly caughtUp: (options: { readonly waitMs: number; readonly untilDone: boolean }) => Promise<boolean>;
  /** Waits until `holds` returns true. Returns false after `waitMs`, or if the person interrupted. */
  readonly until: (holds: () => boolean, waitMs: number) => Promise<boolean>;
  /**
   * Waits at most `waitMs` until home has stored everything that was begun here, also after an interruption. Returns
   * whether it has.
   */
  readonly settled: (waitMs: number) => Promise<boolean>;
  readonly end: () => Promise<void>;
};

const databaseFile = "yanshu.db";
/** Home sends its queue without a pause, so a silence this long means that the queue is empty. */
const quietMs = 300;
const lookEveryMs = 20;
const keyPackagesKept = 50;

export function hasDevice(folder: string): boolean {
  return existsSync(join(folder, databaseFile));
}

/**
 * @param home where the account lives, when the folder does not say it yet. @param isAtWork somebody uses its screens.
 * @throws Fault when the folder is in use, or cannot be used.
 */
export async function openDevice(
  io: Io,
  folder: string,
  home: Home | undefined,
  isAtWork?: () => boolean,
): Promise<Device> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  let database: Ports["database"] | undefined;
  try {
    database = io.openDatabase(privateFile(join(folder, databaseFile)));
    return await startDevice(io, folder, { database, home: home ?? readHome(folder), unlock, isAtWork });
  } catch (error) {
    database?.close();
    unlock();
    throw error;
  }
}

/** Returns the server that a link names. Only a client reads links; this one is in memory and does not connect. */
export async function serverInLink(io: Io, text: string): Promise<string | undefined> {
  const database = io.openDatabase(":memory:");
  const timers = timersOf();
  const client = createClient({
    crypto: io.crypto(),
    database,
    connect: () => ({ send: () => undefined, close: () => undefined }),
    originOf: (server) => originOfServer(server, false),
    server: undefined,
    keyPackagesKept: 0,
    nowMs: () => Date.now(),
    after: timers.after,
    chance: Math.random,
    persistent: false,
  });
  try {
    return (await client.api.readLink(text)).server;
  } catch (error) {
    if (error instanceof ClientError && error.code === "bad-link") return undefined;
    throw error;
  } finally {
    client.stop();
    timers.stop();
    database.close();
  }
}

async function startDevice(
  io: Io,
  folder: string,
  {
    database,
    home,
    unlock,
    isAtWork,
  }: {
    readonly database: Ports["database"];
    readonly home: Home | undefined;
    readonly unlock: () => void;
    readonly isAtWork: (() => boolean) | undefined;
  },
): Promise<Device> {
  const timers = timersOf();
  const sockets = new Set<Socket>();
  let lastHeardMs = performance.now();
  const originOf = (server: string) => (server === home?.server ? home.origin : originOfServer(server, false));

  const client = createClient({
    crypto: io.crypto(),
    database,
    server: home?.server,
    connect: (server, events, path) => {
      const socket = openSocket(socketAddress(originOf(server), path), events, () => {
        lastHeardMs = performance.now();
      });
      sockets.add(socket);
      return socket;
    },
    originOf,
    reachesOthers: true,
    keyPackagesKept,
    ...(isAtWork && { isAtWork }),
    nowMs: () => Date.now(),
    after: timers.after,
    chance: Math.random,
    persistent: true,
    media: mediaIn(join(folder, "files"), io.mediaCipher(), originOf),
    ...(io.report === undefined ? {} : { report: io.report }),
  });
  await client.start();

  async function until(holds: () => boolean, waitMs: number): Promise<boolean> {
    const endMs = performance.now() + waitMs;
    while (!holds()) {
      if (io.interrupted.aborted || performance.now() >= endMs) return false;
      await Bun.sleep(lookEveryMs);
    }
    return true;
  }

  function isStill(): boolean {
    // What those who stay at the home of before said waits there.
    const { before } = client.view("homes", []);
    const isReached = before === undefined || before.isReached || before.isAway;
    const isOnline = client.view("status", []).network === "online";
    return isOnline && isReached && performance.now() - lastHeardMs >= quietMs;
  }

  return {
    client,
    until,
    async caughtUp({ waitMs, untilDone }) {
      const endMs = performance.now() + waitMs;
      while (!io.interrupted.aborted && performance.now() < endMs) {
        const { phase, network } = client.view("status", []);
        if (phase === "signed-out") throw new Fault("fault.signedOut");
        if (network === "suspended") throw new Fault("fault.suspended");
        if (network === "unreachable" && !untilDone) return false;
        if (isStill()) {
          await client.idle();
          if (isStill() && !(untilDone && client.isBusy())) return true;
        }
        await Bun.sleep(lookEveryMs);
      }
      return false;
    },
    async settled(waitMs) {
      const endMs = performance.now() + waitMs;
      while (performance.now() < endMs) {
        await client.idle();
        if (isStill() && !client.isBusy()) return true;
        await Bun.sleep(lookEveryMs);
      }
      return false;
    },
    async end() {
      client.stop();
      timers.stop();
      for (const socket of sockets) socket.close();
      await client.idle();
      await Bun.sleep(0);
      await client.idle();
      database.close();
      unlock();
    },
  };
}

/** Those of the client that still run when the command is done run no more. */
function timersOf(): { readonly after: Ports["after"]; readonly stop: () => void } {
  const running = new Set<ReturnType<typeof setTimeout>>();
  let stopped = false;
  const nothing: Cancel = () => undefined;
  return {
    after: (ms, run) => {
      if (stopped) return nothing;
      const timer = setTimeout(() => {
        running.delete(timer);
        run();
      }, ms);
      running.add(timer);
      return () => {
        clearTimeout(timer);
        running.delete(timer);
      };
    },
    stop: () => {
      stopped = true;
      for (const timer of running) clearTimeout(timer);
      running.clear();
    },
  };
}

/** Made before SQLite would, whose file everybody could read; its other files take on the same mode. */
function privateFile(path: string): string {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  return path;
}
