/** Admission: how much may come in at once, of what, from one place and in all (docs/spec/delivery.md DS60, DS126). */
import { defaultConfig, type ServerConfig } from "../core/config.ts";
import { OneByOne } from "../core/fair.ts";
import type { Faults } from "../core/faults.ts";
import { ConnectionLimits } from "./connection-limits.ts";
import { Incoming } from "./incoming.ts";
import type { IsProxy } from "./prefix.ts";
import { type Inbox, Slices } from "./slices.ts";
import { type Holder, Unsent } from "./unsent.ts";

/** Between the beginnings of two answers of at most four mebibytes. */
const readPauseMs = 4;
/** Of a request: its head must be there by then, and no pause of its body may be longer. */
export const requestSecondsMax = 10;

export type AdmissionOptions = {
  readonly config?: Partial<ServerConfig>;
  /** Who is believed when it says for whom it asks, besides this machine. */
  readonly isProxy?: IsProxy | undefined;
  readonly requestSecondsMax?: number;
};

/** What comes in; nothing does any more once the server is going. */
export type Admission = {
  /** Sockets of which nobody knows whose they are, and those on which a member is. */
  readonly strangers: ConnectionLimits;
  readonly members: ConnectionLimits;
  /** Those that sit in a room (docs/spec/calls.md CA67). */
  readonly seats: ConnectionLimits;
  readonly bodies: Incoming;
  /** What they take in memory. */
  readonly bodyBytes: Incoming;
  /** Answers that are not taken yet, of those that are looked at: once so many requests are under way. */
  readonly downloads: Incoming;
  readonly crowdedFrom: number;
  /** Of a body. */
  readonly pauseMs: number;
  readonly reads: OneByOne;
  readonly unsent: Unsent<Holder>;
  readonly memberUnsent: Unsent<Holder>;
  readonly seatUnsent: Unsent<Holder>;
  /** What came in that no turn of the loop had time for yet. */
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
  return {
    strangers: new ConnectionLimits(socketsMax),
    members: new ConnectionLimits(memberSocketsMax),
    seats: new ConnectionLimits(memberSocketsMax),
    bodies: new Incoming(bodiesMax),
    bodyBytes: new Incoming(bodyBytesMax),
    downloads: new Incoming(bodiesMax),
    crowdedFrom: bodiesMax.prefix,
    pauseMs: 1_000 * secondsMax,
    reads: new OneByOne(() => Bun.sleep(readPauseMs), bodiesMax.prefix),
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
