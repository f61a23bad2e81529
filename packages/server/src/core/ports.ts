/**
 * Ports: everything that the server's core reaches outside itself. The core is a pure program over
 * them, so that production, tests and the simulator run the same code (docs/spec/delivery.md).
 */
import type { Bytes, GateId, PushOutcome } from "@yanshu/wire";

export type Cancel = () => void;

/** Time. `after` runs `work` once, never before `after` itself has returned. */
export type Clock = {
  readonly nowMs: () => number;
  readonly after: (delayMs: number, work: () => void) => Cancel;
};

/** Unpredictable bytes; injectable, so that a simulation repeats. */
export type Random = (length: number) => Bytes;

/** SHA-256 and Ed25519, both synchronous: a post is judged without leaving its batch. */
export type SyncPrimitives = {
  readonly sha256: (data: Bytes) => Bytes;
  readonly verify: (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean;
};

/** One client's socket. `send` never fails: a socket that cannot take more is closed by its owner. */
export type Sink = {
  /** @param isLast nobody uses `bytes` after this call, so the sink may release their memory. */
  readonly send: (bytes: Bytes, isLast?: boolean) => void;
  readonly close: (code: number, reason: string) => void;
  readonly subscribe: (topic: string) => void;
  readonly unsubscribe: (topic: string) => void;
  /**
   * Tells the socket that it belongs to a member: a device signed in, a token was paid, or it has a seat in a room.
   * Returns false if there is no room among the members' sockets.
   */
  readonly known?: () => boolean;
  /** Bytes that were sent and that the client has not read. */
  readonly unread?: () => number;
};

/** Resolves after others were served; long work awaits it between steps (docs/spec/delivery.md DS131). */
export type Pause = () => Promise<void>;

/** Sends one frame to every sink that subscribed, in the order of the calls. */
export type Fanout = { readonly publish: (topic: string, bytes: Bytes) => void };

/**
 * Tells another server that shares the log that the log holds something for it (docs/spec/delivery.md DS95). A call
 * carries no content and may be lost: each server also looks by itself.
 */
export type Wake = {
  /** @param gateway the other server's number in the log. */
  readonly call: (gateway: number) => void;
  /** Sets this server's number, instead of any before. `called` runs at each call to it. */
  readonly listen: (gateway: number, called: () => void) => void;
  readonly close: () => Promise<void>;
};

/** A device's push subscription: endpoint URL, and the keys to encrypt for it (docs/spec/push.md PU2). */
export type PushSubscription = { readonly endpoint: string; readonly key: Bytes; readonly secret: Bytes };

/** `ring`: somebody calls. `test`: the person asked for it, and the device says so on screen. All are equally long. */
export type WakeupKind = "messages" | "test" | "ring";

/**
 * How a wake-up leaves the server (docs/spec/push.md). The core decides whom to wake and when; the port seals and
 * sends.
 */
export type PushPort = {
  /** The server's VAPID key: 65 bytes. */
  readonly publicKey: Bytes;
  /** Whether the server is willing to call this endpoint (PU3). */
  readonly allows: (subscription: PushSubscription) => boolean;
  /** Never rejects, and ends within a few seconds. @param ring of a `ring`. */
  readonly send: (to: PushSubscription, kind: WakeupKind, ring?: Ring) => Promise<PushOutcome>;
};
/** The gate of a call's conversation, and when the call began to ring. */
export type Ring = { readonly gate: GateId; readonly beganMs: number };

/** Why the server closed a socket; the code travels in the WebSocket close frame (WI7). */
export const closeCodes = {
  superseded: 4001,
  "signed-out": 4002,
  malformed: 4003,
  "too-large": 4004,
  flooding: 4005,
  silent: 4006,
  going: 4007,
  suspended: 4008,
  /** A fault of the server (DS110); RFC 6455's code for an internal error. */
  faulty: 1011,
} as const;
export type CloseReason = keyof typeof closeCodes;
