/** What the verifying worker is asked and says (docs/spec/web.md WE240). */

/** An Ed25519 public key, what was signed, and the signature. */
export type Signed = readonly [publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array];
/** Whether each signature is valid, in the order of the question; undefined where WebCrypto has no Ed25519. */
export type Verified = readonly (boolean | undefined)[];
