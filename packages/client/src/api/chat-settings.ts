/**
 * Lists: what a person decides about chats, and notes of contacts. Each reaches all own devices, and nobody else
 * (docs/spec/sync.md SY22–SY26, SY32, SY33).
 */
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
