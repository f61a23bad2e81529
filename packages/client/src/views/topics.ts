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

export type Topic = "status" | "chats" | "people" | "contacts" | "devices" | "linking" | `conversation:${Hex}`;

export function viewTopics<N extends ViewName>(name: N, args: Views[N]["args"]): readonly Topic[] {
  return topics[name](args);
}

const topics: { readonly [N in ViewName]: (args: Views[N]["args"]) => readonly Topic[] } = {
  status: () => ["status", "chats", "people"],
  chats: () => ["chats", "people"],
  contacts: () => ["contacts", "people"],
  requests: () => ["chats", "people"],
  timeline: ([conversation]) => [`conversation:${conversation}`, "people"],
  conversation: ([conversation]) => [`conversation:${conversation}`, "people", "contacts"],
  devices: () => ["devices"],
  linking: () => ["linking"],
};
