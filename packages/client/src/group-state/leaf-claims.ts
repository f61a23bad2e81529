/**
 * Leaf claims (docs/spec/identity.md ID44): each leaf names the entry of its account's device list that its device
 * knew. If this device holds another entry there, home shows different lists to different people, and the person is
 * warned.
 */
import type { Group, Member } from "@yanshu/mls";
import { countDiagnostic } from "@yanshu/store";
import { equalBytes, leafClaim, toHex } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { alarm } from "./alarm.ts";

/**
 * Inside a transaction, after the device lists that came along were taken.
 *
 * @param before the state before, whose leaves were compared when they came.
 */
export function compareLeaves(engine: Engine, group: Group, before?: Group): void {
  const known = new Set((before?.members ?? []).map(nameOf));
  for (const member of group.members) {
    const list = known.has(nameOf(member)) ? undefined : engine.lists.get(member.account);
    const claim = list === undefined ? "fits" : leafClaim(list, member);
    // @checks ID44
    if (claim === "fits") continue;
    countDiagnostic(engine.db, `leaf-${claim}`);
    alarm(engine, member.account, "list-differs");
  }
}

/**
 * Whether the own leaf names a list entry that was replaced: a device that sees the list only now could not tell that
 * from a lie. If the list got shorter, this waits, since no leaf may name an earlier entry (GR12).
 */
export function isLeafOutdated({ lists }: Engine, { members, ownLeaf }: Group): boolean {
  const own = members.find(({ leaf }) => leaf === ownLeaf);
  const entry = own && lists.get(own.account)?.entries[own.n];
  return own !== undefined && entry !== undefined && !equalBytes(entry.hash, own.entryHash);
}

function nameOf({ device, n, entryHash }: Member): string {
  return `${toHex(device)} ${n} ${toHex(entryHash)}`;
}
