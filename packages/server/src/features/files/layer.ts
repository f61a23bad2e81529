/**
 * Layer: AES-256-CTR over a part of a blob that is copied (docs/spec/media.md ME8). The counter is that of the part's
 * place, so that any range can be taken off again. Encrypting and decrypting are the same.
 */
import { createCipheriv } from "node:crypto";
import { type Bytes, invariant } from "@yanshu/wire";

const blockBytes = 16;

/** @param offset where `bytes` begin in the blob; a whole number of blocks. */
export function layered(key: Bytes, offset: number, bytes: Bytes): Bytes {
  invariant(offset % blockBytes === 0, "a layer begins at a block");
  const counter = Buffer.alloc(blockBytes);
  counter.writeBigUInt64BE(BigInt(offset / blockBytes), 8);
  return new Uint8Array(createCipheriv("aes-256-ctr", key, counter).update(bytes));
}
