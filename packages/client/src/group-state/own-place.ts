/** Where one stands in a group that a screen names: what may be asked of it follows from that. */
import { readConversation, readMembers } from "@yanshu/store";
import { type ConversationId, equalBytes } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { idOf } from "../ids.ts";

type OwnPlace = { readonly conversation: ConversationId; readonly role: "owner" | "admin" | "member" };

/**
 * Also of a group that is still being made: what is asked of it is done once it is.
 *
 * @throws ClientError `unknown-conversation` where one is in no such group, or not any more.
 */
export function ownPlace(engine: Engine, hex: Hex): OwnPlace {
  const { db } = engine;
  const conversation = idOf(hex);
  const row = readConversation(db, conversation);
  if (row === undefined || !kindOf(engine, row).rules.isLed || (row.state !== "open" && row.state !== "forming"))
    throw new ClientError("unknown-conversation");
  const mine = readMembers(db, conversation).find(({ account }) => equalBytes(account, ownOf(engine).account));
  return { conversation, role: mine?.role ?? "member" };
}
