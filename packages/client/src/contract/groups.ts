/** Groups: what a feature asks of one. Who may what is decided by the group, at every member (../feature.ts). */
import type { ConversationId } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { GroupFacts } from "./said.ts";

export type GroupContext = {
  /**
   * Founds a conversation of a kind that one device makes, with these contacts. Opens a transaction itself. Returns its
   * id.
   * @throws ClientError `empty`, `too-long`, `unknown-contact`
   */
  readonly found: (kind: string, title: string, accounts: readonly Hex[]) => Hex;
  /** Undefined where the group is not founded, or is not here any more. */
  readonly group: (conversation: ConversationId) => GroupFacts | undefined;
  /** A group that strangers made one a member of, before one has read it: out of it, and nothing of it stays here. */
  readonly leaveUnread: (conversation: ConversationId) => void;
  /** Asks the group to take this, by a commit that goes out as soon as it can. Inside a transaction. */
  readonly changeGroup: (
    conversation: ConversationId,
    change: { readonly kind: "announce"; readonly text: string },
  ) => void;
};
