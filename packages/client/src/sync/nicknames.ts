/**
 * Nicknames (docs/spec/groups.md GR29): what a member wants to be called in a group is a message of theirs, kept by
 * everybody, and told again to whoever comes later. The same code runs where it is said and where it is read.
 */
import { type BodyOf, groupLimits } from "@yanshu/content";
import type { Group } from "@yanshu/mls";
import { readMembers, readNicknames, writeNickname } from "@yanshu/store";
import { type AccountId, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, topicOf } from "../core/engine.ts";
import { say } from "./outbox.ts";

/** Inside a transaction. Nobody speaks for another but to fill in what is not known here. */
export function applyNicknames(
  engine: Engine,
  kind: Group["state"]["kind"],
  conversation: ConversationId,
  by: AccountId,
  { items, retold }: BodyOf<"nicknames">,
): void {
  if (kind !== "group") return;
  const here = new Set(readMembers(engine.db, conversation).map(({ account }) => toHex(account)));
  for (const { account, name, stampMs } of items) {
    if (!here.has(toHex(account)) || (!retold && !equalBytes(account, by))) continue;
    writeNickname(engine.db, conversation, { account, name: name.trim(), stamp_ms: stampMs }, !retold);
  }
  engine.changed(topicOf(conversation), "chats", "people");
}

/** Whoever adds somebody tells them; inside a transaction. */
export function retellNicknames(engine: Engine, conversation: ConversationId): void {
  const items = readNicknames(engine.db, conversation).map(({ account, name, stamp_ms }) => ({
    account,
    name,
    stampMs: stamp_ms,
  }));
  for (let at = 0; at < items.length; at += groupLimits.nicknamesMax)
    say(engine, conversation, {
      kind: "nicknames",
      items: items.slice(at, at + groupLimits.nicknamesMax),
      retold: true,
    });
}
