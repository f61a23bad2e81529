/**
 * Passkeys at home (docs/spec/identity.md ID35): one wrap an account, as its root says, and answered to whoever shows its tag.
 * What opens it follows from a secret that never leaves the passkey's owner.
 */
import { type CallArgs, type CallResult, passkeyProofBytes } from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../core/outcome.ts";
import type { AccountsContext } from "./context.ts";
import { provenAccount, type RootConnection } from "./root-proof.ts";

/**
 * Runs inside a commit.
 *
 * @param mayAsk whether this account's passkey may be changed once more today.
 * @checks ID35
 */
export function keepPasskey(
  context: AccountsContext,
  connection: RootConnection,
  args: CallArgs<"keepPasskey">,
  mayAsk: (account: number) => boolean,
): Outcome<CallResult<"keepPasskey">> {
  const { log, config } = context;
  const { account, tag, wrap } = args;
  const proven = provenAccount(
    context,
    args,
    passkeyProofBytes({ domain: config.domain, ...connection, account, tag, wrap }),
    mayAsk,
  );
  if (!proven.ok) return proven;
  const { ref } = proven.value;
  const held = log.passkey(tag);
  if (held !== undefined && held.account !== ref) return refuse("malformed"); // No two secrets give one tag by chance.
  log.putPasskey(ref, tag, wrap);
  return done;
}

export function findPasskey(
  { log }: AccountsContext,
  { tag }: CallArgs<"findPasskey">,
): Outcome<CallResult<"findPasskey">> {
  const held = log.passkey(tag);
  return accept(held === undefined ? {} : { wrap: held.wrap });
}
