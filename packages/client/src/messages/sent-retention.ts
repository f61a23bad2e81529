/**
 * Own messages are kept for a limited time, so that devices that missed one can ask for it (docs/spec/sync.md SY9a).
 */
import { conversationsWithSent, dropOldSent, keepSentFrom, recordSent } from "@yanshu/store";
import type { Bytes, ContentId, ConversationId } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";

/** Home stores unfetched messages for thirty days: a device that comes back after that still gets answers. */
const keptMs = 60 * 86_400_000;
const messagesMax = 4_096;
const bytesMax = 32 * 1024 * 1024;
/** How many messages are sent between two cleanups. */
const lookEvery = 64;

/** Stores an own message for resends. Inside a transaction. */
export function keep(
  engine: Engine,
  conversation: ConversationId,
  said: {
    readonly seq: number;
    readonly id: ContentId;
    readonly message: Bytes;
    readonly roster: Bytes;
    readonly isAside: boolean;
  },
): void {
  const { db, ports } = engine;
  recordSent(db, conversation, said, ports.nowMs());
  if (said.seq % lookEvery === 0) dropOld(engine, conversation);
}

/** Deletes expired messages. Called at the start, and at each sign-in. */
export function dropOldKept(engine: Engine): void {
  const { db, ports } = engine;
  db.transaction(() => {
    keepSentFrom(db, ports.nowMs());
    for (const conversation of conversationsWithSent(db)) dropOld(engine, conversation);
  });
}

function dropOld({ db, ports }: Engine, conversation: ConversationId): void {
  dropOldSent(db, conversation, { sinceMs: ports.nowMs() - keptMs, messages: messagesMax, bytes: bytesMax });
}
