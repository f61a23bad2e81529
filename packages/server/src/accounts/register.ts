/**
 * Registering (docs/spec/delivery.md DS27): a token opens the door once, the account certifies
 * itself. The token is the server's own, or any member's contact capability while members may invite.
 */
import { type CallArgs, type CallResult, capabilityHashOf, equalBytes } from "@yanshu/wire";
import { done, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountsContext } from "./context.ts";
import { firstList, writeAccount } from "./device-lists.ts";

export async function register(
  context: AccountsContext,
  { token, inception, entry }: CallArgs<"register">,
): Promise<Outcome<CallResult<"register">>> {
  const first = await firstList(context, inception, entry);
  if (!first.ok) return first;
  const list = first.value;
  return context.commits.committed(() => {
    const found = context.log.find(list.account);
    // A repeat after a lost answer; nothing is written, so it needs no token.
    if (found !== undefined) {
      const [stored] = context.log.entries(found.ref, 0);
      return stored !== undefined && equalBytes(stored, entry) ? done : refuse("list-conflict");
    }
    if (!mayRegister(context, token)) return refuse("bad-token");
    writeAccount(context, list.account, list);
    return done;
  });
}

/** Compares hashes, so that the time it takes tells nothing about the token. */
function mayRegister({ log, primitives: { sha256 }, config }: AccountsContext, token: Uint8Array): boolean {
  const hash = capabilityHashOf(sha256, token);
  const own = config.registrationToken;
  if (own !== undefined && equalBytes(hash, capabilityHashOf(sha256, own))) return true;
  return config.membersMayInvite && log.capabilityAccount(hash) !== undefined;
}
