/**
 * Cipher for files, over WebCrypto: ten times faster than JavaScript, and off its thread (docs/spec/media.md ME5, ME8).
 * It uses nothing of MLS.
 */

/**
 * `seal` and `open`: AES-256-GCM with a 12-byte nonce; `open` returns undefined if the tag is wrong. `ctr`: AES-256-CTR
 * from the given 16-byte block on.
 */
import type { Bytes } from "@yanshu/wire";

export type MediaCipher = {
  readonly seal: (key: Bytes, nonce: Bytes, plaintext: Bytes) => Promise<Bytes>;
  readonly open: (key: Bytes, nonce: Bytes, sealed: Bytes) => Promise<Bytes | undefined>;
  readonly ctr: (key: Bytes, block: number, bytes: Bytes) => Promise<Bytes>;
};

export function createMediaCipher(): MediaCipher {
  const { subtle } = crypto;
  const imported = (key: Bytes, name: "AES-GCM" | "AES-CTR") =>
    subtle.importKey("raw", own(key), name, false, ["encrypt", "decrypt"]);
  return {
    seal: async (key, nonce, plaintext) =>
      new Uint8Array(
        await subtle.encrypt({ name: "AES-GCM", iv: own(nonce) }, await imported(key, "AES-GCM"), own(plaintext)),
      ),
    open: async (key, nonce, sealed) => {
      try {
        const opened = await subtle.decrypt(
          { name: "AES-GCM", iv: own(nonce) },
          await imported(key, "AES-GCM"),
          own(sealed),
        );
        return new Uint8Array(opened);
      } catch {
        return undefined; // The tag does not match.
      }
    },
    ctr: async (key, block, bytes) => {
      const counter = new Uint8Array(16);
      new DataView(counter.buffer).setBigUint64(8, BigInt(block));
      const algorithm = { name: "AES-CTR", counter, length: 64 };
      return new Uint8Array(await subtle.encrypt(algorithm, await imported(key, "AES-CTR"), own(bytes)));
    },
  };
}

/** WebCrypto's types exclude SharedArrayBuffer, which this package never uses. */
function own(bytes: Bytes): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
