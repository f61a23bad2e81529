/**
 * The interface of `mls` for the client. Values are immutable: an operation returns the next `Group`, and the caller
 * decides when to adopt it (docs/spec/groups.md GR5, GR6). No type of ts-mls leaves this package.
 */
import type {
  AccountHistory,
  AccountId,
  Extension as AddedField,
  Address,
  Bytes,
  Capability,
  ConversationId,
  DeviceId,
  DeviceStanding,
  GateId,
  Primitives,
  UnixMs,
} from "@yanshu/wire";
import type { ConversationKind, ConversationRules, KindTable } from "./kinds/index.ts";

/** Everything cryptographic that client and `mls` need. `mls/bun` and `mls/browser` make one each. */
export type Crypto = Primitives & {
  /** For ids, nonces and keys; `length` in bytes. Injectable, so that a simulation repeats. */
  readonly random: (length: number) => Bytes;
  readonly sign: (privateKey: Bytes, message: Bytes) => Promise<Bytes>;
  /** Ed25519; `privateKey` is the 32-byte seed. */
  readonly signatureKeyPair: (seed: Bytes) => Promise<KeyPair>;
  /** HKDF-SHA-256. */
  readonly derive: (secret: Bytes, info: string, length: number) => Bytes;
  /**
   * The same, of a secret of which no other key is derived: nothing of it is kept. Of a million secrets what is kept,
   * until the collector has seen that it can go, takes longer than the hashing (docs/spec/moments.md MO102).
   */
  readonly deriveOnce: Crypto["derive"];
  /** scrypt with `usernameCost`: slow on purpose, for secrets that could be guessed (docs/spec/identity.md ID28). */
  readonly stretch: (secret: Bytes, salt: Bytes) => Promise<Bytes>;
  /** AES-256-GCM; the 16-byte tag ends the ciphertext. */
  readonly seal: (key: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes) => Promise<Bytes>;
  /** Returns undefined if the tag is wrong. */
  readonly open: (key: Bytes, nonce: Bytes, aad: Bytes, ciphertext: Bytes) => Promise<Bytes | undefined>;
  /** X25519, for HPKE base mode (RFC 9180, the suite's KEM, KDF and AES-128-GCM). */
  readonly sealKeyPair: () => Promise<KeyPair>;
  /** The same pair for the same 32-byte seed (DeriveKeyPair). */
  readonly sealKeyPairFrom: (seed: Bytes) => Promise<KeyPair>;
  readonly hpkeSeal: (
    publicKey: Bytes,
    info: string | Bytes,
    plaintext: Bytes,
  ) => Promise<{ enc: Bytes; ciphertext: Bytes }>;
  readonly hpkeOpen: (
    privateKey: Bytes,
    info: string | Bytes,
    enc: Bytes,
    ciphertext: Bytes,
  ) => Promise<Bytes | undefined>;
  /** Opaque: the provider that ts-mls runs on. */
  readonly suite: unknown;
};
export type KeyPair = { readonly publicKey: Bytes; readonly privateKey: Bytes };

/** The MLS credential of a leaf (GR9.1): account, device, and the newest list entry known when the leaf was made. */
export type LeafCredential = {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly n: number;
  readonly entryHash: Bytes;
};

/** The leaf extension (GR9.3): how to encrypt to a device, and where to deliver. */
export type LeafDelivery = {
  readonly server: string;
  readonly address: Address;
  readonly sealKey: Bytes;
  readonly claimCap: Capability;
  readonly features: readonly string[];
  /** The address of the leaf that this one replaces: its device asks for a resync with it (GR5.5). */
  readonly replaces?: Address;
};

export type Member = LeafCredential & LeafDelivery & { readonly leaf: number; readonly deviceKey: Bytes };

export type Role = "owner" | "admin";

/** The GroupContext extension (GR2), at most 8 KB of canonical CBOR. */
export type GroupState = {
  readonly policyVersion: number;
  readonly conversation: ConversationId;
  readonly kind: ConversationKind;
  readonly founding: number;
  readonly gate: GateId;
  readonly gateServer: string;
  /** The group that this one re-creates, if any. */
  readonly previous?: { readonly groupId: Bytes; readonly epoch: number };
  readonly name: string;
  /** A thumbnail of ≤ 6 KB. */
  readonly avatar?: Bytes;
  /** Owners and admins, sorted by account; empty for a kind without roles. */
  readonly roles: readonly { readonly account: AccountId; readonly role: Role }[];
  readonly announcement: string;
  readonly settings: {
    /** Whether only owners and admins add accounts; else any member may. */
    readonly adminsOnlyAdd: boolean;
    /** Whether only owners and admins change name and avatar. */
    readonly adminsOnlyEdit: boolean;
    /** Requests to join wait for an owner or admin, and plain members add nobody. Absent when off. */
    readonly approval?: true;
    /** How much history newcomers are given (GR32). Absent: none. */
    readonly history?: "week" | "all";
  };
  /** The link by which people ask to join (GR26). */
  readonly link?: GroupLinkState;
  /** The owner dissolved the group: nobody joins and nothing changes any more (GR28). */
  readonly dissolved?: true;
  /** Fields of a later version (WI20): a client that does not know them keeps them unchanged. */
  readonly more?: readonly AddedField[];
};

/** A group's link: a person who shows `secret` before `expiresMs` may ask to join. */
export type GroupLinkState = {
  readonly secret: Bytes;
  /** Lets a newcomer register at the home of the link's maker. */
  readonly token: Capability;
  readonly expiresMs: UnixMs;
  /** How many more people may join by the link; absent: no limit. */
  readonly left?: number;
};

/** A key package of this device: `bytes` are published, `secret` stays in the store. */
export type OwnKeyPackage = {
  readonly bytes: Bytes;
  readonly secret: Bytes;
  readonly ref: Bytes;
  readonly address: Address;
  readonly expiresAtMs: UnixMs;
};

/** The leaf content of a key package whose signatures were checked. */
export type ReadKeyPackage = LeafCredential & LeafDelivery & { readonly deviceKey: Bytes };

/** A device's credential, and its device key, which is its MLS signature key. */
export type DeviceIdentity = { readonly credential: LeafCredential; readonly deviceKey: KeyPair };

/**
 * Exporter values of one epoch (GR7): `tag` and `envelopeKey` seal envelopes, `postToken` shows
 * membership to the gate, `postKey` signs the commit that ends the epoch, `authenticator` makes a
 * fork visible.
 */
export type EpochKeys = {
  readonly tag: Bytes;
  readonly envelopeKey: Bytes;
  readonly postToken: Bytes;
  readonly postKey: KeyPair;
  readonly authenticator: Bytes;
};

/** One state of one MLS group. Its secrets are not among the fields. */
export type Group = {
  readonly groupId: Bytes;
  readonly epoch: number;
  readonly ownLeaf: number;
  readonly state: GroupState;
  /** The rules of the conversation's kind. */
  readonly rules: ConversationRules;
  /** In leaf order, which is the canonical order of the epoch's address list. */
  readonly members: readonly Member[];
  readonly keys: EpochKeys;
};

/** One secret-tree node. Overwrite the row (group, epoch, leaf) with it before sending anything (GR6.3). */
export type RatchetPatch = { readonly leaf: number; readonly bytes: Bytes };

export type CommitChange = {
  readonly adds?: readonly Bytes[];
  /** Leaf indices. */
  readonly removes?: readonly number[];
  readonly state?: GroupState;
  /** Replaces the own leaf's extension, for instance after a last-resort key package was used. */
  readonly ownDelivery?: LeafDelivery;
  /** Replaces the own leaf's credential: with `n` and `entryHash` of the newest list entry known. */
  readonly ownCredential?: LeafCredential;
};

/** The changes of a commit, the same for every member. */
export type CommitEffect = {
  readonly committer: Member;
  readonly added: readonly Member[];
  readonly removed: readonly Member[];
  readonly before: GroupState;
  readonly after: GroupState;
};

export type Prepared = {
  readonly next: Group;
  readonly commit: Bytes;
  readonly welcome?: Bytes;
  readonly effect: CommitEffect;
};

/** Why a message or commit was refused (GR3, GR4). */
export type Refusal =
  | "malformed"
  | "public-message"
  | "proposal-kind"
  | "not-a-member"
  | "never-listed"
  | "leaf-mismatch"
  | "not-allowed"
  | "policy-version"
  | "wrong-group"
  | "crypto"
  | "replay";

export type Received =
  | {
      readonly kind: "application";
      readonly group: Group;
      readonly patch: RatchetPatch;
      readonly sender: Member;
      readonly data: Bytes;
    }
  | { readonly kind: "commit"; readonly group: Group; readonly effect: CommitEffect }
  | { readonly kind: "removed"; readonly effect: CommitEffect }
  /**
   * `by`: the committer, if no honest client could have made the commit, whatever device lists it holds. `about`: the
   * account to which the commit would add a device that was never listed, or did not ask. `isOwn`: a commit that the
   * own leaf signed in the current epoch (GR11.2).
   */
  | {
      readonly kind: "refused";
      readonly why: Refusal;
      readonly by?: AccountId;
      readonly about?: AccountId;
      readonly isOwn?: true;
    };

/** Like `Received`, but the signature of an application message is still being verified. */
export type ReceivedAhead =
  | (Extract<Received, { kind: "application" }> & { readonly signed: Promise<boolean> })
  | Exclude<Received, { kind: "application" }>;

/** Returns the standing of a leaf's device by the device lists that the client holds. */
export type Judge = (leaf: LeafCredential & { readonly deviceKey: Bytes }) => DeviceStanding;

/** A joined group; `inviter` is the member whose leaf signed the Welcome (GR10.4). */
export type Joined = Group & { readonly inviter: Member };

/** `inviter`: only with `policy-version`, the member whose leaf signed the Welcome, which a later version may read. */
export type NotJoined = { readonly refused: Refusal; readonly inviter?: Member };

export type StoredGroup = { readonly base: Bytes; readonly patches: readonly RatchetPatch[] };

/** Made by `createMls(crypto, { nowMs })`. */
export type Mls = {
  readonly crypto: Crypto;
  /** The kinds of conversation that it knows. */
  readonly kinds: KindTable;
  readonly keyPackage: (
    identity: DeviceIdentity,
    delivery: LeafDelivery,
    expiresAtMs: UnixMs,
  ) => Promise<OwnKeyPackage>;
  readonly readKeyPackage: (bytes: Bytes) => Promise<ReadKeyPackage | undefined>;
  /** Makes a group with only the own leaf, at epoch 0. @throws MalformedError if the state is invalid */
  readonly create: (identity: DeviceIdentity, delivery: LeafDelivery, state: GroupState) => Promise<Group>;
  /** Refuses what receivers would refuse, by the same `allowed`. */
  readonly prepare: (
    group: Group,
    change: CommitChange,
    judge: Judge,
  ) => Promise<Prepared | { readonly refused: Refusal }>;
  readonly join: (welcome: Bytes, own: OwnKeyPackage, judge: Judge) => Promise<Joined | NotJoined>;
  readonly receive: (group: Group, message: Bytes, judge: Judge) => Promise<Received>;
  /**
   * Like `receive`, but returns before the signature of an application message is verified, so that the next one can be
   * decrypted meanwhile. Store and use nothing of the result, its group included, until `signed` resolves to true.
   *
   * @param isOneOfMany whether many follow, so that a browser verifies signatures on another core.
   */
  readonly receiveAhead: (group: Group, message: Bytes, judge: Judge, isOneOfMany?: boolean) => Promise<ReceivedAhead>;
  /**
   * Begins to decrypt the sender data of a message of this epoch, which does not depend on earlier messages, so that
   * `receive` waits less. Ignores other messages; `receive` reports any error.
   */
  readonly readAhead: (group: Group, message: Bytes) => void;
  readonly protect: (
    group: Group,
    data: Bytes,
  ) => Promise<{ readonly group: Group; readonly patch: RatchetPatch; readonly message: Bytes }>;
  /** Encodes a group for the store: the base without the secret tree, and one patch for each non-blank leaf. */
  readonly store: (group: Group) => StoredGroup;
  /** @throws MalformedError */
  readonly load: (stored: StoredGroup, own: DeviceIdentity) => Promise<Group>;
};

/** The body of an envelope of kind 0 (DS7). `histories`: device lists that receivers may lack (GR9.7). */
export type GroupEnvelopeBody = { readonly mls: Bytes; readonly histories: readonly AccountHistory[] };
