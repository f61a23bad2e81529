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

/** Of an answer: bytes of its body, and milliseconds until it is whole. */
export type AnswerBounds = { readonly bytesMax: number; readonly msMax: number };

/** Files beside the database, requests to home, and the cipher of large things. */
export type MediaPorts = {
  /** Sealed files by name; on the device's disk when a write resolves. Reading beyond the end answers fewer bytes. */
  readonly files: {
    readonly write: (name: string, offset: number, bytes: Bytes) => Promise<void>;
    readonly read: (name: string, offset: number, length: number) => Promise<Bytes>;
    readonly remove: (name: string) => Promise<void>;
  };
  /** Upload tokens kept in stock; enough for a day's pictures when nothing is said. */
  readonly tokensKept?: number;
  /**
   * One HTTP request to `server`, without cookies or names. Rejects when no answer came. `bounds`: it also rejects, and
   * ends the transfer, once the answer's body is longer or is not whole in that time.
   */
  readonly request: (
    server: string,
    asked: {
      readonly method: "GET" | "POST" | "PUT" | "DELETE";
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: Bytes;
      readonly bounds?: AnswerBounds;
    },
  ) => Promise<{ readonly status: number; readonly body: Bytes }>;
  readonly cipher: {
    /** AES-256-GCM with a nonce of 12 bytes; the tag of 16 bytes ends the ciphertext. */
    readonly seal: (key: Bytes, nonce: Bytes, plaintext: Bytes) => Promise<Bytes>;
    readonly open: (key: Bytes, nonce: Bytes, sealed: Bytes) => Promise<Bytes | undefined>;
    /** AES-256-CTR from block number `block` on; taking off and putting on are the same. */
    readonly ctr: (key: Bytes, block: number, bytes: Bytes) => Promise<Bytes>;
  };
};

/** Absent: for messages. */
export type SocketPath = "/calls/ws" | "/tunnel";

export type Ports = {
  readonly crypto: Crypto;
  readonly database: Database;
  /**
   * Opens a WebSocket to `server` (a host, with its port if it is not the usual one): for messages, for a room of a
   * call, or to another server through this one. Throws where no address can be made of `server`.
   */
  readonly connect: (server: string, events: SocketEvents, path?: SocketPath) => Socket;
  /** For links: the origin under which `server` serves the app. */
  readonly originOf: (server: string) => string;
  /** The server that this app was loaded from, if it may speak to no other. */
  readonly server: string | undefined;
  /** It may speak to other homes than its own: to a reserve (docs/spec/homes.md HM45). A web page may not. */
  readonly reachesOthers?: true;
  /** Key packages kept at the server besides the last-resort one: at most 50. */
  readonly keyPackagesKept: number;
  /**
   * How long what is said waits for more before it is put into the vault; some fifteen seconds when nothing is said.
   */
  readonly vaultDelayMs?: number;
  /**
   * Whether somebody touches, scrolls or types just now: what nobody waits for gives way. Never, when nothing is said.
   */
  readonly isAtWork?: () => boolean;
  readonly nowMs: () => UnixMs;
  readonly after: (ms: number, run: () => void) => Cancel;
  /** In [0, 1): jitter of retries. */
  readonly chance: () => number;
  /** Told of what can only be a bug; must not show content. */
  readonly report?: (error: unknown) => void;
  /** Absent where there are no files: messages with files cannot be sent or opened then. */
  readonly media?: MediaPorts | undefined;
  /**
   * A second place beside the database, sealed by the one who brings it, for what a lost database cannot say of this
   * device (docs/spec/store.md ST40). Absent: a database that is lost is a device that is lost.
   */
  readonly deviceBackup?: {
    readonly read: () => Promise<Bytes | undefined>;
    readonly write: (bytes: Bytes) => Promise<void>;
    readonly clear: () => Promise<void>;
  };
  /** False where the browser gave no lasting storage. */
  readonly persistent: boolean;
};
