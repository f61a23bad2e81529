/**
 * Key packages (RFC 9420 §10): a device makes them, and the committer who adds the device checks them.
 */
import {
  type Address,
  type Bytes,
  blob,
  decodeAs,
  encodeAs,
  equalBytes,
  fixed,
  idBytes,
  isWeakSealKey,
  limits,
  literal,
  struct,
  type UnixMs,
} from "@yanshu/wire";
// Values come from the library's own files: its index would draw in every suite, with modules that are not installed.
import type { KeyPackage, PrivateKeyPackage } from "ts-mls";
import { generateKeyPackageWithKey, makeKeyPackageRef, verifyKeyPackage } from "ts-mls/keyPackage.js";
import { verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
import type { Context } from "./group.ts";
import { capabilities, credentialOf, deliveryExtension, factsOf } from "./leaf.ts";
import { suiteName } from "./suite.ts";
import type { DeviceIdentity, LeafDelivery, OwnKeyPackage, ReadKeyPackage } from "./types.ts";

const dayMs = 86_400_000;
/** A package is dated back by a day, because clocks differ. */
const backDatedMs = dayMs;
const lifetimeMsMax = limits.keyPackageDaysMax * dayMs + 2 * backDatedMs;

const secretSchema = struct({
  v: literal(1),
  package: blob(limits.keyPackageBytesMax),
  initKey: fixed(idBytes.publicKey),
  leafKey: fixed(idBytes.publicKey),
  deviceKey: fixed(idBytes.publicKey),
});

export async function makeKeyPackage(
  context: Context,
  identity: DeviceIdentity,
  delivery: LeafDelivery,
  expiresAtMs: UnixMs,
): Promise<OwnKeyPackage & { readonly made: KeyPackage; readonly keys: PrivateKeyPackage }> {
  const { suite, nowMs } = context;
  const { publicPackage: made, privatePackage: keys } = await generateKeyPackageWithKey(
    credentialOf(identity.credential),
    capabilities,
    { notBefore: seconds(nowMs() - backDatedMs), notAfter: seconds(expiresAtMs) },
    [],
    { signKey: identity.deviceKey.privateKey, publicKey: identity.deviceKey.publicKey },
    suite,
    [deliveryExtension(delivery)],
  );
  const bytes = encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage: made });
  return {
    bytes,
    secret: encodeAs(secretSchema, {
      v: 1,
      package: bytes,
      initKey: keys.initPrivateKey,
      leafKey: keys.hpkePrivateKey,
      deviceKey: keys.signaturePrivateKey,
    }),
    ref: await makeKeyPackageRef(made, suite.hash),
    address: delivery.address as Address,
    expiresAtMs,
    made,
    keys,
  };
}

/** Returns the private keys of an own package. @throws MalformedError */
export function openOwnKeyPackage(own: OwnKeyPackage): PrivateKeyPackage {
  const { initKey, leafKey, deviceKey } = decodeAs(secretSchema, own.secret, limits.keyPackageBytesMax + 256);
  return { initPrivateKey: initKey, hpkePrivateKey: leafKey, signaturePrivateKey: deviceKey };
}

/** Decodes a package without checking its content. Returns undefined if the bytes are no KeyPackage. @checks GR9 */
export function decodeKeyPackage(bytes: Bytes): KeyPackage | undefined {
  if (bytes.length > limits.keyPackageBytesMax) return undefined;
  try {
    const decoded = decodeMlsMessage(new Uint8Array(bytes), 0);
    if (decoded === undefined || decoded[1] !== bytes.length) return undefined;
    return decoded[0].wireformat === "mls_key_package" ? decoded[0].keyPackage : undefined;
  } catch {
    return undefined; // The library throws several kinds of errors for bytes that it cannot read.
  }
}

/** Validates a package (RFC 9420 §10.1), its lifetime by the own clock; undefined if invalid. @checks GR9 */
export async function checkKeyPackage(context: Context, made: KeyPackage): Promise<ReadKeyPackage | undefined> {
  const facts = await checkAddedPackage(context, made);
  const lifetime = made.leafNode.lifetime;
  const nowSeconds = seconds(context.nowMs());
  if (lifetime.notBefore > nowSeconds || lifetime.notAfter < nowSeconds) return undefined;
  return lifetime.notAfter - lifetime.notBefore <= seconds(lifetimeMsMax) ? facts : undefined;
}

// Results are cached, because preparing a commit checks a package more than once. No package is changed in place.
const checked = new WeakMap<KeyPackage, Promise<ReadKeyPackage | undefined>>();

/** Checks all but the lifetime: receivers may process the Add a month later, and must all agree (GR9.6). */
export function checkAddedPackage(context: Context, made: KeyPackage): Promise<ReadKeyPackage | undefined> {
  const known = checked.get(made);
  if (known !== undefined) return known;
  const found = signedFacts(context, made);
  checked.set(made, found);
  return found;
}

/** @checks GR9 */
async function signedFacts({ crypto, suite }: Context, made: KeyPackage): Promise<ReadKeyPackage | undefined> {
  const facts = factsOf(crypto.sha256, made.leafNode);
  if (made.cipherSuite !== suiteName || made.extensions.length > 0) return undefined;
  if (isWeakSealKey(made.initKey) || equalBytes(made.initKey, made.leafNode.hpkePublicKey)) return undefined;
  const leafSigned = await verifyLeafNodeSignatureKeyPackage(made.leafNode, suite.signature);
  return leafSigned && (await verifyKeyPackage(made, suite.signature)) ? facts : undefined;
}

function seconds(ms: UnixMs): bigint {
  return BigInt(Math.max(0, Math.floor(ms / 1_000)));
}
