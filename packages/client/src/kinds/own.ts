/** The own devices among themselves: what they tell one another, and notes to oneself (docs/spec/sync.md SY11). */
import { ownRules } from "@yanshu/mls";
import { conversationKind } from "./kind.ts";

export const own = conversationKind({
  rules: ownRules,
  hasPeer: false,
  hasOthers: false,
  membersChange: false,
  isFoundedOnce: false,
  isFoundedAnew: false,
  believesOwnDevices: true,
  believesPersonalWords: false,
  opens: "always",
  requestKept: { items: 0, bytes: 0 },
  isRecorded: false,
  isListed: "once-said",
  namesAuthors: false,
  hasNicknames: false,
  hasAnnouncements: false,
  hasCalls: false,
  hasGroupCalls: false,
});
