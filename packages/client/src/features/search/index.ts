/**
 * Search: messages by words, chat, author, kind and time (docs/spec/search.md SE1–SE5). What is typed is compared on
 * this device.
 */
import { type Body, decodeBody, textOf } from "@yanshu/content";
import { type Database, type FoundRow, findByWords, nextMessage, readConversation } from "@yanshu/store";
import { type Bytes, equalBytes, toHex, type UnixMs } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type Face,
  type Hex,
  idFrom,
  type MediaItemBody,
  type PeopleReader,
  type PersonRef,
  type ReadContext,
} from "../../feature.ts";
import { type Fold, type Folded, loadFold } from "../../values/search/fold.ts";
import { termsOf } from "../../values/search/matching.ts";
import { snippetOf } from "../../values/search/snippet.ts";
import { catchUp, indexSome, kindsOf } from "./indexing.ts";
import { authorWord, chatWord, kindWord, wordsFor } from "./words.ts";

export type MessageSearch = {
  /**
   * Any part of what was said; parts between spaces may stand apart. May be empty where something else narrows it down.
   */
  readonly query: string;
  readonly conversation?: Hex;
  readonly author?: Hex;
  /**
   * `link`: with a web address in it. `media`: pictures and video. Else the kind of what was sent, as `text` or `file`.
   */
  readonly kind?: string;
  /** Said at or after, and before, by the times that the timeline shows. */
  readonly fromMs?: UnixMs;
  readonly toMs?: UnixMs;
  /** `order` of the last hit held, for what follows it. */
  readonly before?: number;
  /** 1 to 200. */
  readonly limit: number;
};

export type MessageHit = {
  readonly conversation: Hex;
  readonly kind: string;
  readonly title: string;
  readonly faces: readonly Face[];
  /** As in the timeline: `timeline` shows what stands around it. */
  readonly order: number;
  readonly id: Hex;
  readonly atMs: UnixMs;
  readonly from: PersonRef & { readonly face: Face };
  /** Its kind, as `text` or `file`. */
  readonly of: string;
  /** Of pictures, video and files: what is needed to show them. */
  readonly media?: MediaItemBody;
  /** What to show of it, on one line; `match` is what was found, and near the beginning. */
  readonly before: string;
  readonly match: string;
  readonly after: string;
};

export type MessageHits = {
  /** The newest first. */
  readonly hits: readonly MessageHit[];
  readonly hasMore: boolean;
};

type SearchApi = {
  /** Rejects with `too-long` for a query of over 200 characters, and with `storage` while this device cannot search. */
  readonly searchMessages: (search: MessageSearch) => Promise<MessageHits>;
  /**
   * For each day of `starts` but the last (ascending times at which a day begins, at most 64): `order` of the first
   * thing that was said on it, or null. The last ends the day before it.
   */
  readonly daysWithMessages: (conversation: Hex, starts: readonly UnixMs[]) => Promise<readonly (number | null)[]>;
};

const queryMax = 200;
const hitsMax = 200;
const daysMax = 64;
/** Candidates read at once: most of them are hits, so few more than are shown. */
const pageRows = 100;

function known(db: Database, hex: Hex): Bytes {
  const conversation = idFrom(hex);
  if (conversation === undefined || readConversation(db, conversation) === undefined)
    throw new ClientError("unknown-conversation");
  return conversation;
}

/** What the index finds is what may fit; the message itself decides. */
function find(context: ReadContext, fold: Fold, search: MessageSearch): MessageHits {
  const { database } = context;
  const terms = termsOf(fold(search.query).text);
  const conversation = search.conversation === undefined ? undefined : known(database, search.conversation);
  const author = search.author === undefined ? undefined : idFrom(search.author);
  const words = [
    ...wordsFor(terms),
    ...(conversation === undefined ? [] : [chatWord(conversation)]),
    ...(author === undefined ? [] : [authorWord(author)]),
    ...(search.kind === undefined || !/^[a-z-]{1,20}$/.test(search.kind) ? [] : [kindWord(search.kind)]),
  ];
  const limit = Math.min(Math.max(1, search.limit), hitsMax);
  if (words.length === 0) return { hits: [], hasMore: false };

  const found: Found[] = [];
  let before = search.before ?? Number.MAX_SAFE_INTEGER;
  while (found.length <= limit) {
    const rows = findByWords(database, words, { before, limit: pageRows });
    for (const row of rows) {
      before = row.position;
      if (row.at_ms < (search.fromMs ?? 0) || row.at_ms >= (search.toMs ?? Number.MAX_SAFE_INTEGER)) continue;
      if (conversation !== undefined && !equalBytes(row.conversation, conversation)) continue;
      if (author !== undefined && !equalBytes(row.author, author)) continue;
      const fits = fitting(fold, row, terms, search.kind);
      if (fits !== undefined) found.push(fits);
      if (found.length > limit) break;
    }
    if (rows.length < pageRows) break;
  }
  return { hits: hitsOf(context, found.slice(0, limit), terms), hasMore: found.length > limit };
}

type Found = { readonly row: FoundRow; readonly said: Body; readonly text: string; readonly folded: Folded };

function fitting(fold: Fold, row: FoundRow, terms: readonly string[], kind: string | undefined): Found | undefined {
  const said = decodeBody(row.body);
  const text = said === undefined ? undefined : textOf(said);
  if (said === undefined || text === undefined) return undefined;
  if (kind !== undefined && !kindsOf(said.kind, text).includes(kind)) return undefined;
  const folded = fold(text);
  return terms.every((term) => folded.text.includes(term)) ? { row, said, text, folded } : undefined;
}

function hitsOf(context: ReadContext, found: readonly Found[], terms: readonly string[]): readonly MessageHit[] {
  const heads = context.heads(found.map(({ row }) => row.conversation));
  const own = context.own?.account;
  context.peopleIn().load(found.map(({ row }) => toHex(row.author)));
  const here = new Map<Hex, PeopleReader>();
  const peopleIn = (conversation: Bytes): PeopleReader => {
    const key = toHex(conversation);
    const people = here.get(key) ?? context.peopleIn(conversation);
    here.set(key, people);
    return people;
  };
  return found.flatMap(({ row, said, text, folded }) => {
    const head = heads.get(toHex(row.conversation));
    if (head === undefined) return [];
    const people = peopleIn(row.conversation);
    const { account, name, isMe, face } = people.get(toHex(row.author));
    return [
      {
        conversation: toHex(row.conversation),
        ...head,
        order: row.position,
        id: toHex(row.id),
        atMs: row.at_ms,
        from: { account, name, isMe, face },
        of: said.kind,
        ...mediaOf(context, people, { ...row, mine: own !== undefined && equalBytes(row.author, own) }, said),
        ...snippetOf(text, folded, terms),
      },
    ];
  });
}

/** Pictures, video and files with what is needed to show them. */
function mediaOf(
  context: ReadContext,
  people: PeopleReader,
  row: FoundRow & { readonly mine: boolean },
  said: Body,
): Pick<MessageHit, "media"> {
  return said.kind === "photos" || said.kind === "video" || said.kind === "file"
    ? { media: context.shown(row, said, people) as MediaItemBody }
    : {};
}

/**
 * Order of the first thing said at or after `sinceMs`. Positions follow time but for clocks that were wrong, so halving
 * finds it with a few look-ups, however long the chat.
 */
function firstSince(db: Database, conversation: Bytes, sinceMs: number): number | undefined {
  let low = nextMessage(db, conversation, Number.MIN_SAFE_INTEGER)?.position;
  if (low === undefined) return undefined;
  let high =
    (db.get<{ top: number }>("SELECT max(position) AS top FROM messages WHERE conversation = ?", conversation)?.top ??
      low) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = nextMessage(db, conversation, middle);
    if (at === undefined || at.at_ms >= sinceMs) high = middle;
    else low = at.position + 1;
  }
  return nextMessage(db, conversation, low)?.position;
}

export const search = clientFeature({
  workAhead: indexSome,

  api: (context): SearchApi => ({
    async searchMessages(asked) {
      if (asked.query.length > queryMax) throw new ClientError("too-long");
      const fold = await loadFold().catch(() => {
        throw new ClientError("storage");
      });
      await catchUp(context);
      return find(context.read(), fold, asked);
    },

    async daysWithMessages(hex, starts) {
      const conversation = known(context.db, hex);
      const orders = starts.slice(0, daysMax).map((start) => firstSince(context.db, conversation, start));
      return orders.slice(0, -1).map((order, day) => {
        const next = orders[day + 1];
        return order === undefined || (next !== undefined && order >= next) ? null : order;
      });
    },
  }),
});
