/**
 * Reconcile (docs/spec/identity.md ID16): an own device that is in the own device list and not in a conversation's
 * group is added by any other own device. A device that is not in the list any more needs no job here: the next send
 * removes its stale leaf.
 */
import { type ConversationRow, readConversation, readConversations } from "@yanshu/store";
import { type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { jobsOf, plan } from "../group-state/jobs.ts";
import { isSameDevice } from "../group-state/store-group.ts";
import { keepContactCapability } from "../identity/contact-link.ts";
import { foundMissingOwn } from "../messages/own-devices.ts";

/** The device that linked another has this long to add it to all groups. Then the other own devices do it. */
const graceMs = 120_000;

/** Adds missing own devices to all conversations after the grace period. */
export function reconcileDevices(engine: Engine): void {
  engine.ports.after(graceMs, () => addMissing(engine));
}

/**
 * The same after this device joined a group, for that conversation alone: joining many does not check all each time.
 */
export function reconcileLater(engine: Engine, conversation: ConversationId): void {
  engine.ports.after(graceMs, () => {
    const row = readConversation(engine.db, conversation);
    if (engine.own !== undefined && engine.phase === "ready" && row !== undefined) addMissingTo(engine, row);
  });
}

function addMissing(engine: Engine): void {
  if (engine.own === undefined || engine.phase !== "ready") return;
  void keepContactCapability(engine);
  foundMissingOwn(engine);
  for (const row of readConversations(engine.db)) {
    addMissingTo(engine, row);
    foundMissing(engine, row);
  }
}

/**
 * Re-creates an open chat of two that has no group. The own device that unblocked the peer may be gone before it did
 * so; then any other own device does it.
 */
function foundMissing(engine: Engine, row: ConversationRow): void {
  if (!kindOf(engine, row).isFoundedAnew || row.state !== "open" || row.group_id !== null) return;
  if (jobsOf(engine, row.conversation).some(({ job }) => job.kind === "create" || job.kind === "recreate")) return;
  engine.db.transaction(() => plan(engine, row.conversation, { kind: "recreate", without: [] }));
  engine.schedule(row.conversation);
}

/**
 * Plans a job for each own device that is missing in a conversation. Also called after each own commit: a group may
 * have been founded without an own device because home had no key package of it.
 */
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
  engine.schedule(row.conversation);
}
