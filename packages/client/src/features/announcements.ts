/** Announcements of a group (docs/spec/actions.md AC8): part of its state, set by owner and admins. */
import { groupStateLimits } from "@yanshu/mls";
import { readConversation, readMembers } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import { atMost, ClientError, clientFeature, type Hex } from "../feature.ts";

type AnnouncementsApi = {
  /** An empty text removes it. Rejects with `not-allowed`, `too-long`. */
  readonly announce: (conversation: Hex, text: string) => Promise<void>;
};

export const announcements = clientFeature({
  api: ({ db, own, kindOf, writable, changeGroup, sendSoon }): AnnouncementsApi => ({
    async announce(chat, text) {
      const conversation = writable(chat);
      const role = readMembers(db, conversation).find((member) => equalBytes(member.account, own()))?.role;
      // Receivers check it like a change of the group's name; that only owner and admins may announce is a rule of this
      // client.
      if (!kindOf(readConversation(db, conversation)?.kind).hasAnnouncements || role === undefined || role === "member")
        throw new ClientError("not-allowed");
      const said = atMost(text.trim(), groupStateLimits.announcementMax);
      db.transaction(() => changeGroup(conversation, { kind: "announce", text: said }));
      sendSoon(conversation);
    },
  }),
});
