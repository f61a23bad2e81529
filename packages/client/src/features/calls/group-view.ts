/** What screens see of group calls (docs/spec/calls.md CA95), and what a person may do about them. */
import type { CallMedia } from "@yanshu/content";
import {
  type ConversationId,
  type JoinMedia,
  type MediaAnswer,
  type RelayAccess,
  toHex,
  type WantSlots,
} from "@yanshu/wire";
import type { Face, FeatureContext, Hex, PersonRef, ReadContext } from "../../feature.ts";
import type { GroupDesk } from "./group-desk.ts";
import { type FrameKeysView, frameKeysOf, type GroupRoom } from "./group-room.ts";
import { groupToCall } from "./group-to-call.ts";
import { ringMs } from "./ring.ts";

export type GroupCallPerson = {
  readonly device: Hex;
  readonly seat: number;
  readonly person: PersonRef;
  readonly face: Face;
  readonly voice: boolean;
  readonly picture: boolean;
  /** The picture is that of their screen. */
  readonly screen: boolean;
  /** This device. */
  readonly isHere: boolean;
};

type GroupCallHead = {
  readonly call: Hex;
  readonly conversation: Hex;
  readonly title: string;
  readonly media: CallMedia;
};

export type GroupCallNow = GroupCallHead & {
  /** The page that carries it. */
  readonly host: string;
  /** The room was entered. */
  readonly isIn: boolean;
  /** It cannot be reached just now. */
  readonly isAway: boolean;
  readonly sinceMs: number;
  readonly relay?: RelayAccess;
  /** The last answer to `joinGroupMedia`, and its number. */
  readonly answer?: MediaAnswer;
  readonly answerN: number;
  /** How often the media ended at the server: it is to be joined anew. */
  readonly goneN: number;
  /** Oneself first. */
  readonly people: readonly GroupCallPerson[];
  /** Whom this device rang within the last minute, and who is not in it. */
  readonly rung: readonly PersonRef[];
};

export type GroupCallsView = {
  /** Whether home forwards media of group calls: only then is a telephone shown in groups. */
  readonly areThere: boolean;
  readonly now?: GroupCallNow;
  /** Who rings, and who is known to be in it. */
  readonly ringing?: GroupCallHead & {
    readonly person: PersonRef;
    readonly face: Face;
    readonly people: readonly PersonRef[];
  };
  /**
   * Calls that go on in chats that are looked at, and this device is not in. `count`: seats, before anybody was heard;
   * 0 where home does not say who is there (CA200).
   */
  readonly live: readonly (GroupCallHead & {
    readonly count: number;
    readonly people: readonly { readonly person: PersonRef; readonly face: Face }[];
  })[];
  /** The last one that this device meant to be in and was not let into, and why; until it is in one. */
  readonly missed?: GroupCallHead & { readonly as: "full" | "closed"; readonly atMs: number };
};

export type GroupCallsApi = {
  /**
   * Begins one in a group, and rings these members (16 at most). Resolves with the call's name. Rejects with
   * `not-allowed`, `server-unreachable` (home forwards no media), `too-often` (a call goes on here).
   */
  readonly startGroupCall: (conversation: Hex, media: CallMedia, rings: readonly Hex[], host: string) => Promise<Hex>;
  /**
   * Rings more members of the group whose call this device is in (16 at most). Who is in it already, or was rung from
   * here within a minute, is not rung again. Rejects with `not-allowed`.
   */
  readonly ringInGroupCall: (call: Hex, rings: readonly Hex[]) => Promise<void>;
  /**
   * A group of exactly these contacts and oneself, to go on in from a call of two: one that is there already, or a new
   * one of this name. Resolves with its conversation once a call can begin there. Rejects with `unknown-contact`,
   * `server-unreachable`, and as `createGroup` does.
   */
  readonly groupToCall: (accounts: readonly Hex[], name: string) => Promise<Hex>;
  readonly joinGroupCall: (call: Hex, host: string) => Promise<void>;
  /** It rings here no more. */
  readonly silenceGroupCall: (call: Hex) => Promise<void>;
  readonly leaveGroupCall: () => Promise<void>;
  /** The chat that is looked at: whether a call goes on there is heard. */
  readonly watchGroupCalls: (conversation: Hex | undefined) => Promise<void>;
  readonly joinGroupMedia: (call: Hex, join: JoinMedia) => Promise<void>;
  readonly wantGroupSlots: (call: Hex, want: WantSlots) => Promise<void>;
  readonly groupCallAgain: (call: Hex) => Promise<void>;
  readonly groupCallSends: (call: Hex, voice: boolean, picture: boolean, screen: boolean) => Promise<void>;
};

export function groupCallsApi(context: FeatureContext, desk: GroupDesk): GroupCallsApi {
  return {
    startGroupCall: async (chat, media, rings, host) => desk.start(context.writable(chat), media, rings, host),
    ringInGroupCall: async (call, rings) => desk.ringMore(call, rings),
    groupToCall: async (accounts, name) => groupToCall(context, accounts, name),
    joinGroupCall: async (call, host) => desk.join(call, host),
    silenceGroupCall: async (call) => desk.silence(call),
    leaveGroupCall: async () => desk.leave(),
    watchGroupCalls: async (chat) => desk.watch(chat),
    joinGroupMedia: async (call, join) => desk.joinMedia(call, join),
    wantGroupSlots: async (call, want) => desk.wantSlots(call, want),
    groupCallAgain: async (call) => desk.again(call),
    groupCallSends: async (call, voice, picture, screen) => desk.sends(call, voice, picture, screen),
  };
}

export function readGroupCalls(read: ReadContext, desk: GroupDesk | undefined): GroupCallsView {
  if (desk === undefined || read.own === undefined) return { areThere: false, live: [] };
  const { current, ringing, missed } = desk;
  const live = [...desk.rooms.values()].filter((room) => room.inside === undefined && room.isWatched && room.isOpen);
  return {
    areThere: desk.areThere,
    ...(current !== undefined && { now: readNow(read, current) }),
    ...(ringing !== undefined && {
      ringing: readRinging(read, ringing),
    }),
    live: live.map((room) => {
      const accounts = accountsIn(room);
      return {
        ...headOf(read, room),
        count: accounts.length > 0 ? accounts.length : room.seats.size,
        people: accounts.map(peopleOf(read, room, accounts)),
      };
    }),
    ...(missed !== undefined && { missed: { ...headOf(read, missed), as: missed.as, atMs: missed.atMs } }),
  };
}

export function readFrameKeys(desk: GroupDesk | undefined): FrameKeysView {
  const room = desk?.current;
  return room === undefined ? { own: undefined, others: [] } : frameKeysOf(room);
}

function accountsIn(room: GroupRoom): readonly Hex[] {
  return [...new Set(room.roster.all.map(({ account }) => account))];
}

function readRinging(read: ReadContext, room: GroupRoom): NonNullable<GroupCallsView["ringing"]> {
  const accounts = accountsIn(room);
  const personOf = peopleOf(read, room, [room.ringsBy, ...accounts]);
  return {
    ...headOf(read, room),
    ...personOf(room.ringsBy),
    people: accounts.map((account) => personOf(account).person),
  };
}

function readNow(read: ReadContext, room: GroupRoom): GroupCallNow {
  const inside = room.inside as NonNullable<GroupRoom["inside"]>;
  const ownDevice = read.own as NonNullable<ReadContext["own"]>;
  const own = toHex(ownDevice.account);
  const others = room.roster.all;
  const there = new Set([own, ...others.map(({ account }) => account)]);
  const rung = [...room.rangMs].flatMap(([account, atMs]) =>
    read.nowMs - atMs < ringMs && !there.has(account) ? [account] : [],
  );
  const personOf = peopleOf(read, room, [...there, ...rung]);
  const mine: GroupCallPerson = {
    device: toHex(ownDevice.device),
    seat: inside.seat ?? -1,
    ...personOf(own),
    ...inside.sends,
    isHere: true,
  };
  return {
    ...headOf(read, room),
    host: inside.host,
    isIn: inside.seat !== undefined,
    isAway: inside.isAway,
    sinceMs: inside.sinceMs,
    ...(inside.relay !== undefined && { relay: inside.relay }),
    ...(inside.media !== undefined && { answer: inside.media }),
    answerN: inside.mediaN,
    goneN: inside.mediaGoneN,
    people: [
      mine,
      ...others.map(({ device, seat, account, voice, picture, screen }) => ({
        device,
        seat,
        ...personOf(account),
        voice,
        picture,
        screen,
        isHere: false,
      })),
    ],
    rung: rung.map((account) => personOf(account).person),
  };
}

function headOf(
  read: ReadContext,
  { call, conversation, media }: Pick<GroupRoom, "call" | "conversation" | "media">,
): GroupCallHead {
  const chat = toHex(conversation);
  return { call, conversation: chat, title: read.heads([conversation]).get(chat)?.title ?? "", media };
}

/** Of these accounts, as they are called in the chat of the call: read at once. */
function peopleOf(
  read: ReadContext,
  { conversation }: { readonly conversation: ConversationId },
  accounts: readonly Hex[],
): (account: Hex) => { readonly person: PersonRef; readonly face: Face } {
  const people = read.peopleIn(conversation);
  people.load(accounts);
  return (account) => ({ person: people.ref(account), face: people.get(account).face });
}
