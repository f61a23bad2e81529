/**
 * Known lists: a cache of the entries of device lists (docs/spec/delivery.md DS138). A list may have a thousand
 * entries, and anybody with a contact link may claim them again and again. So they are read once; later only the last
 * entry is read, to see whether the list has changed.
 */
import { type Bytes, equalBytes } from "@yanshu/wire";
import { RecentMap } from "../core/recent.ts";
import type { AccountLog, AccountRef } from "../log/log.ts";

const bytesKept = 2 * 1024 * 1024;
const overhead = 512;

export class KnownLists {
  private readonly known = new RecentMap<readonly Bytes[]>(bytesKept, weightOf);
  private readonly log: Pick<AccountLog, "entries">;

  constructor(log: Pick<AccountLog, "entries">) {
    this.log = log;
  }

  entries(account: AccountRef): readonly Bytes[] {
    const known = this.known.get(`${account}`);
    if (known !== undefined && this.isCurrent(account, known)) return known;
    const read = this.log.entries(account, 0);
    this.known.set(`${account}`, read);
    return read;
  }

  /** Each entry contains the hash of the one before, so it is enough to compare the last. */
  private isCurrent(account: AccountRef, entries: readonly Bytes[]): boolean {
    const head = entries.at(-1);
    if (head === undefined) return false;
    const [held, ...more] = this.log.entries(account, entries.length - 1);
    return held !== undefined && more.length === 0 && equalBytes(held, head);
  }
}

function weightOf(entries: readonly Bytes[]): number {
  return entries.reduce((sum, entry) => sum + entry.length, overhead);
}
