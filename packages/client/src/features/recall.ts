/**
 * Recall (docs/spec/actions.md AC2, AC3): withdraws an own message; its author can edit and send its words again for a
 * few minutes.
 */
import { decodeBody, encodeBody } from "@yanshu/content";
import {
  deleteFromOutbox,
  dropRecalledWords,
  keepRecalledWords,
  readMessage,
  readOutbox,
  readUpload,
  replaceInOutbox,
} from "@yanshu/store";
import { type Bytes, equalBytes, toHex } from "@yanshu/wire";
import { ClientError, clientFeature, contentId, type FeatureContext, type Hex } from "../feature.ts";
import { isNotice } from "../values/newer.ts";
import { isSaid } from "../values/shown.ts";

type RecallApi = {
  /**
   * Recalls an own message within 2 minutes of sending. One that has not left this device is never sent. Rejects with
   * `unknown-message`, and with `too-late` after that time.
   */
  readonly recall: (conversation: Hex, id: Hex) => Promise<void>;
};

/** Compared between the sender's own two stamps, so that only the sender's clock matters. */
const recallMs = 2 * 60_000;
const writeAgainMs = 5 * 60_000;

/** @checks AC2 */
function mayRecall(row: { readonly kind: string; readonly sent_ms: number }, stampMs: number): boolean {
  return isSaid(row.kind) && stampMs - row.sent_ms <= recallMs;
}

/** Deletes the words of recalled messages after a few minutes. */
function forgetWords({ db, nowMs, changed }: FeatureContext): void {
  if (db.transaction(() => dropRecalledWords(db, nowMs())) > 0) changed("people");
}

const wordsSql = "SELECT id, words, until_ms FROM recalled_words WHERE conversation = ? AND until_ms > ?";

export const recall = clientFeature({
  kinds: ["recall"],

  apply: {
    /** A recall that comes before its message inserts its line all the same. */
    recall: ({ db, hasOwnRecall, erase, changed, changedIn }, { conversation, by, sentAtMs, body }) => {
      const row = readMessage(db, conversation, by, body.id);
      // @checks AC2: its feature takes it back in a way of its own.
      if (row !== undefined && hasOwnRecall(row.kind)) return;
      // @checks AC2
      if (row !== undefined && !mayRecall(isNotice(row) ? { ...row, kind: "newer" } : row, sentAtMs)) return;
      erase(conversation, { author: by, id: body.id }, "recalled");
      changedIn(conversation);
      changed("chats", "status");
    },
  },

  /** A device that asks for the message again is answered that it was recalled. */
  erase: ({ own, rewriteSentCopy }, conversation, { author, id }, left) => {
    if (left === "recalled" && equalBytes(author, own()))
      rewriteSentCopy(conversation, id, () => ({ kind: "recall", id }));
  },

  started: forgetWords,

  beside: ({ database, conversation, nowMs, hasOwnRecall }) => {
    const again = new Map(
      database
        .all<{ id: Bytes; words: string; until_ms: number }>(wordsSql, conversation, nowMs)
        .map(({ id, words, until_ms }) => [toHex(id), { words, untilMs: until_ms }]),
    );
    return ({ kind, mine, id, sent_ms }) => {
      if (!mine || hasOwnRecall(kind)) return {};
      if (kind !== "recalled") return { recallUntilMs: sent_ms + recallMs };
      const words = again.get(toHex(id));
      return words === undefined ? {} : { again: words };
    };
  },

  api: (context): RecallApi => {
    const { db, own, nowMs, after, writable, message, erase, changed, changedIn, sendSoon, say, hasOwnRecall } =
      context;
    return {
      async recall(chat, hex) {
        const conversation = writable(chat);
        const name = { author: own(), id: contentId(hex) };
        const row = message(conversation, name);
        const now = nowMs();
        // not a check: what the own screens ask for; others judge for themselves.
        if (!mayRecall(row, now) || hasOwnRecall(row.kind)) throw new ClientError("too-late");
        const said = { kind: "recall", id: name.id } as const;
        const item = readOutbox(db, name.id);
        const isWaiting = readUpload(db, name.id) !== undefined;
        const keepWords = () => {
          const body = decodeBody(row.body);
          if (body?.kind === "text") keepRecalledWords(db, conversation, name.id, body.text, now + writeAgainMs);
        };
        // A message without a number is known to nobody: it is dropped. One with a number may be on its way: if it is
        // not, its number carries the recall; if it is, a separate recall follows.
        if (item === undefined ? isWaiting : item.seq === null) {
          db.transaction(() => {
            keepWords();
            if (item !== undefined) deleteFromOutbox(db, name.id);
            erase(conversation, name, "recalled");
          });
          changedIn(conversation);
          changed("chats", "status");
          sendSoon(conversation);
        } else
          say(conversation, said, {
            before: () => {
              keepWords();
              if (item !== undefined) replaceInOutbox(db, name.id, encodeBody(said));
              erase(conversation, name, "recalled");
            },
          });
        after(writeAgainMs, () => forgetWords(context));
      },
    };
  },
});
