/**
 * Secrets: what a device seals and with which keys, watched at its cryptography, so that the scan
 * can look for the very bytes that must not be seen outside.
 */
import type { MediaPorts } from "@yanshu/client";
import type { Crypto } from "@yanshu/mls";
import { accountHistory, blob, decodeAs, limits, list, struct } from "@yanshu/wire";

const envelopeBody = struct({
  mls: blob(limits.frameBytesMax),
  histories: list(accountHistory, limits.listAddressesMax),
});

export class Secrets {
  /** MLS messages as they were before they were sealed: messages, commits, Welcomes. */
  readonly messages: Uint8Array[] = [];
  /** Keys of envelopes. */
  readonly keys = new Map<string, Uint8Array>();

  /** Keys of files. */
  watchCipher(cipher: MediaPorts["cipher"]): MediaPorts["cipher"] {
    return {
      ...cipher,
      seal: (key, nonce, plaintext) => {
        this.keys.set(Buffer.from(key).toString("hex"), Uint8Array.from(key));
        return cipher.seal(key, nonce, plaintext);
      },
    };
  }

  watch(crypto: Crypto): Crypto {
    return {
      ...crypto,
      seal: (key, nonce, aad, plaintext) => {
        this.keys.set(Buffer.from(key).toString("hex"), Uint8Array.from(key));
        const mls = messageIn(plaintext);
        if (mls !== undefined && mls.length > 0) this.messages.push(mls);
        return crypto.seal(key, nonce, aad, plaintext);
      },
    };
  }
}

function messageIn(padded: Uint8Array): Uint8Array | undefined {
  const length = Buffer.from(padded).readUInt32BE(0);
  try {
    return Uint8Array.from(decodeAs(envelopeBody, padded.slice(4, 4 + length), limits.frameBytesMax).mls);
  } catch {
    return undefined; // Sealed for something else.
  }
}
