/** What rooms use of the server, and the desks with which they speak: the relay, and the media of group calls. */
import type { JoinMedia, MediaAnswer, RelayAccess, UploadToken, WantSlots } from "@yanshu/wire";
import type { Faults } from "../../core/faults.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Clock, Random } from "../../core/ports.ts";
import type { RelayCounts } from "./relay.ts";
import type { SfuCounts } from "./sfu.ts";

/** The relay as rooms see it: with what a seat sits down there, and that it is gone. */
export type RelayDesk = {
  /** Undefined while there is no relay: then the room works, and only direct ways are left. */
  readonly access: (room: string, seat: number) => RelayAccess | undefined;
  readonly seatGone: (room: string, seat: number) => void;
  /**
   * The seat joined the media, or joined anew: its ways there are those of now (CA138).
   * @param icePassword of the media's answer: by it the relay signs answers to ICE checks (CA236).
   */
  readonly joined?: (room: string, seat: number, icePassword: string) => void;
  /** Settles once it is there, or will not be: it is begun with the first room. Absent: it is there. */
  readonly ready?: () => Promise<void>;
  readonly counts?: () => RelayCounts;
};

/** What forwards media of group calls, as rooms see it (docs/spec/calls.md CA80). */
export type MediaDesk = {
  /** Undefined where it does not answer. */
  readonly join: (room: string, seat: number, join: JoinMedia) => Promise<MediaAnswer | undefined>;
  readonly want: (room: string, seat: number, want: WantSlots) => void;
  readonly left: (room: string, seat: number) => void;
  /** All that joined is gone, and may join anew. */
  readonly whenGone: (run: () => void) => void;
  readonly counts?: () => SfuCounts & { readonly deaths: number };
};

export type RoomsPorts = {
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: Faults;
  readonly relay: RelayDesk;
  /** Absent: no group calls here. */
  readonly media?: MediaDesk | undefined;
  /** Spends one upload token; absent: this server knows none, and a room costs nothing. */
  readonly spend?: ((token: UploadToken, prefix: string | undefined) => Promise<Outcome<unknown>>) | undefined;
  /** In one room. */
  readonly seatsMax?: number;
  /** Held at once; 10,000, if absent. */
  readonly roomsMax?: number;
  /** What all Lives hand on; 25,000,000, if absent. */
  readonly liveBytesPerSecond?: number;
};
