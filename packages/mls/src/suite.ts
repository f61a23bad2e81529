/**
 * Suite: makes the provider for ts-mls, and the port `Crypto`, from one runtime's primitives.
 *
 * Only MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519. Keys are plain bytes, which ts-mls treats as opaque, so importing
 * and exporting them cost nothing.
 */
import { type Bytes, utf8 } from "@yanshu/wire";
import type { CiphersuiteImpl, PrivateKey, PublicKey } from "ts-mls";
import { createHpke, hkdfExpand, hkdfExtract, type SuitePrimitives } from "./hpke.ts";
import type { Crypto } from "./types.ts";

export const suiteName = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";

/** The library's provider, and the functions that update paths and ratchets need besides. */
export type Suite = CiphersuiteImpl & {
  readonly publicOf: (privateKey: Bytes) => Bytes;
  readonly hmac: (key: Bytes, data: Bytes) => Bytes;
  readonly sha256: (data: Bytes) => Bytes;
  /** As `signature.verify`, where many are verified before the first result is needed. */
  readonly verifyOneOfMany: CiphersuiteImpl["signature"]["verify"];
};

const none = new Uint8Array();
/** Labels of `derive` whose bytes are kept. */
const labelsMax = 1_024;

export function suiteOf(crypto: Crypto): Suite {
  return crypto.suite as Suite;
}

/** Makes the port from one runtime's algorithms. */
export function cryptoFrom(primitives: SuitePrimitives): Crypto {
  const hpke = createHpke(primitives);
  /** Of each secret of which more than one key is derived. Callers never change a secret in place. */
  const extracted = new WeakMap<Bytes, Bytes>();
  const extract = (secret: Bytes): Bytes => {
    const held = extracted.get(secret);
    if (held !== undefined) return held;
    const made = hkdfExtract(primitives, none, secret);
    extracted.set(secret, made);
    return made;
  };
  const labels = new Map<string, Bytes>();
  /** Encoding a label takes a browser as long as hashing it does, and many keys are derived by one. */
  const labelOf = (info: string): Bytes => {
    const held = labels.get(info);
    if (held !== undefined) return held;
    const made = utf8(info);
    if (labels.size >= labelsMax) labels.clear();
    labels.set(info, made);
    return made;
  };
  return {
    random: primitives.random,
    sha256: primitives.sha256,
    verify: primitives.ed25519Verify,
    sign: async (privateKey, message) => primitives.ed25519Sign(privateKey, message),
    signatureKeyPair: async (seed) => ({ privateKey: seed, publicKey: primitives.ed25519Public(seed) }),
    derive: (secret, info, length) => hkdfExpand(primitives, extract(secret), labelOf(info), length),
    deriveOnce: (secret, info, length) => {
      const prk = hkdfExtract(primitives, none, secret);
      return hkdfExpand({ hmac: primitives.hmacOnce ?? primitives.hmac }, prk, labelOf(info), length);
    },
    stretch: async (secret, salt) => primitives.stretch(secret, salt),
    seal: async (key, nonce, aad, plaintext) => primitives.gcmSeal(key, nonce, aad, plaintext),
    open: async (key, nonce, aad, ciphertext) => primitives.gcmOpen(key, nonce, aad, ciphertext),
    sealKeyPair: async () => hpke.generateKeyPair(),
    sealKeyPairFrom: async (seed) => hpke.deriveKeyPair(seed),
    hpkeSeal: async (publicKey, info, plaintext) => {
      const { enc, key, nonce } = hpke.toReceiver(publicKey, asBytes(info));
      return { enc, ciphertext: await primitives.gcmSeal(key, nonce, none, plaintext) };
    },
    hpkeOpen: async (privateKey, info, enc, ciphertext) => {
      const opened = hpke.fromSender(privateKey, enc, asBytes(info));
      return opened && primitives.gcmOpen(opened.key, opened.nonce, none, ciphertext);
    },
    suite: createSuite(primitives),
  };
}

function createSuite(primitives: SuitePrimitives): Suite {
  const hpke = createHpke(primitives);
  const asPublic = (key: Bytes) => key as unknown as PublicKey;
  const asPrivate = (key: Bytes) => key as unknown as PrivateKey;
  const raw = (key: PublicKey | PrivateKey) => key as unknown as Bytes;
  const pair = (keys: { publicKey: Bytes; privateKey: Bytes }) => ({
    publicKey: asPublic(keys.publicKey),
    privateKey: asPrivate(keys.privateKey),
  });
  return {
    name: suiteName,
    publicOf: primitives.x25519Public,
    verifyOneOfMany: async (publicKey, message, signature) =>
      (primitives.ed25519VerifyOneOfMany ?? primitives.ed25519Verify)(publicKey, message, signature),
    hmac: primitives.hmac,
    sha256: primitives.sha256,
    rng: { randomBytes: primitives.random },
    hash: {
      digest: async (data) => primitives.sha256(data),
      mac: async (key, data) => primitives.hmac(key, data),
      verifyMac: async (key, mac, data) => sameBytes(mac, primitives.hmac(key, data)),
    },
    kdf: {
      size: 32,
      extract: async (salt, ikm) => hkdfExtract(primitives, salt, ikm),
      expand: async (prk, info, length) => hkdfExpand(primitives, prk, info, length),
    },
    signature: {
      sign: async (seed, message) => primitives.ed25519Sign(seed, message),
      verify: async (publicKey, message, signature) => primitives.ed25519Verify(publicKey, message, signature),
      keygen: async () => {
        const signKey = primitives.random(32);
        return { signKey, publicKey: primitives.ed25519Public(signKey) };
      },
    },
    hpke: {
      keyLength: 16,
      nonceLength: 12,
      importPrivateKey: async (key) => asPrivate(sized(key)),
      importPublicKey: async (key) => asPublic(sized(key)),
      exportPrivateKey: async (key) => raw(key),
      exportPublicKey: async (key) => raw(key),
      deriveKeyPair: async (ikm) => pair(hpke.deriveKeyPair(ikm)),
      generateKeyPair: async () => pair(hpke.generateKeyPair()),
      seal: async (publicKey, plaintext, info, aad) => {
        const { enc, key, nonce } = hpke.toReceiver(raw(publicKey), info);
        return { enc, ct: await primitives.gcmSeal(key, nonce, aad ?? none, plaintext) };
      },
      open: async (privateKey, enc, ciphertext, info, aad) => {
        const opened = hpke.fromSender(raw(privateKey), enc, info);
        return opens(opened && (await primitives.gcmOpen(opened.key, opened.nonce, aad ?? none, ciphertext)));
      },
      exportSecret: async (publicKey, context, length, info) => {
        const sender = hpke.toReceiver(raw(publicKey), info);
        return { enc: sender.enc, secret: hpke.exported(sender, context, length) };
      },
      importSecret: async (privateKey, context, enc, length, info) => {
        const opened = hpke.fromSender(raw(privateKey), enc, info);
        return opens(opened && hpke.exported(opened, context, length));
      },
      encryptAead: async (key, nonce, aad, plaintext) => primitives.gcmSeal(key, nonce, aad ?? none, plaintext),
      decryptAead: async (key, nonce, aad, ciphertext) =>
        opens(await primitives.gcmOpen(key, nonce, aad ?? none, ciphertext)),
    },
  };
}

function asBytes(info: string | Bytes): Bytes {
  return typeof info === "string" ? utf8(info) : info;
}

function opens(opened: Bytes | undefined): Bytes {
  if (opened === undefined) throw new Error("does not open");
  return opened;
}

function sized(key: Bytes): Bytes {
  if (key.length !== 32) throw new Error("not an X25519 key");
  return key;
}

/** Constant-time for equal lengths. */
function sameBytes(a: Bytes, b: Bytes): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= (a[i] ?? 0) ^ (b[i] as number);
  return difference === 0;
}
