/**
 * What an account's helpers open, at home (docs/spec/identity.md ID37, ID38; docs/spec/delivery.md DS66-DS68): kept as
 * its root says, given to the one who shows its tag, and only after a delay in which any device of the account may say
 * no.
 */
import { type CallArgs, type CallResult, equalBytes, familyProofBytes } from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../../core/outcome.ts";
import type { ByRoot } from "../../feature.ts";
import type { AccountRef } from "../../log/log.ts";
import type { HelperTables } from "./tables.ts";

/** What is over for this long, or was not fetched, is forgotten. */
export const familyRequestKeptMs = 7 * 86_400_000;

type Asked = Outcome<CallResult<"askFamily">>;

/**
 * Runs inside a commit. Returns whose it is.
 *
 * @checks DS66
 */
export function keepFamily(tables: HelperTables, args: CallArgs<"keepFamily">, byRoot: ByRoot): Outcome<AccountRef> {
  const { account, kept } = args;
  const proven = byRoot(args, (connection) => familyProofBytes({ ...connection, account, kept }));
  if (!proven.ok) return proven;
  const { ref } = proven.value;
  if (kept === undefined) tables.dropFamily(ref);
  else {
    const held = tables.familyOf(kept.tag);
    // No two secrets give one tag by chance.
    if (held !== undefined && held.account !== ref) return refuse("malformed");
    tables.putFamily(ref, kept.tag, kept.wrap);
  }
  return accept(ref);
}

/**
 * Runs inside a commit.
 *
 * @param at.mayAsk whether somebody may begin to come back to this account once more today.
 * @param changed is told whose request began or was answered.
 * @checks DS67
 */
export function askFamily(
  tables: HelperTables,
  { tag, request, isNew }: CallArgs<"askFamily">,
  at: { readonly nowMs: number; readonly delayMs: number; readonly mayAsk: (account: AccountRef) => boolean },
  changed: (account: AccountRef, what: "asked" | "answered") => void,
): Asked {
  const held = tables.familyOf(tag);
  if (held === undefined) return accept({ state: "none", waitMs: 0 });
  const { account, wrap } = held;
  const { nowMs, delayMs } = at;
  if (held.request === undefined || !equalBytes(held.request.id, request)) {
    if (!isNew) return accept({ state: "over", waitMs: 0 });
    if (!at.mayAsk(account)) return refuse("rate-limited");
    tables.putFamilyRequest(account, { id: request, state: "waiting", dueMs: nowMs + delayMs });
    changed(account, "asked");
    return accept({ state: "waiting", waitMs: delayMs });
  }
  const { state, dueMs } = held.request;
  if (state === "stopped") return accept({ state, waitMs: 0 });
  if (nowMs < dueMs) return accept({ state: "waiting", waitMs: dueMs - nowMs });
  if (state === "waiting") {
    tables.putFamilyRequest(account, { id: request, state: "given", dueMs });
    changed(account, "answered");
  }
  return accept({ state: "given", waitMs: 0, wrap });
}

export function familyState(
  tables: HelperTables,
  account: AccountRef,
  nowMs: number,
): Outcome<CallResult<"familyState">> {
  const held = tables.family(account);
  const request = held?.request;
  if (request?.state !== "waiting") return accept({ isKept: held !== undefined });
  return accept({ isKept: true, asked: { request: request.id, waitMs: Math.max(0, request.dueMs - nowMs) } });
}

/** Runs inside a commit. */
export function stopFamily(
  tables: HelperTables,
  account: AccountRef,
  { request }: CallArgs<"stopFamily">,
): Outcome<CallResult<"stopFamily">> {
  const asked = tables.family(account)?.request;
  // @checks DS68
  if (asked !== undefined && equalBytes(asked.id, request))
    tables.putFamilyRequest(account, { ...asked, state: "stopped" });
  return done;
}
