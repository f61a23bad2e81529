/** What one is called in a group (docs/spec/groups.md GR29). */
import { groupLimits } from "@yanshu/content";
import { readConversation, readNickname } from "@yanshu/store";
import { type ClientApi, ClientError } from "../api.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { applyNicknames } from "../sync/nicknames.ts";
import { say } from "../sync/outbox.ts";
import { idOf } from "./ids.ts";
import { setMark } from "./lists.ts";

export function nicknamesApi(engine: Engine): Pick<ClientApi, "setNickname" | "setNicknamesShown"> {
  const { db, ports } = engine;
  return {
    async setNickname(hex, wanted) {
      const conversation = idOf(hex);
      const row = readConversation(db, conversation);
      if (row?.kind !== "group" || row.state !== "open") throw new ClientError("unknown-conversation");
      const name = wanted.trim().toWellFormed();
      if (name.length > groupLimits.nicknameMax) throw new ClientError("too-long");
      const { account } = ownOf(engine);
      const held = readNickname(db, conversation, account);
      if ((held?.name ?? "") === name) return;
      const stampMs = Math.max(ports.nowMs(), (held?.stamp_ms ?? 0) + 1);
      const body = { kind: "nicknames", items: [{ account, name, stampMs }], retold: false } as const;
      db.transaction(() => {
        say(engine, conversation, body);
        applyNicknames(engine, "group", conversation, account, body);
      });
      engine.kick(conversation);
    },

    async setNicknamesShown(hex, isOn) {
      const conversation = idOf(hex);
      if (readConversation(db, conversation)?.kind !== "group") throw new ClientError("unknown-conversation");
      db.transaction(() => setMark(engine, conversation, "own-names", !isOn));
      engine.changed(topicOf(conversation), "chats", "people");
    },
  };
}
