/** Between a live MLS state and its rows: loading, adopting, and what the screens read of it. */
import type { Group, Member, RatchetPatch, Role } from "@yanshu/mls";
import {
  assignAddress,
  type GroupRow,
  heardAs,
  readConversation,
  readGroup,
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
import type { Engine } from "../core/engine.ts";
import { identityOf } from "../identity/own.ts";

/** The live state of a stored group; undefined when it is not there. */
export async function liveGroup(engine: Engine, groupId: Bytes): Promise<Group | undefined> {
  const cached = engine.groups.get(toHex(groupId));
  if (cached !== undefined) return cached;
  const row = readGroup(engine.db, groupId);
  if (row === undefined || row.status === "lost") return undefined;
  const conversation = readConversation(engine.db, row.conversation);
  // What a later version joined is read by a later version.
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

/** Writes a whole state; inside a transaction. The caller puts it among the live ones afterwards. */
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
  setCurrentGroup(engine.db, conversation, group.groupId, founding);
  writeRosterOf(engine, group);
}

function writeRosterOf(engine: Engine, group: Group): void {
  const { state } = group;
  // Who was in it stays to be read.
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

/** SY5: a device that comes while we are here starts at seq 1, so that its first message can be missed. */
export function expectFromStart(engine: Engine, group: Group, members: readonly Member[]): void {
  for (const { device, account } of members) {
    if (heardAs(engine.db, group.state.conversation, device, account) === undefined)
      writeHeard(engine.db, group.state.conversation, { device, account, highest: 0 });
  }
}

/** Devices that a group which takes over has, and the one before it had not. */
export function newDevices(before: Group, group: Group): readonly Member[] {
  return group.members.filter((member) => !before.members.some((other) => isSameDevice(other, member)));
}

/** One device of one account: a key that speaks for another account now is a device that nobody knows yet (ID3a). */
export function isSameDevice(one: DeviceOf, other: DeviceOf): boolean {
  return equalBytes(one.device, other.device) && equalBytes(one.account, other.account);
}
type DeviceOf = Pick<Member, "device" | "account">;

export function accountsOf(members: readonly Member[]): readonly AccountId[] {
  return [...new Map(members.map((member) => [toHex(member.account), member.account])).values()];
}

export function roleOf(group: Group, account: AccountId): Role | undefined {
  return group.state.roles.find((role) => equalBytes(role.account, account))?.role;
}

/** Whether `account` may re-create it (GR10): any admin; where nobody leads, either side. */
export function mayRecreate(group: Group, account: AccountId): boolean {
  if (group.state.dissolved === true) return false;
  if (group.rules.isLed) return roleOf(group, account) !== undefined;
  return group.members.some((member) => equalBytes(member.account, account));
}

/** By their own word, in this conversation. */
export function saidLeave(engine: Engine, conversation: ConversationId, account: AccountId): boolean {
  return (
    engine.db.get(
      "SELECT 1 FROM messages WHERE conversation = ? AND author = ? AND kind = 'leave' LIMIT 1",
      conversation,
      account,
    ) !== undefined
  );
}
