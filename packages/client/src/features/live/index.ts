/** Live in a group (docs/spec/live.md): its record in the chat, what a person may do, and what goes on just now. */
import { liveSaidLimits, liveTitleMax } from "@yanshu/content";
import { readContact } from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, equalBytes, fromHex, toHex } from "@yanshu/wire";
import {
  atMost,
  ClientError,
  clientFeature,
  type Face,
  type FeatureContext,
  type Hex,
  type PersonRef,
  pack,
  type ReadContext,
  unpack,
} from "../../feature.ts";
import { LiveDesk } from "./desk.ts";
import { type Comments, type LivePlace, liveName } from "./place.ts";
import type { LivePiece, WatchEnd } from "./watch.ts";

export type { LivePiece } from "./watch.ts";

type LiveItem = {
  readonly kind: "live";
  readonly title: string;
  readonly as: "now" | "ended";
  readonly seconds: number;
  readonly watched: number;
  /** Of one that goes on. */
  readonly live?: Hex;
};

type LiveHead = {
  readonly live: Hex;
  readonly conversation: Hex;
  readonly title: string;
  /** Of the chat. */
  readonly chatTitle: string;
  readonly person: PersonRef;
  readonly face: Face;
  readonly sinceMs: number;
};

export type LiveCommentView = {
  readonly n: number;
  readonly person: PersonRef;
  readonly face: Face;
  readonly text: string;
};

type LiveOn = LiveHead & {
  /** The page that shows or plays it. */
  readonly host: string;
  readonly watching: number;
  readonly hearts: number;
  readonly comments: readonly LiveCommentView[];
};

export type LiveView = {
  /** Whether home has rooms. */
  readonly areThere: boolean;
  /** `isIn`: it was told in the chat. `isAway`: home cannot be reached just now. */
  readonly showing?: LiveOn & { readonly isIn: boolean; readonly isAway: boolean };
  readonly watching?: LiveOn & { readonly at: "joining" | "on" | "away"; readonly isSmall: boolean };
  /** In chats that are looked at, of others; where the room's home is not asked, on their word (PE69). */
  readonly goingOn: readonly LiveHead[];
  /** How the last one on this device ended; until another begins. */
  readonly over?: LiveHead & { readonly as: WatchEnd; readonly atMs: number };
};

type LiveApi = {
  /**
   * Resolves with its name. `host` names the page that shows. Rejects with `not-allowed` (no group), `too-long`,
   * `server-unreachable`, `too-often` (a call or a Live goes on here).
   */
  readonly startLive: (conversation: Hex, title: string, host: string) => Promise<Hex>;
  readonly endLive: () => Promise<void>;
  /** How the pieces of a layer are read: 0 the small picture, 1 the full one. */
  readonly showLiveHead: (live: Hex, layer: number, type: string, bytes: Bytes) => Promise<void>;
  readonly showLivePiece: (live: Hex, layer: number, bytes: Bytes) => Promise<void>;
  /** Rejects with `unknown-message` (it is over), `too-often`, `server-unreachable`. */
  readonly watchLive: (conversation: Hex, live: Hex, host: string) => Promise<void>;
  readonly leaveLive: () => Promise<void>;
  /** What came to be played since it was asked last; waits for it, up to five seconds. Undefined: it is over here. */
  readonly takeLive: (live: Hex) => Promise<readonly LivePiece[] | undefined>;
  readonly wantLiveLayer: (live: Hex, layer: number) => Promise<void>;
  readonly liveAgain: () => Promise<void>;
  /** Rejects with `empty`, `too-long`, `too-often` (one every two seconds). */
  readonly commentLive: (text: string) => Promise<void>;
  readonly heartLive: (count: number) => Promise<void>;
  /** The chat that is looked at. */
  readonly lookAtLives: (conversation: Hex | undefined) => Promise<void>;
  /** Those that go on in a chat, once their homes were asked, as in `goingOn`. */
  readonly livesIn: (conversation: Hex) => Promise<readonly Omit<LiveHead, "face">[]>;
};

const desks = new WeakMap<object, LiveDesk>();

function deskOf(context: FeatureContext): LiveDesk {
  const desk = desks.get(context.db) ?? new LiveDesk(context);
  desks.set(context.db, desk);
  return desk;
}

function headOf(read: ReadContext, { live, conversation, title, author, sinceMs }: LivePlace): LiveHead {
  const chat = toHex(conversation);
  const people = read.peopleIn(conversation);
  people.load([author]);
  const chatTitle = read.heads([conversation]).get(chat)?.title ?? "";
  const { face } = people.get(author);
  return { live, conversation: chat, title, chatTitle, person: people.ref(author), face, sinceMs };
}

function onOf(
  read: ReadContext,
  { place, host, watching, comments }: { place: LivePlace; host: string; watching: number; comments: Comments },
): LiveOn {
  const people = read.peopleIn(place.conversation);
  const authors = new Set(comments.list.map(({ author }) => author));
  people.load(authors);
  const isBlocked = (author: Hex) => readContact(read.database, fromHex(author) as AccountId)?.state === "blocked";
  const blocked = new Set([...authors].filter(isBlocked));
  const shown = comments.list.filter(({ author }) => !blocked.has(author));
  const list = shown.map(({ n, author, text }) => {
    const { face } = people.get(author);
    return { n, person: people.ref(author), face, text };
  });
  return { ...headOf(read, place), host, watching, hearts: comments.hearts, comments: list };
}

function readLive(read: ReadContext, desk: LiveDesk | undefined): LiveView {
  if (desk === undefined || read.own === undefined) return { areThere: false, goingOn: [] };
  const { showing, watching, over } = desk;
  return {
    areThere: desk.areThere,
    ...(showing !== undefined && {
      showing: { ...onOf(read, showing), isIn: showing.isIn, isAway: showing.isAway },
    }),
    ...(watching !== undefined && {
      watching: { ...onOf(read, watching), at: watching.at, isSmall: watching.isSmall },
    }),
    goingOn: [...desk.goingOn.values()].map((place) => headOf(read, place)),
    ...(over !== undefined && { over: { ...headOf(read, over.place), as: over.as, atMs: over.atMs } }),
  };
}

export const live = clientFeature({
  kinds: ["live", "liveEnd", "liveKey", "liveOn"],

  apply: {
    liveEnd: (context, { conversation, by, sentAtMs, body: { author, id, seconds, watched } }) => {
      if (!equalBytes(by, author)) return; // Nobody ends another's.
      const on = { author, id };
      const value = pack({ seconds, watched });
      context.setMark(conversation, on, { kind: "liveEnd", by, key: "", value, stamp_ms: sentAtMs });
      context.after(0, () => deskOf(context).recorded(conversation, on));
    },
    liveKey: (context, { conversation, by, sentAtMs, body: { author, id, generation, key } }) => {
      if (!equalBytes(by, author)) return; // Nobody gives keys to another's.
      const value = pack({ generation, key });
      context.setMark(conversation, { author, id }, { kind: "liveKey", by, key: "", value, stamp_ms: sentAtMs });
    },
    liveOn: (context, { conversation, by, sentAtMs, body: { kind: _, author, id, ...on } }) => {
      if (!equalBytes(by, author)) return; // Nobody tells of another's.
      context.setMark(
        conversation,
        { author, id },
        { kind: "liveOn", by, key: "", value: pack(on), stamp_ms: sentAtMs },
      );
      context.after(0, () => deskOf(context).posted(conversation, by));
    },
  },

  heard: { live: (context, { conversation, by }) => deskOf(context).posted(conversation, by) },

  show: {
    live: ({ database, marks, row, nowMs }, { title = "", room, secret }): LiveItem => {
      const [end] = marks("liveEnd").filter(({ by }) => equalBytes(by, row.author));
      const told = end && unpack<{ seconds: number; watched: number }>(end.value);
      const named = room && liveName(room, row.author as AccountId);
      const isOn = told === undefined && secret !== undefined && named !== undefined && nowMs > 0;
      if (!isOn || desks.get(database)?.goesOn(named) === false)
        return { kind: "live", title, as: "ended", seconds: told?.seconds ?? 0, watched: told?.watched ?? 0 };
      return { kind: "live", title, as: "now", seconds: 0, watched: 0, live: named };
    },
  },

  started: (context) => deskOf(context).started(),

  views: {
    live: {
      topics: () => ["live", "people", "status"],
      read: (read: ReadContext): LiveView => readLive(read, desks.get(read.database)),
    },
  },

  api: (context): LiveApi => {
    const desk = deskOf(context);
    const shown = (named: Hex) => (desk.showing?.place.live === named ? desk.showing : undefined);
    const watched = (named: Hex) => (desk.watching?.place.live === named ? desk.watching : undefined);
    return {
      startLive: async (chat, title, host) =>
        desk.start(context.writable(chat), atMost(title.trim(), liveTitleMax), host),
      endLive: async () => desk.end(),
      showLiveHead: async (named, layer, type, bytes) => shown(named)?.head(layer, type, bytes),
      showLivePiece: async (named, layer, bytes) => shown(named)?.piece(layer, bytes),
      watchLive: async (chat, named, host) => desk.watch(context.writable(chat), named, host),
      leaveLive: async () => desk.leave(),
      takeLive: async (named) => watched(named)?.take(),
      wantLiveLayer: async (named, layer) => watched(named)?.wantLayer(layer),
      async liveAgain() {
        desk.showing?.again();
        desk.watching?.again();
      },
      async commentLive(words) {
        const text = words.trim();
        if (text === "") throw new ClientError("empty");
        if (text.length > liveSaidLimits.commentMax) throw new ClientError("too-long");
        desk.showing?.comment(text);
        if (desk.watching?.comment(text) === false) throw new ClientError("too-often");
      },
      async heartLive(count) {
        desk.showing?.heart(count);
        desk.watching?.heart(count);
      },
      lookAtLives: async (chat) => desk.look(chat),
      async livesIn(chat) {
        const places = await desk.ask(fromHex(chat) as ConversationId);
        const read = context.read();
        return places.map((place) => {
          const { face: _, ...head } = headOf(read, place);
          return head;
        });
      },
    };
  },
});
