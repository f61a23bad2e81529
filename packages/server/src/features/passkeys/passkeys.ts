/**
 * Passkeys at home (docs/spec/identity.md ID35): one wrap an account, as its root says, and given to the one who shows
 * its tag. What opens it follows from a secret that never leaves the passkey's owner.
 */
import { type CallArgs, type CallResult, passkeyProofBytes } from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../../core/outcome.ts";
import type { ByRoot } from "../../feature.ts";
import type { PasskeyTables } from "./tables.ts";

/**
 * Runs inside a commit.
 *
 * @checks ID35
 */
export function keepPasskey(
  tables: PasskeyTables,
  args: CallArgs<"keepPasskey">,
  byRoot: ByRoot,
): Outcome<CallResult<"keepPasskey">> {
  const { account, tag, wrap } = args;
  const proven = byRoot(args, (connection) => passkeyProofBytes({ ...connection, account, tag, wrap }));
  if (!proven.ok) return proven;
  const { ref } = proven.value;
  const held = tables.passkey(tag);
  if (held !== undefined && held.account !== ref) return refuse("malformed"); // No two secrets give one tag by chance.
  tables.putPasskey(ref, tag, wrap);
  return done;
}

export function findPasskey(
  tables: PasskeyTables,
  { tag }: CallArgs<"findPasskey">,
): Outcome<CallResult<"findPasskey">> {
  const held = tables.passkey(tag);
  return accept(held === undefined ? {} : { wrap: held.wrap });
}
