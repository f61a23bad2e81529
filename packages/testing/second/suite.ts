/** MLS as this protocol narrows it (docs/spec/groups.md GR2, GR9, GR13): over ts-mls, with a leaf's own extension. */
import {
  type Capabilities,
  type CiphersuiteImpl,
  type ClientConfig,
  decodeMlsMessage,
  defaultKeyPackageEqualityConfig,
  type Extension,
  encodeMlsMessage,
  encodeRequiredCapabilities,
  generateKeyPackageWithKey,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type KeyPackage,
  type PrivateKeyPackage,
} from "ts-mls";
import { makeKeyPackageRef, verifyKeyPackage } from "ts-mls/keyPackage.js";
import { type LeafNode, verifyLeafNodeSignatureKeyPackage } from "ts-mls/leafNode.js";
import { type Bytes, Fields, isEqual, randomBytes, toCbor } from "./bytes.ts";
import type { Account } from "./identity.ts";
import { hashOf, sha256 } from "./signing.ts";

export type Suite = CiphersuiteImpl;

const leafExtension = 0xf0a1;
export const stateExtension = 0xf0a2;
const suiteName = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";
const daySeconds = 86_400n;

export function openSuite(): Promise<Suite> {
  return getCiphersuiteImpl(getCiphersuiteFromName(suiteName));
}

const capabilities: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [suiteName],
  extensions: [leafExtension, stateExtension],
  proposals: [],
  credentials: ["basic"],
};

/** Who a leaf is, and how its device is reached. */
export type Leaf = {
  readonly account: Bytes;
  readonly device: Bytes;
  readonly address: Bytes;
  readonly sealKey: Bytes;
};

/** @throws when a leaf is none of this protocol, or its device id is not that of its key (GR9.2). */
export function readLeaf(leaf: LeafNode): Leaf {
  const [extension, ...others] = leaf.extensions;
  if (extension?.extensionType !== leafExtension || others.length > 0) throw new Error("a leaf without its extension");
  if (!("identity" in leaf.credential)) throw new Error("a credential that is not basic");
  const credential = Fields.of(leaf.credential.identity);
  const device = credential.bytes("device", 32);
  if (!isEqual(device, hashOf("device", leaf.signaturePublicKey))) throw new Error("another device's id");
  const delivery = Fields.of(extension.extensionData);
  const [address, sealKey] = [delivery.bytes("address", 16), delivery.bytes("sealKey", 32)];
  return { account: credential.bytes("account", 32), device, address, sealKey };
}

export const clientConfig: ClientConfig = {
  keyRetentionConfig: { retainKeysForGenerations: 1_024, retainKeysForEpochs: 0, maximumForwardRatchetSteps: 20_000 },
  lifetimeConfig: { maximumTotalLifetime: 92n * daySeconds, validateLifetimeOnReceive: false },
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: { kind: "alwaysPad", paddingLength: 0 }, // The envelope pads.
  authService: {
    validateCredential: async (credential, key) =>
      "identity" in credential && isEqual(Fields.of(credential.identity).bytes("device", 32), hashOf("device", key)),
  },
};

export type OwnKeyPackage = {
  /** The MLSMessage that home hands out. */
  readonly bytes: Bytes;
  readonly ref: Bytes;
  readonly made: KeyPackage;
  readonly keys: PrivateKeyPackage;
  readonly address: Bytes;
  /** Opens notes to the address. */
  readonly sealKey: Bytes;
  readonly expiresAtMs: number;
};

/** What every group's context begins with (GR2.1). */
export const requiredExtension: Extension = {
  extensionType: "required_capabilities",
  extensionData: encodeRequiredCapabilities({
    extensionTypes: [leafExtension, stateExtension],
    proposalTypes: [],
    credentialTypes: ["basic"],
  }),
};

/** A key package that home handed out. @throws when it is none, or its signatures do not hold. */
export async function readKeyPackage(suite: Suite, bytes: Bytes): Promise<KeyPackage> {
  const decoded = decodeMlsMessage(bytes, 0);
  if (decoded === undefined || decoded[1] !== bytes.length || decoded[0].wireformat !== "mls_key_package")
    throw new Error("no key package");
  const { keyPackage } = decoded[0];
  const leafIsSigned = await verifyLeafNodeSignatureKeyPackage(keyPackage.leafNode, suite.signature);
  if (!leafIsSigned || !(await verifyKeyPackage(keyPackage, suite.signature))) throw new Error("signed badly");
  return keyPackage;
}

/** Each has an address and a seal key of its own (docs/spec/delivery.md DS2). */
export async function makeKeyPackage(
  suite: Suite,
  { id: account, device, deviceKey, history }: Account,
  { server, claimCap, nowMs }: { readonly server: string; readonly claimCap: Bytes; readonly nowMs: number },
): Promise<OwnKeyPackage> {
  const sealPair = await suite.hpke.generateKeyPair();
  const [address, expiresAtMs] = [randomBytes(16), nowMs + 90 * 86_400_000];
  const sealKey = new Uint8Array(await suite.hpke.exportPublicKey(sealPair.publicKey));
  const n = history.entries.length - 1;
  const entryHash = sha256(history.entries[n] as Bytes);
  const { publicPackage: made, privatePackage: keys } = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: toCbor({ v: 1, account, device, n, entryHash }) },
    capabilities,
    { notBefore: BigInt(Math.floor(nowMs / 1_000)) - daySeconds, notAfter: BigInt(Math.floor(expiresAtMs / 1_000)) },
    [],
    { signKey: deviceKey.seed, publicKey: deviceKey.publicKey },
    suite,
    [
      {
        extensionType: leafExtension,
        extensionData: toCbor({ v: 1, server, address, sealKey, claimCap, features: [] }),
      },
    ],
  );
  const bytes = encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage: made });
  return {
    bytes: new Uint8Array(bytes),
    ref: new Uint8Array(await makeKeyPackageRef(made, suite.hash)),
    made,
    keys,
    address,
    sealKey: new Uint8Array(await suite.hpke.exportPrivateKey(sealPair.privateKey)),
    expiresAtMs,
  };
}
