/**
 * Authorisation (docs/spec/groups.md GR5): may this account make this change to this group?
 *
 * `allowed` is pure. The committer and every receiver call it, so that members never disagree on a commit. Its test
 * vectors are in `vectors/group-state.json`.
 */
import { type AccountId, type Address, type Bytes, type DeviceId, type DeviceStanding, equalBytes } from "@yanshu/wire";
import { distinctAccounts } from "./conversation.ts";
import { roleOf } from "./group-state.ts";
import { type ConversationRules, type KindTable, knownKinds } from "./kinds/index.ts";
import type { GroupState } from "./types.ts";

type Additions = NonNullable<GroupState["more"]>;

export type RosterLeaf = { readonly account: AccountId; readonly device: DeviceId };
type Added = RosterLeaf & { readonly replaces?: Address };
type Removed = RosterLeaf & { readonly address: Address; readonly standing: DeviceStanding };

/** What a commit does to the leaves. */
export type RosterChange = {
  /** All leaves before the commit, the committer's included. */
  readonly leaves: readonly RosterLeaf[];
  readonly added: readonly Added[];
  readonly removed: readonly Removed[];
};

/** Both states must be valid (GR2), and `committer` must have a leaf in `change.leaves`. @checks GR5 */
export function allowed(
  before: GroupState,
  committer: AccountId,
  change: RosterChange,
  after: GroupState,
  kinds: KindTable = knownKinds,
): boolean {
  const rules = kinds.of(before.kind);
  return (
    rules !== undefined &&
    sameGroup(before, after) &&
    change.removed.every((leaf) => mayRemove(before, committer, change, leaf)) &&
    change.added.every((leaf) => mayAdd(rules, before, committer, change, leaf)) &&
    mayChangeState(rules, before, committer, change, after) &&
    mayDissolve(before, committer, change, after)
  );
}

/**
 * Only an owner dissolves a group, in a commit after which no other account is in it (GR5.10). The state of a
 * dissolved group never changes. @checks GR5
 */
function mayDissolve(before: GroupState, committer: AccountId, change: RosterChange, after: GroupState): boolean {
  if (after.dissolved === undefined) return before.dissolved === undefined;
  const isAlone = [...change.leaves, ...change.added].every(
    ({ account }) => equalBytes(account, committer) || !staysOrComes(change, account),
  );
  return before.dissolved === true ? sameContent(before, after) : isAlone && roleOf(before, committer) === "owner";
}

function sameContent(before: GroupState, after: GroupState): boolean {
  return (
    sameTexts(before, after) &&
    before.announcement === after.announcement &&
    sameSettings(before, after) &&
    before.roles.length === after.roles.length &&
    after.roles.every(({ account, role }) => roleOf(before, account) === role)
  );
}

function sameTexts(before: GroupState, after: GroupState): boolean {
  return before.name === after.name && sameOptional(before.avatar, after.avatar);
}

/** Permissions, the link, approval and history for newcomers: fields that only owners and admins change. */
function sameSettings(before: GroupState, after: GroupState): boolean {
  return (
    before.settings.adminsOnlyAdd === after.settings.adminsOnlyAdd &&
    before.settings.adminsOnlyEdit === after.settings.adminsOnlyEdit &&
    before.settings.approval === after.settings.approval &&
    before.settings.history === after.settings.history &&
    before.link?.expiresMs === after.link?.expiresMs &&
    before.link?.left === after.link?.left &&
    sameOptional(before.link?.secret, after.link?.secret) &&
    sameOptional(before.link?.token, after.link?.token) &&
    sameAdditions(before.more ?? [], after.more ?? [])
  );
}

/** Fields of a later version: only owners and admins change them, and older clients keep them (WI20). */
function sameAdditions(before: Additions, after: Additions): boolean {
  return (
    before.length === after.length &&
    before.every(({ type, data }, i) => type === after[i]?.type && sameOptional(data, after[i].data))
  );
}

/** Whether the fields are equal that never change within a group (GR5.2). @checks GR5 */
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

/** @checks GR5 */
function mayRemove(before: GroupState, committer: AccountId, change: RosterChange, leaf: Removed): boolean {
  if (equalBytes(leaf.account, committer)) return true;
  if (leaf.standing !== "listed") return true; // Anybody may remove a stale leaf (GR5.4).
  if (change.added.some((added) => resyncs(leaf, added))) return true;
  // Only a group has roles. An account is removed with all its leaves (GR5.8).
  return outranks(before, committer, leaf.account) && isGone(change, leaf.account);
}

/** @checks GR5 */
function mayAdd(
  rules: ConversationRules,
  before: GroupState,
  committer: AccountId,
  change: RosterChange,
  leaf: Added,
): boolean {
  if (hasLeaf(change.leaves, leaf.account)) return !addsUnasked(committer, change, leaf);
  return rules.admits({
    leads: roleOf(before, committer) !== undefined,
    adminsOnlyAdd: before.settings.adminsOnlyAdd,
    approval: before.settings.approval === true,
    isDissolved: before.dissolved === true,
    accounts: () => distinctAccounts([...change.leaves, ...change.added].map(({ account }) => account)).length,
  });
}

/** @checks GR5 */
function mayChangeState(
  rules: ConversationRules,
  before: GroupState,
  committer: AccountId,
  change: RosterChange,
  after: GroupState,
): boolean {
  if (!rules.isLed) return true; // Without roles, any member may change the state.
  const role = roleOf(before, committer);
  const leads = role !== undefined;
  if (!leads && !(sameSettings(before, after) && before.announcement === after.announcement)) return false;
  if (!leads && before.settings.adminsOnlyEdit && !sameTexts(before, after)) return false;
  return mayChangeRoles(before, committer, change, after);
}

/** @checks GR5 */
function mayChangeRoles(before: GroupState, committer: AccountId, change: RosterChange, after: GroupState): boolean {
  const role = roleOf(before, committer);
  const given = after.roles.filter((entry) => roleOf(before, entry.account) !== entry.role);
  const taken = before.roles.filter((entry) => roleOf(after, entry.account) === undefined);
  if (role === "owner") return given.every((entry) => staysOrComes(change, entry.account));
  if (given.length > 0) return false;
  // An admin may take the role from another admin whom the same commit removes, and from nobody else.
  return taken.every((entry) => role === "admin" && entry.role === "admin" && isGone(change, entry.account));
}

/** Whether `committer` may remove an account whose devices are all listed (GR5.8). */
export function outranks(state: GroupState, committer: AccountId, other: AccountId): boolean {
  const role = roleOf(state, committer);
  return role === "owner" || (role === "admin" && roleOf(state, other) !== "owner");
}

/**
 * Whether one commit removes a device and adds it again. The added leaf must name the removed one in `replaces`: the
 * device asked for that. It would be locked out by a key package that it made for another purpose (GR5.5).
 */
function resyncs(removed: Removed, added: Added): boolean {
  return sameDevice(removed, added) && sameOptional(added.replaces, removed.address);
}

/**
 * Whether `leaf` belongs to another account that already has leaves, and its device did not ask to be added (GR5.5a).
 * A device asks with a key package that has `replaces`: it has lost its state, or was left out when the group was made.
 */
export function addsUnasked(committer: AccountId, change: RosterChange, leaf: Added): boolean {
  // not a check: these may.
  if (equalBytes(leaf.account, committer) || !hasLeaf(change.leaves, leaf.account)) return false;
  const hasPlace = change.leaves.some((other) => equalBytes(other.device, leaf.device));
  return hasPlace ? !change.removed.some((removed) => resyncs(removed, leaf)) : leaf.replaces === undefined;
}

/** The account had leaves, and has none after the commit. */
function isGone(change: RosterChange, account: AccountId): boolean {
  return !staysOrComes(change, account) && hasLeaf(change.leaves, account);
}

function staysOrComes(change: RosterChange, account: AccountId): boolean {
  if (hasLeaf(change.added, account)) return true;
  return change.leaves.some(
    (leaf) => equalBytes(leaf.account, account) && !change.removed.some((removed) => sameDevice(removed, leaf)),
  );
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
