/** Sends the message that leaves a group (docs/spec/groups.md GR20). */
import type { AccountId, ConversationId } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { plan } from "../group-state/jobs.ts";
import { say } from "./outbox.ts";

type Role = "owner" | "admin" | "member";

/** Inside a transaction. Only an owner can remove an owner, so a sole owner first makes the successor an owner. */
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
