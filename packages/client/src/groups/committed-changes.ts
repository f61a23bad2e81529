/**
 * Committed changes: jobs that commits of this device fulfilled. A device that missed such a commit may found the group
 * from a state before it; then the device that made the change makes it again (docs/spec/groups.md GR17.9).
 */
import type { Group } from "@yanshu/mls";
import { addCommittedChange, deleteCommittedChange, readCommittedChanges } from "@yanshu/store";
import { limits } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, kindOf, sameBytes } from "../core/engine.ts";
import { type Job, plan } from "../group-state/jobs.ts";
import { isDone } from "./commits.ts";

/** No founder has been offline for longer than home keeps messages. */
const keptMsMax = limits.queueDays * 86_400_000;
const keptMax = 64;

/** Stores a job that a commit of this device, leading to `group`, fulfilled. Inside a transaction. */
export function keepCommittedChange(engine: Engine, { state, groupId, epoch }: Group, job: Job): void {
  const again = redone(job);
  if (!kindOf(engine, state).membersChange || again === undefined) return;
  const { conversation, founding } = state;
  const nowMs = engine.ports.nowMs();
  const change = { conversation, group_id: groupId, founding, epoch, done_ms: nowMs, args: pack(again) };
  addCommittedChange(engine.db, change, { sinceMs: nowMs - keptMsMax, keptMax });
}

/** The job to do again; undefined if it concerns one group only, or another mechanism repeats it. */
function redone(job: Job): Job | undefined {
  switch (job.kind) {
    case "join":
      return { kind: "add", account: job.account }; // The key packages of the request are used up.
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

/**
 * Plans again the changes that the founder of `next` could not know, and that `before` still shows. Inside a
 * transaction.
 */
export function redoCommittedChanges(engine: Engine, before: Group, next: Group): void {
  const { conversation, founding, previous } = next.state;
  for (const change of readCommittedChanges(engine.db, conversation)) {
    const isLaterThere =
      sameBytes(previous?.groupId, change.group_id) && previous !== undefined && change.epoch > previous.epoch;
    if (!isLaterThere && change.founding < founding) continue;
    const did = unpack<Job>(change.args);
    // Members who were left out know the link, and the one before it had been ended: an owner or admin makes another
    // (GR26.10).
    const job: Job = did.kind === "link" ? { kind: "link", link: null } : did;
    if (!isDone(engine, before, did) || isDone(engine, next, job)) continue;
    plan(engine, conversation, job);
    deleteCommittedChange(engine.db, change.change);
  }
}
