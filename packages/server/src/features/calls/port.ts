/**
 * What calls need outside of the server (docs/spec/calls.md CA10, CA14, CA80): a relay, and what forwards media of
 * group calls.
 */
import { service } from "../../feature.ts";
import type { RelayCounts } from "./relay.ts";
import type { MediaDesk, RelayDesk } from "./room-ports.ts";
import type { SfuCounts } from "./sfu.ts";

type Ending = {
  /** Settles once it is gone. */
  readonly stop?: () => Promise<void>;
};

/** Connections that are open at the front; since the start, those that it handed on, and those that it closed. */
export type FrontCounts = { readonly connections: number; readonly handedOn: number; readonly refused: number };
/** One port for the website and for calls (CA180). */
export type FrontDesk = {
  readonly port: number;
  /** Where TURN over TLS is to be handed on to. */
  readonly setTarget: (way: "turn", port: number | undefined) => void;
  readonly counts: () => FrontCounts;
};

export type CallsPort = {
  readonly relay: RelayDesk & Ending;
  /** Absent: no group calls here. */
  readonly media?: (MediaDesk & Ending) | undefined;
  readonly seatsMax?: number | undefined;
  /** What all Lives hand on together (docs/spec/live.md CA165). */
  readonly liveBytesPerSecond?: number | undefined;
  readonly front?: FrontDesk | undefined;
};

/** Where nothing was handed on yet. */
export const noRelayCounts: RelayCounts = { legs: 0, passed: 0, bytes: 0, dropped: 0, refused: 0 };
export const noFrontCounts: FrontCounts = { connections: 0, handedOn: 0, refused: 0 };
export const noSfuCounts: SfuCounts = { peers: 0, packetsIn: 0, packetsOut: 0, bytesOut: 0, dropped: 0, repeated: 0 };

/** Absent where nobody calls by this server. */
export const callsPort = service<CallsPort>("calls");
