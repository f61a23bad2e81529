/** One group of MLS that a conversation is in (docs/spec/groups.md): joined by a Welcome, read, spoken in. */
import {
  acceptAll,
  type ClientState,
  createApplicationMessage,
  decodeMlsMessage,
  emptyPskIndex,
  encodeMlsMessage,
  joinGroup,
  mlsExporter,
  processPrivateMessage,
  type Welcome,
} from "ts-mls";
import { decryptSenderData } from "ts-mls/privateMessage.js";
import { type Bytes, concat, Fields, hex, isEqual, utf8 } from "./bytes.ts";
import type { EnvelopeKeys } from "./envelope.ts";
import { hashOf, sha256 } from "./signing.ts";
import { clientConfig, type Leaf, type OwnKeyPackage, readLeaf, type Suite, stateExtension } from "./suite.ts";

/** What all members agree on, as far as this client needs it (GR2). */
type State = {
  readonly conversation: Bytes;
  readonly kind: "direct" | "own" | "group";
  readonly gate: Bytes;
  readonly name: string;
};

/** What an epoch gives to whoever is in it (GR7). */
type Epoch = {
  readonly number: number;
  readonly keys: EnvelopeKeys;
  readonly token: Bytes;
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

  /** @throws when the Welcome is for none of these packages, or what it leads to keeps no rule that is looked at here. */
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

  /** The id of a 1:1 names its two accounts; that of a group names nobody (GR1). */
  private fitsItsId(): boolean {
    const { conversation, kind } = this.state;
    if (kind === "group") return conversation[0] === 0;
    const accounts = [...new Set(this.members.map(({ account }) => hex(account)))].sort();
    if (kind === "own" || accounts.length > 2) return false; // This account has one device, and no conversation of its own.
    const both = accounts.map((account) => Uint8Array.fromHex(account));
    const id = sha256(concat(utf8("yanshu direct conversation v1\0"), ...both));
    id[0] = 1;
    return isEqual(id, conversation);
  }

  private async enter(mls: ClientState): Promise<void> {
    this.mls = mls;
    this.members = mls.ratchetTree.flatMap((node) => (node?.nodeType === "leaf" ? [readLeaf(node.leaf)] : []));
    this.state = stateOf(mls);
    const { keySchedule, groupContext } = mls;
    const exported = async (label: string, length: number) =>
      new Uint8Array(await mlsExporter(keySchedule.exporterSecret, label, noContext, length, this.suite));
    this.epoch = {
      number: Number(groupContext.epoch),
      keys: {
        tag: await exported("yanshu envelope tag v1", 16),
        key: await exported("yanshu envelope key v1", 32),
      },
      token: await exported("yanshu post token v1", 16),
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
