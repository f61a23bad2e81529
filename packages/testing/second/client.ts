/**
 * A second client of the protocol, written from docs/spec and its vectors alone, with libraries of the RFCs. It
 * registers, signs in, publishes addresses and key packages, is greeted and greets, joins groups, reads, speaks and
 * acknowledges. It is let in as a further device, and ends epochs by fresh keys. It keeps everything in memory, and
 * makes no other commits but those that found a conversation of two.
 */
import { type Bytes, Fields, hex, randomBytes, toCbor, u32 } from "./bytes.ts";
import { Connection, Refused } from "./connection.ts";
import { type EnvelopeKeys, isGroupEnvelope, open, openNote, seal, sealNote, tagOf } from "./envelope.ts";
import { type Blob, readFile, storeFile } from "./files.ts";
import { acksFrame, applicationFrame, commitFrame, createFrame, type Part, type Push, partsBytes } from "./frames.ts";
import { Group, type Heard } from "./group.ts";
import {
  type Account,
  contactLink,
  type History,
  type Home,
  historyOf,
  type Invitation,
  newAccount,
  readContactLink,
  readHistory,
  readInvitation,
} from "./identity.ts";
import { Meeting, type Showing } from "./linking.ts";
import { hashOf, type KeyPair, keyPairOf, labelled, place, sign } from "./signing.ts";
import {
  type Leaf,
  makeKeyPackage,
  type OwnKeyPackage,
  openSuite,
  readKeyPackage,
  readLeaf,
  type Suite,
} from "./suite.ts";

export type Said = {
  readonly conversation: string;
  readonly account: string;
  readonly kind: string;
  /** Of a body that has one. */
  readonly text?: string;
  /** Of a file. */
  readonly blob?: Pick<Blob, "id" | "key" | "bytes">;
};

const staleEpoch = 18;
const unknownList = 15;
const singleUsePackages = 6;

export class SecondClient {
  readonly name: string;
  readonly heard: Said[] = [];
  /** By the hex of the conversation's id. */
  readonly groups = new Map<string, Group>();
  /** What could not be taken, and why; nothing of it in good order. */
  readonly refused: string[] = [];
  acknowledged = 0;
  private readonly suite: Suite;
  private readonly at: Home;
  private readonly account: Account;
  private readonly linkCapability = randomBytes(16);
  private readonly claimCapability = randomBytes(16);
  private pair = { current: randomBytes(16), next: randomBytes(16) };
  private packages: OwnKeyPackage[] = [];
  /** Random keys of Welcomes, told by notes, by the hex of their tags (DS9). */
  private readonly welcomes = new Map<string, EnvelopeKeys>();
  /** Envelopes that wait for their note. */
  private waiting: Push[] = [];
  private readonly lists = new Map<string, ReadonlySet<string>>();
  private readonly seqs = new Map<string, number>();
  /** How far each device was heard in a conversation (SY6). */
  private readonly seen = new Map<string, Map<string, number>>();
  /** Envelopes that this device posted, in hex. */
  private readonly posted: string[] = [];
  /** What follows once a commit of its own came back, by the envelope in hex. */
  private readonly commits = new Map<string, () => Promise<void>>();
  private taking: Promise<void> = Promise.resolve();
  private signedIn: Connection | undefined;
  private posting: Connection | undefined;
  private changed: (() => void)[] = [];

  private constructor(suite: Suite, name: string, at: Home, account: Account) {
    this.suite = suite;
    this.name = name;
    this.at = at;
    this.account = account;
    this.learn(this.account.history);
  }

  /** Registers on a connection of its own, which is closed after it (DS50). */
  static async register(name: string, link: string): Promise<SecondClient> {
    const invitation: Invitation = readInvitation(link);
    const client = new SecondClient(await openSuite(), name, invitation, newAccount(invitation.server));
    const { inception, entries } = client.account.history;
    const connection = await client.connect();
    await connection.call("register", { token: invitation.token, inception, entry: entries[0] });
    await connection.close();
    return client;
  }

  /**
   * A further device of an account that has one, which is signed in and hands over packages once it was let in (ID15).
   *
   * @param show is given the link, and later the numbers of the words that stand on both devices.
   */
  static async link(name: string, at: Home, show: Showing): Promise<SecondClient> {
    const suite = await openSuite();
    const meeting = await Meeting.open(suite, at, show);
    const client = new SecondClient(suite, name, at, await meeting.account());
    await client.signIn();
    await client.publish();
    await meeting.ready(await client.packagesFor(meeting.packagesWanted));
    return client;
  }

  private async packagesFor(count: number): Promise<readonly Bytes[]> {
    const made: OwnKeyPackage[] = [];
    for (let one = 0; one < count; one++) made.push(await makeKeyPackage(this.suite, this.account, this.delivery));
    await this.home.call("addresses", { add: made.map(({ address }) => address), remove: [] });
    this.packages.push(...made);
    return made.map(({ bytes }) => bytes);
  }

  get link(): string {
    return contactLink(this.at, this.account.id, this.linkCapability, this.name);
  }

  /** Receives on one connection, and posts on another that names nobody (DS30). */
  async signIn(): Promise<void> {
    const connection = await this.connect((push) => {
      this.taking = this.taking.then(() => this.take(push));
    });
    const { id: account, device, deviceKey } = this.account;
    const { current, next } = this.pair;
    const signed = labelled("sign-in", place(connection.greeting), account, device, current, next);
    await connection.call("signIn", { account, device, current, next, signature: sign(deviceKey, signed) });
    this.pair = { current: next, next: randomBytes(16) };
    this.signedIn = connection;
    this.posting = await this.connect();
  }

  /** Addresses, the right to draw packages, and the packages. */
  async publish(): Promise<void> {
    const { delivery } = this;
    for (let made = 0; made <= singleUsePackages; made++)
      this.packages.push(await makeKeyPackage(this.suite, this.account, delivery));
    await this.home.call("addresses", { add: this.packages.map(({ address }) => address), remove: [] });
    const hashes = [this.linkCapability, this.claimCapability].map((capability) => hashOf("capability", capability));
    await this.home.call("capabilities", { add: hashes, remove: [] });
    const add = this.packages.map(({ bytes, expiresAtMs }, made) => ({
      package: bytes,
      expiresAtMs,
      lastResort: made === singleUsePackages,
    }));
    await this.home.call("keyPackages", { add, replace: true });
  }

  /** The text of the last body of a kind that was heard. */
  hears(kind: string): string | undefined {
    return this.heard.findLast((said) => said.kind === kind)?.text;
  }

  /** @throws unless it is in exactly one of that kind. */
  conversationOf(kind: "direct" | "group" | "own"): string {
    const [one, ...others] = [...this.groups].filter(([, { state }]) => state.kind === kind);
    if (one === undefined || others.length > 0) throw new Error(`in none or several of kind ${kind}`);
    return one[0];
  }

  /** As when the program ends: what was not acknowledged comes again. */
  async disconnect(): Promise<void> {
    await this.taking;
    await Promise.all([this.signedIn?.close(), this.posting?.close()]);
    this.signedIn = undefined;
    this.posting = undefined;
  }

  /**
   * Opens a contact link: draws a package of each device behind it, founds the conversation of two, and greets (ID10,
   * GR16).
   */
  async greet(link: string, text: string): Promise<string> {
    const { account, capability } = readContactLink(link);
    const claimed = await this.sender.call("claim", { capability });
    const history = historyOf(claimed.map["history"]);
    if (hex(readHistory(history).account) !== hex(account)) throw new Error("the link is another's");
    this.learn(history);
    const drawn = claimed.list("packages").map((one) => new Fields(one));
    const packages = await Promise.all(
      drawn.filter((one) => one.has("package")).map((one) => readKeyPackage(this.suite, one.bytes("package"))),
    );
    for (const { leafNode } of packages) {
      const leaf = readLeaf(leafNode);
      if (hex(leaf.account) !== hex(account) || !this.isListed(leaf)) throw new Error("a device that nobody listed");
    }
    const own = await makeKeyPackage(this.suite, this.account, this.delivery);
    this.packages.push(own);
    await this.home.call("addresses", { add: [own.address], remove: [] });
    const foundingKey = keyPairOf(randomBytes(32));
    const gate = hashOf("gate", foundingKey.publicKey);
    const accounts = [this.account.id, account] as const;
    const about = { accounts, gate, server: this.at.server };
    const { group, welcome } = await Group.found(this.suite, own, about, packages);
    await this.postFounding(group, foundingKey, welcome, [this.account.history, history]);
    const conversation = hex(group.state.conversation);
    this.groups.set(conversation, group);
    await this.say(conversation, { kind: "greeting", text, name: this.name, via: { kind: "link" } });
    return conversation;
  }

  /** The Welcome for all addresses, and for each who is added a note of its key (WI41). */
  private async postFounding(group: Group, foundingKey: KeyPair, welcome: Bytes, histories: readonly History[]) {
    const keys = { tag: randomBytes(16), key: randomBytes(32) };
    const envelope = seal(keys, welcome, histories);
    const added = group.members.filter(({ device }) => hex(device) !== hex(this.account.device));
    const notes = added.map(async ({ address, sealKey }) => ({
      target: { address },
      envelope: await sealNote(this.suite, sealKey, address, { kind: "welcome", ...keys }),
    }));
    const parts: readonly Part[] = [{ target: { list: group.listHash }, envelope }, ...(await Promise.all(notes))];
    const { gate } = group.state;
    const nextPostKey = group.epoch.postKey.publicKey;
    const nextTokenHash = hashOf("token", group.epoch.token);
    const signed = labelled("create", gate, hashOf("post", partsBytes(parts)), nextPostKey, nextTokenHash);
    const signature = sign(foundingKey, signed);
    const header = { gate, foundingKey: foundingKey.publicKey, nextPostKey, nextTokenHash, signature };
    this.posted.push(hex(envelope));
    await this.sender.call("uploadList", { addresses: group.addresses });
    await this.sender.post((request) => createFrame(request, header, parts));
  }

  private get delivery() {
    return { server: this.at.server, claimCap: this.claimCapability, nowMs: Date.now() };
  }

  /** Stores a file at home, and says that it is there. */
  async sendFile(conversation: string, name: string, bytes: Bytes): Promise<void> {
    const blob = await storeFile(this.at, this.home, this.sender, bytes);
    await this.say(conversation, { kind: "file", name, type: "text/plain", blob });
  }

  /** The last file that was heard of, as home has it. */
  async lastFile(): Promise<Bytes> {
    const blob = this.heard.findLast((said) => said.blob !== undefined)?.blob;
    if (blob === undefined) throw new Error("no file was heard of");
    return readFile(this.at, blob);
  }

  /** Waits until something is so that a push makes so. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.changed.push(resolve));
  }

  /** Ends the epoch by fresh keys of its own leaf; resolved when its own echo came (GR15.3). */
  async renew(conversation: string): Promise<void> {
    const group = this.groupOf(conversation);
    const { commit, next, epoch } = await group.renewal();
    const envelope = seal(group.epoch.keys, commit);
    const parts: readonly Part[] = [{ target: { list: group.listHash }, envelope }];
    const { gate } = group.state;
    const [nextPostKey, nextTokenHash] = [epoch.postKey.publicKey, hashOf("token", epoch.token)];
    const { number, postKey } = group.epoch;
    const fields = [gate, u32(number), hashOf("post", partsBytes(parts)), nextPostKey, nextTokenHash];
    const ending = {
      gate,
      epoch: number,
      nextPostKey,
      nextTokenHash,
      signature: sign(postKey, labelled("commit", ...fields)),
    };
    this.commits.set(hex(envelope), () => group.enterNext(next));
    await this.sender.call("uploadList", { addresses: group.addresses });
    await this.sender.post((request) => commitFrame(request, ending, parts));
    await this.until(() => group.epoch.number > number);
  }

  /** Says a body in a conversation; resolved with the message's id when home has it on disk. */
  async say(conversation: string, body: object, disposition?: "notice" | "signal"): Promise<Bytes> {
    const group = this.groupOf(conversation);
    const seq = (this.seqs.get(conversation) ?? 0) + 1;
    this.seqs.set(conversation, seq);
    const said = { v: 1, id: randomBytes(16), seq, sentAtMs: Date.now(), body: toCbor(body) };
    for (;;) {
      const { epoch, state, listHash } = group;
      const outer = { ...said, seen: this.seenIn(conversation), authenticator: epoch.authenticator };
      const message = toCbor(disposition === undefined ? outer : { ...outer, disposition });
      const envelope = seal(epoch.keys, await group.protect(message));
      this.posted.push(hex(envelope));
      const header = { gate: state.gate, epoch: epoch.number, token: epoch.token };
      if (await this.post(group, header, listHash, envelope)) return said.id;
      await this.until(() => group.epoch !== epoch); // The commit lies in the own queue (SY19).
    }
  }

  /** Answers whether it was taken; not, where a commit was quicker. */
  private async post(group: Group, header: Parameters<typeof applicationFrame>[1], list: Bytes, envelope: Bytes) {
    const { addresses } = group;
    for (;;) {
      try {
        await this.sender.post((request) => applicationFrame(request, header, [{ target: { list }, envelope }]));
        return true;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (error.code === staleEpoch) return false;
        if (error.code !== unknownList) throw error;
        await this.sender.call("uploadList", { addresses }); // A list may be forgotten at any time (DS15).
      }
    }
  }

  private connect(onPush?: (push: Push) => void): Promise<Connection> {
    return Connection.open(this.at.origin, this.at.server, onPush);
  }

  private get home(): Connection {
    if (this.signedIn === undefined) throw new Error("not signed in");
    return this.signedIn;
  }

  private get sender(): Connection {
    if (this.posting === undefined) throw new Error("not connected");
    return this.posting;
  }

  private groupOf(conversation: string): Group {
    const group = this.groups.get(conversation);
    if (group === undefined) throw new Error("in no such conversation");
    return group;
  }

  /** Opens, applies, and only then acknowledges (SY3). */
  private async take(push: Push): Promise<void> {
    try {
      await this.apply(push);
    } catch (error) {
      this.refused.push(error instanceof Error ? error.message : String(error));
    }
    this.signedIn?.send(acksFrame([[push.id, push.id]]));
    this.acknowledged += 1;
    const waiting = this.changed;
    this.changed = [];
    for (const resolve of waiting) resolve();
  }

  private async apply(push: Push): Promise<void> {
    const adopt = this.commits.get(hex(push.envelope));
    if (adopt !== undefined) return adopt();
    if (this.posted.includes(hex(push.envelope))) return; // The own echo.
    if (!isGroupEnvelope(push.envelope)) return this.applyNote(push);
    const tag = hex(tagOf(push.envelope));
    const group = [...this.groups.values()].find(({ epoch }) => hex(epoch.keys.tag) === tag);
    if (group !== undefined) return this.applyMessage(group, push);
    const keys = this.welcomes.get(tag);
    if (keys !== undefined) return this.applyWelcome(keys, push);
    this.waiting.push(push); // Its note may come after it.
  }

  private async applyNote({ target, envelope }: Push): Promise<void> {
    const address = "address" in target ? target.address : undefined;
    const own = this.packages.find((made) => address !== undefined && hex(made.address) === hex(address));
    if (own === undefined) throw new Error("a note to nobody here");
    const note = await openNote(this.suite, own.sealKey, own.address, envelope);
    if (note.text("kind") !== "welcome") return;
    const keys = { tag: note.bytes("tag", 16), key: note.bytes("key", 32) };
    this.welcomes.set(hex(keys.tag), keys);
    const halves = this.waiting.filter((push) => hex(tagOf(push.envelope)) === hex(keys.tag));
    this.waiting = this.waiting.filter((push) => !halves.includes(push));
    for (const half of halves) await this.applyWelcome(keys, half);
  }

  private async applyWelcome(keys: EnvelopeKeys, push: Push): Promise<void> {
    const { mls, histories } = open(keys, push.envelope);
    for (const history of histories) this.learn(history);
    const { group, used } = await Group.join(this.suite, mls, this.packages, (leaf) => this.isListed(leaf));
    // A package is used once; its seal key is kept for notes to its address, which is the leaf's now.
    const { gate, conversation } = group.state;
    if (push.gate === undefined || hex(push.gate) !== hex(gate) || push.epoch + 1 !== group.epoch.number)
      throw new Error("a Welcome through another gate");
    this.packages = this.packages.map((one) => (one === used ? { ...used, ref: new Uint8Array(0) } : one));
    this.groups.set(hex(conversation), group);
  }

  private async applyMessage(group: Group, push: Push): Promise<void> {
    const { gate, conversation } = group.state;
    if (push.gate === undefined || hex(push.gate) !== hex(gate) || push.epoch !== group.epoch.number)
      throw new Error("through another gate, or of another epoch");
    const { mls, histories } = open(group.epoch.keys, push.envelope);
    for (const history of histories) this.learn(history);
    const heard = await group.receive(mls);
    if (heard !== undefined) this.hear(hex(conversation), heard);
    else if (!group.members.every((leaf) => this.isListed(leaf))) throw new Error("a leaf that nobody listed");
  }

  private hear(conversation: string, { sender, message }: Heard): void {
    const outer = Fields.of(message);
    const marks = this.seen.get(conversation) ?? new Map<string, number>();
    this.seen.set(conversation, marks);
    const [device, seq] = [hex(sender.device), outer.number("seq")];
    if (seq <= (marks.get(device) ?? 0)) return; // Said again.
    marks.delete(device); // The latest sender stands last.
    marks.set(device, seq);
    const body = Fields.of(outer.bytes("body"));
    const text = body.has("text") ? { text: body.text("text") } : {};
    this.heard.push({ conversation, account: hex(sender.account), kind: body.text("kind"), ...text, ...blobIn(body) });
  }

  private seenIn(conversation: string): readonly object[] {
    const marks = [...(this.seen.get(conversation) ?? [])].slice(-8);
    return marks.map(([device, seq]) => ({ device: Uint8Array.fromHex(device), seq }));
  }

  private learn(history: History): void {
    const { account, listed } = readHistory(history);
    this.lists.set(hex(account), new Set([...(this.lists.get(hex(account)) ?? []), ...listed]));
  }

  private isListed({ account, device }: Leaf): boolean {
    return this.lists.get(hex(account))?.has(hex(device)) === true;
  }
}

function blobIn(body: Fields): Pick<Said, "blob"> {
  if (!body.has("blob")) return {};
  const blob = new Fields(body.map["blob"]);
  return { blob: { id: blob.bytes("id", 16), key: blob.bytes("key", 32), bytes: blob.number("bytes") } };
}
