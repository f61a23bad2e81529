/** What a person's family opens, put at home by their root. */
import { familyProofBytes } from "@yanshu/wire";
import type { Client } from "./client.ts";
import type { Signer } from "./keys.ts";
import type { Person } from "./person.ts";

export type KeptFamily = { readonly tag: Uint8Array; readonly wrap: Uint8Array };

/** @param kept undefined: there is nothing any more. */
export function keepFamily(
  person: Person,
  caller: Client,
  kept: KeptFamily | undefined,
  { signed = kept, signer = person.root }: { readonly signed?: KeptFamily | undefined; readonly signer?: Signer } = {},
) {
  const { incarnation, nonce } = caller;
  const proof = familyProofBytes({
    domain: "home.example",
    incarnation,
    nonce,
    account: person.account,
    kept: signed,
  });
  return caller.call("keepFamily", {
    account: person.account,
    signature: signer.sign(proof),
    ...(kept === undefined ? {} : { kept }),
  });
}
