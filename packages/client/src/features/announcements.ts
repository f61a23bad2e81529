/** Announcements of a group (docs/spec/actions.md AC8): part of its state, by those who lead it. */
import { groupStateLimits } from "@yanshu/mls";
import { readConversation, readMembers } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import { atMost, ClientError, clientFeature, type Hex } from "../feature.ts";

type AnnouncementsApi = {
  /** Without a text it is taken down. Rejects with `not-allowed`, `too-long`. */
  readonly announce: (conversation: Hex, text: string) => Promise<void>;
};

export const announcements = clientFeature({
  api: ({ db, own, kindOf, writable, changeGroup, sendSoon }): AnnouncementsApi => ({
    async announce(chat, text) {
      const conversation = writable(chat);
      const role = readMembers(db, conversation).find((member) => equalBytes(member.account, own()))?.role;
      // Receivers know no rule for it but that of the group's name; that those who lead speak for all is ours.
      if (!kindOf(readConversation(db, conversation)?.kind).hasAnnouncements || role === undefined || role === "member")
        throw new ClientError("not-allowed");
      const said = atMost(text.trim(), groupStateLimits.announcementMax);
      db.transaction(() => changeGroup(conversation, { kind: "announce", text: said }));
      sendSoon(conversation);
    },
  }),
});
