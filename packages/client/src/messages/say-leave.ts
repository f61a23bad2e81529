/** Leaving a group, as it is said (docs/spec/groups.md GR20). */
import type { AccountId, ConversationId } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { plan } from "../group-state/jobs.ts";
import { say } from "./outbox.ts";

type Role = "owner" | "admin" | "member";

/**
 * Inside a transaction. Nobody can remove an owner but an owner: who leaves as the only one hands the group on first.
 */
export function sayLeave(
  engine: Engine,
  conversation: ConversationId,
  role: Role,
  successor: { readonly account: AccountId; readonly role: Role } | undefined,
): void {
  if (role === "owner" && successor !== undefined && successor.role !== "owner")
    plan(engine, conversation, { kind: "role", account: successor.account, role: "owner" });
  say(engine, conversation, { kind: "leave" });
}
