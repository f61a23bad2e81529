/** Who proves to hold an account's root key, for what features ask of it (docs/spec/delivery.md DS53). */
import { expect, test } from "bun:test";
import { nodePrimitives } from "../core/node-crypto.ts";
import { signerFrom } from "../testkit/keys.ts";
import type { AccountsContext } from "./context.ts";
import { provenAccount } from "./root-proof.ts";

const [account, proof] = [new Uint8Array(32).fill(1), new Uint8Array(50).fill(2)];
const [root, other] = [signerFrom("root"), signerFrom("other")];

/** What is found of an account whose root key is known or not, and how often it was counted. */
function shown(signature: Uint8Array, { isRooted = true, mayAsk = true } = {}) {
  const row = { ref: 7, root: isRooted ? { key: root.publicKey } : undefined };
  const context = { log: { find: () => row }, primitives: nodePrimitives } as unknown as AccountsContext;
  const counted: number[] = [];
  const found = provenAccount(context, { account: account as never, signature }, proof, (ref) => {
    counted.push(ref);
    return mayAsk;
  });
  return [found.ok ? found.value.ref : found.code, counted];
}

test("[DS53] an account is found for who signed by its root key, and counted once that is sure", () => {
  expect(shown(root.sign(proof))).toEqual([7, [7]]);
  expect(shown(other.sign(proof))).toEqual(["bad-signature", []]);
  expect(shown(root.sign(account))).toEqual(["bad-signature", []]);
  expect(shown(root.sign(proof), { isRooted: false })).toEqual(["unknown-account", []]);
  expect(shown(root.sign(proof), { mayAsk: false })).toEqual(["rate-limited", [7]]);
});
