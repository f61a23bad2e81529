/**
 * Leaf: the account and device of a leaf, and how to deliver to it (docs/spec/groups.md GR9).
 *
 * The credential names account and device. The device id is the hash of the leaf's signature key, so nobody can claim
 * another device's id with their own key. The caller judges whether the account lists the device.
 */
import {
  type AccountId,
  type Address,
  type Bytes,
  type Capability,
  type DeviceId,
  decodeAs,
  deviceIdOf,
  encodeAs,
  equalBytes,
  extensions,
  fixed,
  idBytes,
  isWeakSealKey,
  limits,
  list,
  literal,
  MalformedError,
  type Primitives,
  struct,
  text,
  uint,
} from "@yanshu/wire";
import type { AuthenticationService, Capabilities, Credential, Extension } from "ts-mls";
import type { LeafNode } from "ts-mls/leafNode.js";
import { suiteName } from "./suite.ts";
import type { LeafCredential, LeafDelivery, Member } from "./types.ts";

type Sha256 = Primitives["sha256"];

/** Private extension types (RFC 9420 §17.3): leaf delivery, group state. */
export const leafExtension = 0xf0a1;
export const stateExtension = 0xf0a2;

const leafBytesMax = 1_024;
const featuresMax = 32;
const featureMax = 64;

const credentialSchema = struct(
  {
    v: literal(1),
    account: fixed<AccountId>(idBytes.account),
    device: fixed<DeviceId>(idBytes.device),
    n: uint(limits.entriesMax - 1),
    entryHash: fixed(idBytes.hash),
  },
  { more: extensions },
);

const deliverySchema = struct(
  {
    v: literal(1),
    server: text(limits.domainBytesMax),
    address: fixed<Address>(idBytes.address),
    sealKey: fixed(idBytes.publicKey),
    claimCap: fixed<Capability>(idBytes.capability),
    features: list(text(featureMax), featuresMax),
  },
  { replaces: fixed<Address>(idBytes.address), more: extensions },
);

export const capabilities: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [suiteName],
  extensions: [leafExtension, stateExtension],
  proposals: [],
  credentials: ["basic"],
};

export function credentialOf({ account, device, n, entryHash }: LeafCredential): Credential {
  return { credentialType: "basic", identity: encodeAs(credentialSchema, { v: 1, account, device, n, entryHash }) };
}

export function deliveryExtension(delivery: LeafDelivery): Extension {
  const { server, address, sealKey, claimCap, features, replaces } = delivery;
  const required = { v: 1 as const, server, address, sealKey, claimCap, features };
  return {
    extensionType: leafExtension,
    extensionData: encodeAs(deliverySchema, replaces === undefined ? required : { ...required, replaces }),
  };
}

/** The credential, delivery and device key of a leaf. */
export type LeafFacts = Omit<Member, "leaf">;

// Cached by leaf, which is never changed in place: 1,000 leaves are decoded once for all epochs that share them.
const known = new WeakMap<LeafNode, LeafFacts | "mismatch">();

/** Returns undefined if the leaf does not follow GR9. */
export function factsOf(sha256: Sha256, leaf: LeafNode): LeafFacts | undefined {
  let facts = known.get(leaf);
  if (facts === undefined) {
    facts = readFacts(sha256, leaf) ?? "mismatch";
    known.set(leaf, facts);
  }
  return facts === "mismatch" ? undefined : facts;
}

/** @checks GR9 */
function readFacts(sha256: Sha256, leaf: LeafNode): LeafFacts | undefined {
  const credential = readCredential(sha256, leaf.credential, leaf.signaturePublicKey);
  const [extension, ...others] = leaf.extensions;
  if (credential === undefined || extension?.extensionType !== leafExtension || others.length > 0) return undefined;
  if (!speaksOurs(leaf.capabilities)) return undefined;
  try {
    const { v: _v, more: _more, ...delivery } = decodeAs(deliverySchema, extension.extensionData, leafBytesMax);
    if (isWeakSealKey(leaf.hpkePublicKey) || isWeakSealKey(delivery.sealKey)) return undefined;
    return { ...credential, ...delivery, deviceKey: leaf.signaturePublicKey };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** @checks GR9 */
function speaksOurs(theirs: Capabilities): boolean {
  return (
    theirs.versions.includes("mls10") &&
    theirs.ciphersuites.includes(suiteName) &&
    theirs.credentials.includes("basic") &&
    capabilities.extensions.every((extension) => theirs.extensions.includes(extension))
  );
}

/** @checks GR9 */
function readCredential(sha256: Sha256, credential: Credential, deviceKey: Bytes): LeafCredential | undefined {
  if (!("identity" in credential)) return undefined; // Only a basic credential has an identity.
  if (deviceKey.length !== idBytes.publicKey) return undefined;
  try {
    const { v: _v, more: _more, ...facts } = decodeAs(credentialSchema, credential.identity, leafBytesMax);
    return equalBytes(facts.device, deviceIdOf(sha256, deviceKey)) ? facts : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** Replaces ts-mls's default, which accepts any credential. The caller judges standings before it calls ts-mls. */
export function authenticationService(sha256: Sha256): AuthenticationService {
  return {
    validateCredential: async (credential, deviceKey) => readCredential(sha256, credential, deviceKey) !== undefined,
  };
}
