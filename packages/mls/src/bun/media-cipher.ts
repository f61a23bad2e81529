/**
 * Cipher for files on Bun (docs/spec/media.md ME5, ME8): AES-256-GCM and AES-256-CTR of node:crypto, which is
 * synchronous inside, so that a simulation repeats. It uses nothing of MLS.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { type Bytes, concat } from "@yanshu/wire";
import type { MediaCipher } from "../browser/media-cipher.ts";

const tagBytes = 16;

export function createMediaCipher(): MediaCipher {
  return {
    seal: async (key, nonce, plaintext) => {
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
    },
    open: async (key, nonce, sealed) => {
      if (sealed.length < tagBytes) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", key, nonce);
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      try {
        return concat(decipher.update(sealed.subarray(0, -tagBytes)), decipher.final());
      } catch {
        return undefined; // The tag does not match.
      }
    },
    ctr: async (key, block, bytes) => {
      const counter: Bytes = new Uint8Array(16);
      new DataView(counter.buffer).setBigUint64(8, BigInt(block));
      return new Uint8Array(createCipheriv("aes-256-ctr", key, counter).update(bytes));
    },
  };
}
