/** Sets a face under a message, or takes it back. */
import type { TimelineItem } from "@yanshu/client";
import { refOf } from "../../kit/message.ts";
import { api, attempt } from "../../shell/session.ts";

export function react(chat: string, item: TimelineItem, emoji: string): void {
  const isOn = item.reactions?.some((one) => one.emoji === emoji && one.mine) === true;
  void attempt(() => api.react(chat, refOf(item), emoji, !isOn));
}
