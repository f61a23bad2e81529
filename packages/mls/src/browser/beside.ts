/**
 * Beside: signatures of many messages are verified on another core where somebody there does (docs/spec/web.md WE240).
 */
import { type Bytes, isWeakSigningKey } from "@yanshu/wire";

/** Returns undefined if it cannot verify. */
export type VerifyBeside = (publicKey: Bytes, message: Bytes, signature: Bytes) => Promise<boolean | undefined>;
type Verify = (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean | Promise<boolean>;

/** @checks WE240 */
export function besideOr(verify: Verify, beside: VerifyBeside): Verify {
  return async (publicKey, message, signature) => {
    if (isWeakSigningKey(publicKey)) return false;
    return (await beside(publicKey, message, signature)) ?? verify(publicKey, message, signature);
  };
}
