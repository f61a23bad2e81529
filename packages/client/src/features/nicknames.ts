/**
 * Nicknames (docs/spec/groups.md GR29): a member's name in a group is a message of theirs, stored by all members, and
 * sent again to new ones.
 */
import { nicknameLimits } from "@yanshu/content";
import { readConversation, readMembers, readNickname, readNicknames, writeNickname } from "@yanshu/store";
import { equalBytes, toHex } from "@yanshu/wire";
import { ClientError, clientFeature, type Hex, idOf } from "../feature.ts";

type NicknamesApi = {
  /** Empty: none. Rejects with `unknown-conversation`, `too-long`. */
  readonly setNickname: (conversation: Hex, name: string) => Promise<void>;
};

export const nicknames = clientFeature({
  kinds: ["nicknames"],

  apply: {
    /** A member sets only their own nickname; others' nicknames in a repeat only fill in missing ones. */
    nicknames: ({ db, changed, changedIn }, { conversation, by, group, body: { items, retold } }) => {
      if (group?.kind.hasNicknames !== true) return;
      const here = new Set(readMembers(db, conversation).map(({ account }) => toHex(account)));
      for (const { account, name, stampMs } of items) {
        if (!here.has(toHex(account)) || (!retold && !equalBytes(account, by))) continue;
        writeNickname(db, conversation, { account, name: name.trim(), stamp_ms: stampMs }, !retold);
      }
      changedIn(conversation);
      changed("chats", "people");
    },
  },

  /** The device that adds members sends them all nicknames. */
  retell: ({ db }, { conversation, isOurs }) => {
    const all = isOurs ? readNicknames(db, conversation) : [];
    const items = all.map(({ account, name, stamp_ms }) => ({ account, name, stampMs: stamp_ms }));
    const most = nicknameLimits.itemsMax;
    return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => ({
      kind: "nicknames",
      items: items.slice(at * most, (at + 1) * most),
      retold: true,
    }));
  },

  api: ({ db, kindOf, nowMs, own, say }): NicknamesApi => ({
    async setNickname(hex, wanted) {
      const conversation = idOf(hex);
      const row = readConversation(db, conversation);
      if (row?.state !== "open" || !kindOf(row.kind).hasNicknames) throw new ClientError("unknown-conversation");
      const name = wanted.trim().toWellFormed();
      if (name.length > nicknameLimits.nameMax) throw new ClientError("too-long");
      const account = own();
      const held = readNickname(db, conversation, account);
      if ((held?.name ?? "") === name) return;
      const stampMs = Math.max(nowMs(), (held?.stamp_ms ?? 0) + 1);
      say(conversation, { kind: "nicknames", items: [{ account, name, stampMs }], retold: false });
    },
  }),
});
