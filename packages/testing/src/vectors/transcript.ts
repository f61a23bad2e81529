/**
 * Transcript in vectors/transcript.json: from the first hello to the first message, with every byte. Ben registers,
 * signs in, publishes what others need, and is greeted by Ann. The server is the real one, over a log in memory; every
 * chance is fixed.
 */

import { encodeMessage, encodeNote } from "@yanshu/content";
import {
  type Crypto,
  createMls,
  directConversationId,
  type Group,
  type KeyPair,
  type LeafDelivery,
  type Mls,
  type OwnKeyPackage,
  type SealContext,
  sealGroupEnvelope,
  sealTo,
} from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { createServer, nodePrimitives, openSqliteLog, type Server } from "@yanshu/server";
import {
  type AccountHistory,
  accountIdOf,
  type Bytes,
  beginList,
  type CallArgs,
  type CallName,
  type CallResult,
  capabilityHashOf,
  concat,
  decodeResult,
  decodeServerFrame,
  deviceIdOf,
  encodeAcks,
  encodeCall,
  encodeEntry,
  encodeInception,
  encodeParts,
  encodePost,
  entryBytes,
  equalBytes,
  fromHex,
  gateBytes,
  gateIdOf,
  listHashOf,
  nextEntryBody,
  type Part,
  type PostHeader,
  postHashOf,
  rootHashOf,
  signInBytes,
  toHex,
  tokenHashOf,
  utf8,
} from "@yanshu/wire";
import { chanceFrom } from "../world/chance.ts";
import { SimClock, settled } from "../world/clock.ts";
import { filled } from "./calls.ts";

const domain = "yan.example";
const startMs = Date.UTC(2026, 10, 24, 9);
const registrationToken = filled(0x07, 16);
const lifetimeMs = 90 * 86_400_000;

type Frame = {
  readonly connection: string;
  readonly from: "client" | "home";
  readonly says: string;
  readonly hex: string;
};

/** A server whose every random byte is its length: whatever it asks for in which order, its answers stay. */
export class Home {
  readonly clock = new SimClock(startMs);
  private readonly server: Server;

  constructor() {
    const random = (length: number) => filled(length & 0xff, length);
    this.server = createServer({
      log: openSqliteLog(":memory:", { random }),
      clock: this.clock,
      random,
      primitives: nodePrimitives,
      fanout: { publish: () => undefined },
      config: { domain, registrationToken },
    });
  }

  /** Answers what is sent back for a frame, once all of it has happened. */
  connect(): { readonly sent: Bytes[]; readonly receive: (frame: Bytes) => Promise<void> } {
    const sent: Bytes[] = [];
    const connection = this.server.connect({
      send: (bytes) => sent.push(bytes.slice()),
      close: (code) => {
        throw new Error(`home closed the connection: ${code}`);
      },
      subscribe: () => undefined,
      unsubscribe: () => undefined,
    });
    const receive = async (frame: Bytes): Promise<void> => {
      connection.receive(frame);
      await settled();
      this.server.flush();
      await this.clock.advance(100);
    };
    return { sent, receive };
  }

  stop(): void {
    this.server.stop();
  }
}

/** An account, its one device, and the key package by which it is found. */
async function makePerson(crypto: Crypto, mls: Mls, claimCap: Bytes) {
  const masterKey = crypto.random(32);
  const root = await crypto.signatureKeyPair(crypto.derive(masterKey, "yanshu root key v1", 32));
  const next = await crypto.signatureKeyPair(crypto.derive(masterKey, "yanshu next root key v1", 32));
  const deviceKey = await crypto.signatureKeyPair(crypto.random(32));
  const inception = encodeInception(root.publicKey, rootHashOf(crypto.sha256, next.publicKey));
  const change = { devices: [deviceKey.publicKey], homeServers: [domain] };
  const body = nextEntryBody(beginList(crypto, inception), change, root.publicKey);
  const entry = encodeEntry(body, await crypto.sign(root.privateKey, entryBytes(body)));
  const account = accountIdOf(crypto.sha256, inception);
  const device = deviceIdOf(crypto.sha256, deviceKey.publicKey);
  const identity = { credential: { account, device, n: 0, entryHash: crypto.sha256(entry) }, deviceKey };
  const sealPair = await crypto.sealKeyPair();
  const delivery: LeafDelivery = {
    server: domain,
    address: crypto.random(16),
    sealKey: sealPair.publicKey,
    claimCap,
    features: [],
  };
  const keyPackage = await mls.keyPackage(identity, delivery, startMs + lifetimeMs);
  const history: AccountHistory = { inception, entries: [entry] };
  return { masterKey, deviceKey, account, device, identity, delivery, sealPair, keyPackage, history, entry };
}

export type Transcript = {
  readonly about: string;
  readonly ben: Readonly<Record<string, string>>;
  readonly ann: Readonly<Record<string, string>>;
  /** What stands in what is sealed: the name of a frame, and what opens it. */
  readonly inside: Readonly<Record<string, string>>;
  readonly frames: readonly Frame[];
};

export async function transcript(): Promise<Transcript> {
  const crypto = createBunCrypto({ random: chanceFrom(1).bytes });
  const mls = createMls(crypto, { nowMs: () => startMs });
  const linkCapability = crypto.random(16);
  const claimCapability = crypto.random(16);
  const ben = await makePerson(crypto, mls, claimCapability);
  const ann = await makePerson(crypto, mls, crypto.random(16));
  const home = new Home();
  const frames: Frame[] = [];
  const lines = new Map<string, ReturnType<Home["connect"]>>();
  let request = 0;

  /** All that home has sent and that is not written down. */
  function collect(says: (frame: Bytes) => string): readonly Bytes[] {
    return [...lines].flatMap(([connection, { sent }]) =>
      sent.splice(0).map((frame) => {
        frames.push({ connection, from: "home", says: says(frame), hex: toHex(frame) });
        return frame;
      }),
    );
  }

  async function send(connection: string, says: string, frame: Bytes): Promise<readonly Bytes[]> {
    const line = lines.get(connection) ?? home.connect();
    lines.set(connection, line);
    frames.push({ connection, from: "client", says, hex: toHex(frame) });
    await line.receive(frame);
    return collect((answer) => {
      const read = decodeServerFrame(answer);
      return read.type === "push" ? `push of: ${says}` : `${read.type} of: ${says}`;
    });
  }

  async function call<N extends CallName>(connection: string, name: N, args: CallArgs<N>): Promise<CallResult<N>> {
    request += 1;
    const [answer] = await send(connection, name, encodeCall(request, name, args));
    const read = answer && decodeServerFrame(answer);
    if (read?.type !== "result") throw new Error(`${name}: ${JSON.stringify(read)}`);
    return decodeResult(name, read.body);
  }

  async function post(connection: string, says: string, header: PostHeader, parts: readonly Part[]): Promise<void> {
    request += 1;
    await send(connection, says, encodePost(request, header, encodeParts(parts)));
  }

  // Ben: the account, on a connection of its own.
  await call("register", "hello", { versions: [1] });
  await call("register", "register", {
    token: registrationToken,
    inception: ben.history.inception,
    entry: ben.entry,
  });
  // Ben: the connection on which his device is known, and receives.
  const greeting = await call("receive", "hello", { versions: [1] });
  const [current, next] = [crypto.random(16), crypto.random(16)];
  const { account, device } = ben;
  const signed = signInBytes({ ...greeting, account, device, current, next });
  const signature = await crypto.sign(ben.deviceKey.privateKey, signed);
  await call("receive", "signIn", { account, device, current, next, signature });
  await call("receive", "addresses", { add: [ben.delivery.address], remove: [] });
  const hashes = [linkCapability, claimCapability].map((one) => capabilityHashOf(crypto.sha256, one));
  await call("receive", "capabilities", { add: hashes, remove: [] });
  const made = { package: ben.keyPackage.bytes, expiresAtMs: ben.keyPackage.expiresAtMs, lastResort: false };
  await call("receive", "keyPackages", { add: [made], replace: true });

  // Ann: a connection on which nobody is known. She has Ben's link.
  await call("post", "hello", { versions: [1] });
  const claimed = await call("post", "claim", { capability: linkCapability });
  const founded = await found(crypto, mls, ann, claimed.packages[0]?.package ?? new Uint8Array(), ben.account);
  await call("post", "uploadList", { addresses: founded.addresses });
  await post("post", "creating post: Welcome and note", founded.header, founded.parts);
  const pushed = frames
    .filter(({ says }) => says.startsWith("push of"))
    .map(({ hex }) => decodeServerFrame(fromHex(hex)));
  const ids = pushed.flatMap((frame) => (frame.type === "push" ? [frame.push.id] : []));
  await send("receive", "acks of both", encodeAcks([{ first: ids[0] ?? 0, last: ids.at(-1) ?? 0 }]));

  // Ann says the first message of the conversation.
  const { group } = founded;
  const message = encodeMessage({
    id: crypto.random(16),
    seq: 1,
    seen: [],
    authenticator: group.keys.authenticator.slice(0, 16),
    sentAtMs: startMs,
    body: { kind: "greeting", text: "eight o'clock?", name: "Ann" },
  });
  const said = await mls.protect(group, message);
  const keys = { tag: group.keys.tag, key: group.keys.envelopeKey };
  const envelope = await sealGroupEnvelope(crypto, keys, { mls: said.message, histories: [] });
  const list = listHashOf(crypto.sha256, founded.addresses);
  await post(
    "post",
    "application post: the greeting",
    { mode: "application", gate: group.state.gate, epoch: group.epoch, token: group.keys.postToken },
    [{ target: { kind: "list", list }, envelope }],
  );
  home.stop();

  // Our own client's code reads it: the device that was greeted joins by its package, and opens what was said.
  const joined = await mls.join(founded.welcome, ben.keyPackage, () => "listed");
  if ("refused" in joined) throw new Error(`the Welcome is refused: ${joined.refused}`);
  const heard = await mls.receive(joined, said.message, () => "listed");
  if (heard.kind !== "application" || !equalBytes(heard.data, message)) throw new Error("the greeting is not read");

  return {
    about:
      "From the first hello to the first message (docs/spec/wire.md WI42). Byte strings are hexadecimal. A frame from `client` is what that person's device sends on that connection, one from `home` what the server answers or pushes. A master key is what all keys of an account follow from; a key pair's private half is its seed. Home's chance: n random bytes are n times the byte n.",
    ben: {
      masterKey: toHex(ben.masterKey),
      deviceSeed: toHex(ben.deviceKey.privateKey),
      account: toHex(ben.account),
      device: toHex(ben.device),
      linkCapability: toHex(linkCapability),
      claimCapability: toHex(claimCapability),
      address: toHex(ben.delivery.address),
      sealPrivateKey: toHex(ben.sealPair.privateKey),
      ...privateKeysOf(ben.keyPackage),
    },
    ann: {
      account: toHex(ann.account),
      device: toHex(ann.device),
      inception: toHex(ann.history.inception),
      entry: toHex(ann.entry),
    },
    inside: {
      conversation: toHex(group.state.conversation),
      gate: toHex(group.state.gate),
      note: toHex(founded.note),
      welcomeTag: toHex(founded.welcomeKeys.tag),
      welcomeKey: toHex(founded.welcomeKeys.key),
      epochTag: toHex(group.keys.tag),
      epochKey: toHex(group.keys.envelopeKey),
      postToken: toHex(group.keys.postToken),
      authenticator: toHex(group.keys.authenticator.slice(0, 16)),
      message: toHex(message),
    },
    frames,
  };
}

/** Of a key package: what opens the Welcome, and the leaf. */
function privateKeysOf({ bytes, secret }: OwnKeyPackage): Record<string, string> {
  const [initAt, leafAt] = [keyAt(secret, "initKey"), keyAt(secret, "leafKey")];
  return {
    keyPackage: toHex(bytes),
    initPrivateKey: toHex(secret.slice(initAt, initAt + 32)),
    leafPrivateKey: toHex(secret.slice(leafAt, leafAt + 32)),
  };
}

/** Where the 32 bytes of a field stand in deterministic CBOR: behind its name and the head of the byte string. */
function keyAt(encoded: Bytes, name: string): number {
  const head = concat(Uint8Array.of(0x60 + name.length), utf8(name), Uint8Array.of(0x58, 0x20));
  const at = Buffer.from(encoded).indexOf(Buffer.from(head));
  if (at < 0) throw new Error(`no ${name} here`);
  return at + head.length;
}

type Founder = Awaited<ReturnType<typeof makePerson>>;

/**
 * The creating post of a conversation of two (GR16): the Welcome for both addresses, and a note of its key for the one
 * who is added.
 */
async function found(crypto: Crypto, mls: Mls, ann: Founder, keyPackage: Bytes, other: Bytes) {
  const foundingKey: KeyPair = await crypto.signatureKeyPair(crypto.random(32));
  const lone = await mls.create(ann.identity, ann.delivery, {
    policyVersion: 1,
    conversation: directConversationId(crypto.sha256, ann.account, other),
    kind: "direct",
    founding: 1,
    gate: gateIdOf(crypto.sha256, foundingKey.publicKey),
    gateServer: domain,
    name: "",
    roles: [],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
  });
  const prepared = await mls.prepare(lone, { adds: [keyPackage] }, () => "listed");
  if ("refused" in prepared || prepared.welcome === undefined) throw new Error("no commit");
  const group: Group = prepared.next;
  const added = prepared.effect.added[0];
  if (added === undefined) throw new Error("nobody was added");
  const addresses = group.members.map(({ address }) => address);
  const welcomeKeys = { tag: crypto.random(16), key: crypto.random(32) };
  const histories = [ann.history];
  const envelope = await sealGroupEnvelope(crypto, welcomeKeys, { mls: prepared.welcome, histories });
  const note = encodeNote({ kind: "welcome", ...welcomeKeys });
  const context: SealContext = { purpose: "note", address: added.address };
  const parts: readonly Part[] = [
    { target: { kind: "list", list: listHashOf(crypto.sha256, addresses) }, envelope },
    {
      target: { kind: "address", address: added.address },
      envelope: await sealTo(crypto, added.sealKey, context, note),
    },
  ];
  const unsigned = {
    mode: "create" as const,
    gate: group.state.gate,
    foundingKey: foundingKey.publicKey,
    nextPostKey: group.keys.postKey.publicKey,
    nextTokenHash: tokenHashOf(crypto.sha256, group.keys.postToken),
    signature: new Uint8Array(64),
  };
  const hash = postHashOf(crypto.sha256, encodeParts(parts));
  const header = { ...unsigned, signature: await crypto.sign(foundingKey.privateKey, gateBytes(unsigned, hash)) };
  return { group, header, parts, addresses, welcomeKeys, note, welcome: prepared.welcome };
}
