/**
 * Usernames (docs/spec/delivery.md DS51, DS52): a name by which somebody is found, of which this server sees what
 * scrypt made of it. A search is paid for with tokens that some member drew, so that nobody tries all names, and nobody
 * is known to have searched.
 */
import { type Bytes, type CallArgs, type CallResult, limits } from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../../core/outcome.ts";
import type { SyncPrimitives } from "../../core/ports.ts";
import type { UploadTokens } from "../../feature.ts";
import type { AccountRef } from "../../log/log.ts";
import type { UsernameTables } from "./tables.ts";

/**
 * Runs inside a commit.
 *
 * @param mayTry counts that this account wants a name that is not its own: nobody may ask of all names whether they are
 * taken.
 * @checks DS51
 */
export function changeHandle(
  tables: UsernameTables,
  account: AccountRef,
  { handle }: CallArgs<"setHandle">,
  {
    sha256,
    today,
    mayTry,
  }: {
    readonly sha256: SyncPrimitives["sha256"];
    readonly today: number;
    readonly mayTry: () => boolean;
  },
): Outcome<CallResult<"setHandle">> {
  // Of an account that was deleted there is the hash of its tag alone (DS56).
  const row = handle && (tables.handle(handle.tag) ?? tables.handle(sha256(handle.tag)));
  if (handle !== undefined && row?.account !== account) {
    if (!mayTry()) return refuse("rate-limited");
    if (row !== undefined) return refuse("handle-taken");
    if (tables.countUsernames(account) >= limits.handlesKept) return refuse("rate-limited");
  }
  tables.freeUsernames(account, handle?.tag, today);
  if (handle !== undefined) tables.putUsername(handle.tag, account, handle.record);
  return done;
}

/** A name that nobody has and one whose owner is not to be found are answered alike. @checks DS52 */
export async function findHandle(
  tables: UsernameTables,
  uploadTokens: UploadTokens | undefined,
  { tag, tokens }: CallArgs<"findHandle">,
  prefix: string | undefined,
): Promise<Outcome<CallResult<"findHandle">>> {
  if (uploadTokens === undefined) return refuse("unavailable");
  if (tokens.length !== limits.usernameTokens) return refuse("bad-token");
  const paid = await uploadTokens.spend(tokens, prefix);
  if (!paid.ok) return paid;
  const record: Bytes | undefined = tables.handle(tag)?.record;
  return accept(record === undefined ? {} : { record });
}
