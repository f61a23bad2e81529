/** Search: messages by words, chat, author, kind and time (docs/spec/search.md SE1–SE5). */
import { type Body, decodeBody, textOf } from "@yanshu/content";
import { type FoundRow, findByWords, nextMessage, readConversation } from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { MediaItemBody } from "../api/media.ts";
import type { MessageHit, MessageHits, MessageSearch, SearchApi } from "../api/search.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { idFrom } from "../ids.ts";
import { type Fold, type Folded, loadFold } from "../search/fold.ts";
import { snippetOf } from "../search/snippet.ts";
import { authorWord, chatWord, kindWord, termsOf, wordsFor } from "../search/words.ts";
import { bodyOf } from "../views/bodies.ts";
import type { ViewContext } from "../views/context.ts";
import { headsOf } from "../views/heads.ts";
import { type People, peopleIn, peopleOf } from "../views/people.ts";
import { catchUp, kindsOf } from "./index-messages.ts";

const queryMax = 200;
const hitsMax = 200;
const daysMax = 64;
/** Candidates read at once: most of them are hits, so few more than are shown. */
const pageRows = 100;

export function searchApi(engine: Engine, context: () => ViewContext): SearchApi {
  return {
    async searchMessages(search) {
      if (search.query.length > queryMax) throw new ClientError("too-long");
      const fold = await loadFold().catch(() => {
        throw new ClientError("storage");
      });
      await catchUp(engine);
      return find(engine, context(), fold, search);
    },

    async daysWithMessages(hex, starts) {
      const conversation = known(engine, hex);
      const orders = starts.slice(0, daysMax).map((start) => firstSince(engine, conversation, start));
      return orders.slice(0, -1).map((order, day) => {
        const next = orders[day + 1];
        return order === undefined || (next !== undefined && order >= next) ? null : order;
      });
    },
  };
}

function known({ db }: Engine, hex: Hex): Bytes {
  const conversation = idFrom(hex);
  if (conversation === undefined || readConversation(db, conversation) === undefined)
    throw new ClientError("unknown-conversation");
  return conversation;
}

/** What the index finds is what may fit; the message itself decides. */
function find(engine: Engine, context: ViewContext, fold: Fold, search: MessageSearch): MessageHits {
  const terms = termsOf(fold(search.query).text);
  const conversation = search.conversation === undefined ? undefined : known(engine, search.conversation);
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
    const rows = findByWords(engine.db, words, { before, limit: pageRows });
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

function hitsOf(context: ViewContext, found: readonly Found[], terms: readonly string[]): readonly MessageHit[] {
  const people = peopleOf(context);
  const heads = headsOf(
    context,
    people,
    found.map(({ row }) => row.conversation),
  );
  people.load(found.map(({ row }) => toHex(row.author)));
  const own = context.own?.account;
  return found.flatMap(({ row, said, text, folded }) => {
    const head = heads.get(toHex(row.conversation));
    if (head === undefined) return [];
    const { account, name, isMe, face } = peopleIn(context, people, row.conversation).get(toHex(row.author));
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
  context: ViewContext,
  people: People,
  row: FoundRow & { readonly mine: boolean },
  said: Body,
): Pick<MessageHit, "media"> {
  return said.kind === "photos" || said.kind === "video" || said.kind === "file"
    ? { media: bodyOf(context, people, { ...row, kind: said.kind }, said) as MediaItemBody }
    : {};
}

/**
 * Order of the first thing said at or after `sinceMs`. Positions follow time but for clocks that were wrong, so halving
 * finds it with a few look-ups, however long the chat.
 */
function firstSince({ db }: Engine, conversation: Bytes, sinceMs: number): number | undefined {
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
