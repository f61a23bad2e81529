/**
 * Farewell: a person who deletes their account first leaves every chat (docs/spec/keeping.md KP3): a chat of two as
 * when one lets go of a contact (SY24), a group as when one leaves it (GR20).
 */
import { type ConversationRow, dropWork, readConversations, readMembers, setConversationState } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { say } from "./outbox.ts";
import { sayLeave } from "./say-leave.ts";

/** Inside a transaction. */
export function sayFarewell(engine: Engine): void {
  for (const row of readConversations(engine.db)) {
    if (row.group_id === null) continue;
    const { hasPeer, membersChange } = kindOf(engine, row);
    if (hasPeer) leaveDirect(engine, row);
    if (membersChange && row.state === "open") leaveGroup(engine, row);
  }
}

function leaveDirect(engine: Engine, { conversation, state }: ConversationRow): void {
  if (state !== "open" && state !== "request-out") return;
  dropWork(engine.db, conversation);
  setConversationState(engine.db, conversation, "left");
  say(engine, conversation, { kind: "leave" });
}

/**
 * Leaves a group. The sole owner names a successor first, without asking the person: somebody must be able to remove
 * them, and to govern the group.
 */
function leaveGroup(engine: Engine, { conversation }: ConversationRow): void {
  const own = ownOf(engine).account;
  const members = readMembers(engine.db, conversation);
  const role = members.find(({ account }) => equalBytes(account, own))?.role ?? "member";
  const others = members.filter(({ account }) => !equalBytes(account, own));
  if (others.length === 0) return;
  const successor =
    others.find((one) => one.role === "owner") ?? others.find((one) => one.role === "admin") ?? others[0];
  sayLeave(engine, conversation, role, successor);
}
