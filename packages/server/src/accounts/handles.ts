/**
 * Handles (docs/spec/delivery.md DS51, DS52): a name by which somebody is found, of which this server sees what scrypt
 * made of it. Who looks for one pays with tokens that some member drew, so that nobody tries them all, and nobody is
 * known to have looked.
 */
import { type CallArgs, type CallResult, limits } from "@yanshu/wire";
import type { Blobs } from "../blobs/blobs.ts";
import { accept, done, type Outcome, refuse } from "../core/outcome.ts";
import { dayOf } from "../core/rate.ts";
import type { AccountsContext, Signed } from "./context.ts";

/**
 * Runs inside a commit.
 *
 * @param mayTry counts that this account wants a name that is not its own: whether one is taken is for nobody to ask of all.
 * @checks DS51
 */
export function changeHandle(
  { log, clock, primitives }: AccountsContext,
  { account }: Signed,
  { handle }: CallArgs<"setHandle">,
  mayTry: () => boolean,
): Outcome<CallResult<"setHandle">> {
  const today = dayOf(clock.nowMs());
  // Of an account that was deleted there is the hash of its tag alone (DS56).
  const row = handle && (log.handle(handle.tag) ?? log.handle(primitives.sha256(handle.tag)));
  if (handle !== undefined && row?.account !== account) {
    if (!mayTry()) return refuse("rate-limited");
    if (row !== undefined) return refuse("handle-taken");
    if (log.countHandles(account) >= limits.handlesKept) return refuse("rate-limited");
  }
  log.freeHandles(account, handle?.tag, today);
  if (handle !== undefined) log.putHandle(handle.tag, account, handle.record);
  return done;
}

/** Nobody there and nobody to be found are answered alike. @checks DS52 */
export async function findHandle(
  { log }: AccountsContext,
  blobs: Blobs | undefined,
  { tag, tokens }: CallArgs<"findHandle">,
  prefix: string | undefined,
): Promise<Outcome<CallResult<"findHandle">>> {
  if (blobs === undefined) return refuse("unavailable");
  if (tokens.length !== limits.handleTokens) return refuse("bad-token");
  const paid = await blobs.spend(tokens, prefix);
  if (!paid.ok) return paid;
  const record = log.handle(tag)?.record;
  return accept(record === undefined ? {} : { record });
}
