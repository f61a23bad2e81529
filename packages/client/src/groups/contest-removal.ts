/**
 * A removal that is contested (GR17.10): anyone who was sent away by a commit that they could not follow, or did not
 * hear of, founds the group anew from the state before. Who knows better refuses it, but who is as far behind follows;
 * so anyone who leads founds above.
 */
import type { Group, Joined, Member } from "@yanshu/mls";
import { type ConversationRow, heardAs, raiseFounding, readGroup } from "@yanshu/store";
import { equalBytes } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { planRecreateTelling } from "../group-state/jobs.ts";
import { recreatesAtWishOf } from "./answer-resync.ts";
import { mayFoundAnew } from "./resync.ts";

/** @param refused a founding by somebody who is not in `held`. In the turn. */
export function contestRemoval(engine: Engine, row: ConversationRow, held: Group, refused: Joined): void {
  const { db, lists } = engine;
  const { conversation, founding } = refused.state;
  const { account, device } = refused.inviter;
  if (row.state !== "open" || row.frozen !== null || !mayFoundAnew(engine, held) || !isBehind(engine, refused)) return;
  const isOut = (member: Member) => !held.members.some((other) => equalBytes(other.account, member.account));
  db.transaction(() => {
    // Nobody has it founded anew but with a device that was there.
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

/** Founded from a state that this device came past: else it is this one that has not heard of everything. */
function isBehind({ db }: Engine, { state: { previous } }: Joined): boolean {
  const passed = previous && readGroup(db, previous.groupId);
  return previous !== undefined && passed !== undefined && previous.epoch <= passed.epoch;
}
