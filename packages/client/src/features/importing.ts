/**
 * Import (docs/spec/keeping.md KP9): chats of another messenger become local history, for reading only. An author there
 * is a name without an account, so that imported messages cannot be taken for those of a person here, or the reverse.
 */
import { type Body, encodeBody, fileLimits } from "@yanshu/content";
import { randomConversationId } from "@yanshu/mls";
import { insertConversation, insertImported, learnPerson, markImported, readConversation } from "@yanshu/store";
import { type Bytes, type ConversationId, concat, toHex, utf8 } from "@yanshu/wire";
import { ClientError, clientFeature, type Hex, idOf, type Outgoing, type Source } from "../feature.ts";

export type ImportedFrom = "whatsapp" | "telegram" | "wechat" | "yanshu";

export type ImportedMessage = {
  readonly atMs: number;
  /** The author's name there; empty if it was this person, or nobody. */
  readonly author: string;
  readonly mine: boolean;
  readonly text: string;
  readonly file?: { readonly source: Source; readonly name: string; readonly type: string };
};

type ImportApi = {
  /** Begins a read-only chat on this device; its messages follow. */
  readonly beginImport: (args: { readonly title: string; readonly from: ImportedFrom }) => Promise<Hex>;
  /** Appends at most 1,000 messages. */
  readonly importMessages: (conversation: Hex, messages: readonly ImportedMessage[]) => Promise<void>;
  /** Deletes an import that was not completed. */
  readonly dropImport: (conversation: Hex) => Promise<void>;
};

const messagesMax = 1_000;
const pieceUnits = 16_000;
const titleMax = 200;
const nameMax = 64;

type Staged = { readonly body: Body; readonly file?: Outgoing };
/** Splits a text that is too long for one message, never inside a character. */
function pieces(text: string): readonly string[] {
  const all: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = Math.min(text.length, at + pieceUnits);
    const isTorn = end < text.length && /[\ud800-\udbff]/.test(text[end - 1] ?? "");
    all.push(text.slice(at, isTorn ? end - 1 : end));
    at = isTorn ? end - 1 : end;
  }
  return all;
}

export const importing = clientFeature({
  api: ({ db, nowMs, own, random, sha256, files, clearChat, changed, changedIn }): ImportApi => {
    function importedIn(hex: string): ConversationId {
      const conversation = idOf(hex);
      if (readConversation(db, conversation)?.imported == null) throw new ClientError("unknown-conversation");
      return conversation;
    }

    function authorIn(conversation: ConversationId, { mine, author }: ImportedMessage): Bytes {
      if (mine) return own();
      const name = author.toWellFormed().slice(0, nameMax);
      const account = sha256(concat(utf8("yanshu imported person v1\0"), conversation, utf8(name)));
      learnPerson(db, { account, name, avatar: undefined, ownWord: true, stampMs: 1 });
      return account;
    }

    return {
      async beginImport({ title, from }) {
        const conversation = randomConversationId({ random });
        db.transaction(() => {
          insertConversation(db, {
            conversation,
            kind: "group",
            state: "left",
            title: title.toWellFormed().slice(0, titleMax),
            activeMs: 0,
          });
          markImported(db, conversation, from);
        });
        return toHex(conversation);
      },

      async importMessages(hex, messages) {
        const conversation = importedIn(hex);
        if (messages.length > messagesMax) throw new ClientError("too-long");
        const staged = messages.flatMap((message) => bodiesOf(message).map((one) => ({ message, ...one })));
        db.transaction(() => {
          for (const { message, body } of staged) {
            files.learn(body);
            insertImported(db, {
              conversation,
              author: authorIn(conversation, message),
              id: random(16),
              atMs: Math.max(0, Math.min(message.atMs, nowMs())),
              kind: body.kind,
              body: encodeBody(body),
            });
          }
        });
        for (const { file } of staged) if (file !== undefined) await files.keep(file);
        changedIn(conversation);
        changed("chats", "people");
      },

      async dropImport(hex) {
        const conversation = importedIn(hex);
        db.transaction(() => {
          clearChat(conversation);
          db.run("DELETE FROM conversations WHERE conversation = ?", conversation);
        });
        changedIn(conversation);
        changed("chats");
      },
    };

    function bodiesOf({ text, file }: ImportedMessage): readonly Staged[] {
      const said = pieces(text.toWellFormed()).map((piece): Staged => ({ body: { kind: "text", text: piece } }));
      if (file === undefined) return said;
      const kept = files.outgoing(file.source);
      const name =
        file.name
          .toWellFormed()
          .replaceAll(/[/\\\p{Cc}]/gu, "_")
          .slice(-fileLimits.nameMax) || "file";
      const type = /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : "application/octet-stream";
      return [{ body: { kind: "file", name, type, blob: { ...kept.ref, expiresDay: 0 } }, file: kept }, ...said];
    }
  },
});
