/**
 * Lists: what a person decides about chats, and notes of contacts. Each reaches all own devices, and nobody else
 * (docs/spec/sync.md SY22–SY26, SY32, SY33).
 */
import type { Hex } from "./hex.ts";

/** How a chat stands in the list. */
export type ChatMarks = {
  /** Above all that are not. */
  readonly isPinned: boolean;
  /** Nothing rings, and the sum of unread things leaves it out. */
  readonly isMuted: boolean;
  /** The person wants to come back to it, though there is nothing new in it. */
  readonly isMarkedUnread: boolean;
};

/** How one came to know somebody. A group is named only where both are in it. */
export type ContactSource =
  | { readonly kind: "link" | "scan" | "name" }
  | { readonly kind: "group"; readonly title: string }
  | { readonly kind: "card"; readonly by: string };

/** What one notes of a contact. */
export type ContactNotes = {
  readonly remark: string;
  readonly phone: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly isStarred: boolean;
};

export type ListsApi = {
  /** What is left out stays. Rejects with `too-long`: a remark has 64 characters, a phone 64, a description 500, a tag 32. */
  readonly setContactNotes: (account: Hex, notes: Partial<ContactNotes>) => Promise<void>;
  /**
   * The contact, the chat with them and what was said in it go from all own devices. They are not told; what they
   * write from then on asks them to be let in again.
   */
  readonly deleteContact: (account: Hex) => Promise<void>;
  /** Asks a member of a common group. Answers the conversation. */
  readonly requestMember: (args: { group: Hex; account: Hex; greeting: string }) => Promise<Hex>;
  /** The chat with oneself on all own devices; made when it is first opened. */
  readonly openOwn: () => Promise<Hex>;
};
