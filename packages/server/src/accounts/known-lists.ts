/**
 * Known lists: entries of device lists that were handed out lately (docs/spec/delivery.md DS138). A list may have a
 * thousand, and one who has a contact link may draw them again and again: so they are read once, and then only the last
 * one is looked at, to see that it is still the one.
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

  /** Each entry holds the hash of the one before, so the last one stands for all. */
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
