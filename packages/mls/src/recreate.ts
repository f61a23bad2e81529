/**
 * Re-creating (docs/spec/groups.md GR10): whether a new group may take the place of the one that is held.
 *
 * Pure. The caller has drained the held group's queue, so `held` is the last state that it can know of.
 */
import { type AccountId, type Bytes, compareBytes, equalBytes } from "@yanshu/wire";
import { roleOf } from "./group-state.ts";
import { type KindTable, knownKinds } from "./kinds/index.ts";
import type { GroupState } from "./types.ts";

/** How far a founding number may leap, so that nobody can use them up. */
export const foundingLeapMax = 1_000;

export type HeldConversation = {
  readonly groupId: Bytes;
  readonly epoch: number;
  readonly state: GroupState;
  readonly accounts: readonly AccountId[];
};

type Founding = Pick<GroupState, "founding" | "gate">;

/** `founder` is the account whose leaf signed the Welcome. */
export function mayRecreate(
  held: HeldConversation,
  founder: AccountId,
  next: GroupState,
  kinds: KindTable = knownKinds,
): boolean {
  const { state, accounts } = held;
  const rules = kinds.of(state.kind);
  if (rules === undefined) return false;
  if (!equalBytes(state.conversation, next.conversation) || state.kind !== next.kind) return false;
  if (next.founding > state.founding + foundingLeapMax || !comesAfter(state, next)) return false;
  if (!accounts.some((account) => equalBytes(account, founder))) return false;
  if (!rules.isLed) return true;
  if (roleOf(state, founder) === undefined) return false;
  if (state.dissolved === true || next.dissolved === true) return false;
  // An admin can leave an owner behind, but can make none of somebody who decided nothing before.
  if (isFromLater(held, next)) return true;
  return next.roles.every(({ account, role }) => role !== "owner" || roleOf(state, account) !== undefined);
}

/** Whether it was founded from a state that comes after the held one, in which roles may have moved (GR10.3). */
function isFromLater({ groupId, epoch, state }: HeldConversation, { founding, previous }: GroupState): boolean {
  if (previous === undefined) return false;
  return equalBytes(previous.groupId, groupId) ? previous.epoch > epoch : founding > state.founding;
}

/** The higher founding wins; of two with one number, the lower gate id. */
export function comesAfter(held: Founding, next: Founding): boolean {
  if (next.founding !== held.founding) return next.founding > held.founding;
  return compareBytes(next.gate, held.gate) < 0;
}
