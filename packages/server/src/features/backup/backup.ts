/**
 * Backup at home (docs/spec/vault.md VA1–VA5, VA13): an account's log of sealed segments, which its devices append to,
 * read and rewrite. What is in them is theirs to know; this side looks at places, lengths and the quota.
 */
import { type Bytes, type CallArgs, type CallResult, equalBytes, isVaultSegmentSize, vaultLimits } from "@yanshu/wire";
import { done, type Outcome, refuse } from "../../core/outcome.ts";
import type { SyncPrimitives } from "../../core/ports.ts";
import type { AccountRef } from "../../log/log.ts";
import type { BackupTables } from "./tables.ts";

/** What the rules of the backup work with. */
export type Backup = {
  readonly tables: BackupTables;
  /** Of the account's device list, from one on. */
  readonly entries: (account: AccountRef, from: number) => readonly Bytes[];
  readonly sha256: SyncPrimitives["sha256"];
  /** What an account may keep; it grows with its age (DS141). */
  readonly bytesMaxOf: (account: AccountRef) => number;
};

/** Once it is off, what it held is on its way from the disk. */
export function switchVault(tables: BackupTables, account: AccountRef, isOn: boolean): void {
  // Asked again, it stays as it is: what devices put there since is not to go.
  if (tables.vault(account).isOn !== isOn) tables.setVault(account, isOn);
}

/** @checks VA1 */
export function append(
  { tables, bytesMaxOf }: Backup,
  account: AccountRef,
  { at, segment }: CallArgs<"vaultAppend">,
): Outcome<CallResult<"vaultAppend">> {
  const { isOn, start, next, bytes } = tables.vault(account);
  if (!isOn) return refuse("vault-off");
  if (!isVaultSegmentSize(segment.length)) return refuse("malformed");
  // An empty one begins where its first segment says, for a segment is sealed for its place (HM43).
  // @checks HM43
  if (at > vaultLimits.beginMax && at !== next) return refuse("malformed");
  // @checks HM43
  if (start === next ? at < next : at !== next) return refuse("stale-offset");
  if (bytes + segment.length > bytesMaxOf(account)) return refuse("vault-full");
  tables.appendSegment(account, segment, at);
  return done;
}

/** One an account: it stands beside the quota, and goes with the segments. @checks VA13 */
export function keepRecord(
  { tables, entries, sha256 }: Backup,
  account: AccountRef,
  { n, entryHash, record }: CallArgs<"keepRecord">,
): Outcome<CallResult<"keepRecord">> {
  if (!tables.vault(account).isOn) return refuse("vault-off");
  if (!isVaultSegmentSize(record.length)) return refuse("malformed");
  // A device that has not heard of another card, or that it was removed, overwrites nothing that others put there
  // (VA28).
  const [head, ...later] = entries(account, n);
  // @checks VA28
  if (head === undefined || later.length > 0 || !equalBytes(sha256(head), entryHash)) return refuse("list-conflict");
  tables.putRecord(account, record);
  return done;
}

/** Never larger than what it takes the place of: so erasing works in a vault that is full. @checks VA4 */
export function rewrite(
  { tables, sha256 }: Backup,
  account: AccountRef,
  { at, was, segment }: CallArgs<"vaultRewrite">,
): Outcome<CallResult<"vaultRewrite">> {
  const held = tables.segment(account, at);
  if (held === undefined || !equalBytes(sha256(held), was)) return refuse("stale-offset");
  if (!isVaultSegmentSize(segment.length) || segment.length > held.length) return refuse("malformed");
  tables.putSegment(account, at, segment);
  return done;
}
