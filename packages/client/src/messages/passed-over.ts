/**
 * Passed over: what a device says that its account's list no longer names (docs/spec/groups.md GR53, docs/spec/sync.md
 * SY61). Its leaf may stand in a group for long: nobody removes it from one that is written to no more, and home may
 * hold a removal back. Where the group goes on, its words are read: it may have said them before it was put out.
 */
import type { Body, UnknownBody } from "@yanshu/content";
import type { Group, Member } from "@yanshu/mls";
import type { Engine } from "../core/engine.ts";
import { isActiveGroup } from "../group-state/store-group.ts";

/**
 * Whether nothing counts that it says there. A device of a frozen account is named still: which of its copies is the
 * thief's nobody knows, and in the group of before it speaks as in the one of now. @checks GR53
 */
export function isPassedOver(engine: Engine, group: Group, sender: Member): boolean {
  return !isActiveGroup(engine, group) && !engine.lists.names(sender);
}

/** What own devices are told, what ends something for its account, and what takes away its way back. */
const ofNamedAlone: ReadonlySet<string> = new Set<Body["kind"]>(["sync", "leave", "familyPiece"]);

/**
 * Whether this one thing does not count, where the rest of what the device says does. A stolen device that contradicts
 * itself would else be obeyed by own devices for as long as none of them can put it out. @checks SY61, SY84, GR53
 */
export function isOfNamedAlone({ lists }: Engine, { kind }: Body | UnknownBody, sender: Member): boolean {
  return ofNamedAlone.has(kind) && (!lists.names(sender) || lists.contradictsItself(sender));
}
