/** Texts, as screens see them: their words, whom they name, what they quote, and the card of an address (docs/spec/actions.md). */
import type { BodyOf } from "@yanshu/content";
import { plain, toHex } from "@yanshu/wire";
import { clientFeature, isLinkIn, type ShowContext, type TextActions } from "../feature.ts";

type TextBody = { readonly kind: "text"; readonly text: string } & TextActions;

const quotedSql = "SELECT kind FROM messages WHERE conversation = ? AND author = ? AND id = ?";

function quoteOf(
  { database, row, people }: ShowContext,
  { author, id, of, words }: NonNullable<BodyOf<"text">["quote"]>,
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

export const text = clientFeature({
  kinds: ["text"],

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
});
