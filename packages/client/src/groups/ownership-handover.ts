/**
 * Handover: an owner or admin leaves a group only after a remaining member can remove them (docs/spec/groups.md
 * GR20.4).
 */
import { decodeBody } from "@yanshu/content";
import type { Group } from "@yanshu/mls";
import { firstInOutbox, readMembers } from "@yanshu/store";
import { type ConversationId, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { jobsOf, plan, type StoredJob } from "../group-state/jobs.ts";
import { roleOf, saidLeave } from "../group-state/store-group.ts";

/**
 * Returns the job that must be done before the own `leave` is sent, if that is the next message; plans it if needed. In
 * the turn.
 */
export function handsOnFirst(engine: Engine, group: Group): StoredJob | undefined {
  const { conversation } = group.state;
  const own = ownOf(engine).account;
  const role = roleOf(group, own);
  if (role === undefined || !isLeaving(engine, group)) return undefined;
  const staying = whoStays(engine, conversation);
  const successor = staying.find((one) => one.role === "admin") ?? staying[0];
  if (successor === undefined || staying.some((one) => one.role === "owner")) return undefined;
  if (role === "owner") {
    const { account } = successor;
    const planned = () => jobsOf(engine, conversation).find(({ job }) => job.kind === "role" && job.role === "owner");
    if (planned() === undefined)
      engine.db.transaction(() => plan(engine, conversation, { kind: "role", account, role: "owner" }));
    return planned();
  }
  // The owner has left: only a re-creation goes on without them.
  if (successor.role === "admin") return undefined;
  return jobsOf(engine, conversation).find(({ job }) => job.kind === "recreate");
}

/** The other members who have not sent a `leave`. */
export function whoStays(engine: Engine, conversation: ConversationId): ReturnType<typeof readMembers> {
  const own = ownOf(engine).account;
  return readMembers(engine.db, conversation).filter(
    ({ account }) => !equalBytes(account, own) && !saidLeave(engine, conversation, account),
  );
}

function isLeaving(engine: Engine, group: Group): boolean {
  const first = firstInOutbox(engine.db, group.state.conversation);
  if (first === undefined || decodeBody(first.body)?.kind !== "leave") return false;
  // A `leave` in flight may have been received already.
  return first.parts === null || first.epoch !== group.epoch;
}
