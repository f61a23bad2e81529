/** X25519 (RFC 7748) by the runtime, for what is computed on tokens (docs/spec/moments.md MO69). */
import { createHash, createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from "node:crypto";
import { type Bytes, concat, fromHex, toHex, tokenCheck, type UploadTokenKey } from "@yanshu/wire";

/** What stands before the 32 bytes of a key (RFC 8410 §7). */
const before = { scalar: fromHex("302e020100300506032b656e04220420"), u: fromHex("302a300506032b656e032100") } as const;

type Check = (input: Bytes, output: Bytes) => boolean;
const checks = new WeakMap<UploadTokenKey, Check>();

/** Whether `output` is the evaluation of `input` under this key. @checks ME3 MO69 */
export function isTokenOf(key: UploadTokenKey, input: Bytes, output: Bytes): boolean {
  const check = checks.get(key) ?? tokenCheck(key, { x25519: x25519Kept(), sha512 });
  checks.set(key, check);
  return check(input, output);
}

const sha512 = (data: Bytes): Bytes => new Uint8Array(createHash("sha512").update(data).digest());

/** Keeps the scalars that it saw: a key has two. */
function x25519Kept(): (scalar: Bytes, u: Bytes) => Bytes {
  const kept = new Map<string, KeyObject>();
  return (scalar, u) => {
    const name = toHex(scalar);
    const privateKey =
      kept.get(name) ??
      createPrivateKey({ key: Buffer.from(concat(before.scalar, scalar)), format: "der", type: "pkcs8" });
    kept.set(name, privateKey);
    const publicKey = createPublicKey({ key: Buffer.from(concat(before.u, u)), format: "der", type: "spki" });
    return new Uint8Array(diffieHellman({ privateKey, publicKey }));
  };
}
