/**
 * Farewell: anyone who deletes their account leaves every chat first, by the same words as ever (docs/spec/keeping.md
 * KP3): a chat of two as in letting go of a contact (SY24), a group as in leaving it (GR20).
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

/** Somebody must be able to act on the leaving, and on all that comes after: nobody is asked here who that shall be. */
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
