/**
 * Actions: what a member does with a message that was said (docs/spec/actions.md AC1–AC6). The same code runs where
 * it is said and where it is read, inside a transaction, so that all devices come to the same.
 */
import { type Body, type BodyOf, decodeBody, decodeMessage, encodeBody, encodeMessage } from "@yanshu/content";
import type { Group } from "@yanshu/mls";
import {
  addQuote,
  addVersion,
  deleteUpload,
  dropEarlyMarks,
  dropEarlyVersions,
  dropVersions,
  eraseMessage,
  type Mark,
  type MessageName,
  type MessageRow,
  putMark,
  quotesOf,
  readMarks,
  readMessage,
  readSentById,
  readVersions,
  replaceInOutbox,
  rewriteMessage,
  rewriteOutbox,
  rewriteSent,
  setMessageBody,
  writeMark,
} from "@yanshu/store";
import { type AccountId, type ContentId, type ConversationId, equalBytes, fromUtf8 } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { forgetFilesOf } from "../files/blob-refs.ts";
import { roleOf } from "../group-state/store-group.ts";

/** By the sender's own two stamps, so that nobody's clock but theirs decides (DESIGN §7). */
export const windows = { recallMs: 2 * 60_000, editMs: 15 * 60_000, writeAgainMs: 5 * 60_000 } as const;

/** A text is not a diary: beyond this many versions a message stays as it is. */
const versionsMax = 50;

/** What waits for messages that are not here: edits of one author, and what one person set, in a conversation. */
const earlyEditsMax = 64;
const earlyMarksMax = 256;

/** Kinds of rows that are not somebody's message, or not any more. */
const beyondReach: ReadonlySet<string> = new Set(["system", "leave", "recalled", "deleted"]);

type Text = BodyOf<"text">;

/** @checks AC2 */
export function mayRecall(row: { readonly kind: string; readonly sent_ms: number }, stampMs: number): boolean {
  return !beyondReach.has(row.kind) && stampMs - row.sent_ms <= windows.recallMs;
}

/** @checks AC4 */
export function mayEdit(row: { readonly kind: string; readonly sent_ms: number }, stampMs: number): boolean {
  return row.kind === "text" && stampMs >= row.sent_ms && stampMs - row.sent_ms <= windows.editMs;
}

/** A line that stands for what is too new to read is its author's. */
export function isNotice({ kind, body }: MessageRow): boolean {
  return kind === "system" && (JSON.parse(fromUtf8(body)) as { readonly kind: string }).kind === "notice";
}

/** `name.author` is the account that says it. A recall that comes before its message leaves its line all the same. */
export function applyRecall(engine: Engine, conversation: ConversationId, name: MessageName, stampMs: number): void {
  const row = readMessage(engine.db, conversation, name.author, name.id);
  // @checks AC2
  if (row !== undefined && !mayRecall(isNotice(row) ? { ...row, kind: "newer" } : row, stampMs)) return;
  erase(engine, conversation, name, "recalled");
  engine.changed(topicOf(conversation), "chats", "status");
}

/** The content of a message goes from this device: its row, its versions, what others repeat of it, and what is sent again. */
export function erase(
  engine: Engine,
  conversation: ConversationId,
  name: MessageName,
  left: "recalled" | "deleted",
): void {
  const { db, ports } = engine;
  // What waits for its files would wait for good without them, and its words with it.
  const wasWaiting = equalBytes(name.author, ownOf(engine).account) && deleteUpload(db, name.id);
  const where = left === "recalled" || wasWaiting ? "everywhere" : "here";
  forgetFilesOf(engine, conversation, name.author, name.id, where);
  if (left === "recalled") {
    for (const quoting of quotesOf(db, conversation, name)) forgetQuote(engine, conversation, quoting);
    voidSent(engine, conversation, name);
    eraseMessage(db, conversation, name.author, name.id, { kind: left, nowMs: ports.nowMs() });
  } else eraseMessage(db, conversation, name.author, name.id, { kind: left });
}

/** Goes out where a seq was given to what shall not be said any more. */
const nothing: Body = { kind: "gone", seqs: [] };

function voidSent(engine: Engine, conversation: ConversationId, { author, id }: MessageName): void {
  const { db } = engine;
  if (!equalBytes(author, ownOf(engine).account)) return;
  resay(engine, conversation, id, () => ({ kind: "recall", id }));
  for (const { said } of readVersions(db, conversation, author, id)) {
    if (said === null) continue;
    replaceInOutbox(db, said, encodeBody(nothing));
    resay(engine, conversation, said, () => nothing);
  }
}

function forgetQuote(engine: Engine, conversation: ConversationId, { author, id }: MessageName): void {
  const row = readMessage(engine.db, conversation, author, id);
  const body = row === undefined ? undefined : decodeBody(row.body);
  if (body?.kind !== "text" || body.quote === undefined) return;
  const forgotten = withoutQuoted(body);
  rewriteMessage(engine.db, conversation, author, id, { body: encodeBody(forgotten) });
  if (!equalBytes(author, ownOf(engine).account)) return;
  rewriteOutbox(engine.db, id, encodeBody(forgotten));
  resay(engine, conversation, id, (said) => (said.kind === "text" ? withoutQuoted(said) : said));
}

function withoutQuoted(body: Text): Text {
  return body.quote === undefined ? body : { ...body, quote: { ...body.quote, of: "recalled", words: "" } };
}

/** A message reads otherwise from now on: its row, what waits to go out, and what is kept to be said again. */
export function rewriteSaid(engine: Engine, conversation: ConversationId, name: MessageName, body: Body): void {
  const bytes = encodeBody(body);
  setMessageBody(engine.db, conversation, name.author, name.id, bytes);
  if (!equalBytes(name.author, ownOf(engine).account)) return;
  rewriteOutbox(engine.db, name.id, bytes);
  resay(engine, conversation, name.id, () => body);
}

/** What this device answers to the one who asks for its message again. */
function resay(engine: Engine, conversation: ConversationId, id: Uint8Array, change: (body: Body) => Body): void {
  const sent = readSentById(engine.db, conversation, id);
  if (sent === undefined) return;
  const message = decodeMessage(sent.message);
  if (message.body.kind === "unknown") return;
  rewriteSent(engine.db, conversation, sent.seq, encodeMessage({ ...message, body: change(message.body) }));
}

export function applyEdit(
  engine: Engine,
  group: Group | undefined,
  conversation: ConversationId,
  name: MessageName,
  edit: Pick<BodyOf<"edit">, "text" | "mentions">,
  said: { readonly id: ContentId; readonly stampMs: number },
): void {
  const { db } = engine;
  const { stampMs } = said;
  const body = encodeBody(withoutFalseCalls(group, name.author, textOf(edit)));
  const version = { stamp_ms: stampMs, body, said: said.id };
  const row = readMessage(db, conversation, name.author, name.id);
  const held = readVersions(db, conversation, name.author, name.id);
  if (held.length >= versionsMax) return;
  // Its words are too new to read: they are settled once they can be (SY52).
  if (row === undefined || row.kind === "newer") {
    addVersion(db, conversation, name.author, name.id, version);
    dropEarlyVersions(db, conversation, name.author, earlyEditsMax);
    return;
  }
  // @checks AC4
  if (!mayEdit(row, stampMs)) return;
  const first = decodeBody(row.body);
  if (first?.kind !== "text") return;
  if (held.length === 0)
    addVersion(db, conversation, name.author, name.id, {
      stamp_ms: row.sent_ms,
      body: encodeBody(textOf(first)),
      said: null,
    });
  addVersion(db, conversation, name.author, name.id, version);
  takeNewest(engine, conversation, name, first);
}

/** The row reads as its newest version says, and keeps its quote. */
export function takeNewest(engine: Engine, conversation: ConversationId, name: MessageName, first: Text): void {
  const newest = readVersions(engine.db, conversation, name.author, name.id).at(-1);
  const body = newest === undefined ? undefined : decodeBody(newest.body);
  if (newest === undefined || body?.kind !== "text") return;
  const { quote } = first;
  rewriteMessage(engine.db, conversation, name.author, name.id, {
    body: encodeBody({ ...body, ...(quote === undefined ? {} : { quote }) }),
    editedMs: newest.stamp_ms,
    mention: mentionIn(engine, name.author, body),
  });
  engine.changed(topicOf(conversation), "chats");
}

function textOf({ text, mentions }: { readonly text: string; readonly mentions?: Text["mentions"] }): Text {
  return { kind: "text", text, ...(mentions === undefined ? {} : { mentions }) };
}

/** A text that was just put into the timeline: edits that came before it, and what it quotes. */
export function settleText(engine: Engine, conversation: ConversationId, name: MessageName, body: Text): void {
  const { db } = engine;
  const versions = readVersions(db, conversation, name.author, name.id);
  if (versions.length === 0) {
    settleQuote(engine, conversation, name, body);
    return;
  }
  const row = readMessage(db, conversation, name.author, name.id);
  if (row === undefined) return;
  const early = versions.filter((one) => mayEdit(row, one.stamp_ms));
  dropVersions(db, conversation, name.author, name.id);
  if (early.length > 0) {
    addVersion(db, conversation, name.author, name.id, {
      stamp_ms: row.sent_ms,
      body: encodeBody(textOf(body)),
      said: null,
    });
    for (const one of early) addVersion(db, conversation, name.author, name.id, one);
    takeNewest(engine, conversation, name, body);
  }
  settleQuote(engine, conversation, name, body);
}

/** What it repeats of a message goes when that one is recalled, and is not shown if it was already. */
export function settleQuote(engine: Engine, conversation: ConversationId, name: MessageName, body: Text): void {
  const { db } = engine;
  if (body.quote === undefined) return;
  addQuote(db, conversation, body.quote, name);
  const quoted = readMessage(db, conversation, body.quote.author, body.quote.id);
  if (quoted?.kind === "recalled") forgetQuote(engine, conversation, name);
}

/**
 * What a person set on a message: one that was recalled or deleted takes no more. What came before its message waits for it,
 * as long as there is room. Inside a transaction.
 */
export function setMark(engine: Engine, conversation: ConversationId, on: MessageName, mark: Mark): void {
  if (isErased(engine, conversation, on)) return;
  if (settleMark(engine, conversation, on, mark)) marked(engine, conversation, on, mark.by);
}

/** As its feature says how two words about it become one. Returns whether it may have changed. Inside a transaction. */
export function settleMark(
  { db, features }: Engine,
  conversation: ConversationId,
  on: MessageName,
  mark: Mark,
): boolean {
  const { author, id } = on;
  const merge = features.marks.get(mark.kind)?.merge;
  if (merge === undefined) return writeMark(db, conversation, author, id, mark);
  const held = readMarks(db, conversation, author, id, mark.kind).find(
    ({ by, key }) => key === mark.key && equalBytes(by, mark.by),
  );
  putMark(db, conversation, author, id, merge(held, mark));
  return true;
}

/** @param by empty where the mark belongs to nobody. */
function marked(engine: Engine, conversation: ConversationId, on: MessageName, by: Uint8Array): void {
  if (readMessage(engine.db, conversation, on.author, on.id) === undefined)
    dropEarlyMarks(engine.db, conversation, by, earlyMarksMax);
  engine.changed(topicOf(conversation));
}

function isErased(engine: Engine, conversation: ConversationId, { author, id }: MessageName): boolean {
  const row = readMessage(engine.db, conversation, author, id);
  return row !== undefined && beyondReach.has(row.kind);
}

/** Calling everybody is for those who lead a group; from anybody else it is a word like any other. */
export function withoutFalseCalls(group: Group | undefined, author: AccountId, body: Text): Text {
  if (body.mentions === undefined) return body;
  const leads = group?.rules.isLed === true && (roleOf(group, author) ?? "member") !== "member";
  const mentions = body.mentions.filter(
    ({ account, at, length }) => at + length <= body.text.length && (account !== undefined || leads),
  );
  return { ...body, mentions };
}

/** As `messages.mention` holds it: 1 names the own account, 2 everybody. */
export function mentionIn(engine: Engine, author: AccountId, { mentions = [] }: Text): number {
  const own = ownOf(engine).account;
  if (equalBytes(author, own)) return 0;
  if (mentions.some(({ account }) => account !== undefined && equalBytes(account, own))) return 1;
  return mentions.some(({ account }) => account === undefined) ? 2 : 0;
}
