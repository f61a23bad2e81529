/**
 * What `mls` gives the client: groups, sealed envelopes, and the one authorisation function.
 * Values are immutable: an operation answers the next `Group`, and who calls it decides when
 * that becomes the state (docs/spec/groups.md GR5, GR6). No type of ts-mls leaves this package.
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
  /** Ids, nonces, keys. Injectable, so that a simulation repeats. */
  readonly random: (length: number) => Bytes;
  readonly sign: (privateKey: Bytes, message: Bytes) => Promise<Bytes>;
  /** Ed25519; `privateKey` is the 32-byte seed. */
  readonly signatureKeyPair: (seed: Bytes) => Promise<KeyPair>;
  /** HKDF-SHA-256. */
  readonly derive: (secret: Bytes, info: string, length: number) => Bytes;
  /** Slow on purpose: for what is short enough to be guessed (docs/spec/identity.md ID28). */
  readonly stretch: (secret: Bytes, salt: Bytes) => Promise<Bytes>;
  /** AES-256-GCM; the 16-byte tag ends the ciphertext. */
  readonly seal: (key: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes) => Promise<Bytes>;
  /** Undefined when it does not open. */
  readonly open: (key: Bytes, nonce: Bytes, aad: Bytes, ciphertext: Bytes) => Promise<Bytes | undefined>;
  /** X25519, for HPKE base mode (RFC 9180, the suite's KEM, KDF and AES-128-GCM). */
  readonly sealKeyPair: () => Promise<KeyPair>;
  /** The same from 32 bytes (DeriveKeyPair): one seed, one pair. */
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

/** The MLS credential of a leaf (ID8): who, which device, and the list entry it knew when it was made. */
export type LeafCredential = {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly n: number;
  readonly entryHash: Bytes;
};

/** The leaf extension (DS2): how to encrypt to a device, and where to deliver. */
export type LeafDelivery = {
  readonly server: string;
  readonly address: Address;
  readonly sealKey: Bytes;
  readonly claimCap: Capability;
  readonly features: readonly string[];
  /** The address of the leaf whose place this one is to take: its device asked for that (GR5.5). */
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
  /** Who may do more than a member. Sorted by account; empty where the kind is not led: all may all. */
  readonly roles: readonly { readonly account: AccountId; readonly role: Role }[];
  readonly announcement: string;
  readonly settings: {
    /** Only owner and admins add and remove; else any member may add. */
    readonly adminsOnlyAdd: boolean;
    /** Only owner and admins rename. */
    readonly adminsOnlyEdit: boolean;
    /** Who asks to come in waits for owner or admins, and members add nobody. Absent when it is off. */
    readonly approval?: true;
    /** How much of what was said before is handed to newcomers (GR32). Absent: nothing. */
    readonly history?: "week" | "all";
  };
  /** By which somebody asks to come in (GR26). */
  readonly link?: GroupLinkState;
  /** The owner ended the group: nobody comes in and nothing changes any more (GR28). */
  readonly dissolved?: true;
  /** What a later version added (WI20): kept as it is by a member who does not know it. */
  readonly more?: readonly AddedField[];
};

/** What a group's link is held against: who shows `secret` before it ends may ask to come in. */
export type GroupLinkState = {
  readonly secret: Bytes;
  /** With it a newcomer may register at the home of the one who made the link. */
  readonly token: Capability;
  readonly expiresMs: UnixMs;
  /** How many may still come in by it; absent: as many as like. */
  readonly left?: number;
};

/** A key package of this device: the public part is published, `secret` stays in the store. */
export type OwnKeyPackage = {
  readonly bytes: Bytes;
  readonly secret: Bytes;
  readonly ref: Bytes;
  readonly address: Address;
  readonly expiresAtMs: UnixMs;
};

/** What a key package says, after its signature and lifetime were checked. */
export type ReadKeyPackage = LeafCredential & LeafDelivery & { readonly deviceKey: Bytes };

/** What a device is to a group: its MLS signature key is its device key. */
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

/** One state of one group. Opaque but for these. */
export type Group = {
  readonly groupId: Bytes;
  readonly epoch: number;
  readonly ownLeaf: number;
  readonly state: GroupState;
  /** What its kind holds members to. */
  readonly rules: ConversationRules;
  /** In leaf order, which is the canonical order of the epoch's address list. */
  readonly members: readonly Member[];
  readonly keys: EpochKeys;
};

/** One secret-tree node, to be stored over the row (group, epoch, leaf) before anything leaves (GR6). */
export type RatchetPatch = { readonly leaf: number; readonly bytes: Bytes };

export type CommitChange = {
  readonly adds?: readonly Bytes[];
  /** Leaf indices. */
  readonly removes?: readonly number[];
  readonly state?: GroupState;
  /** Replaces this device's own extension, for instance after a last-resort package was used. */
  readonly ownDelivery?: LeafDelivery;
  /** The newest list entry known; replaces n and hash in this device's own credential. */
  readonly ownCredential?: LeafCredential;
};

/** What a commit did, as every member sees it. */
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

/** Why a message or a commit was not let through (GR3, GR4). */
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
   * `by`: whose commit it was, when no client could have made it in good faith, whatever device lists it holds.
   * `about`: the account to which it would have added a device that was never listed, or did not ask. `isOwn`: a commit
   * that the own leaf signed in the epoch that is held (GR11.2).
   */
  | {
      readonly kind: "refused";
      readonly why: Refusal;
      readonly by?: AccountId;
      readonly about?: AccountId;
      readonly isOwn?: true;
    };

/** What was opened, with the word on its signature still to come where it is an application message. */
export type ReceivedAhead =
  | (Extract<Received, { kind: "application" }> & { readonly signed: Promise<boolean> })
  | Exclude<Received, { kind: "application" }>;

/** The client's answer about a leaf, from the device lists that it holds. */
export type Judge = (leaf: LeafCredential & { readonly deviceKey: Bytes }) => DeviceStanding;

/** A group that was joined; `inviter` is the member whose leaf signed the Welcome (GR10). */
export type Joined = Group & { readonly inviter: Member };

/** `inviter`: with `policy-version` alone, the member whose leaf signed what a later version may read. */
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
  /** A group of this one leaf, at epoch 0; its first commit founds it. */
  readonly create: (identity: DeviceIdentity, delivery: LeafDelivery, state: GroupState) => Promise<Group>;
  /** Refuses what `allowed` refuses, so that a client never makes what others would refuse. */
  readonly prepare: (
    group: Group,
    change: CommitChange,
    judge: Judge,
  ) => Promise<Prepared | { readonly refused: Refusal }>;
  readonly join: (welcome: Bytes, own: OwnKeyPackage, judge: Judge) => Promise<Joined | NotJoined>;
  readonly receive: (group: Group, message: Bytes, judge: Judge) => Promise<Received>;
  /**
   * As `receive`, while the signature of an application message is still being checked, so that the next one can be
   * opened meanwhile. Nothing of it, its group included, may be kept or acted on before `signed` says yes.
   */
  readonly receiveAhead: (group: Group, message: Bytes, judge: Judge) => Promise<ReceivedAhead>;
  /**
   * Begins to read who sent a message of this epoch, which depends on none that came before it, so that receiving it
   * waits less. Nothing comes of it where it is no such message, and it is told by receiving it.
   */
  readonly readAhead: (group: Group, message: Bytes) => void;
  readonly protect: (
    group: Group,
    data: Bytes,
  ) => Promise<{ readonly group: Group; readonly patch: RatchetPatch; readonly message: Bytes }>;
  /** All of a state for the store: the base without the secret-tree nodes, and one patch for each node. */
  readonly store: (group: Group) => StoredGroup;
  /** @throws MalformedError */
  readonly load: (stored: StoredGroup, own: DeviceIdentity) => Promise<Group>;
};

/** The body of a kind-0 envelope (DS7); `histories` as DESIGN §6 `lists`. */
export type GroupEnvelopeBody = { readonly mls: Bytes; readonly histories: readonly AccountHistory[] };
