/**
 * Views: what screens see, read from the store whenever a topic of theirs was named. Pure reads:
 * nothing here writes, waits or remembers.
 */
import type { ViewName, Views } from "../api.ts";
import { readChats } from "./chats.ts";
import { readContacts } from "./contacts.ts";
import type { ViewContext } from "./context.ts";
import { readConversation } from "./conversation.ts";
import { readDevices } from "./devices.ts";
import { readRequests } from "./requests.ts";
import { readStatus } from "./status.ts";
import { readTimeline } from "./timeline.ts";

export type { StoredLine, ViewContext } from "./context.ts";
export { type Topic, viewTopics } from "./topics.ts";

export function readView<N extends ViewName>(context: ViewContext, name: N, args: Views[N]["args"]): Views[N]["value"] {
  return readers[name](context, args);
}

const readers: { readonly [N in ViewName]: (context: ViewContext, args: Views[N]["args"]) => Views[N]["value"] } = {
  status: readStatus,
  chats: readChats,
  contacts: readContacts,
  requests: readRequests,
  timeline: (context, [conversation, limit]) => readTimeline(context, conversation, limit),
  conversation: (context, [conversation]) => readConversation(context, conversation),
  devices: readDevices,
  linking: (context) => context.linking,
};
