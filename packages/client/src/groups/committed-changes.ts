/**
 * Committed changes: what commits of this device brought about. A founding may be made from a state before them, by who
 * could not follow a commit, or is behind; then the one who did it does it again (docs/spec/groups.md GR17.9).
 */
import type { Group } from "@yanshu/mls";
import { addCommittedChange, deleteCommittedChange, readCommittedChanges } from "@yanshu/store";
import { limits } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, kindOf, sameBytes } from "../core/engine.ts";
import { type Job, plan } from "../group-state/jobs.ts";
import { isDone } from "./commits.ts";

/** Nobody who founds has been away for longer than home keeps what waits for them. */
const keptMsMax = limits.queueDays * 86_400_000;
const keptMax = 64;

/** A commit of this device that led to `group` did the job. Inside a transaction. */
export function keepCommittedChange(engine: Engine, { state, groupId, epoch }: Group, job: Job): void {
  const again = redone(job);
  if (!kindOf(engine, state).membersChange || again === undefined) return;
  const { conversation, founding } = state;
  const nowMs = engine.ports.nowMs();
  const change = { conversation, group_id: groupId, founding, epoch, done_ms: nowMs, args: pack(again) };
  addCommittedChange(engine.db, change, { sinceMs: nowMs - keptMsMax, keptMax });
}

/** What a device would have to do again; what belongs to one group, or is seen to otherwise, it would not. */
function redone(job: Job): Job | undefined {
  switch (job.kind) {
    case "join":
      return { kind: "add", account: job.account }; // The packages that came with the asking are used up.
    case "add":
    case "remove":
    case "name":
    case "announce":
    case "picture":
    case "role":
    case "link":
    case "approval":
    case "history":
      return job;
    default:
      return undefined;
  }
}

/** Plans again what the founder of `next` could not know, and `before` showed until now. Inside a transaction. */
export function redoCommittedChanges(engine: Engine, before: Group, next: Group): void {
  const { conversation, founding, previous } = next.state;
  for (const change of readCommittedChanges(engine.db, conversation)) {
    const isLaterThere =
      sameBytes(previous?.groupId, change.group_id) && previous !== undefined && change.epoch > previous.epoch;
    if (!isLaterThere && change.founding < founding) continue;
    const did = unpack<Job>(change.args);
    // Anyone who is left behind knows the link, and the one before it was ended: anyone who leads makes another
    // (GR26.10).
    const job: Job = did.kind === "link" ? { kind: "link", link: null } : did;
    if (!isDone(engine, before, did) || isDone(engine, next, job)) continue;
    plan(engine, conversation, job);
    deleteCommittedChange(engine.db, change.change);
  }
}
