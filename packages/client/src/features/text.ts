/**
 * Texts: their words, mentions, quotes, and the card of a link in them (docs/spec/actions.md AC1, AC14, AC15). The
 * repeated words of a quote are deleted when the quoted message is recalled.
 */
import { type BodyOf, decodeBody, encodeBody, type LinkCard, linkLimits } from "@yanshu/content";
import {
  addQuote,
  hasChatMark,
  type MessageName,
  quotesOf,
  readConversation,
  readMessage,
  rewriteMessage,
  rewriteOutbox,
} from "@yanshu/store";
import { type ConversationId, equalBytes, plain, toHex } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type FeatureContext,
  type Hex,
  isLinkIn,
  type LinkView,
  nameOf,
  type ShowContext,
  type TextActions,
  type TextExtras,
} from "../feature.ts";
import { calledBy, withoutFalseCalls, wordsOf } from "../values/mentions.ts";

type TextApi = {
  /**
   * Resolves with its id. Rejects with `unknown-conversation`, `not-allowed`, `empty`, `too-long`, `unknown-message`,
   * `unknown-contact`, `bad-link`, `bad-picture`.
   */
  readonly sendText: (conversation: Hex, text: string, extras?: TextExtras) => Promise<Hex>;
};

type TextBody = { readonly kind: "text"; readonly text: string } & TextActions;
type Text = BodyOf<"text">;

const quotedSql = "SELECT kind FROM messages WHERE conversation = ? AND author = ? AND id = ?";

function quoteOf(
  { database, row, people }: ShowContext,
  { author, id, of, words }: NonNullable<Text["quote"]>,
): NonNullable<TextActions["quote"]> {
  const kind = database.get<{ kind: string }>(quotedSql, row.conversation, author, id)?.kind;
  const isRecalled = kind === "recalled" || of === "recalled";
  return {
    author: toHex(author),
    id: toHex(id),
    from: people.ref(toHex(author)),
    of,
    words: isRecalled ? "" : plain(words),
    standing: isRecalled ? "recalled" : kind === undefined || kind === "deleted" ? "gone" : "here",
  };
}

/** The card must be of a link in the text, or it would lead elsewhere than the words say. */
function linkCardOf(text: string, { url, title, thumb }: LinkView): LinkCard {
  if (!isLinkIn(text, url)) throw new ClientError("bad-link");
  const said = title.trim().toWellFormed();
  if (said === "") throw new ClientError("empty");
  if (url.length > linkLimits.urlMax || said.length > linkLimits.titleMax) throw new ClientError("too-long");
  if (thumb !== undefined && thumb.length > linkLimits.thumbBytesMax) throw new ClientError("bad-picture");
  return { url, title: said, ...(thumb === undefined ? {} : { thumb }) };
}

/**
 * The repeated words of a quote are deleted when the quoted message is recalled, or at once if it was already. Returns
 * whether they were deleted now.
 */
function settleQuote(context: FeatureContext, conversation: ConversationId, on: MessageName, body: Text): boolean {
  const { db } = context;
  if (body.quote === undefined) return false;
  addQuote(db, conversation, body.quote, on);
  const quoted = readMessage(db, conversation, body.quote.author, body.quote.id);
  if (quoted?.kind !== "recalled") return false;
  forgetQuote(context, conversation, on);
  return true;
}

function forgetQuote(
  { db, own, rewriteSentCopy }: FeatureContext,
  conversation: ConversationId,
  on: MessageName,
): void {
  const { author, id } = on;
  const row = readMessage(db, conversation, author, id);
  const body = row === undefined ? undefined : decodeBody(row.body);
  if (body?.kind !== "text" || body.quote === undefined) return;
  const forgotten = withoutQuoted(body);
  rewriteMessage(db, conversation, author, id, { body: encodeBody(forgotten) });
  if (!equalBytes(author, own())) return;
  rewriteOutbox(db, id, encodeBody(forgotten));
  rewriteSentCopy(conversation, id, (said) => (said.kind === "text" ? withoutQuoted(said) : said));
}

function withoutQuoted(body: Text): Text {
  return body.quote === undefined ? body : { ...body, quote: { ...body.quote, of: "recalled", words: "" } };
}

export const text = clientFeature({
  kinds: ["text"],

  asShown: {
    text: ({ own }, { by, body, group }) => {
      // The author is no longer a member: mentions cannot be checked, so none counts.
      if (group === undefined) return { body: { text: body.text } };
      const said = withoutFalseCalls(body, group.kind.rules.isLed && group.leads(by));
      return { body: said, calls: calledBy(by, said, own()) };
    },
  },

  placed: { text: (context, { conversation, on, body }) => settleQuote(context, conversation, on, body) },

  lacks: { text: ({ quote }) => quote?.of === "recalled" },

  erase: (context, conversation, name, left) => {
    if (left !== "recalled") return;
    for (const quoting of quotesOf(context.db, conversation, name)) forgetQuote(context, conversation, quoting);
  },

  show: {
    text: (context, { text, quote, mentions = [], link }): TextBody => {
      const own = context.own === undefined ? "" : toHex(context.own.account);
      return {
        kind: "text",
        text,
        ...(quote === undefined ? {} : { quote: quoteOf(context, quote) }),
        ...(link === undefined || !isLinkIn(text, link.url) ? {} : { link }),
        ...(mentions.length === 0
          ? {}
          : {
              mentions: mentions.map(({ at, length, account }) => ({
                at,
                length,
                isMe: account === undefined || toHex(account) === own,
              })),
            }),
      };
    },
  },

  api: ({ db, own, kindOf, writable, quoteOf: quoted, keepDraft, line, say }): TextApi => ({
    async sendText(chat, words, { quote, mentions = [], link } = {}) {
      const conversation = writable(chat);
      const said = wordsOf(db, own(), conversation, words, mentions);
      const body: Text = {
        kind: "text",
        ...said,
        ...(quote === undefined ? {} : { quote: quoted(conversation, nameOf(quote)) }),
        ...(link === undefined ? {} : { link: linkCardOf(said.text, link) }),
      };
      const { hasPeer } = kindOf(readConversation(db, conversation)?.kind);
      const isAlone = hasPeer && hasChatMark(db, conversation, "alone");
      return say(conversation, body, {
        before: () => keepDraft(conversation, ""),
        after: () => {
          if (isAlone) line(conversation, { kind: "not-contacts" });
        },
      });
    },
  }),
});
