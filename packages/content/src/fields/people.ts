/** Fields of contacts: how two people came to know each other, and what is noted of one (docs/spec/sync.md SY26). */
import { bool, type Infer, list, struct, text, variants } from "@yanshu/wire";
import { account, conversation } from "./ids.ts";

export const noteLimits = { descriptionMax: 500, phoneMax: 64, tagMax: 32, tagsMax: 20 } as const;

/** How two people came to know each other. A group counts only for a reader who is in it too. */
export const via = variants({
  link: struct({}),
  scan: struct({}),
  group: struct({ conversation }),
  card: struct({ by: account }),
  name: struct({}),
});
export type Via = Infer<typeof via>;

/** What is noted of a contact, for own devices alone. */
export const contactNotes = {
  phone: text(noteLimits.phoneMax),
  description: text(noteLimits.descriptionMax),
  isStarred: bool,
  tags: list(text(noteLimits.tagMax), noteLimits.tagsMax),
  via,
};
