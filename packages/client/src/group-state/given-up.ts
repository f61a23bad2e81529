/**
 * Given up: a planned change that is let be (docs/spec/sync.md SY71). What a person tapped does not vanish without a
 * line.
 */
import { deleteJob, readConversation } from "@yanshu/store";
import { type AccountId, type ConversationId, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { type Job, jobsOf, type StoredJob } from "./jobs.ts";
import { insertLine } from "./lines.ts";

/** Those of the jobs that are planned still: meanwhile another may have done one. Inside a transaction. */
export function giveUpJobs(
  engine: Engine,
  conversation: ConversationId,
  which: readonly Pick<StoredJob, "id">[],
): void {
  const jobs = jobsOf(engine, conversation).filter(({ id }) => which.some((one) => one.id === id));
  for (const { id } of jobs) deleteJob(engine.db, id);
  // Who is missing in a chat of two is added by no tap.
  if (!kindOf(engine, readConversation(engine.db, conversation)).membersChange) return;
  const tapped = jobs.map(({ job }) => job).filter(isTapped);
  const people = tapped.flatMap(addedBy).map(toHex);
  const say = (who: readonly string[]) =>
    insertLine(engine, conversation, ownOf(engine).account, { kind: "not-done", people: who });
  if (people.length > 0) say([...new Set(people)]);
  if (tapped.some((job) => addedBy(job).length === 0)) say([]);
}

function addedBy(job: Job): readonly AccountId[] {
  return job.kind === "add" || job.kind === "join" ? [job.account] : [];
}

/** Whether a person waits for it. The rest a device plans by itself, and plans again where it is still needed. */
function isTapped(job: Job): boolean {
  switch (job.kind) {
    case "create":
    case "recreate":
    case "add-device":
    case "replace":
    case "left-out":
    case "refresh":
      return false;
    case "join":
      return job.isApproved;
    default:
      return true;
  }
}
