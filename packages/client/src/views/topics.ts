/**
 * Topics: what may have changed, said by whoever writes; a view is read again when one of its
 * topics was named.
 *
 * `status`: phase, network, outbox, card, server. `chats`: a row of conversations, or what is newest
 * or unread in a chat. `people`: a name, face or remark. `contacts`: who is a contact, trust,
 * blocking, and the first row of a direct conversation. `conversation:…`: messages, gaps, members or
 * state of that one.
 */
import type { Hex, ViewName, Views } from "../api.ts";

export type Topic =
  | "status"
  | "chats"
  | "people"
  | "contacts"
  | "devices"
  | "family"
  | "favourites"
  | "linking"
  | "stickers"
  | "vault"
  | `conversation:${Hex}`
  | `blob:${Hex}`;

export function viewTopics<N extends ViewName>(name: N, args: Views[N]["args"]): readonly Topic[] {
  return topics[name](args);
}

const topics: { readonly [N in ViewName]: (args: Views[N]["args"]) => readonly Topic[] } = {
  status: () => ["status", "chats", "people"],
  chats: () => ["chats", "people"],
  contacts: () => ["contacts", "people"],
  requests: () => ["chats", "people"],
  greetings: () => ["chats", "people"],
  person: () => ["chats", "people", "contacts"],
  // Cards in it say how one stands with whom they introduce.
  timeline: ([conversation]) => [`conversation:${conversation}`, "people", "contacts"],
  conversation: ([conversation]) => [`conversation:${conversation}`, "people", "contacts"],
  often: () => ["chats"],
  devices: () => ["devices"],
  family: () => ["family", "people", "status"],
  groups: () => ["chats", "people", "contacts"],
  linking: () => ["linking"],
  pins: ([conversation]) => [`conversation:${conversation}`, "people"],
  favourites: () => ["favourites"],
  stickers: () => ["stickers"],
  record: ([conversation]) => [`conversation:${conversation}`],
  history: ([conversation]) => [`conversation:${conversation}`],
  joins: () => ["chats"],
  asking: ([conversation]) => [`conversation:${conversation}`, "people"],
  vault: () => ["vault"],
  transfer: ([handle]) => [`blob:${handle}`],
};
