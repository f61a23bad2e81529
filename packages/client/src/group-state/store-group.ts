/** Between a live MLS state and its rows: loading, storing, and what screens read of it. */
import type { Group, Member, RatchetPatch, Role } from "@yanshu/mls";
import {
  assignAddress,
  type ConversationRow,
  forgetUnseated,
  type GroupRow,
  heardAs,
  readConversation,
  readGroup,
  readMembers,
  readRatchets,
  setCurrentGroup,
  setDissolved,
  writeGroup,
  writeHeard,
  writeRoster,
  writeTag,
} from "@yanshu/store";
import { type AccountId, type Bytes, type ConversationId, equalBytes, plain, toHex } from "@yanshu/wire";
import { pack } from "../cbor.ts";
import { type Engine, sameBytes } from "../core/engine.ts";
import { identityOf } from "../identity/own.ts";
import { isNamedLeftOut } from "./left-out.ts";

/**
 * The live state of a stored group; undefined if it is not stored, lost, or of a kind that this version does not know.
 */
export async function liveGroup(engine: Engine, groupId: Bytes): Promise<Group | undefined> {
  const cached = engine.groups.get(toHex(groupId));
  if (cached !== undefined) return cached;
  const row = readGroup(engine.db, groupId);
  if (row === undefined || row.status === "lost") return undefined;
  const conversation = readConversation(engine.db, row.conversation);
  // A group of an unknown kind was joined by a later version, and only that can read it.
  if (conversation !== undefined && !engine.conversations.knows(conversation.kind)) return undefined;
  const group = await engine.mls.load(
    { base: row.base, patches: readRatchets(engine.db, groupId) },
    identityOf(engine),
  );
  for (const member of group.members) await engine.lists.load(member.account);
  engine.groups.set(toHex(groupId), group);
  return group;
}

export type NewState = {
  readonly group: Group;
  readonly base: Bytes;
  readonly ratchets: readonly RatchetPatch[];
  readonly status: GroupRow["status"];
  readonly address: Bytes;
  readonly fresh: boolean;
};

/** Writes a whole state; inside a transaction. The caller adds it to `engine.groups` afterwards. */
export function writeState(engine: Engine, state: NewState): void {
  const { group } = state;
  const { conversation, founding, gate } = group.state;
  writeGroup(
    engine.db,
    {
      group_id: group.groupId,
      conversation,
      founding,
      gate,
      epoch: group.epoch,
      base: state.base,
      status: state.status,
      address: state.address,
      fresh: state.fresh ? 1 : 0,
    },
    state.ratchets,
  );
  writeTag(engine.db, group.keys.tag, group.groupId, group.epoch, group.keys.envelopeKey);
  assignAddress(engine.db, state.address, conversation);
  if (state.status !== "active") return;
  for (const { account } of group.state.roles)
    if (isSeated(group, account)) forgetUnseated(engine.db, conversation, account);
  setCurrentGroup(engine.db, conversation, group.groupId, founding);
  writeRosterOf(engine, group);
}

function writeRosterOf(engine: Engine, group: Group): void {
  const { state } = group;
  // The member list of a dissolved group stays readable.
  if (state.dissolved === true) {
    setDissolved(engine.db, state.conversation);
    return;
  }
  writeRoster(engine.db, state.conversation, {
    title: plain(state.name),
    avatar: state.avatar,
    announcement: state.announcement,
    adminsAdd: state.settings.adminsOnlyAdd,
    adminsEdit: state.settings.adminsOnlyEdit,
    approval: state.settings.approval === true,
    history: state.settings.history,
    link: state.link === undefined ? undefined : pack(state.link),
    members: accountsOf(group.members).map((account) => ({ account, role: roleOf(group, account) ?? "member" })),
  });
}

/** SY5: a device that joins while we are here starts at seq 1, so that a missing first message is noticed. */
export function expectFromStart(engine: Engine, group: Group, members: readonly Member[]): void {
  for (const { device, account } of members) {
    if (heardAs(engine.db, group.state.conversation, device, account) === undefined)
      writeHeard(engine.db, group.state.conversation, { device, account, highest: 0 });
  }
}

/** The devices of a new active group that the one before did not have. */
export function newDevices(before: Group, group: Group): readonly Member[] {
  return group.members.filter((member) => !before.members.some((other) => isSameDevice(other, member)));
}

/**
 * Whether both name one device of one account: a known key that now speaks for another account is a new device (ID3a).
 */
export function isSameDevice(one: DeviceOf, other: DeviceOf): boolean {
  return equalBytes(one.device, other.device) && equalBytes(one.account, other.account);
}
type DeviceOf = Pick<Member, "device" | "account">;

export function accountsOf(members: readonly Member[]): readonly AccountId[] {
  return [...new Map(members.map((member) => [toHex(member.account), member.account])).values()];
}

/**
 * Whether this is the conversation's active group. Messages of another group, until it is drained, change nothing
 * (GR17.7).
 */
export function isActiveGroup(
  { db }: Pick<Engine, "db">,
  { groupId, state }: Pick<Group, "groupId" | "state">,
): boolean {
  return sameBytes(readConversation(db, state.conversation)?.group_id, groupId);
}

export function isAmong(account: AccountId, members: readonly Pick<Member, "account">[]): boolean {
  return members.some((member) => equalBytes(member.account, account));
}

/** Whether a conversation is with this account, or has it as a member. */
export function isThere(
  { db }: Pick<Engine, "db">,
  row: Pick<ConversationRow, "peer" | "conversation">,
  account: AccountId,
): boolean {
  return (row.peer !== null && equalBytes(row.peer, account)) || isAmong(account, readMembers(db, row.conversation));
}

export function roleOf(group: Group, account: AccountId): Role | undefined {
  return group.state.roles.find((role) => equalBytes(role.account, account))?.role;
}

/** Whether the account owns the group, and is in it or is let in when it asks (GR57). */
export function isSeated(group: Group, account: AccountId): boolean {
  return (
    roleOf(group, account) === "owner" && (isAmong(account, group.members) || isNamedLeftOut(group.state, account))
  );
}

/** Whether `account` may re-create the group (GR10): an owner or admin; in a group without roles, any member. */
export function mayRecreate(group: Group, account: AccountId): boolean {
  if (group.state.dissolved === true) return false;
  if (group.rules.isLed) return roleOf(group, account) !== undefined;
  return isAmong(account, group.members);
}

/** Whether the account has sent a `leave` in this conversation. */
export function saidLeave(engine: Engine, conversation: ConversationId, account: AccountId): boolean {
  return (
    engine.db.get(
      "SELECT 1 FROM messages WHERE conversation = ? AND author = ? AND kind = 'leave' LIMIT 1",
      conversation,
      account,
    ) !== undefined
  );
}
