/** The leaf of this device in a group. */
import type { Group } from "@yanshu/mls";
import type { Bytes } from "@yanshu/wire";

export function ownAddress(group: Group): Bytes {
  const mine = group.members.find((member) => member.leaf === group.ownLeaf);
  if (mine === undefined) throw new Error("invariant: own leaf is in its group");
  return mine.address;
}
