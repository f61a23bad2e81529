/**
 * Re-creation (docs/spec/groups.md GR10): whether a new group may replace the one that is held.
 *
 * Pure. The caller has processed all queued messages of the held group first, so `held` is its latest known state.
 */
import { type AccountId, type Bytes, compareBytes, equalBytes } from "@yanshu/wire";
import { roleOf } from "./group-state.ts";
import { type KindTable, knownKinds } from "./kinds/index.ts";
import type { GroupState } from "./types.ts";

/** The most by which a founding number may rise at once, so that nobody can use the numbers up. */
export const foundingLeapMax = 1_000;
const foundingsADay = 65_536;
const dayMs = 86_400_000;
/**
 * How far above the foundings of groups that came here one counts that was only told (docs/spec/groups.md GR67): less
 * than a leap, so that the other side takes what is founded above it.
 */
export const foundingToldMax = 500;

export type HeldConversation = {
  readonly groupId: Bytes;
  readonly epoch: number;
  readonly state: GroupState;
  readonly accounts: readonly AccountId[];
};

type Founding = Pick<GroupState, "founding" | "gate">;

const numberOfDay = (nowMs: number, later = 0) => (Math.floor(nowMs / dayMs) + later) * foundingsADay;

/**
 * The highest number that is followed from `held` (docs/spec/groups.md GR10.1, GR76): a leap above it, or what the next
 * day allows. Who missed several leaps would else be left behind for good by the one who made them.
 */
export function foundingMax(held: number, nowMs: number): number {
  return Math.max(held + foundingLeapMax, numberOfDay(nowMs, 1));
}

/** Of a founder who does not own the group: what this day allows, so that the owner can always go above (GR76). */
function foundingMaxOfOthers(held: number, nowMs: number): number {
  return Math.max(held + 1, numberOfDay(nowMs));
}

/** `founder` is the account whose leaf signed the Welcome. */
export function mayRecreate(
  held: HeldConversation,
  founder: AccountId,
  next: GroupState,
  nowMs: number,
  kinds: KindTable = knownKinds,
): boolean {
  const { state, accounts } = held;
  const rules = kinds.of(state.kind);
  if (rules === undefined) return false;
  if (!equalBytes(state.conversation, next.conversation) || state.kind !== next.kind) return false;
  const isOwners = !rules.isLed || roleOf(state, founder) === "owner";
  const most = isOwners ? foundingMax(state.founding, nowMs) : foundingMaxOfOthers(state.founding, nowMs);
  if (next.founding > most || !comesAfter(state, next)) return false;
  if (!accounts.some((account) => equalBytes(account, founder))) return false;
  if (!rules.isLed) return true;
  if (roleOf(state, founder) === undefined) return false;
  if (state.dissolved === true || next.dissolved === true) return false;
  if (!isOwners && makesCoOwner(state, next)) return false;
  // An admin may re-create a group without its owner, but may not make an owner of a plain member (GR10.3).
  if (isFromLater(held, next)) return true;
  return next.roles.every(({ account, role }) => role !== "owner" || roleOf(state, account) !== undefined);
}

/** Whether it makes an owner beside one who stays: as an owner they could put the other out by a commit (GR85). */
function makesCoOwner(before: GroupState, { roles }: GroupState): boolean {
  const owners = roles.filter(({ role }) => role === "owner");
  const stay = owners.filter(({ account }) => roleOf(before, account) === "owner");
  return stay.length > 0 && stay.length < owners.length;
}

/** Whether the new group was made from a later state than the held one: roles may have changed between (GR10.3). */
function isFromLater({ groupId, epoch, state }: HeldConversation, { founding, previous }: GroupState): boolean {
  if (previous === undefined) return false;
  return equalBytes(previous.groupId, groupId) ? previous.epoch > epoch : founding > state.founding;
}

/** Whether `next` wins over `held`: by the higher founding number, or the lower gate id if the numbers are equal. */
export function comesAfter(held: Founding, next: Founding): boolean {
  if (next.founding !== held.founding) return next.founding > held.founding;
  return compareBytes(next.gate, held.gate) < 0;
}
