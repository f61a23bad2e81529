/** A group: people come and go, and an owner and admins lead it (docs/spec/groups.md GR20–GR32). */
import { groupRules } from "@yanshu/mls";
import { conversationKind } from "./kind.ts";

export const group = conversationKind({
  rules: groupRules,
  hasPeer: false,
  hasOthers: true,
  membersChange: true,
  isFoundedOnce: true,
  isFoundedAnew: false,
  believesOwnDevices: false,
  believesPersonalWords: false,
  opens: "by-members",
  requestKept: { items: 500, bytes: 2 * 1024 * 1024 },
  isRecorded: true,
  isListed: "always",
  namesAuthors: true,
  hasNicknames: true,
  hasAnnouncements: true,
  hasCalls: false,
  hasGroupCalls: true,
});
