/** Strangers: accounts that somebody made by themselves and that no home knows, and what they post to an address. */
import { encodeNote, type Note } from "@yanshu/content";
import {
  createMls,
  directConversationId,
  type Group,
  type GroupState,
  type KeyPair,
  type KindTable,
  knownKinds,
  sealGroupEnvelope,
  sealTo,
} from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type AccountHistory,
  type AccountId,
  type Address,
  accountIdOf,
  type Bytes,
  beginList,
  concat,
  deviceIdOf,
  encodeEntry,
  encodeInception,
  encodeParts,
  entryBytes,
  gateBytes,
  gateIdOf,
  nextEntryBody,
  type Part,
  postHashOf,
  tokenHashOf,
  utf8,
} from "@yanshu/wire";
import { postInTheDark } from "./dark.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

const dayMs = 86_400_000;
const crypto = createBunCrypto({ random: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)) });

export type Stranger = {
  readonly account: AccountId;
  readonly device: Bytes;
  readonly deviceKey: KeyPair;
  readonly history: AccountHistory;
  readonly keyPackage: (nowMs: number) => Promise<Bytes>;
  readonly sign: (message: Bytes) => Promise<Bytes>;
};

/** @param seed of the device's key, if it is not to be a new one. */
export async function stranger(seed = crypto.random(32)): Promise<Stranger> {
  const [root, key] = await Promise.all([crypto.random(32), seed].map((one) => crypto.signatureKeyPair(one)));
  if (root === undefined || key === undefined) throw new Error("no keys");
  const inception = encodeInception(root.publicKey, crypto.random(32));
  const body = nextEntryBody(
    beginList(crypto, inception),
    { devices: [key.publicKey], homeServers: ["yan.test"] },
    root.publicKey,
  );
  const entry = encodeEntry(body, await crypto.sign(root.privateKey, entryBytes(body)));
  const account = accountIdOf(crypto.sha256, inception);
  const device = deviceIdOf(crypto.sha256, key.publicKey);
  return {
    account,
    device,
    deviceKey: key,
    history: { inception, entries: [entry] },
    keyPackage: (nowMs) => packageBy(account, device, key, nowMs),
    sign: (message) => crypto.sign(key.privateKey, message),
  };
}

/** A key package whose leaf says that it is a device of `account`. */
export async function packageBy(account: AccountId, device: Bytes, deviceKey: KeyPair, nowMs: number): Promise<Bytes> {
  const credential = { account, device, n: 0, entryHash: new Uint8Array(32) };
  const [address, claimCap] = [crypto.random(16), crypto.random(16)];
  const seal = await crypto.sealKeyPair();
  const made = await createMls(crypto, { nowMs: () => nowMs }).keyPackage(
    { credential, deviceKey },
    { server: "yan.test", address, sealKey: seal.publicKey, claimCap, features: [] },
    nowMs + dayMs,
  );
  return made.bytes;
}

/** As who runs a server would slip in a device: its leaf names the account, whose list has never named it. */
export async function withGhost(one: Stranger): Promise<Stranger> {
  const { device, deviceKey } = await stranger();
  return { ...one, device, deviceKey, keyPackage: (nowMs) => packageBy(one.account, device, deviceKey, nowMs) };
}

export type Recipient = { readonly address: Address; readonly sealKey: Bytes };

/** A key package that lies at home until it is drawn. */
export async function recipientOf(world: World, person: Person): Promise<Recipient> {
  const row = person.disk.get<{ bytes: Bytes }>("SELECT bytes FROM key_packages WHERE last_resort = 0");
  if (row === undefined) throw new Error("no key package");
  return readRecipient(world, row.bytes);
}

export async function readRecipient(world: World, keyPackage: Bytes) {
  const read = await createMls(crypto, { nowMs: world.clock.nowMs }).readKeyPackage(keyPackage);
  if (read === undefined) throw new Error("no key package");
  return read;
}

/** @param notes as this version knows them, or bytes. */
export async function throwNotes(
  world: World,
  { address, sealKey }: Recipient,
  notes: readonly (Note | Bytes)[],
): Promise<void> {
  const posts = [];
  for (const note of notes) {
    const bytes = note instanceof Uint8Array ? note : encodeNote(note);
    const envelope = await sealTo(crypto, sealKey, { purpose: "note", address }, bytes);
    posts.push({
      header: { mode: "deposit" as const },
      parts: encodeParts([{ target: { kind: "address", address }, envelope }]),
    });
  }
  postInTheDark(world, "somebody in the dark", [address], posts);
}

/** Both halves of a Welcome; by default one that opens, with nothing in it but device lists. */
export async function throwWelcome(
  world: World,
  to: Recipient | readonly Recipient[],
  histories: readonly AccountHistory[],
  mls = crypto.random(300),
  gate?: NewGate,
): Promise<void> {
  const [tag, key] = [crypto.random(16), crypto.random(32)];
  const recipients = "address" in to ? [to] : to;
  const parts: Part[] = [];
  for (const { address, sealKey } of recipients) {
    const note = encodeNote({ kind: "welcome", tag, key });
    const envelope = await sealTo(crypto, sealKey, { purpose: "note", address }, note);
    parts.push({ target: { kind: "address", address }, envelope });
  }
  const envelope = await sealGroupEnvelope(crypto, { tag, key }, { mls, histories });
  for (const { address } of recipients) parts.push({ target: { kind: "address", address }, envelope });
  await create(
    world,
    parts,
    recipients.map(({ address }) => address),
    gate,
  );
}

/** The key that founds a gate, and the group that it is of. */
type NewGate = { readonly founding: KeyPair; readonly next: Group };

/**
 * The stranger founds a chat of two with the owner of this package, and says nothing in it. @param beside lists of
 * others that come along.
 */
export async function foundsChat(
  world: World,
  one: Stranger,
  keyPackage: Bytes,
  beside: readonly AccountHistory[] = [],
): Promise<void> {
  const { account } = await readRecipient(world, keyPackage);
  await founds(
    world,
    { ...one, own: await one.keyPackage(world.clock.nowMs()) },
    keyPackage,
    {
      policyVersion: 1,
      conversation: directConversationId(crypto.sha256, one.account, account),
      kind: "direct",
      founding: 1,
      gate: crypto.random(32),
      gateServer: "yan.test",
      name: "",
      roles: [],
      announcement: "",
      settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
    },
    beside,
  );
}

/** Whose device founds, with a package of theirs for the leaf that it takes. */
export type Founder = Pick<Stranger, "deviceKey" | "history"> & { readonly own: Bytes };

/** Founds a group with the owner of this package, at a gate that home knows: what is posted there goes on. */
export async function foundsAtGate(world: World, by: Founder, packages: Packages, state: GroupState): Promise<void> {
  const founding = await crypto.signatureKeyPair(crypto.random(32));
  const gate = gateIdOf(crypto.sha256, founding.publicKey);
  await founds(world, by, packages, { ...state, gate }, [], knownKinds, founding);
}

/** Of one who is added, or of several. */
type Packages = Bytes | readonly Bytes[];

/** Founds a group with the owners of these packages. @param kinds that the founder's version knows. */
export async function founds(
  world: World,
  by: Founder,
  packages: Packages,
  state: GroupState,
  beside: readonly AccountHistory[] = [],
  kinds: KindTable = knownKinds,
  founding?: KeyPair,
): Promise<void> {
  const mls = createMls(crypto, { nowMs: world.clock.nowMs, kinds });
  const adds = packages instanceof Uint8Array ? [packages] : packages;
  const peers = await Promise.all(adds.map((one) => readRecipient(world, one)));
  const own = await readRecipient(world, by.own);
  const { account, device, n, entryHash } = own;
  const identity = { credential: { account, device, n, entryHash }, deviceKey: by.deviceKey };
  const lone = await mls.create(identity, own, state);
  const prepared = await mls.prepare(lone, { adds }, () => "listed");
  if ("refused" in prepared || prepared.welcome === undefined) throw new Error("no Welcome");
  const gate = founding && { founding, next: prepared.next };
  await throwWelcome(world, peers, [by.history, ...beside], prepared.welcome, gate);
}

/** By the creating post of a gate, in which alone a Welcome comes. */
async function create(world: World, made: readonly Part[], addresses: readonly Address[], at?: NewGate): Promise<void> {
  const founding = at?.founding ?? (await crypto.signatureKeyPair(crypto.random(32)));
  const keys = at?.next.keys;
  const parts = encodeParts(made);
  const unsigned = {
    mode: "create" as const,
    gate: gateIdOf(crypto.sha256, founding.publicKey),
    foundingKey: founding.publicKey,
    nextPostKey: keys?.postKey.publicKey ?? founding.publicKey,
    nextTokenHash: tokenHashOf(crypto.sha256, keys?.postToken ?? crypto.random(16)),
    signature: new Uint8Array(64),
  };
  const signature = await crypto.sign(founding.privateKey, gateBytes(unsigned, postHashOf(crypto.sha256, parts)));
  postInTheDark(world, "somebody in the dark", addresses, [{ header: { ...unsigned, signature }, parts }]);
}

/** An asking by a group's link, as a client would make it. */
export async function askingBy(one: Stranger, secret: Bytes, nowMs: number): Promise<Note> {
  const keyPackages = [await one.keyPackage(nowMs)];
  const asked = new Uint8Array(8);
  new DataView(asked.buffer).setBigUint64(0, BigInt(nowMs));
  const hashes = [utf8("Somebody"), ...keyPackages].map(crypto.sha256);
  const signature = await one.sign(concat(utf8("yanshu join v1\0"), secret, asked, one.device, ...hashes));
  const { history, device } = one;
  return { kind: "join", secret, name: "Somebody", askedMs: nowMs, history, device, keyPackages, signature };
}
