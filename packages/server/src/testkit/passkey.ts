/** What a person's passkey opens, put at home by their root. */
import { passkeyProofBytes } from "@yanshu/wire";
import type { Client } from "./client.ts";
import type { Signer } from "./keys.ts";
import type { Person } from "./person.ts";

export type KeptPasskey = { readonly tag: Uint8Array; readonly wrap: Uint8Array };

/** @param signed what the signature is for, where it is for something else. */
export function keepPasskey(
  person: Person,
  caller: Client,
  kept: KeptPasskey,
  { signed = kept, signer = person.root }: { readonly signed?: KeptPasskey; readonly signer?: Signer } = {},
) {
  const { incarnation, nonce } = caller;
  const proof = passkeyProofBytes({ domain: "home.example", incarnation, nonce, account: person.account, ...signed });
  return caller.call("keepPasskey", { account: person.account, ...kept, signature: signer.sign(proof) });
}
