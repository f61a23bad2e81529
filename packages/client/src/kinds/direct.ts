/** A 1:1: two people, who found it by asking and answering (docs/spec/identity.md ID10). */
import { directRules } from "@yanshu/mls";
import { conversationKind } from "./kind.ts";

export const direct = conversationKind({
  rules: directRules,
  hasPeer: true,
  hasOthers: true,
  membersChange: false,
  isFoundedOnce: false,
  isFoundedAnew: true,
  believesOwnDevices: false,
  believesPersonalWords: true,
  opens: "by-peer",
  requestKept: { items: 20, bytes: 256 * 1024 },
  isRecorded: false,
  isListed: "always",
  namesAuthors: false,
  hasNicknames: false,
  hasAnnouncements: false,
  hasCalls: true,
  hasGroupCalls: false,
});
