/** Where one stands in a group that a screen names: what may be asked of it follows from that. */
import { readConversation, readMembers } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { GroupPlace } from "../contract/groups.ts";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { idOf } from "../ids.ts";

/**
 * Also of a group that is still being made: what is asked of it is done once it is.
 *
 * @throws ClientError `unknown-conversation` where one is in no such group, or not any more.
 */
export function ownPlace(engine: Engine, hex: Hex): GroupPlace {
  const { db } = engine;
  const conversation = idOf(hex);
  const row = readConversation(db, conversation);
  if (row === undefined || !kindOf(engine, row).rules.isLed || (row.state !== "open" && row.state !== "forming"))
    throw new ClientError("unknown-conversation");
  const mine = readMembers(db, conversation).find(({ account }) => equalBytes(account, ownOf(engine).account));
  const settings = db.get<{ admins_add: number; admins_edit: number; approval: number }>(
    "SELECT admins_add, admins_edit, approval FROM conversations WHERE conversation = ?",
    conversation,
  );
  return {
    conversation,
    role: mine?.role ?? "member",
    adminsAdd: settings?.admins_add === 1 || settings?.approval === 1,
    adminsEdit: settings?.admins_edit === 1,
  };
}
