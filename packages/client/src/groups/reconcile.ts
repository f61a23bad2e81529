/**
 * Reconcile (ID16): any own device adds what the own list has and a conversation lacks. The removal
 * of what the list no longer has needs no plan: the stale-leaf rule sees it before the next send.
 */
import { type ConversationRow, readConversation, readConversations } from "@yanshu/store";
import { type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { jobsOf, plan } from "../group-state/jobs.ts";
import { isSameDevice } from "../group-state/store-group.ts";
import { keepContactCapability } from "../identity/contact-link.ts";

/** How long the device that linked another has to add it everywhere itself. */
const graceMs = 120_000;

export function reconcileDevices(engine: Engine): void {
  engine.ports.after(graceMs, () => addMissing(engine));
}

/** After joining: for that conversation alone, so that joining many costs no more than each. */
export function reconcileLater(engine: Engine, conversation: ConversationId): void {
  engine.ports.after(graceMs, () => {
    const row = readConversation(engine.db, conversation);
    if (engine.own !== undefined && engine.phase === "ready" && row !== undefined) addMissingTo(engine, row);
  });
}

function addMissing(engine: Engine): void {
  if (engine.own === undefined || engine.phase !== "ready") return;
  void keepContactCapability(engine);
  for (const row of readConversations(engine.db)) {
    addMissingTo(engine, row);
    foundMissing(engine, row);
  }
}

/** The own device that unblocked may be gone before it founded anew: whichever is left does it. */
function foundMissing(engine: Engine, row: ConversationRow): void {
  if (!kindOf(engine, row).isFoundedAnew || row.state !== "open" || row.group_id !== null) return;
  if (jobsOf(engine, row.conversation).some(({ job }) => job.kind === "found" || job.kind === "refound")) return;
  engine.db.transaction(() => plan(engine, row.conversation, { kind: "refound", without: [] }));
  engine.kick(row.conversation);
}

/** Also after each own commit: a founding goes ahead without an own device whose packages were not to be had. */
export function addMissingTo(engine: Engine, row: ConversationRow): void {
  const group = row.group_id === null ? undefined : engine.groups.get(toHex(row.group_id));
  if (group === undefined || !["open", "request-out", "forming"].includes(row.state)) return;
  const { account } = ownOf(engine);
  const planned = jobsOf(engine, row.conversation).flatMap(({ job }) =>
    job.kind === "add-device" ? [job.device] : [],
  );
  const missing = engine.lists
    .devices(account)
    .filter(
      ({ id: device }) =>
        !group.members.some((member) => isSameDevice(member, { account, device })) &&
        !planned.some((other) => equalBytes(other, device)),
    );
  if (missing.length === 0) return;
  engine.db.transaction(() => {
    for (const { id } of missing) plan(engine, row.conversation, { kind: "add-device", device: id });
  });
  engine.kick(row.conversation);
}
