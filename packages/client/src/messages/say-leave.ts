/** Leaving a group, as it is said (docs/spec/groups.md GR20). */
import type { AccountId, ConversationId } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { plan } from "../group-state/jobs.ts";
import { say } from "./outbox.ts";

type Role = "owner" | "admin" | "member";

/** Inside a transaction. Nobody can remove an owner but an owner: who leaves as the only one hands the group on first. */
export function sayLeave(
  engine: Engine,
  conversation: ConversationId,
  role: Role,
  heir: { readonly account: AccountId; readonly role: Role } | undefined,
): void {
  if (role === "owner" && heir !== undefined && heir.role !== "owner")
    plan(engine, conversation, { kind: "role", account: heir.account, role: "owner" });
  say(engine, conversation, { kind: "leave" });
}
