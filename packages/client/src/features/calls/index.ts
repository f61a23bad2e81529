/**
 * Calls between two people, and in groups (docs/spec/calls.md): how the chat shows a call, what a person may do, and
 * the call that is going on.
 */
import type { CallMedia, CallOutcome } from "@yanshu/content";
import { readMarks } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, equalBytes, type RelayAccess, toHex } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type Face,
  type FeatureContext,
  type Hex,
  type PersonRef,
  pack,
  type ReadContext,
  type Said,
  unpack,
} from "../../feature.ts";
import { isSoundTaken, takesSound } from "../../values/one-at-a-time.ts";
import { CallDesk, type CallPlace, type CallSignal, type Sending } from "./desk.ts";
import { GroupDesk, setCallIn } from "./group-desk.ts";
import type { FrameKeysView } from "./group-room.ts";
import { GroupSecrets } from "./group-secrets.ts";
import { type GroupCallsApi, type GroupCallsView, groupCallsApi, readFrameKeys, readGroupCalls } from "./group-view.ts";
import { callMsMax, type EndedAs } from "./ring.ts";
import { callRungFor, ringsOf } from "./stored-call.ts";

/** An older call rings on no device (docs/spec/calls.md CA22). */
const wakesRung = ({ rings }: { readonly rings: readonly AccountId[] }, ageMs: number) =>
  ageMs < callMsMax ? rings : [];

export type { FrameKeysView } from "./group-room.ts";
export type { GroupCallNow, GroupCallPerson, GroupCallsView } from "./group-view.ts";

type CallItem = {
  readonly kind: "call";
  readonly media: CallMedia;
  /** `now`: it rings, or goes on. */
  readonly as: CallOutcome | "now";
  readonly seconds: number;
  /**
   * In a group: `now` means that somebody is known to be in the call; `missed`, that it rang and this person never
   * joined.
   */
  readonly isGroup: boolean;
  /** The id of the group's call, while it goes on. */
  readonly call?: Hex;
  /** This person missed it (CA262). */
  readonly listed?: "missed";
};

const unansweredAs: readonly CallItem["as"][] = ["missed", "cancelled", "busy"];

/** Whether it rang for this person, and nobody of theirs answered. */
function missedBy({ as, isGroup }: Pick<CallItem, "as" | "isGroup">, isMine: boolean): boolean {
  return isGroup ? as === "missed" : !isMine && unansweredAs.includes(as);
}

/** @param isMine this person made the call. */
function callItem(item: Omit<CallItem, "kind" | "listed">, isMine: boolean): CallItem {
  return { kind: "call", ...item, ...(missedBy(item, isMine) && { listed: "missed" as const }) };
}

type CallPerson = { readonly person: PersonRef; readonly face: Face };
type CallIn = CallPerson & {
  readonly call: Hex;
  readonly conversation: Hex;
  readonly media: CallMedia;
  readonly isOutgoing: boolean;
};

export type { JoinMedia, MediaAnswer, RelayAccess, WantSlots } from "@yanshu/wire";

export type CallNow = CallIn & {
  readonly at: "calling" | "ringing" | "joining" | "talking";
  /** Of an outgoing call: whether a device of the other rings, and whether they are in another call. */
  readonly isReached: boolean;
  readonly isBusy: boolean;
  /** None of their devices rang within six seconds: a push is waking their phone. */
  readonly isWaking: boolean;
  readonly sinceMs: number;
  /**
   * The room was entered. If there is no `relay` then, the server has none, and only direct connections are possible.
   */
  readonly isIn: boolean;
  /** The room cannot be reached now. */
  readonly isAway: boolean;
  /** The other device has not been in the room for a while: where its voice does not come either, it is gone. */
  readonly isOtherGone: boolean;
  /** The page that carries audio and video; absent until one does. */
  readonly host?: string;
  readonly device: Hex;
  /** The other device in the call. */
  readonly other?: Hex;
  readonly relay?: RelayAccess;
  readonly relayOnly: boolean;
  readonly signals: readonly CallSignal[];
};

export type CallsView = {
  /** Whether home offers calls; if not, no call button shows. */
  readonly areThere: boolean;
  readonly now?: CallNow;
  /** A second call that rings while the first goes on. */
  readonly waiting?: CallIn;
  /** How the last one on this device ended. */
  readonly over?: CallIn & { readonly as: EndedAs; readonly atMs: number };
};

type CallsApi = {
  /**
   * Calls the peer of a chat of two. Resolves with the call's id. `host` names the page that carries audio and video.
   * Rejects with `not-allowed` (no contact, or the chat is closed), `server-unreachable` (home
   * offers no calls, or was not reached), `too-often` (this device is in a call).
   */
  readonly startCall: (conversation: Hex, media: CallMedia, host: string) => Promise<Hex>;
  readonly answerCall: (call: Hex, host: string) => Promise<void>;
  readonly declineCall: (call: Hex) => Promise<void>;
  /** Ends the current call of this device, also one that is still ringing. */
  readonly hangUp: () => Promise<void>;
  /** Lets this page connect while the call rings; the first page to ask gets the call. */
  readonly hostCall: (call: Hex, host: string) => Promise<void>;
  /** Rejects with `refused` if the SDP does not name exactly one certificate fingerprint. */
  readonly describeCall: (call: Hex, kind: "offer" | "answer", to: Hex, round: number, sdp: string) => Promise<void>;
  readonly callConnected: (call: Hex) => Promise<void>;
  readonly callFailed: (call: Hex, as: "failed" | "unproven" | "lost") => Promise<void>;
  /** The network changed: connects to the room again, and gets a fresh credential for the relay. */
  readonly callAgain: (call: Hex) => Promise<void>;
  readonly callSends: (call: Hex, sending: Sending) => Promise<void>;
  /** A relay for a connection test of twenty seconds; undefined if home has none. Rejects with `server-unreachable`. */
  readonly tryCalls: () => Promise<RelayAccess | undefined>;
};

const soundName = "calls";
const wakingMs = 6_000;
const trialMs = 20_000;

/** State in memory, one for each store, created at first use. `known` creates none. */
function perStore<T>(make: (context: FeatureContext) => T) {
  const made = new WeakMap<object, T>();
  return {
    of: (context: FeatureContext): T => {
      const held = made.get(context.db) ?? make(context);
      made.set(context.db, held);
      return held;
    },
    known: (database: ReadContext["database"]): T | undefined => made.get(database),
  };
}

const desks = perStore((context) => {
  const desk = new CallDesk(context);
  takesSound(context.db, soundName, () => isInCall(desk) || groupDesks.of(context).current !== undefined);
  return desk;
});
const groupDesks = perStore(
  (context): GroupDesk =>
    new GroupDesk(
      context,
      () => isInCall(desks.of(context)) || isSoundTaken(context.db, soundName),
      (account) => isInCall(desks.of(context)) && desks.of(context).talksWith === account,
    ),
);
const secrets = perStore(
  (context) =>
    new GroupSecrets(
      context,
      (conversation, name) => desks.of(context).forget(conversation, name),
      (room) => groupDesks.of(context).current?.call === room,
    ),
);

function ringSaid({ conversation, by, id, sentAtMs, body }: Said<"callRing">): Parameters<GroupDesk["ringsMore"]>[0] {
  const { author, id: named, rings } = body;
  return { conversation, by, sentAtMs, rings, ring: { author: by, id }, named: { author, id: named }, of: body };
}

/** A call that only rings does not block another, since anybody could make it ring. */
function isInCall({ view }: CallDesk): boolean {
  return view.main.at !== "idle" && view.main.at !== "ringing";
}

function callIn(read: ReadContext, { conversation, account, media, isOutgoing }: CallPlace, call: Hex): CallIn {
  const people = read.peopleIn();
  people.load([account]);
  const { face } = people.get(account);
  return { call, conversation: toHex(conversation), media, isOutgoing, person: people.ref(account), face };
}

function readCalls(read: ReadContext, desk: CallDesk | undefined): CallsView {
  if (desk === undefined) return { areThere: false };
  const { view, rooms, over } = desk;
  const { main, waiting } = view;
  const room = main.at === "idle" ? undefined : rooms.get(main.call);
  const second = waiting && rooms.get(waiting.call);
  return {
    areThere: desk.areThere,
    ...(main.at !== "idle" && room !== undefined
      ? {
          now: {
            ...callIn(read, room, room.call),
            at: main.at,
            isReached: main.at !== "calling" || main.reachedMs !== undefined,
            isBusy: main.at === "calling" && main.isBusy,
            isWaking: main.at === "calling" && main.reachedMs === undefined && read.nowMs - main.sinceMs >= wakingMs,
            sinceMs: "sinceMs" in main ? main.sinceMs : 0,
            isIn: room.enteredMs !== undefined,
            isAway: room.isAway,
            isOtherGone: "other" in main && desk.isEmpty(room.call, main.other),
            ...(room.host !== undefined && { host: room.host }),
            device: view.device,
            ...(main.at === "ringing" && { other: main.from }),
            ...("other" in main && { other: main.other }),
            // Another home's relay is not gone to, and learns no address, before this person answered (CA247).
            ...(room.relay !== undefined && (room.at === undefined || main.at !== "ringing") && { relay: room.relay }),
            relayOnly: room.relayOnly,
            signals: [...room.signals],
          },
        }
      : {}),
    ...(second !== undefined && { waiting: callIn(read, second, second.call) }),
    ...(over !== undefined && { over: { ...callIn(read, over, over.call), as: over.as, atMs: over.atMs } }),
  };
}

export const calls = clientFeature({
  kinds: ["call", "callEnd", "callRing", "callIn"],

  apply: {
    callEnd: (context, { conversation, by, sentAtMs, body: { author, id, as, seconds } }) => {
      if (!equalBytes(by, author)) return; // Only its caller may end a call, and so delete its secret.
      context.setMark(
        conversation,
        { author, id },
        { kind: "callEnd", by, key: "", value: pack({ as, seconds }), stamp_ms: sentAtMs },
      );
      context.changed("chats");
      context.after(0, () => {
        const desk = desks.of(context);
        desk.recorded({ author, id }, as);
        for (const one of [{ author, id }, ...ringsOf(context, conversation, { author, id })]) {
          desk.forget(conversation, one);
          groupDesks.of(context).recorded(one);
        }
      });
    },
  },

  wakes: {
    call: wakesRung,
    callRing: wakesRung,
  },

  heard: {
    call: (context, said) => {
      secrets.of(context).start();
      const groups = groupDesks.of(context);
      if (groups.isGroup(said.conversation)) groups.posted(said);
      else desks.of(context).posted(said);
    },
    callRing: (context, said) => groupDesks.of(context).ringsMore(ringSaid(said)),
  },

  standsAs: { callRing: (context, said) => groupDesks.of(context).ringStandsAs(ringSaid(said)) },

  synced: { callIn: { take: (context, item) => setCallIn(context, item) } },

  show: {
    /**
     * The caller's record counts. Without one the call goes on if this device, or another own device, is in it;
     * otherwise it was missed.
     */
    call: ({ database, marks, row, own }, { media, rings }): CallItem => {
      const groups = groupDesks.known(database);
      const isGroup = groups?.isGroup(row.conversation as ConversationId) === true;
      const isOwn = (account: Bytes) => own !== undefined && equalBytes(account, own.account);
      // For the list of chats every row passes for one's own.
      const isMine = isOwn(row.author);
      const isMissed = isGroup && !isMine && rings.some(isOwn) && !marks("callIn").some(({ by }) => isOwn(by));
      const of = callRungFor(marks("callOf"), own?.account);
      const ends = of && readMarks(database, row.conversation as ConversationId, of.author, of.id, "callEnd");
      const [end] = (ends ?? marks("callEnd")).filter(({ by }) => equalBytes(by, (of ?? row).author));
      if (end !== undefined) {
        const { as, seconds } = unpack<{ as: CallOutcome; seconds: number }>(end.value);
        return callItem({ media, as: isMissed ? "missed" : as, seconds, isGroup }, isMine);
      }
      if (isGroup) {
        const call = groups?.goesOn(row);
        const as = isMissed && groups?.isAsked(row) !== true ? "missed" : "ended";
        if (call === undefined) return callItem({ media, as, seconds: 0, isGroup }, isMine);
        return callItem({ media, as: "now", seconds: 0, isGroup, call }, isMine);
      }
      const goesOn = isMine || desks.known(database)?.goesOn(row.author, row.id) === true;
      return callItem({ media, as: goesOn ? "now" : "missed", seconds: 0, isGroup }, isMine);
    },
  },

  started: (context) => secrets.of(context).start(),

  views: {
    calls: {
      topics: () => ["calls", "people", "status"],
      read: (read: ReadContext): CallsView => readCalls(read, desks.known(read.database)),
    },
    groupCalls: {
      topics: () => ["calls", "people", "status"],
      read: (read: ReadContext): GroupCallsView => readGroupCalls(read, groupDesks.known(read.database)),
    },
    /** Never for a page (docs/spec/calls.md CA100). */
    frameKeys: {
      topics: () => ["calls"],
      read: (read: ReadContext): FrameKeysView => readFrameKeys(groupDesks.known(read.database)),
    },
  },

  api: (context): CallsApi & GroupCallsApi => {
    const desk = desks.of(context);
    const groups = groupDesks.of(context);
    return {
      ...groupCallsApi(context, groups),
      async startCall(chat, media, host) {
        if (groups.current !== undefined || isSoundTaken(context.db, soundName)) throw new ClientError("too-often");
        return desk.start(context.writable(chat), media, host);
      },
      async answerCall(call, host) {
        if (isSoundTaken(context.db, soundName)) throw new ClientError("too-often");
        groups.leave(); // A person is in one call at a time.
        desk.host(call, host, true);
        desk.take({ kind: "tap-accept", call });
      },
      declineCall: async (call) => desk.take({ kind: "tap-decline", call }),
      hangUp: async () => desk.take({ kind: "tap-end" }),
      hostCall: async (call, host) => desk.host(call, host, false),
      describeCall: async (call, kind, to, round, sdp) => desk.describe(call, kind, to, round, sdp),
      callConnected: async (call) => desk.take({ kind: "connected", call }),
      callFailed: async (call, as) => desk.take({ kind: "failed", call, as }),
      callAgain: async (call) => desk.again(call),
      callSends: async (call, sending) => desk.sending(call, sending),
      async tryCalls() {
        if (!desk.areThere) throw new ClientError("server-unreachable");
        return desk.tryRelay(trialMs);
      },
    };
  },
});
