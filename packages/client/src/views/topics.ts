/**
 * Topics: what may have changed, said by what writes; a view is read again when one of its
 * topics was named.
 *
 * `status`: phase, network, outbox, card, server. `chats`: a row of conversations, or what is newest
 * or unread in a chat. `people`: a name, face or remark. `contacts`: who is a contact, trust,
 * blocking, and the first row of a direct conversation. `conversation:…`: messages, gaps, members or
 * state of that one.
 */
import type { Hex } from "../api/hex.ts";

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
  | "homes"
  | `conversation:${Hex}`
  | `blob:${Hex}`;
