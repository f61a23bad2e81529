/** Admission: limits on what is open or held at once, per prefix and in all (docs/spec/delivery.md DS60, DS126). */
import { defaultConfig, type ServerConfig } from "../core/config.ts";
import { FewAtOnce, OneByOne } from "../core/fair.ts";
import type { Faults } from "../core/faults.ts";
import { ConnectionLimits } from "./connection-limits.ts";
import { Incoming } from "./incoming.ts";
import type { IsProxy } from "./prefix.ts";
import { type Inbox, Slices } from "./slices.ts";
import { type Holder, Unsent } from "./unsent.ts";

/** Pause after the beginning of a download, of which the system may buffer some mebibytes. */
const readPauseMs = 4;
/** So many bytes of short downloads, as of a film's pieces, begin without one. */
const readBytesMax = 512 * 1_024;
/** Of downloads, each of at most 16 KiB: what is sent in one turn of the event loop. */
const readsAtOnce = 16;
/** A request's head must have arrived by then, and its body may not pause for longer. */
export const requestSecondsMax = 10;

export type AdmissionOptions = {
  readonly config?: Partial<ServerConfig>;
  /** Addresses, besides loopback, whose X-Forwarded-For is believed. */
  readonly isProxy?: IsProxy | undefined;
  readonly requestSecondsMax?: number;
};

/** The limits on what comes in. Nothing is let in once `isGoing`. */
export type Admission = {
  /** Sockets of strangers; of members, who signed in or paid a token. */
  readonly strangers: ConnectionLimits;
  readonly members: ConnectionLimits;
  /** Sockets that have a seat in a call room (docs/spec/calls.md CA67). */
  readonly seats: ConnectionLimits;
  /** Requests under way. */
  readonly bodies: Incoming;
  /** Bytes of memory that their bodies take. */
  readonly bodyBytes: Incoming;
  /** Downloads that the server watches: those that begin while more than `crowdedFrom` requests are under way. */
  readonly downloads: Incoming;
  /** Reads of theirs from the disk. */
  readonly downloadReads: FewAtOnce;
  readonly crowdedFrom: number;
  /** Longest pause within a body. */
  readonly pauseMs: number;
  readonly reads: OneByOne;
  /** Bytes of the downloads that began since the last pause. */
  readonly begun: { bytes: number };
  readonly unsent: Unsent<Holder>;
  readonly memberUnsent: Unsent<Holder>;
  readonly seatUnsent: Unsent<Holder>;
  /** Work that arrived and that no turn of the loop had time for yet. */
  readonly slices: Slices;
  readonly unhandled: Unsent<Inbox>;
  readonly isProxy: IsProxy;
  isGoing: boolean;
};

export function admissionOf(
  { config, isProxy = () => false, requestSecondsMax: secondsMax = requestSecondsMax }: AdmissionOptions,
  faults: Faults,
): Admission {
  const {
    socketsMax,
    memberSocketsMax,
    unsentBytesMax,
    memberUnsentBytesMax,
    unhandledBytesMax,
    bodiesMax,
    bodyBytesMax,
  } = {
    ...defaultConfig,
    ...config,
  };
  const begun = { bytes: 0 };
  const rest = () => {
    if (begun.bytes < readBytesMax) return new Promise<void>((resolve) => void setImmediate(resolve));
    begun.bytes = 0;
    return Bun.sleep(readPauseMs);
  };
  return {
    strangers: new ConnectionLimits(socketsMax),
    members: new ConnectionLimits(memberSocketsMax),
    seats: new ConnectionLimits(memberSocketsMax),
    bodies: new Incoming(bodiesMax),
    bodyBytes: new Incoming(bodyBytesMax),
    downloads: new Incoming(bodiesMax),
    downloadReads: new FewAtOnce(readsAtOnce),
    crowdedFrom: bodiesMax.prefix,
    pauseMs: 1_000 * secondsMax,
    reads: new OneByOne(rest, bodiesMax.prefix),
    begun,
    unsent: new Unsent(unsentBytesMax),
    memberUnsent: new Unsent(memberUnsentBytesMax),
    seatUnsent: new Unsent(unsentBytesMax),
    slices: new Slices({
      nowMs: () => performance.now(),
      soon: (work) => void setImmediate(() => faults.guarded("a turn", work)),
    }),
    unhandled: new Unsent(unhandledBytesMax),
    isProxy,
    isGoing: false,
  };
}
