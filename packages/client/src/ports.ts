/**
 * Ports: all that the client needs from where it runs. A browser worker, Bun and the simulator
 * each bring their own; nothing in this package reaches past them.
 */
import type { Crypto } from "@yanshu/mls";
import type { Database } from "@yanshu/store";
import type { Bytes, UnixMs } from "@yanshu/wire";

/** Ends a timer; harmless when it has run. */
export type Cancel = () => void;

export type SocketEvents = {
  readonly open: () => void;
  readonly message: (frame: Bytes) => void;
  /** Once, whether it failed to open or was closed by either side. */
  readonly closed: (reason: string) => void;
};
export type Socket = { readonly send: (frame: Bytes) => void; readonly close: () => void };

export type Ports = {
  readonly crypto: Crypto;
  readonly database: Database;
  /** Opens a WebSocket to `server` (a host, with its port if it is not the usual one). */
  readonly connect: (server: string, events: SocketEvents) => Socket;
  /** For links: the origin under which `server` serves the app. */
  readonly originOf: (server: string) => string;
  /** The server that this app was loaded from, if it may speak to no other. */
  readonly server: string | undefined;
  /** Key packages kept at the server besides the last-resort one: at most 50. */
  readonly keyPackagesKept: number;
  readonly nowMs: () => UnixMs;
  readonly after: (ms: number, run: () => void) => Cancel;
  /** In [0, 1): jitter of retries. */
  readonly chance: () => number;
  /** Told of what can only be a bug; must not show content. */
  readonly report?: (error: unknown) => void;
  /** False where the browser gave no lasting storage. */
  readonly persistent: boolean;
};
