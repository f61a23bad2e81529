/** What a person does with a message: quote, recall, edit, delete (docs/spec/actions.md). */
import {
  type BodyOf,
  decodeBody,
  encodeBody,
  isLongText,
  type LinkCard,
  linkLimits,
  type Mention,
  textLimits,
} from "@yanshu/content";
import {
  deleteFromOutbox,
  dropRecalledWords,
  keepRecalledWords,
  type MessageName,
  type MessageRow,
  readMembers,
  readOutbox,
  readUpload,
  replaceInOutbox,
} from "@yanshu/store";
import { type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import type { LinkView, MentionRange, TextExtras } from "../api/actions.ts";
import type { CoreApi } from "../api/core.ts";
import type { Hex } from "../api/hex.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { contentId, idOf, nameOf } from "../ids.ts";
import { applyEdit, erase, mayEdit, mayRecall, windows } from "../messages/changes.ts";
import { groupOf, messageOf, quoteOf, writable } from "../messages/message-names.ts";
import { say } from "../messages/outbox.ts";
import { isLinkIn } from "../values/links.ts";

type Api = Pick<CoreApi, "recall" | "edit" | "deleteMessages">;

const deletedMax = 100;

export function actionsApi(engine: Engine): Api {
  const { db, ports } = engine;

  function ownMessage(hex: Hex, id: Hex): { conversation: ConversationId; name: MessageName; row: MessageRow } {
    const conversation = writable(engine, hex);
    const name = { author: ownOf(engine).account, id: contentId(id) };
    return { conversation, name, row: messageOf(engine, conversation, name) };
  }

  return {
    async recall(hex, id) {
      const { conversation, name, row } = ownMessage(hex, id);
      const nowMs = ports.nowMs();
      if (!mayRecall(row, nowMs)) throw new ClientError("too-late");
      const item = readOutbox(db, name.id);
      const isWaiting = readUpload(db, name.id) !== undefined;
      db.transaction(() => {
        const body = decodeBody(row.body);
        if (body?.kind === "text")
          keepRecalledWords(db, conversation, name.id, body.text, nowMs + windows.writeAgainMs);
        const recall = { kind: "recall", id: name.id } as const;
        // What has no number yet is known to nobody. What has one may be on its way: its number carries the recall
        // if it is not, and the recall is said once more if it is.
        if (item !== undefined && item.seq === null) deleteFromOutbox(db, name.id);
        else if (!isWaiting) {
          if (item !== undefined) replaceInOutbox(db, name.id, encodeBody(recall));
          say(engine, conversation, recall);
        }
        erase(engine, conversation, name, "recalled");
      });
      engine.changed(topicOf(conversation), "chats", "status");
      engine.kick(conversation);
      ports.after(windows.writeAgainMs, () => forgetRecalledWords(engine));
    },

    async edit(hex, id, text, mentions = []) {
      const { conversation, name, row } = ownMessage(hex, id);
      if (!mayEdit(row, ports.nowMs())) throw new ClientError("too-late");
      const said = wordsOf(engine, conversation, text, mentions);
      db.transaction(() => {
        const by = say(engine, conversation, { ...said, kind: "edit", id: name.id });
        applyEdit(engine, groupOf(engine, conversation), conversation, name, said, { id: by, stampMs: ports.nowMs() });
      });
      engine.changed(topicOf(conversation), "chats");
      engine.kick(conversation);
    },

    async deleteMessages(hex, messages) {
      const conversation = idOf(hex);
      if (messages.length > deletedMax) throw new ClientError("too-long");
      const names = messages.map(nameOf);
      for (const name of names) messageOf(engine, conversation, name);
      db.transaction(() => {
        for (const name of names) erase(engine, conversation, name, "deleted");
      });
      engine.changed(topicOf(conversation), "chats", "status");
    },
  };
}

/** The words of what was recalled stay for a few minutes, and not longer. */
export function forgetRecalledWords(engine: Engine): void {
  if (engine.db.transaction(() => dropRecalledWords(engine.db, engine.ports.nowMs())) > 0) engine.changed("people");
}

/** @throws ClientError when the quoted is not here, or it calls everybody without the right to. */
export function textBody(
  engine: Engine,
  conversation: ConversationId,
  text: string,
  { quote, mentions = [], link }: TextExtras,
): BodyOf<"text"> {
  return {
    kind: "text",
    ...wordsOf(engine, conversation, text, mentions),
    ...(quote === undefined ? {} : { quote: quoteOf(engine, conversation, nameOf(quote)) }),
    ...(link === undefined ? {} : { link: cardOf(text, link) }),
  };
}

/** Of an address that the text names, or it would lead elsewhere than the words say. */
function cardOf(text: string, { url, title, thumb }: LinkView): LinkCard {
  if (!isLinkIn(text, url)) throw new ClientError("bad-link");
  const said = title.trim().toWellFormed();
  if (said === "") throw new ClientError("empty");
  if (url.length > linkLimits.urlMax || said.length > linkLimits.titleMax) throw new ClientError("too-long");
  if (thumb !== undefined && thumb.length > linkLimits.thumbBytesMax) throw new ClientError("bad-picture");
  return { url, title: said, ...(thumb === undefined ? {} : { thumb }) };
}

function wordsOf(
  engine: Engine,
  conversation: ConversationId,
  text: string,
  mentions: readonly MentionRange[],
): { readonly text: string; readonly mentions?: readonly Mention[] } {
  if (text.trim() === "") throw new ClientError("empty");
  if (isLongText(text) || mentions.length > textLimits.mentionsMax) throw new ClientError("too-long");
  const members = readMembers(engine.db, conversation);
  const made = mentions.map(({ at, length, account }): Mention => {
    if (account === undefined) {
      const mine = members.find((member) => equalBytes(member.account, ownOf(engine).account));
      if (mine === undefined || mine.role === "member") throw new ClientError("not-allowed");
      return { at, length };
    }
    const named = members.find((member) => toHex(member.account) === account);
    if (named === undefined) throw new ClientError("unknown-contact");
    return { at, length, account: named.account };
  });
  return { text: text.toWellFormed(), ...(made.length === 0 ? {} : { mentions: made }) };
}
