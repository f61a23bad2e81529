/**
 * Put out: what a device of this account commits that its list names no more (docs/spec/groups.md GR49). Until its leaf
 * is taken out it has the keys and the role of its account, and home can hold that removal back.
 */
import type { CommitEffect, Group, Member } from "@yanshu/mls";
import type { ConversationRow } from "@yanshu/store";
import { type DeviceList, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { isSameDevice, roleOf } from "../group-state/store-group.ts";
import { mayFoundAnew } from "./resync.ts";

/** Whether it is a device of this account that the own list does not name. @checks GR49 */
export function isUnnamedOwn(engine: Engine, member: Member): boolean {
  return equalBytes(member.account, ownOf(engine).account) && !engine.lists.names(member);
}

/**
 * Whether this device founds the group anew rather than follow the commit. It alone does that put the other one out: it
 * was on when it did, while one that was off reads honest commits from before. @checks GR49
 */
export function isTakenBack(engine: Engine, before: Group, effect: CommitEffect): boolean {
  const { committer } = effect;
  return (
    isUnnamedOwn(engine, committer) &&
    doesMoreThanTidy(engine, effect) &&
    putOutHere(engine, committer) &&
    mayFoundAnew(engine, before)
  );
}

/** Any member may take out a leaf that is not listed, and bring in the devices of their own account (GR5). */
function doesMoreThanTidy({ lists }: Engine, { added, removed, before, after, committer }: CommitEffect): boolean {
  const stays = (member: Member) => added.some((one) => isSameDevice(one, member));
  const comesAnew = (member: Member) => !removed.some((one) => isSameDevice(one, member));
  return (
    before !== after ||
    removed.some((member) => lists.names(member) && !stays(member)) ||
    added.some((member) => !equalBytes(member.account, committer.account) && comesAnew(member))
  );
}

/** Whether this device signed the entry that names the other one no more. */
function putOutHere(engine: Engine, { deviceKey }: Member): boolean {
  const own = ownOf(engine);
  const entries = engine.lists.get(own.account)?.entries ?? [];
  const last = entries.findLastIndex(({ body }) => body.devices.some((key) => equalBytes(key, deviceKey)));
  const dropping = entries[last + 1];
  return last >= 0 && dropping !== undefined && equalBytes(dropping.body.signer, own.deviceKey.publicKey);
}

/**
 * Whether a group that was dissolved goes on: its owner founds it anew, whose list names the device that ended it no
 * more. @param list of the founder. @checks GR49
 */
export function isDissolvedByPutOut(
  { lists }: Engine,
  { dissolved_by: device }: Pick<ConversationRow, "dissolved_by">,
  held: Group,
  founder: Member,
  list: DeviceList | undefined,
): boolean {
  return device !== null && roleOf(held, founder.account) === "owner" && !lists.namesBy(list, device);
}
