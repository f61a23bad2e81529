/** Drafts: synced to the other own devices when the person stops typing, not at every key (docs/spec/sync.md SY23). */
import { readConversation, readDraft, writeDraft } from "@yanshu/store";
import { type ConversationId, toHex } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { tellOwnDevices } from "./own-devices.ts";

/** Long enough for a thought; short enough to find it on the other device when one has walked over. */
const restMs = 3_000;

/** Inside a transaction. */
export function keepDraft(engine: Engine, conversation: ConversationId, text: string): void {
  const { db, ports, resting } = engine;
  const held = readDraft(db, conversation);
  if (held === undefined || held.draft === text) return;
  writeDraft(db, conversation, text, Math.max(ports.nowMs(), held.draft_ms + 1));
  const key = toHex(conversation);
  resting.get(key)?.();
  resting.set(
    key,
    ports.after(restMs, () => {
      resting.delete(key);
      db.transaction(() => tellDraft(engine, conversation));
    }),
  );
}

function tellDraft(engine: Engine, conversation: ConversationId): void {
  const draft = readDraft(engine.db, conversation);
  // The chat may have been left meanwhile.
  if (draft === undefined || readConversation(engine.db, conversation) === undefined) return;
  tellOwnDevices(engine, [{ kind: "draft", conversation, text: draft.draft, stampMs: draft.draft_ms }]);
}
