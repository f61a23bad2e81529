/**
 * Forwarding and favourites (docs/spec/actions.md AC12, AC13): what was said is carried elsewhere, one by one or as one
 * record of forwarded messages, or kept on all own devices. A record holds names as they were known then, and no
 * accounts.
 */
import {
  type Body,
  type BodyOf,
  decodeBody,
  encodeBody,
  favouriteLimits,
  fieldLimits,
  forwardLimits,
  forwardOf,
  isMedia,
  type RecordItem,
  type SyncItem,
  summaryOf,
} from "@yanshu/content";
import {
  type Database,
  type FavouriteRow,
  type MessageName,
  readConversation,
  readFavourite,
  readFavourites,
  readPerson,
  writeFavourite,
} from "@yanshu/store";
import { type Bytes, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  contentFrom,
  contentId,
  type FavouriteView,
  type FeatureContext,
  type ForwardArgs,
  firstGraphemes,
  type Hex,
  idFrom,
  idOf,
  type MessageRef,
  matcherOf,
  nameOf,
  type RecordBody,
  type RecordHead,
  type RecordLine,
  type Snippet,
} from "../feature.ts";

const messagesMax = 100;
const chatsMax = 9;
/** How many lines a card shows of what is in it. */
const beginsMax = 4;
const beginUnitsMax = 60;

/** Rejects with `unknown-message` when there is no such message here. */
type ForwardingApi = {
  /**
   * At most 100 messages to at most 9 chats. Resolves with how many of them took it. Rejects with `not-allowed`,
   * `too-deep`, `too-long`.
   */
  readonly forward: (args: ForwardArgs) => Promise<number>;
  /** Keeps copies, on all own devices: recalling the original does not reach them. At most 100. */
  readonly keepFavourites: (conversation: Hex, messages: readonly MessageRef[]) => Promise<void>;
  readonly dropFavourite: (id: Hex) => Promise<void>;
  /** The newest first; none for an empty query. Rejects as `searchMessages`. */
  readonly searchFavourites: (query: string) => Promise<readonly FavouriteHit[]>;
};
/** Something kept, with what was found in it as in a hit of the search. */
export type FavouriteHit = FavouriteView & Snippet;
type RecordView = Pick<RecordHead, "names"> & { readonly items: readonly RecordLine[] };

type Carried = { readonly name: string; readonly atMs: number; readonly body: Body };
type Item = Extract<SyncItem, { kind: "favourite" }>;

/** In the order in which they were said. */
function carry(
  { db, message }: FeatureContext,
  conversation: ConversationId,
  names: readonly MessageName[],
): readonly Carried[] {
  if (names.length === 0) throw new ClientError("empty");
  if (names.length > messagesMax) throw new ClientError("too-long");
  return names
    .map((name) => ({ name, row: message(conversation, name) }))
    .sort((a, b) => a.row.position - b.row.position)
    .map(({ name, row }) => ({ name: spokenName(db, name.author), atMs: row.at_ms, body: carriedBody(row.body) }));
}

/** Without what belongs to its conversation: whom it quotes and names. */
function carriedBody(bytes: Uint8Array): Body {
  const body = bytes.length === 0 ? undefined : decodeBody(bytes);
  const carried = body && forwardOf(body);
  if (carried === undefined) throw new ClientError("not-allowed");
  return carried;
}

/** Their own name, never the reader's remark: that is nobody's business. */
function spokenName(db: Database, account: Uint8Array): string {
  return (readPerson(db, account)?.name ?? "").slice(0, fieldLimits.nameMax);
}

/** @throws ClientError when it would be too deep or too large. */
function recordOf({ db, own }: FeatureContext, source: ConversationId, carried: readonly Carried[]): BodyOf<"record"> {
  const row = readConversation(db, source);
  const peer = row?.peer ?? null;
  const names = peer === null ? [] : [peer, own()].map((account) => spokenName(db, account));
  // Files are named in it and not carried: a reader who opens a record must not show the server what belongs together.
  const items = carried.map(
    ({ name, atMs, body }): RecordItem =>
      isMedia(body) ? { name, atMs, body: new Uint8Array(), of: body.kind } : { name, atMs, body: encodeBody(body) },
  );
  if (items.reduce((bytes, { body }) => bytes + body.length, 0) > forwardLimits.bytesMax)
    throw new ClientError("too-long");
  const record = { kind: "record", names, items } as const;
  if (depthOf(record) > forwardLimits.depthMax) throw new ClientError("too-deep");
  return record;
}

function depthOf(record: BodyOf<"record">): number {
  const inner = record.items
    .flatMap(({ body }) => (body.length === 0 ? [] : [decodeBody(body)]))
    .filter((body) => body?.kind === "record");
  return 1 + Math.max(0, ...inner.map(depthOf));
}

function headOf({ names, items }: BodyOf<"record">): RecordHead {
  return {
    names,
    count: items.length,
    begins: items.slice(0, beginsMax).map(({ name, body, of }) => {
      if (of !== undefined) return { name, words: "", of };
      const said = decodeBody(body);
      return {
        name,
        words: firstGraphemes(said === undefined ? "" : summaryOf(said), beginUnitsMax).join(""),
        of: said?.kind ?? "newer",
      };
    }),
  };
}

function bodyIn(bytes: Bytes): RecordBody {
  const body = decodeBody(bytes);
  if (body?.kind === "text" || body?.kind === "greeting") return { kind: "text", text: body.text };
  if (body?.kind === "record") return { kind: "record", ...headOf(body) };
  if (body?.kind === "sticker") return body;
  const words = body === undefined ? "" : summaryOf(body);
  return { kind: "other", of: body?.kind ?? "newer", ...(words === "" ? {} : { words }) };
}

function favouriteItem(row: FavouriteRow): Item {
  const kept = row.is_on === 1 ? { name: row.name, atMs: row.at_ms, body: row.body } : {};
  return { kind: "favourite", id: row.id, on: row.is_on === 1, stampMs: row.stamp_ms, ...kept };
}

/** What is let go leaves what this device would say again, too. */
function take({ db, changed, forgetTold }: FeatureContext, item: Item): void {
  const { id, on, stampMs, name = "", atMs = 0, body = new Uint8Array() } = item;
  const row = { id, is_on: on ? 1 : 0, name, at_ms: atMs, body, stamp_ms: stampMs };
  if (writeFavourite(db, row) && !on)
    forgetTold(item, (other) => other.kind === "favourite" && equalBytes(other.id, id));
  changed("favourites");
}

const recordSql = "SELECT body FROM messages WHERE conversation = ? AND author = ? AND id = ? AND kind = 'record'";
const favouritesSql = "SELECT id, name, at_ms, body FROM favourites WHERE is_on = 1 ORDER BY stamp_ms DESC, id";
function favouritesIn(database: Database): readonly FavouriteView[] {
  return database
    .all<FavouriteOn>(favouritesSql)
    .map(({ id, name, at_ms, body }) => ({ id: toHex(id), name, atMs: at_ms, body: bodyIn(body) }));
}

/** Who said it, and what they said. */
function wordsIn({ name, body }: FavouriteView): string {
  if (body.kind === "text") return `${body.text}\n${name}`;
  if (body.kind === "sticker") return `${body.name}\n${name}`;
  if (body.kind === "other") return `${body.words ?? ""}\n${name}`;
  return [...body.begins.map(({ words }) => words), ...body.names, name].join("\n");
}

type FavouriteOn = { readonly id: Bytes; readonly name: string; readonly at_ms: number; readonly body: Bytes };

export const forwarding = clientFeature({
  kinds: ["record", "favourite"],

  show: { record: (_, body): { readonly kind: "record" } & RecordHead => ({ kind: "record", ...headOf(body) }) },

  synced: {
    favourite: {
      size: "large",
      isInRecord: true,
      all: ({ db }) =>
        readFavourites(db)
          .filter(({ is_on }) => is_on === 1)
          .map(favouriteItem),
      take,
    },
  },

  views: {
    /** The newest first. */
    favourites: {
      topics: () => ["favourites"],
      read: ({ database }): readonly FavouriteView[] => favouritesIn(database),
    },
    /** A record's lines; `path` are the places of records that lie in it. */
    record: {
      topics: (conversation: Hex, _author: Hex, _id: Hex, _path: readonly number[]) => [`conversation:${conversation}`],
      read: (
        { database },
        conversation: Hex,
        author: Hex,
        id: Hex,
        path: readonly number[],
      ): RecordView | undefined => {
        const [chat, by, message] = [idFrom(conversation), idFrom(author), contentFrom(id)];
        if (chat === undefined || by === undefined || message === undefined) return undefined;
        const row = database.get<{ body: Bytes }>(recordSql, chat, by, message);
        let record = row === undefined ? undefined : decodeBody(row.body);
        // A hostile record may be deeper than we would make it: no further than that is it opened.
        for (const place of path.slice(0, forwardLimits.depthMax - 1)) {
          const inner = record?.kind === "record" ? record.items[place] : undefined;
          record = inner === undefined ? undefined : decodeBody(inner.body);
        }
        if (record?.kind !== "record") return undefined;
        const items = record.items.map(
          ({ name, atMs, body, of }): RecordLine => ({
            name,
            atMs,
            body: of === undefined ? bodyIn(body) : { kind: "other", of },
          }),
        );
        return { names: record.names, items };
      },
    },
  },

  api: (context): ForwardingApi => {
    const { db, nowMs, random, files, writable, tellOwnDevices } = context;

    function keep(rows: readonly FavouriteRow[]): void {
      db.transaction(() => {
        for (const item of rows.map(favouriteItem)) {
          take(context, item);
          tellOwnDevices([item]); // Alone: together they might be too large for a message.
        }
      });
    }

    return {
      async forward({ from, messages, to, mode, note }) {
        const source = idOf(from);
        const carried = carry(context, source, messages.map(nameOf));
        const targets = [...new Set(to)].map((hex) => writable(hex));
        if (targets.length === 0) throw new ClientError("empty");
        if (targets.length > chatsMax) throw new ClientError("too-long");
        if (note.length > fieldLimits.textMax) throw new ClientError("too-long");
        const bodies: readonly Body[] =
          mode === "merged" ? [recordOf(context, source, carried)] : carried.map(({ body }) => body);
        const said = note.trim().toWellFormed();
        const all: readonly Body[] = said === "" ? bodies : [...bodies, { kind: "text", text: said }];
        const shown = targets.map((target) => ({ target, roster: files.roster(target) }));
        // In order. What has files waits for the server, which copies them; the rest stands at once.
        for (const { target, roster } of shown) {
          for (const body of all) {
            if (isMedia(body)) await files.forward(body, target, roster);
            else await files.send(target, body, [], roster);
          }
        }
        return targets.length;
      },

      async keepFavourites(hex, messages) {
        const rows = carry(context, idOf(hex), messages.map(nameOf)).map(({ name, atMs, body }): FavouriteRow => {
          // Files expire at the server: a copy of their names would be a promise that nobody keeps.
          if (isMedia(body)) throw new ClientError("not-allowed");
          const bytes = encodeBody(body);
          if (bytes.length > favouriteLimits.bytesMax) throw new ClientError("too-long");
          return { id: random(16), is_on: 1, name, at_ms: atMs, body: bytes, stamp_ms: nowMs() };
        });
        keep(rows);
      },

      async dropFavourite(hex) {
        const row = readFavourite(db, contentId(hex));
        if (row === undefined || row.is_on === 0) throw new ClientError("unknown-message");
        const stamp_ms = Math.max(nowMs(), row.stamp_ms + 1);
        keep([{ id: row.id, is_on: 0, name: "", at_ms: 0, body: new Uint8Array(), stamp_ms }]);
      },

      async searchFavourites(query) {
        const match = await matcherOf(query);
        if (match === undefined) return [];
        return favouritesIn(db).flatMap((favourite) => {
          const found = match(wordsIn(favourite));
          return found === undefined ? [] : [{ ...favourite, ...found }];
        });
      },
    };
  },
});
