/**
 * The one authorisation function (docs/spec/groups.md GR5): may this account make this change to this group?
 *
 * Pure, and the same for whoever prepares a commit and whoever receives it, so that members never part over a rule.
 * Its cases stand in `vectors/group-state.json`, for other implementations to run.
 */
import { type AccountId, type Bytes, type DeviceId, type DeviceStanding, equalBytes } from "@yanshu/wire";
import { distinctAccounts } from "./conversation.ts";
import { roleOf } from "./group-state.ts";
import type { GroupState } from "./types.ts";

export type RosterLeaf = { readonly account: AccountId; readonly device: DeviceId };

/** What a commit does to the leaves. */
export type RosterChange = {
  /** All leaves before the commit, the committer's included. */
  readonly leaves: readonly RosterLeaf[];
  readonly added: readonly RosterLeaf[];
  readonly removed: readonly (RosterLeaf & { readonly standing: DeviceStanding })[];
};

/** Both states are valid by themselves (GR2); `committer` has a leaf in `change.leaves`. */
export function allowed(before: GroupState, committer: AccountId, change: RosterChange, after: GroupState): boolean {
  return (
    sameGroup(before, after) &&
    change.removed.every((leaf) => mayRemove(before, committer, change, leaf)) &&
    change.added.every((leaf) => mayAdd(before, committer, change, leaf)) &&
    mayChangeState(before, committer, change, after)
  );
}

/** What a group is bound to for its whole life; another founding is another group. */
function sameGroup(before: GroupState, after: GroupState): boolean {
  return (
    before.policyVersion === after.policyVersion &&
    before.kind === after.kind &&
    before.founding === after.founding &&
    before.gateServer === after.gateServer &&
    before.previous?.epoch === after.previous?.epoch &&
    sameOptional(before.previous?.groupId, after.previous?.groupId) &&
    equalBytes(before.conversation, after.conversation) &&
    equalBytes(before.gate, after.gate)
  );
}

function mayRemove(
  before: GroupState,
  committer: AccountId,
  change: RosterChange,
  leaf: RosterChange["removed"][number],
): boolean {
  if (equalBytes(leaf.account, committer)) return true;
  if (leaf.standing !== "listed") return true; // Whoever sends next removes it first.
  if (comesBack(change, leaf)) return true; // Healing: the same device, with fresh keys.
  if (before.kind !== "group" || !outranks(before, committer, leaf.account)) return false;
  return isGone(change, leaf.account); // Removing an account takes all its leaves.
}

function mayAdd(before: GroupState, committer: AccountId, change: RosterChange, leaf: RosterLeaf): boolean {
  if (equalBytes(leaf.account, committer)) return before.kind !== "direct" || fitsDirect(change);
  if (change.removed.some((removed) => sameDevice(removed, leaf))) return true;
  if (takesStalePlace(change, leaf.account)) return true;
  switch (before.kind) {
    case "own":
      return false;
    case "direct":
      // Only as the second of the two: whose leaves are already here adds its own devices itself.
      return !hasLeaf(change.leaves, leaf.account) && fitsDirect(change);
    case "group":
      return !before.settings.adminsOnlyAdd || roleOf(before, committer) !== undefined;
  }
}

function mayChangeState(before: GroupState, committer: AccountId, change: RosterChange, after: GroupState): boolean {
  if (before.kind !== "group") return true; // Each of the two, and each own device, may name and set as it likes.
  const role = roleOf(before, committer);
  const settings =
    before.settings.adminsOnlyAdd === after.settings.adminsOnlyAdd &&
    before.settings.adminsOnlyEdit === after.settings.adminsOnlyEdit;
  if (!settings && role === undefined) return false;
  const texts =
    before.name === after.name &&
    before.announcement === after.announcement &&
    sameOptional(before.avatar, after.avatar);
  if (!texts && before.settings.adminsOnlyEdit && role === undefined) return false;
  return mayChangeRoles(before, committer, change, after);
}

function mayChangeRoles(before: GroupState, committer: AccountId, change: RosterChange, after: GroupState): boolean {
  const role = roleOf(before, committer);
  const given = after.roles.filter((entry) => roleOf(before, entry.account) !== entry.role);
  const taken = before.roles.filter((entry) => roleOf(after, entry.account) === undefined);
  if (role === "owner") return given.every((entry) => staysOrComes(change, entry.account));
  if (given.length > 0) return false;
  // An admin may take the role from another admin whom the same commit removes, and from nobody else.
  return taken.every((entry) => role === "admin" && entry.role === "admin" && isGone(change, entry.account));
}

function outranks(state: GroupState, committer: AccountId, other: AccountId): boolean {
  const role = roleOf(state, committer);
  return role === "owner" || (role === "admin" && roleOf(state, other) !== "owner");
}

/** The same device leaves and enters in one commit. */
function comesBack(change: RosterChange, leaf: RosterLeaf): boolean {
  return change.added.some((added) => sameDevice(added, leaf));
}

/** New devices of an account, as many as its unlisted leaves that this commit removes. */
function takesStalePlace(change: RosterChange, account: AccountId): boolean {
  const stale = change.removed.filter((leaf) => leaf.standing !== "listed" && equalBytes(leaf.account, account));
  const fresh = change.added.filter(
    (leaf) => equalBytes(leaf.account, account) && !change.removed.some((removed) => sameDevice(removed, leaf)),
  );
  return fresh.length <= stale.filter((leaf) => !comesBack(change, leaf)).length;
}

/** No leaf of the account stays, and none comes. */
function isGone(change: RosterChange, account: AccountId): boolean {
  return !staysOrComes(change, account) && hasLeaf(change.leaves, account);
}

function staysOrComes(change: RosterChange, account: AccountId): boolean {
  if (hasLeaf(change.added, account)) return true;
  return change.leaves.some(
    (leaf) => equalBytes(leaf.account, account) && !change.removed.some((removed) => sameDevice(removed, leaf)),
  );
}

function fitsDirect(change: RosterChange): boolean {
  return distinctAccounts([...change.leaves, ...change.added].map(({ account }) => account)).length <= 2;
}

function hasLeaf(leaves: readonly RosterLeaf[], account: AccountId): boolean {
  return leaves.some((leaf) => equalBytes(leaf.account, account));
}

function sameDevice(one: RosterLeaf, other: RosterLeaf): boolean {
  return equalBytes(one.device, other.device) && equalBytes(one.account, other.account);
}

function sameOptional(one: Bytes | undefined, other: Bytes | undefined): boolean {
  return one === undefined || other === undefined ? one === other : equalBytes(one, other);
}
