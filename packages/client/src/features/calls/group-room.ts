/** Room of a group call as this device has it: what it knows of the room, and of itself in it. */
import type { CallMedia } from "@yanshu/content";
import type { Bytes, ConversationId, MediaAnswer, RelayAccess } from "@yanshu/wire";
import type { FeatureContext, Hex, RoomLine } from "../../feature.ts";
import type { InOrder } from "../../values/in-order.ts";
import { type BaseKey, kidOf, type OwnKeys } from "./group-keys.ts";
import type { Roster } from "./group-roster.ts";
import type { RoomKeys } from "./say.ts";
import type { CallMessage } from "./stored-call.ts";

/** What a device seals or opens frames with: to be handed to the worker that does. */
type FrameKeyView = { readonly kid: number; readonly seat: number; readonly key: Bytes };

/** Keys of frames of the call that this device is in: for the worker that seals and opens them, and for no page. */
export type FrameKeysView = { readonly own: FrameKeyView | undefined; readonly others: readonly FrameKeyView[] };

export type Inside = {
  readonly own: OwnKeys;
  readonly host: string;
  seat: number | undefined;
  isAway: boolean;
  relay: RelayAccess | undefined;
  media: MediaAnswer | undefined;
  /** Counts answers: a page takes each once; and how often the media ended. */
  mediaN: number;
  mediaGoneN: number;
  sends: { voice: boolean; picture: boolean; screen: boolean };
  /** The others were told that the picture is that of the screen. */
  isScreenTold: boolean;
  readonly theirs: Map<Hex, BaseKey>;
  /** When each device that asked was given this one's key last. */
  readonly answeredMs: Map<Hex, number>;
  /** Seats that home said were taken when this device came: who is heard there soon may open all that it says. */
  before: ReadonlySet<number>;
  hereMs: number;
  enteredMs: number;
  isAnswering: boolean;
  /** Keys that were given are used in a moment. */
  isKeyDue: boolean;
  sinceMs: number;
  /** One's own call, which is said once one sits there (CA70). */
  rings: readonly Hex[] | undefined;
};

/** Who rings whom in a group, and when. */
export type RingSaid = {
  readonly conversation: ConversationId;
  readonly by: Bytes;
  readonly rings: readonly Bytes[];
  readonly sentAtMs: number;
};

export type GroupRoom = {
  readonly call: Hex;
  readonly conversation: ConversationId;
  readonly media: CallMedia;
  readonly secret: Bytes;
  readonly keys: RoomKeys;
  readonly caller: Hex;
  readonly callerDevice: Hex;
  /** Where it is, as its message names it; undefined: where the leaf of who began it says. */
  readonly home: string | undefined;
  message: CallMessage | undefined;
  /** By what else it stands in the chat of this device: each time that somebody who is in it rang. */
  readonly rungAs: CallMessage[];
  line: RoomLine | undefined;
  readonly roster: Roster;
  seats: ReadonlySet<number>;
  isOpen: boolean;
  readonly heard: Map<Hex, number>;
  n: number;
  /** This device's own, since it came into the room, and the latest of each of the others (CA120). */
  nonce: Bytes;
  readonly nonces: Map<Hex, Bytes>;
  /** So many listen that home takes no more: it is not asked again before. */
  fullUntilMs: number;
  ringUntilMs: number;
  /** Who rings here: the caller, or another who is in it. */
  ringsBy: Hex;
  /** Who rings this device more, and was not heard in the room yet. */
  readonly asked: Map<Hex, RingSaid>;
  /** Whom this device rang, and when last. */
  readonly rangMs: Map<Hex, number>;
  isWatched: boolean;
  inside: Inside | undefined;
  readonly madeMs: number;
  /** Of a call that this device began, and whose end it has not said: when; and when last somebody was known there. */
  begunMs: number | undefined;
  seenMs: number;
  readonly saying: InOrder;
  readonly hearing: InOrder;
};

/** Keys of frames, for the worker that seals and opens them. */
export function frameKeysOf({ inside, roster }: GroupRoom): FrameKeysView {
  if (inside?.seat === undefined) return { own: undefined, others: [] };
  const view = (seat: number, key: BaseKey): FrameKeyView => ({ kid: kidOf(seat, key), seat, key: key.base });
  const others = roster.all.flatMap(({ device, seat }) => {
    const key = inside.theirs.get(device);
    return key === undefined ? [] : [view(seat, key)];
  });
  return { own: view(inside.seat, inside.own.sending), others };
}

/** What screens and the chat show of it is read anew. */
export function tellChanged(context: FeatureContext, { conversation }: GroupRoom): void {
  context.changed("calls");
  context.changedIn(conversation);
  context.changed("chats");
}
