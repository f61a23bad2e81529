/**
 * What own devices tell each other of chats: marks, what was deleted everywhere, drafts (docs/spec/sync.md SY22, SY23, SY32, SY33);
 * what they note of a contact; and how somebody who asks came to ask (docs/spec/sync.md SY26).
 */
import {
  type AccountId,
  bool,
  type ConversationId,
  fixed,
  type Infer,
  idBytes,
  list,
  oneOf,
  struct,
  text,
  uint,
  variants,
} from "@yanshu/wire";

export const listLimits = {
  descriptionMax: 500,
  phoneMax: 64,
  tagMax: 32,
  tagsMax: 20,
  draftMax: 16_384,
  handleMax: 32,
} as const;

const conversation = fixed<ConversationId>(idBytes.conversation);

export const listItems = {
  mark: struct({
    conversation,
    mark: oneOf("pinned", "muted", "unread", "hidden", "own-names"),
    isOn: bool,
    stampMs: uint(),
  }),
  /** What was said up to then, by its authors' clocks, goes from every own device. */
  clear: struct({ conversation, upToMs: uint(), stampMs: uint() }),
  draft: struct({ conversation, text: text(listLimits.draftMax), stampMs: uint() }),
};

/** How two people came to know each other. A group counts only for whoever is in it too. */
export const via = variants({
  link: struct({}),
  scan: struct({}),
  group: struct({ conversation }),
  card: struct({ by: fixed<AccountId>(idBytes.account) }),
  name: struct({}),
});
export type Via = Infer<typeof via>;

/** What is noted of a contact, for own devices alone. */
export const contactNotes = {
  phone: text(listLimits.phoneMax),
  description: text(listLimits.descriptionMax),
  isStarred: bool,
  tags: list(text(listLimits.tagMax), listLimits.tagsMax),
  via,
};
