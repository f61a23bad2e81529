/** One group of MLS that a conversation is in (docs/spec/groups.md): joined by a Welcome, read, spoken in. */
import {
  acceptAll,
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  decodeMlsMessage,
  emptyPskIndex,
  encodeMlsMessage,
  joinGroup,
  type KeyPackage,
  mlsExporter,
  processPrivateMessage,
  type Welcome,
} from "ts-mls";
import { decryptSenderData } from "ts-mls/privateMessage.js";
import { type Bytes, concat, Fields, hex, isEqual, randomBytes, toCbor, utf8 } from "./bytes.ts";
import type { EnvelopeKeys } from "./envelope.ts";
import { hashOf, type KeyPair, keyPairOf, sha256 } from "./signing.ts";
import {
  clientConfig,
  type Leaf,
  type OwnKeyPackage,
  readLeaf,
  requiredExtension,
  type Suite,
  stateExtension,
} from "./suite.ts";

/** What all members agree on, as far as this client needs it (GR2). */
type State = {
  readonly conversation: Bytes;
  readonly kind: "direct" | "own" | "group";
  readonly gate: Bytes;
  readonly name: string;
};

/** What an epoch gives to whoever is in it (GR7). */
export type Epoch = {
  readonly number: number;
  readonly keys: EnvelopeKeys;
  readonly token: Bytes;
  /** Signs the commit that ends it; its public half is told to the gate beforehand. */
  readonly postKey: KeyPair;
  readonly authenticator: Bytes;
};

export type Heard = { readonly sender: Leaf; readonly message: Bytes };

const noContext = new Uint8Array(0);

export class Group {
  /** In the order of the leaves, which is that of the epoch's address list. */
  members: readonly Leaf[] = [];
  state!: State;
  epoch!: Epoch;
  private readonly suite: Suite;
  private mls: ClientState;

  private constructor(suite: Suite, mls: ClientState) {
    this.suite = suite;
    this.mls = mls;
  }

  /**
   * @throws when the Welcome is for none of these packages, or what it leads to keeps no rule that is looked at here.
   */
  static async join(
    suite: Suite,
    bytes: Bytes,
    packages: readonly OwnKeyPackage[],
    isListed: (leaf: Leaf) => boolean,
  ): Promise<{ readonly group: Group; readonly used: OwnKeyPackage }> {
    const welcome = readWelcome(bytes);
    const used = packages.find(({ ref }) => welcome.secrets.some(({ newMember }) => isEqual(newMember, ref)));
    if (used === undefined) throw new Error("a Welcome for another device");
    const { made, keys } = used;
    const mls = await joinGroup(welcome, made, keys, emptyPskIndex, suite, undefined, undefined, clientConfig);
    const group = new Group(suite, mls);
    await group.enter(mls);
    if (!group.members.every(isListed)) throw new Error("a leaf that its account never listed");
    if (!group.fitsItsId()) throw new Error("a conversation that is another's");
    return { group, used };
  }

  /**
   * A group for a conversation of two (GR16): of one leaf at first, to which one commit of Adds alone brings the
   * others.
   *
   * @param gate the hash of the founding key.
   */
  static async found(
    suite: Suite,
    own: OwnKeyPackage,
    {
      accounts,
      gate,
      server,
    }: { readonly accounts: readonly [Bytes, Bytes]; readonly gate: Bytes; readonly server: string },
    packages: readonly KeyPackage[],
  ): Promise<{ readonly group: Group; readonly welcome: Bytes }> {
    const state = {
      policyVersion: 1,
      conversation: directId(accounts),
      kind: "direct",
      founding: 1,
      gate,
      gateServer: server,
      name: "",
      roles: [],
      announcement: "",
      settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
    };
    const extensions = [requiredExtension, { extensionType: stateExtension, extensionData: toCbor(state) }];
    const lone = await createGroup(randomBytes(32), own.made, own.keys, extensions, suite, clientConfig);
    const adds = packages.map((keyPackage) => ({ proposalType: "add" as const, add: { keyPackage } }));
    const options = { extraProposals: adds, ratchetTreeExtension: true };
    const { newState, welcome } = await createCommit({ state: lone, cipherSuite: suite }, options);
    if (welcome === undefined) throw new Error("nobody was added");
    const group = new Group(suite, newState);
    await group.enter(newState);
    const message = encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome });
    return { group, welcome: new Uint8Array(message) };
  }

  /** The id of a 1:1 names its two accounts; that of a group names nobody (GR1). */
  private fitsItsId(): boolean {
    const { conversation, kind } = this.state;
    if (kind === "group") return conversation[0] === 0;
    const accounts = [...new Set(this.members.map(({ account }) => hex(account)))].map((one) =>
      Uint8Array.fromHex(one),
    );
    const [account, ...others] = accounts;
    if (account === undefined || others.length > 1) return false;
    if (kind === "own") return others.length === 0 && isEqual(ownId(account), conversation);
    return isEqual(directId(accounts), conversation);
  }

  private async enter(mls: ClientState): Promise<void> {
    this.mls = mls;
    this.members = mls.ratchetTree.flatMap((node) => (node?.nodeType === "leaf" ? [readLeaf(node.leaf)] : []));
    this.state = stateOf(mls);
    this.epoch = await this.epochOf(mls);
  }

  private async epochOf({ keySchedule, groupContext }: ClientState): Promise<Epoch> {
    const exported = async (label: string, length: number) =>
      new Uint8Array(await mlsExporter(keySchedule.exporterSecret, label, noContext, length, this.suite));
    return {
      number: Number(groupContext.epoch),
      keys: {
        tag: await exported("yanshu envelope tag v1", 16),
        key: await exported("yanshu envelope key v1", 32),
      },
      token: await exported("yanshu post token v1", 16),
      postKey: keyPairOf(await exported("yanshu post key v1", 32)),
      authenticator: new Uint8Array(keySchedule.epochAuthenticator.slice(0, 16)),
    };
  }

  get addresses(): readonly Bytes[] {
    return this.members.map(({ address }) => address);
  }

  get listHash(): Bytes {
    return hashOf("list", ...this.addresses);
  }

  async protect(message: Bytes): Promise<Bytes> {
    const { newState, privateMessage } = await createApplicationMessage(this.mls, message, this.suite);
    this.mls = newState; // Before anything leaves: a key is used once (GR6.3).
    return new Uint8Array(encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage }));
  }

  /**
   * Fresh keys of the own leaf: a commit with nothing but a path (GR25.1), which counts once `enterNext` is called. The
   * library leaves the leaf's address as it is.
   */
  async renewal(): Promise<{ readonly commit: Bytes; readonly next: ClientState; readonly epoch: Epoch }> {
    const { newState, commit } = await createCommit({ state: this.mls, cipherSuite: this.suite }, {});
    return { commit: new Uint8Array(encodeMlsMessage(commit)), next: newState, epoch: await this.epochOf(newState) };
  }

  /** The gate took the own commit. */
  enterNext(next: ClientState): Promise<void> {
    return this.enter(next);
  }

  /** What was said; undefined where a commit was taken. @throws when it is of another epoch, or cannot be opened. */
  async receive(bytes: Bytes): Promise<Heard | undefined> {
    const decoded = decodeMlsMessage(bytes, 0);
    if (decoded === undefined || decoded[1] !== bytes.length || decoded[0].wireformat !== "mls_private_message")
      throw new Error("no PrivateMessage");
    const framed = decoded[0].privateMessage;
    if (framed.epoch !== this.mls.groupContext.epoch || framed.authenticatedData.length > 0)
      throw new Error("of another epoch");
    // The library does not say who spoke: the sender data does (RFC 9420 §6.3.2), and the signature is checked below.
    const said = await decryptSenderData(framed, this.mls.keySchedule.senderDataSecret, this.suite);
    const node = said && this.mls.ratchetTree[2 * said.leafIndex];
    if (node?.nodeType !== "leaf") throw new Error("said by nobody who is here");
    const result = await processPrivateMessage(this.mls, framed, emptyPskIndex, this.suite, acceptAll);
    if (result.kind === "newState") {
      await this.enter(result.newState);
      return undefined;
    }
    this.mls = result.newState;
    return { sender: readLeaf(node.leaf), message: new Uint8Array(result.message) };
  }
}

/** The id of the conversation of two accounts, whichever is named first (GR1.1, GR1.3a). */
function directId(accounts: readonly Bytes[]): Bytes {
  const ascending = accounts
    .map(hex)
    .sort()
    .map((account) => Uint8Array.fromHex(account));
  const id = sha256(concat(utf8("yanshu direct conversation v1\0"), ...ascending));
  id[0] = 1;
  return id;
}

/** The id of an account's own devices (GR1.2). */
function ownId(account: Bytes): Bytes {
  const id = sha256(concat(utf8("yanshu own conversation v1\0"), account));
  id[0] = 2;
  return id;
}

function readWelcome(bytes: Bytes): Welcome {
  const decoded = decodeMlsMessage(bytes, 0);
  if (decoded === undefined || decoded[1] !== bytes.length || decoded[0].wireformat !== "mls_welcome")
    throw new Error("no Welcome");
  return decoded[0].welcome;
}

function stateOf({ groupContext: { extensions } }: ClientState): State {
  const [required, state, ...others] = extensions;
  if (required?.extensionType !== "required_capabilities" || state?.extensionType !== stateExtension)
    throw new Error("without its state");
  if (others.length > 0) throw new Error("with more than its state");
  const fields = Fields.of(state.extensionData);
  const kind = fields.text("kind");
  if (kind !== "direct" && kind !== "own" && kind !== "group") throw new Error("of an unknown kind");
  if (fields.number("policyVersion") !== 1) throw new Error("under rules that are not known");
  return {
    conversation: fields.bytes("conversation", 32),
    kind,
    gate: fields.bytes("gate", 32),
    name: fields.text("name"),
  };
}
