/**
 * What calls need outside of the server (docs/spec/calls.md CA10, CA14, CA80): a relay, and what forwards media of
 * group calls.
 */
import { service } from "../../feature.ts";
import type { MediaDesk, RelayDesk } from "./rooms.ts";

type Ending = {
  /** Settles once it is gone. */
  readonly stop?: () => Promise<void>;
};

export type CallsPort = {
  readonly relay: RelayDesk & Ending;
  /** Absent: no group calls here. */
  readonly media?: (MediaDesk & Ending) | undefined;
  readonly seatsMax?: number | undefined;
};

/** Absent where nobody calls by this server. */
export const callsPort = service<CallsPort>("calls");
