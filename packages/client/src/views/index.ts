/**
 * Views: what screens see, read from the store whenever a topic of theirs was named. Pure reads:
 * nothing here writes, waits or remembers.
 */
import type { ViewName, Views } from "../api.ts";
import { readHistory, readPins } from "./actions.ts";
import { readChats } from "./chats.ts";
import { readContacts } from "./contacts.ts";
import type { ViewContext } from "./context.ts";
import { readConversation } from "./conversation.ts";
import { readDevices } from "./devices.ts";
import { readFamilyView } from "./family.ts";
import { readGreetings } from "./greetings.ts";
import { readGroups } from "./groups.ts";
import { readAsking, readJoinsView } from "./joining.ts";
import { readOften } from "./often.ts";
import { readPerson } from "./person.ts";
import { readFavourites, readRecord } from "./records.ts";
import { readRequests } from "./requests.ts";
import { readStatus } from "./status.ts";
import { readStickers } from "./stickers.ts";
import { readTimeline } from "./timeline.ts";
import { readVaultView } from "./vault.ts";

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
  greetings: readGreetings,
  person: (context, [account]) => readPerson(context, account),
  timeline: (context, [conversation, limit, place]) => readTimeline(context, conversation, limit, place),
  conversation: (context, [conversation]) => readConversation(context, conversation),
  often: readOften,
  devices: readDevices,
  family: readFamilyView,
  groups: readGroups,
  linking: (context) => context.linking,
  pins: (context, [conversation]) => readPins(context, conversation),
  favourites: readFavourites,
  stickers: readStickers,
  record: (context, [conversation, author, id, path]) => readRecord(context, conversation, author, id, path),
  history: (context, [conversation, author, id]) => readHistory(context, conversation, author, id),
  joins: readJoinsView,
  asking: (context, [conversation]) => readAsking(context, conversation),
  vault: readVaultView,
  transfer: (context, [handle]) => context.transfer(handle),
};
