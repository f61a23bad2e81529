/**
 * Unsent: messages that could not be sent (docs/spec/sync.md SY16, SY30, SY31).
 *
 * While home cannot be reached, an item that has waited for half a minute shows as not sent. It stays in the outbox and
 * goes by itself when home is back. When this account leaves a conversation, its unsent messages leave the outbox. Such
 * a message goes again only if the person taps it and may write there; its edits and marks go with it.
 */
import { encodeBody } from "@yanshu/content";
import {
  addToOutbox,
  failUnsent,
  firstInOutbox,
  type MessageName,
  putMark,
  readAllMarks,
  readConversation,
  readConversations,
  readUnsentMessage,
  setMessageState,
  showOverdue,
  unshowOverdue,
} from "@yanshu/store";
import { type Bytes, type ContentId, type ConversationId, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import type { SaidAgain } from "../feature.ts";
import type { Cancel } from "../ports.ts";
import { speakable } from "../values/speakable.ts";
import { rosterOf } from "./roster.ts";

const overdueMs = 30_000;

export type Overdue = ReturnType<typeof createOverdue>;

/** Watches the connection to home. Call `check` when it may have changed, and when a message was sent. */
export function createOverdue(engine: Engine) {
  const { db, ports } = engine;
  let downSinceMs: number | undefined;
  let isMarked = true; // The previous run of the client may have marked some.
  let timer: Cancel | undefined;

  function check(): void {
    if (engine.own === undefined) return;
    if (engine.link.state() === "online") {
      downSinceMs = undefined;
      timer?.();
      timer = undefined;
      if (isMarked) show(() => unshowOverdue(db, ownOf(engine).account));
      isMarked = false;
      return;
    }
    downSinceMs ??= ports.nowMs();
    timer ??= ports.after(overdueMs, mark);
  }

  function mark(): void {
    timer = undefined;
    const nowMs = ports.nowMs();
    if (downSinceMs === undefined || engine.own === undefined) return;
    if (nowMs - downSinceMs >= overdueMs) {
      isMarked = true;
      show(() => showOverdue(db, ownOf(engine).account, nowMs - overdueMs));
    }
    const next = nextDueMs();
    if (next !== undefined) timer = ports.after(Math.max(1, next - nowMs), mark);
  }

  /** When the next item that shows as sending has waited for long enough, in Unix milliseconds. */
  function nextDueMs(): number | undefined {
    const row = db.get<{ tried_ms: number | null }>(
      `SELECT min(o.created_ms) AS tried_ms FROM outbox AS o JOIN messages AS m ON m.conversation = o.conversation
       AND m.author = ? AND m.id = o.id WHERE o.shown = 1 AND o.held IS NULL AND m.state = 'sending'`,
      ownOf(engine).account,
    );
    return row?.tried_ms == null ? undefined : Math.max(row.tried_ms, downSinceMs ?? 0) + overdueMs;
  }

  function show(changes: () => readonly ConversationId[]): void {
    const conversations = db.transaction(changes);
    if (conversations.length > 0) engine.changed("chats", ...conversations.map(topicOf));
  }

  /** The person tapped an item: it gets another half minute. */
  function again(): void {
    if (downSinceMs !== undefined) downSinceMs = ports.nowMs();
    timer?.();
    timer = undefined;
    check();
  }

  return { check, again };
}

/** Marks all unsent messages of the conversation as failed; inside a transaction. */
export function giveUp(engine: Engine, conversation: ConversationId): void {
  failUnsent(engine.db, conversation, ownOf(engine).account);
  engine.changed(topicOf(conversation), "chats", "status");
}

/** At the start: gives up messages that an older version left in the outbox of a closed conversation. */
export function giveUpStranded(engine: Engine): void {
  const { db } = engine;
  for (const { conversation, state } of readConversations(db)) {
    if (["removed", "blocked", "declined"].includes(state) && firstInOutbox(db, conversation) !== undefined)
      db.transaction(() => giveUp(engine, conversation));
  }
}

/**
 * Sends again, under its old id, a message that left the outbox unsent. @throws ClientError if the account cannot write
 * there.
 */
export function sayAgain(engine: Engine, item: ContentId): ConversationId {
  const { db, ports } = engine;
  const own = ownOf(engine).account;
  const row = readUnsentMessage(db, own, item);
  if (row === undefined) throw new ClientError("unknown-conversation");
  const { conversation, id, body } = row;
  if (!speakable.has(readConversation(db, conversation)?.state ?? "")) throw new ClientError("not-allowed");
  const name = { author: own, id };
  const roster = rosterOf(engine, conversation);
  const put = (said: ContentId, what: Bytes, shown: boolean, createdMs: number) =>
    addToOutbox(db, { conversation, id: said, body: what, shown, roster: shown ? roster : undefined, createdMs });
  db.transaction(() => {
    const nowMs = ports.nowMs();
    put(id, asSaidFirst(engine, conversation, name, body), true, nowMs);
    setMessageState(db, conversation, own, id, "sending");
    for (const [i, { body: what, stamp }] of saidAfter(engine, conversation, name).entries()) {
      const [said, stampMs] = [ports.crypto.random(16), nowMs + i + 1];
      put(said, encodeBody(what), false, stampMs);
      stamp(stampMs, said);
    }
  });
  return conversation;
}

/** The body as first written, before edits. */
function asSaidFirst({ features, context }: Engine, conversation: ConversationId, on: MessageName, body: Bytes): Bytes {
  for (const { unsent } of features.features) {
    const first = unsent?.first(context, conversation, on, body);
    if (first !== undefined) return first;
  }
  return body;
}

/**
 * What this account did with an own message that nobody else has (edits, marks): it left the outbox with the message,
 * and still shows here.
 */
function saidAfter(
  { db, features, context }: Engine,
  conversation: ConversationId,
  name: MessageName,
): readonly SaidAgain[] {
  const { author, id } = name;
  const byFeatures = features.features.flatMap(({ unsent }) => unsent?.again(context, conversation, name) ?? []);
  const marks = readAllMarks(db, conversation, author, id).flatMap((mark): readonly SaidAgain[] => {
    const { again, restamped } = features.marks.get(mark.kind) ?? {};
    // Only own marks are sent again.
    if (again === undefined || !equalBytes(mark.by, author)) return [];
    const { value } = mark;
    return [
      {
        body: again(name, mark),
        stamp: (stampMs) => {
          const now = restamped?.(value, stampMs) ?? value;
          putMark(db, conversation, author, id, { ...mark, value: now, stamp_ms: stampMs });
        },
      },
    ];
  });
  return [...byFeatures, ...marks];
}
