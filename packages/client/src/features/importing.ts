/**
 * Importing: chats that were said elsewhere become local history, to be read alone (docs/spec/keeping.md KP9). Who speaks in
 * them is a name and no account: nobody else's letters here can be taken for theirs, and theirs for nobody's.
 */
import { type Body, encodeBody, mediaLimits } from "@yanshu/content";
import { randomConversationId } from "@yanshu/mls";
import { insertConversation, insertImported, learnPerson, markImported, readConversation } from "@yanshu/store";
import { type Bytes, type ConversationId, concat, toHex, utf8 } from "@yanshu/wire";
import type { ImportedLetter, KeepingApi } from "../api/keeping.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { idOf } from "../ids.ts";
import { clearChat } from "../sync/clear.ts";
import { handleOf, learnBlobs } from "./media/handles.ts";
import { mustHaveMedia, type Outgoing, outgoing } from "./media/sending.ts";

const lettersMax = 1_000;
const pieceUnits = 16_000;
const titleMax = 200;
const nameMax = 64;

type Staged = { readonly body: Body; readonly file?: Outgoing };
type Api = Pick<KeepingApi, "beginImport" | "importLetters" | "dropImport">;

export function importingApi(engine: Engine): Api {
  const { db, ports } = engine;

  function importedIn(hex: string): ConversationId {
    const conversation = idOf(hex);
    if (readConversation(db, conversation)?.imported == null) throw new ClientError("unknown-conversation");
    return conversation;
  }

  function authorIn(conversation: ConversationId, { mine, author }: ImportedLetter): Bytes {
    if (mine) return ownOf(engine).account;
    const name = author.toWellFormed().slice(0, nameMax);
    const account = ports.crypto.sha256(concat(utf8("yanshu imported person v1\0"), conversation, utf8(name)));
    learnPerson(db, { account, name, avatar: undefined, ownWord: true, stampMs: 1 });
    return account;
  }

  return {
    async beginImport({ title, from }) {
      const conversation = randomConversationId(ports.crypto);
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

    async importLetters(hex, letters) {
      const conversation = importedIn(hex);
      if (letters.length > lettersMax) throw new ClientError("too-long");
      const staged = letters.flatMap((letter) => bodiesOf(letter).map((one) => ({ letter, ...one })));
      db.transaction(() => {
        for (const { letter, body } of staged) {
          learnBlobs(engine, body);
          insertImported(db, {
            conversation,
            author: authorIn(conversation, letter),
            id: ports.crypto.random(16),
            atMs: Math.max(0, Math.min(letter.atMs, ports.nowMs())),
            kind: body.kind,
            body: encodeBody(body),
          });
        }
      });
      for (const { file } of staged)
        if (file !== undefined)
          await mustHaveMedia(engine).keep(handleOf(db, ports.crypto.sha256, file.ref), file.source);
      engine.changed(topicOf(conversation), "chats", "people");
    },

    async dropImport(hex) {
      const conversation = importedIn(hex);
      db.transaction(() => {
        clearChat(engine, conversation);
        db.run("DELETE FROM conversations WHERE conversation = ?", conversation);
      });
      engine.changed("chats", topicOf(conversation));
    },
  };

  function bodiesOf({ text, file }: ImportedLetter): readonly Staged[] {
    const said = pieces(text.toWellFormed()).map((piece): Staged => ({ body: { kind: "text", text: piece } }));
    if (file === undefined) return said;
    const kept = outgoing(engine, file.source);
    const name =
      file.name
        .toWellFormed()
        .replaceAll(/[/\\\p{Cc}]/gu, "_")
        .slice(-mediaLimits.fileNameMax) || "file";
    const type = /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : "application/octet-stream";
    return [{ body: { kind: "file", name, type, blob: { ...kept.ref, expiresDay: 0 } }, file: kept }, ...said];
  }
}

/** A text that is longer than a letter may be is several. No character is torn. */
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
