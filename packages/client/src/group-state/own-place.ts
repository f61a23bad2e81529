/** The own role in a group that a screen names; it decides what the person may do there. */
import { readConversation, readMembers } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { GroupPlace } from "../contract/groups.ts";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { idOf } from "../ids.ts";

/**
 * Also for a group that is still being created: changes are made afterwards.
 *
 * @throws ClientError `unknown-conversation` if this account is in no such group, or no longer.
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
