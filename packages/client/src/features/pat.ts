/**
 * Pats, 拍一拍 (docs/spec/actions.md AC8): a line in the chat that names who patted whom, and how the patted one likes it.
 */
import { fieldLimits } from "@yanshu/content";
import { readMembers, readPerson } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import { atMost, ClientError, clientFeature, type Hex, type PersonRef } from "../feature.ts";

const gapMs = 1_000;

type PatLine = {
  readonly kind: "system";
  /** `suffix` is what the patted one wants to follow their name. */
  readonly line: { readonly kind: "pat"; readonly by: PersonRef; readonly who: PersonRef; readonly suffix: string };
};

type PatApi = {
  /** At most once a second. Rejects with `unknown-contact`, `too-often`. */
  readonly pat: (conversation: Hex, account: Hex) => Promise<void>;
  /** What follows one's name when one is patted. Rejects with `too-long`. */
  readonly setPat: (suffix: string) => Promise<void>;
};

export const pat = clientFeature({
  kinds: ["pat"],

  me: ({ database }, own) => ({ pat: readPerson(database, own)?.pat ?? "" }),

  show: {
    pat: ({ people, row }, { who, suffix }): PatLine => ({
      kind: "system",
      line: { kind: "pat", by: people.ref(toHex(row.author)), who: people.ref(toHex(who)), suffix },
    }),
  },

  api: ({ db, nowMs, writable, say, ownProfile, setOwnProfile }): PatApi => {
    let pattedMs = 0;
    return {
      async pat(chat, account) {
        const conversation = writable(chat);
        const who = readMembers(db, conversation).find((member) => toHex(member.account) === account)?.account;
        if (who === undefined) throw new ClientError("unknown-contact");
        const now = nowMs();
        if (Math.abs(now - pattedMs) < gapMs) throw new ClientError("too-often");
        pattedMs = now;
        say(conversation, { kind: "pat", who, suffix: readPerson(db, who)?.pat ?? "" });
      },

      async setPat(suffix) {
        setOwnProfile({ ...ownProfile(), pat: atMost(suffix.trim(), fieldLimits.patMax) });
      },
    };
  },
});
