/**
 * What an account's family opens, at home (docs/spec/identity.md ID37, ID38; docs/spec/delivery.md DS66-DS68): kept as its root
 * says, answered to whoever shows its tag, and only after a delay in which any device of the account may say no.
 */
import { type CallArgs, type CallResult, equalBytes, familyProofBytes } from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountRef } from "../log/log.ts";
import type { AccountsContext } from "./context.ts";
import { provenAccount, type RootConnection } from "./root-proof.ts";

/** What is over for this long, or was not fetched, is forgotten. */
export const familyRequestKeptMs = 7 * 86_400_000;

type Asked = Outcome<CallResult<"askFamily">>;

/**
 * Runs inside a commit. Answers whose it is.
 *
 * @param mayAsk whether what is kept of this account may be changed once more today.
 * @checks DS66
 */
export function keepFamily(
  context: AccountsContext,
  connection: RootConnection,
  args: CallArgs<"keepFamily">,
  mayAsk: (account: AccountRef) => boolean,
): Outcome<AccountRef> {
  const { log, config } = context;
  const { account, kept } = args;
  const proven = provenAccount(
    context,
    args,
    familyProofBytes({ domain: config.domain, ...connection, account, kept }),
    mayAsk,
  );
  if (!proven.ok) return proven;
  const { ref } = proven.value;
  if (kept === undefined) log.dropFamily(ref);
  else {
    const held = log.familyOf(kept.tag);
    if (held !== undefined && held.account !== ref) return refuse("malformed"); // No two secrets give one tag by chance.
    log.putFamily(ref, kept.tag, kept.wrap);
  }
  return accept(ref);
}

/**
 * Runs inside a commit.
 *
 * @param mayAsk whether somebody may begin to come back to this account once more today.
 * @param changed is told whose request began or was answered.
 * @checks DS67
 */
export function askFamily(
  { log, clock, config }: AccountsContext,
  { tag, request, isNew }: CallArgs<"askFamily">,
  mayAsk: (account: AccountRef) => boolean,
  changed: (account: AccountRef, what: "asked" | "answered") => void,
): Asked {
  const held = log.familyOf(tag);
  if (held === undefined) return accept({ state: "none", waitMs: 0 });
  const { account, wrap } = held;
  const nowMs = clock.nowMs();
  if (held.request === undefined || !equalBytes(held.request.id, request)) {
    if (!isNew) return accept({ state: "over", waitMs: 0 });
    if (!mayAsk(account)) return refuse("rate-limited");
    log.putFamilyRequest(account, { id: request, state: "waiting", dueMs: nowMs + config.familyDelayMs });
    changed(account, "asked");
    return accept({ state: "waiting", waitMs: config.familyDelayMs });
  }
  const { state, dueMs } = held.request;
  if (state === "stopped") return accept({ state, waitMs: 0 });
  if (nowMs < dueMs) return accept({ state: "waiting", waitMs: dueMs - nowMs });
  if (state === "waiting") {
    log.putFamilyRequest(account, { id: request, state: "given", dueMs });
    changed(account, "answered");
  }
  return accept({ state: "given", waitMs: 0, wrap });
}

export function familyState({ log, clock }: AccountsContext, account: AccountRef): Outcome<CallResult<"familyState">> {
  const held = log.family(account);
  const request = held?.request;
  if (request?.state !== "waiting") return accept({ isKept: held !== undefined });
  const waitMs = Math.max(0, request.dueMs - clock.nowMs());
  return accept({ isKept: true, asked: { request: request.id, waitMs } });
}

/** Runs inside a commit. */
export function stopFamily(
  { log }: AccountsContext,
  account: AccountRef,
  { request }: CallArgs<"stopFamily">,
): Outcome<CallResult<"stopFamily">> {
  const asked = log.family(account)?.request;
  // @checks DS68
  if (asked !== undefined && equalBytes(asked.id, request))
    log.putFamilyRequest(account, { ...asked, state: "stopped" });
  return done;
}
