/** What peers need outside of the server (docs/spec/peers.md PE9): this server's keys, and a way to others. */
import type { Bytes } from "@yanshu/wire";
import { service } from "../../feature.ts";

export type ServerKeys = {
  readonly signKey: Bytes;
  readonly sealKey: Bytes;
  readonly sign: (message: Bytes) => Bytes;
  /** What a client sealed to `sealKey`. Undefined where it does not open. */
  readonly unseal: (info: Bytes, enc: Bytes, sealed: Bytes) => Bytes | undefined;
  /** The key before this one, and its signature over `serverKeyBytes`, where there was one. */
  readonly before?: ((name: string) => { readonly key: Bytes; readonly signature: Bytes }) | undefined;
};

/** One side of a line: messages leave in the order in which they are sent. */
export type Wire = {
  readonly send: (message: Bytes) => void;
  /** Ends it; what was sent before leaves still. */
  readonly close: () => void;
  /** It counts among those of which it is known whose they are. Absent: all are. */
  readonly known?: () => boolean;
};
export type WireEvents = { readonly receive: (message: Bytes) => void; readonly closed: () => void };

export type PeersPort = {
  /** `listed`: none but those that the operator allows. `open`: all but those that the operator denies. */
  readonly mode: "listed" | "open";
  readonly keys: ServerKeys;
  /** For operators of other servers. */
  readonly contact?: string | undefined;
  /**
   * Another server's card. Undefined where the name is none that is called, or gives none in time; it never rejects.
   *
   * @param isListed the operator named it, so that its port may be any.
   */
  readonly fetchCard: (name: string, isListed: boolean) => Promise<Bytes | undefined>;
  /**
   * Undefined as above. `events` begin once it has settled. The address that is called counts for nothing: many names
   * may lead to one, and one to many (HM89).
   */
  readonly dial: (name: string, path: string, isListed: boolean, events: WireEvents) => Promise<Wire | undefined>;
};

/** Other processes over the same database (docs/spec/peers.md PE61). */
export type Beside = {
  /** This one's number. It may change. */
  readonly number: () => number;
  /** Those of these that live; not for this one's. */
  readonly living: (numbers: readonly number[]) => readonly number[];
  /** It looks at what waits for other servers. */
  readonly call: (number: number) => void;
};

/** Absent where this server speaks with no other. */
export const peersPort = service<PeersPort>("peers");
