/** Ed25519 keys for tests, from seeds, so that a failure repeats. */
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";

export type Signer = { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array };

const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

export function signerFrom(name: string): Signer {
  const seed = createHash("sha256").update(name).digest();
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(spki.subarray(12)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}
