/**
 * A contested removal (GR17.10): an account that was removed by a commit it did not see re-creates the group from the
 * state before. Devices that saw the commit refuse that founding, but devices as old as it follow; so an owner or admin
 * founds above it.
 */
import type { Group, Joined, Member } from "@yanshu/mls";
import { type ConversationRow, heardAs, raiseFounding, readGroup } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { planRecreateTelling } from "../group-state/jobs.ts";
import { recreatesAtWishOf } from "./answer-resync.ts";
import { mayFoundAnew } from "./resync.ts";

/** @param refused a founding by an account that is not in `held`. In the turn. */
export function contestRemoval(engine: Engine, row: ConversationRow, held: Group, refused: Joined): void {
  const { db, lists } = engine;
  const { conversation, founding } = refused.state;
  const { account, device } = refused.inviter;
  if (row.state !== "open" || row.frozen !== null || !mayFoundAnew(engine, held) || !isBehind(engine, refused)) return;
  const isOut = (member: Member) => !held.members.some((other) => equalBytes(other.account, member.account));
  db.transaction(() => {
    // Only a device that was in the group can cause a re-creation.
    if (heardAs(db, conversation, device, account) === undefined) return;
    if (!recreatesAtWishOf(engine, conversation, device)) return;
    raiseFounding(db, conversation, founding);
    const out = refused.members.filter((member) => isOut(member) && lists.judge(member) === "listed");
    planRecreateTelling(
      engine,
      conversation,
      out.map((one) => ({ account: one.account, device: one.device, address: one.address, sealKey: one.sealKey })),
    );
  });
  engine.schedule(conversation);
}

/**
 * Whether the founding starts from a state that this device has passed; if not, this device may be the one that missed
 * something.
 */
function isBehind({ db }: Engine, { state: { previous } }: Joined): boolean {
  const passed = previous && readGroup(db, previous.groupId);
  return previous !== undefined && passed !== undefined && previous.epoch <= passed.epoch;
}
