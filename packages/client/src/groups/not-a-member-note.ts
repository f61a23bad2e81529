/** Not a member (GR22.7, GR22.8): a signed note to one device that its account is not in a group. */
import { encodeNote } from "@yanshu/content";
import type { Group, GroupState } from "@yanshu/mls";
import { type AccountId, equalBytes, historyOf, type Part } from "@yanshu/wire";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import type { Reader } from "../group-state/jobs.ts";
import { notePart } from "../group-state/notes.ts";
import { notAMemberBytes } from "../group-state/resync-bytes.ts";
import { isAmong } from "../group-state/store-group.ts";

/** How many devices one creating post informs; the others find out when they ask. */
const toldMax = 100;

/** @param askedMs the moment of the request that this answers; 0 if there was none. */
export async function notAMemberPart(
  engine: Engine,
  { conversation, founding, gate }: GroupState,
  { device: reader, ...to }: Omit<Reader, "account">,
  askedMs = 0,
): Promise<Part> {
  const { crypto } = engine.ports;
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  if (list === undefined) throw new Error("invariant: own device list is held");
  const unsigned = { conversation, founding, gate, reader, askedMs, device: own.device };
  const signature = await crypto.sign(own.deviceKey.privateKey, notAMemberBytes(unsigned));
  const note = encodeNote({ kind: "notAMember", ...unsigned, history: historyOf(list), signature });
  return notePart(engine, to, note);
}

/**
 * Notes of the founder to the devices that were in the group before and will not be in the new one.
 *
 * @param others further devices to inform: members of a group that this one is founded above.
 */
export async function notAMemberParts(
  engine: Engine,
  before: Group | undefined,
  next: Group,
  later: readonly AccountId[],
  others: readonly Reader[],
): Promise<readonly Part[]> {
  if (before === undefined || !kindOf(engine, next.state).membersChange) return [];
  const stays = ({ account }: Reader) =>
    isAmong(account, next.members) || later.some((one) => equalBytes(one, account));
  const listed = before.members.filter((member) => engine.lists.judge(member) === "listed");
  const left = [...listed, ...others].filter((member) => !stays(member));
  return Promise.all(left.slice(0, toldMax).map((member) => notAMemberPart(engine, next.state, member)));
}
