/**
 * Vault at home (docs/spec/vault.md VA1–VA5, VA13): an account's log of sealed segments, which its devices append to, read and
 * rewrite. What is in them is theirs to know; this side looks at places, lengths and the quota.
 */
import {
  type Bytes,
  type CallArgs,
  type CallName,
  type CallResult,
  equalBytes,
  isVaultSegmentSize,
  vaultLimits,
} from "@yanshu/wire";
import { accept, type Done, done, type Outcome, refuse } from "../core/outcome.ts";
import type { SyncPrimitives } from "../core/ports.ts";
import type { Caller } from "../gateway/caller.ts";
import type { AccountRef, VaultLog } from "../log/log.ts";
import { type Emptying, switchVault } from "./emptying.ts";

export type VaultDesk = {
  readonly emptying: Pick<Emptying, "vault">;
  readonly log: VaultLog;
  /** Of the account's device list, from one on. */
  readonly entries: (account: AccountRef, from: number) => readonly Bytes[];
  readonly sha256: SyncPrimitives["sha256"];
  /** What an account may keep; it grows with its age (DS141). */
  readonly bytesMaxOf: (account: AccountRef) => number;
};

type VaultCall =
  | "vaultState"
  | "vaultSwitch"
  | "vaultAppend"
  | "vaultRead"
  | "vaultRewrite"
  | "keepRecord"
  | "readRecord";
type Handlers = {
  readonly [N in VaultCall & CallName]: (from: Caller, args: CallArgs<N>, answer: Done<CallResult<N>>) => void;
};

/** @param inCommit runs what writes in a shared transaction, and answers once it is on disk. */
export function vaultHandlers(
  desk: VaultDesk,
  accountOf: (from: Caller) => AccountRef,
  inCommit: <T>(run: () => Outcome<T>, answer: Done<T>) => void,
): Handlers {
  const { log, bytesMaxOf } = desk;
  return {
    vaultState: (from, _args, answer) => {
      const account = accountOf(from);
      answer(accept({ ...log.vault(account), bytesMax: bytesMaxOf(account) }));
    },
    vaultSwitch: (from, { isOn }, answer) => {
      const account = accountOf(from);
      inCommit<Record<never, never>>(
        () => switchVault({ vaults: log }, account, isOn),
        (outcome) => {
          if (outcome.ok) desk.emptying.vault(account, () => answer(outcome));
          else answer(outcome);
        },
      );
    },
    vaultAppend: (from, args, answer) => inCommit(() => append(desk, accountOf(from), args), answer),
    vaultRead: (from, { before }, answer) => {
      const most = { count: vaultLimits.segmentsPerPageMax, bytes: vaultLimits.pageBytesMax };
      answer(accept({ segments: log.segments(accountOf(from), before, most) }));
    },
    vaultRewrite: (from, args, answer) => inCommit(() => rewrite(desk, accountOf(from), args), answer),
    keepRecord: (from, args, answer) => inCommit(() => keepRecord(desk, accountOf(from), args), answer),
    readRecord: (from, _args, answer) => {
      const record = log.record(accountOf(from));
      answer(accept(record === undefined ? {} : { record }));
    },
  };
}

/** @checks VA1 */
function append(
  { log, bytesMaxOf }: VaultDesk,
  account: AccountRef,
  { at, segment }: CallArgs<"vaultAppend">,
): Outcome<CallResult<"vaultAppend">> {
  const { isOn, next, bytes } = log.vault(account);
  if (!isOn) return refuse("vault-off");
  if (!isVaultSegmentSize(segment.length)) return refuse("malformed");
  if (at !== next) return refuse("stale-offset");
  if (bytes + segment.length > bytesMaxOf(account)) return refuse("vault-full");
  log.appendSegment(account, segment);
  return done;
}

/** One an account: it stands beside the quota, and goes with the segments. @checks VA13 */
function keepRecord(
  { log, entries, sha256 }: VaultDesk,
  account: AccountRef,
  { n, entryHash, record }: CallArgs<"keepRecord">,
): Outcome<CallResult<"keepRecord">> {
  if (!log.vault(account).isOn) return refuse("vault-off");
  if (!isVaultSegmentSize(record.length)) return refuse("malformed");
  // Whoever has not heard of another card, or that they are out, puts nothing in the place of what others did (VA28).
  const [head, ...later] = entries(account, n);
  // @checks VA28
  if (head === undefined || later.length > 0 || !equalBytes(sha256(head), entryHash)) return refuse("list-conflict");
  log.putRecord(account, record);
  return done;
}

/** Never larger than what it takes the place of: so erasing works in a vault that is full. @checks VA4 */
function rewrite(
  { log, sha256 }: VaultDesk,
  account: AccountRef,
  { at, was, segment }: CallArgs<"vaultRewrite">,
): Outcome<CallResult<"vaultRewrite">> {
  const held = log.segment(account, at);
  if (held === undefined || !equalBytes(sha256(held), was)) return refuse("stale-offset");
  if (!isVaultSegmentSize(segment.length) || segment.length > held.length) return refuse("malformed");
  log.putSegment(account, at, segment);
  return done;
}
