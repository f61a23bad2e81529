/**
 * Reconcile (ID16): any own device adds what the own list has and a conversation lacks. The removal
 * of what the list no longer has needs no plan: the stale-leaf rule sees it before the next send.
 */
import { readConversations } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { jobsOf } from "../groups/commits.ts";
import { plan } from "../groups/jobs.ts";

/** How long the device that linked another has to add it everywhere itself. */
const graceMs = 120_000;

export function reconcileDevices(engine: Engine): void {
  engine.ports.after(graceMs, () => addMissing(engine));
}

export function addMissing(engine: Engine): void {
  if (engine.own === undefined || engine.phase !== "ready") return;
  const { account } = ownOf(engine);
  const listed = engine.lists.devices(account);
  for (const row of readConversations(engine.db)) {
    const group = [...engine.groups.values()].find(
      (one) => row.group_id !== null && equalBytes(one.groupId, row.group_id),
    );
    if (group === undefined || (row.state !== "open" && row.state !== "request-out")) continue;
    const missing = listed.filter(({ id }) => !group.members.some((member) => equalBytes(member.device, id)));
    const planned = jobsOf(engine, row.conversation).flatMap(({ job }) =>
      job.kind === "add-device" ? [job.device] : [],
    );
    const due = missing.filter(({ id }) => !planned.some((device) => equalBytes(device, id)));
    if (due.length === 0) continue;
    engine.db.transaction(() => {
      for (const { id } of due) plan(engine, row.conversation, { kind: "add-device", device: id });
    });
    engine.kick(row.conversation);
  }
}
