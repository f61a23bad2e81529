/** Edits (docs/spec/actions.md AC4): a text can be changed within 15 minutes, and every version is kept. */
import { type BodyOf, decodeBody, encodeBody, handedLimits } from "@yanshu/content";
import {
  addVersion,
  dropEarlyVersions,
  dropVersions,
  type MessageName,
  readMessage,
  readVersions,
  replaceInOutbox,
  rewriteMessage,
} from "@yanshu/store";
import { type ConversationId, equalBytes, type UnixMs } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  contentFrom,
  contentId,
  type FeatureContext,
  type Hex,
  idFrom,
  type MentionRange,
  type Said,
} from "../feature.ts";
import { calledBy, withoutFalseCalls, wordsOf } from "../values/mentions.ts";

type EditsApi = {
  /**
   * Edits an own text within 15 minutes. Rejects with `unknown-message`, `too-late`, `empty`, `too-long`, and as
   * `sendText`.
   */
  readonly edit: (conversation: Hex, id: Hex, text: string, mentions?: readonly MentionRange[]) => Promise<void>;
};

export type VersionView = { readonly atMs: UnixMs; readonly text: string };

type Text = BodyOf<"text">;

/** Compared between the sender's own two stamps, so that only the sender's clock matters. */
const editMs = 15 * 60_000;

/** The most versions of a message; later edits are ignored. */
const versionsMax = 50;

/** The most edits of one author, per conversation, that wait for messages which are not here. */
const earlyMax = 64;

/** Sent under a number that was taken for content which must not be sent any more. */
const nothing = { kind: "unavailable", seqs: [] } as const;

/** @checks AC4 */
export function mayEdit(row: { readonly kind: string; readonly sent_ms: number }, stampMs: number): boolean {
  return row.kind === "text" && stampMs >= row.sent_ms && stampMs - row.sent_ms <= editMs;
}

function wordsIn({ text, mentions }: Pick<Text, "text" | "mentions">): Text {
  return { kind: "text", text, ...(mentions === undefined ? {} : { mentions }) };
}

/** Runs for edits sent and received, so that all devices agree. */
function apply(context: FeatureContext, said: Said<"edit">): void {
  const { db } = context;
  const { conversation, by, body, group, sentAtMs } = said;
  const on = { author: by, id: body.id };
  const words = withoutFalseCalls(wordsIn(body), group?.kind.rules.isLed === true && group.leads(by));
  const version = { stamp_ms: sentAtMs, body: encodeBody(words), said: said.id };
  const row = readMessage(db, conversation, on.author, on.id);
  const held = readVersions(db, conversation, on.author, on.id);
  if (held.length >= versionsMax) return;
  // Its words are too new to read: they are settled once they can be (SY52).
  if (row === undefined || row.kind === "newer") {
    addVersion(db, conversation, on.author, on.id, version);
    dropEarlyVersions(db, conversation, on.author, earlyMax);
    return;
  }
  // @checks AC4
  if (!mayEdit(row, sentAtMs)) return;
  const first = decodeBody(row.body);
  if (first?.kind !== "text") return;
  if (held.length === 0)
    addVersion(db, conversation, on.author, on.id, {
      stamp_ms: row.sent_ms,
      body: encodeBody(wordsIn(first)),
      said: null,
    });
  addVersion(db, conversation, on.author, on.id, version);
  takeNewest(context, conversation, on);
}

/** The row reads as its newest version says, and keeps its quote. */
function takeNewest(
  { db, own, changed, changedIn }: FeatureContext,
  conversation: ConversationId,
  on: MessageName,
): void {
  const { author, id } = on;
  const row = readMessage(db, conversation, author, id);
  const now = row && decodeBody(row.body);
  const newest = readVersions(db, conversation, author, id).at(-1);
  const words = newest && decodeBody(newest.body);
  if (newest === undefined || words?.kind !== "text" || now?.kind !== "text") return;
  const { quote } = now;
  rewriteMessage(db, conversation, author, id, {
    body: encodeBody({ ...words, ...(quote === undefined ? {} : { quote }) }),
    editedMs: newest.stamp_ms,
    mention: calledBy(author, words, own()),
  });
  changedIn(conversation);
  changed("chats");
}

/** Applies edits that came before their text. Returns whether the body changed. */
function settleEarly(context: FeatureContext, conversation: ConversationId, on: MessageName, body: Text): boolean {
  const { db } = context;
  const versions = readVersions(db, conversation, on.author, on.id);
  const row = versions.length === 0 ? undefined : readMessage(db, conversation, on.author, on.id);
  if (row === undefined) return false;
  const early = versions.filter(({ stamp_ms }) => mayEdit(row, stamp_ms));
  dropVersions(db, conversation, on.author, on.id);
  if (early.length === 0) return false; // not a check: none of them is an edit.
  addVersion(db, conversation, on.author, on.id, {
    stamp_ms: row.sent_ms,
    body: encodeBody(wordsIn(body)),
    said: null,
  });
  for (const one of early) addVersion(db, conversation, on.author, on.id, one);
  takeNewest(context, conversation, on);
  return true;
}

export const edits = clientFeature({
  kinds: ["edit"],

  apply: { edit: apply },

  placed: {
    text: (context, { conversation, on, body, versions = [], hasEarly }) => {
      const { db } = context;
      const ofText = versions.filter((version) => decodeBody(version.body)?.kind === "text");
      if (ofText.length === 0) return hasEarly && settleEarly(context, conversation, on, body);
      for (const version of ofText) addVersion(db, conversation, on.author, on.id, version);
      takeNewest(context, conversation, on);
      return true;
    },
  },

  handed: {
    give: ({ db }, conversation, { author, id }) => ({
      versions: readVersions(db, conversation, author, id)
        .slice(-handedLimits.versionsMax)
        .map(({ stamp_ms, body }) => ({ stampMs: stamp_ms, body })),
    }),
  },

  /** Replaces the edits of a recalled message in the outbox and in the copies for resends. */
  erase: ({ db, own, rewriteSentCopy }, conversation, { author, id }, left) => {
    if (left !== "recalled" || !equalBytes(author, own())) return;
    for (const { said } of readVersions(db, conversation, author, id)) {
      if (said === null) continue;
      replaceInOutbox(db, said, encodeBody(nothing));
      rewriteSentCopy(conversation, said, () => nothing);
    }
  },

  unsent: {
    first: ({ db }, conversation, { author, id }, body) => {
      const [first] = readVersions(db, conversation, author, id);
      const [words, now] = [first && decodeBody(first.body), decodeBody(body)];
      if (words?.kind !== "text" || now?.kind !== "text" || now.quote === undefined) return first?.body;
      return encodeBody({ ...words, quote: now.quote });
    },
    again: ({ db }, conversation, { author, id }) => {
      const newest = readVersions(db, conversation, author, id).at(-1);
      const words = newest?.said == null ? undefined : decodeBody(newest.body);
      if (newest === undefined || words?.kind !== "text") return [];
      return [
        {
          body: { ...words, kind: "edit", id },
          stamp: (_, said) => addVersion(db, conversation, author, id, { ...newest, said }),
        },
      ];
    },
  },

  beside:
    () =>
    ({ kind, mine, sent_ms, edited_ms }) => ({
      ...(edited_ms > 0 ? { isEdited: true } : {}),
      ...(mine && kind === "text" ? { editUntilMs: sent_ms + editMs } : {}),
    }),

  views: {
    /** Every version of an edited text, oldest first; empty for any other message. */
    history: {
      topics: (conversation: Hex, _author: Hex, _id: Hex) => [`conversation:${conversation}`],
      read: ({ database, nowMs }, conversation: Hex, author: Hex, id: Hex): readonly VersionView[] => {
        const [chat, by, message] = [idFrom(conversation), idFrom(author), contentFrom(id)];
        if (chat === undefined || by === undefined || message === undefined) return [];
        return readVersions(database, chat, by, message).flatMap((version) => {
          const body = decodeBody(version.body);
          return body?.kind === "text" ? [{ atMs: Math.min(version.stamp_ms, nowMs), text: body.text }] : [];
        });
      },
    },
  },

  api: ({ db, own, nowMs, writable, message, say }): EditsApi => ({
    async edit(chat, hex, words, mentions = []) {
      const conversation = writable(chat);
      const id = contentId(hex);
      const row = message(conversation, { author: own(), id });
      // not a check: what the own screens ask for; others judge for themselves.
      if (!mayEdit(row, nowMs())) throw new ClientError("too-late");
      say(conversation, { ...wordsOf(db, own(), conversation, words, mentions), kind: "edit", id });
    },
  }),
});
