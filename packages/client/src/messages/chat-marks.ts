/** Marks that the person sets on a chat, the same on all own devices (docs/spec/sync.md SY32). */
import { type ChatMark, hasChatMark, readChatMark, writeChatMark } from "@yanshu/store";
import type { ConversationId } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { tellOwnDevices } from "./own-devices.ts";

/** Sets a mark on this device and tells the other own devices. Inside a transaction. */
export function setChatMark(
  engine: Engine,
  conversation: ConversationId,
  mark: Exclude<ChatMark, "alone">,
  isOn: boolean,
): void {
  const { db, ports } = engine;
  if (hasChatMark(db, conversation, mark) === isOn) return;
  // Later than the stored stamp, even if that came from a device whose clock is ahead.
  const stampMs = Math.max(ports.nowMs(), (readChatMark(db, conversation, mark)?.stamp_ms ?? 0) + 1);
  writeChatMark(db, conversation, mark, isOn, stampMs);
  tellOwnDevices(engine, [{ kind: "mark", conversation, mark, isOn, stampMs }]);
}
