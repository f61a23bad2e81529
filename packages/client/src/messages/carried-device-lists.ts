/**
 * Device lists that a commit carries (docs/spec/groups.md GR9.7). A list of a member extends the stored one. A list of
 * an account that the commit adds serves to check its leaves, and is stored once it is in. All others are ignored, so
 * that nobody can store lists of accounts that the members did not meet.
 */
import type { Group, Judge, Member } from "@yanshu/mls";
import { type AccountHistory, accountIdOf, type DeviceList, toHex } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { accountsOf } from "../group-state/store-group.ts";

export type CarriedDeviceLists = {
  readonly judge: Judge;
  /**
   * Whether the list that came along names the device no more, so that its committer knew it. False where none came.
   */
  readonly wasDropped: (leaf: Member) => Promise<boolean>;
  /** Stores the lists. `next`: the group after the commit. */
  readonly keep: (next: Group) => Promise<void>;
};

export async function broughtBy(
  { lists, ports }: Engine,
  { members }: Group,
  histories: readonly AccountHistory[],
): Promise<CarriedDeviceLists> {
  const present = new Set(accountsOf(members).map(toHex));
  const came = new Map<string, AccountHistory>();
  /** What each of those says by itself, read once. */
  const alone = new Map<string, Promise<DeviceList | undefined>>();
  const coming = new Map<string, { readonly history: AccountHistory; readonly list: DeviceList | undefined }>();
  for (const history of histories) {
    const account = toHex(accountIdOf(ports.crypto.sha256, history.inception));
    if (!came.has(account)) came.set(account, history);
    if (present.has(account)) await lists.take(history);
    else if (!coming.has(account)) coming.set(account, { history, list: await lists.read(history) });
  }
  return {
    judge: (leaf) => {
      const read = coming.get(toHex(leaf.account))?.list;
      return read === undefined ? lists.judge(leaf) : lists.judgeBy(read, leaf);
    },
    wasDropped: async (leaf) => {
      const account = toHex(leaf.account);
      const history = came.get(account);
      if (history !== undefined && !alone.has(account)) alone.set(account, lists.readAlone(history));
      const list = await alone.get(account);
      return list !== undefined && lists.judgeBy(list, leaf) === "stale";
    },
    keep: async (next) => {
      for (const account of accountsOf(next.members)) {
        const come = coming.get(toHex(account));
        if (come !== undefined) await lists.take(come.history);
      }
    },
  };
}
