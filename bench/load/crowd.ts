/**
 * Crowd: a group of hundreds of devices as its founder makes it, and what it posts: the gate, the commit that adds one
 * more, and a letter. The others of it are real accounts with real leaves, who never come to read.
 */
import { encodeMessage, encodeNote } from "@yanshu/content";
import {
  type CommitChange,
  createMls,
  type DeviceIdentity,
  type Group,
  type GroupState,
  type KeyPair,
  type LeafDelivery,
  type Mls,
  type Prepared,
  randomConversationId,
  sealGroupEnvelope,
  sealTo,
} from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type AccountHistory,
  accountIdOf,
  type Bytes,
  beginList,
  deviceIdOf,
  encodeEntry,
  encodeInception,
  encodeParts,
  encodePost,
  entryBytes,
  gateBytes,
  gateIdOf,
  idBytes,
  nextEntryBody,
  type Part,
  type PostHeader,
  postHashOf,
  tokenHashOf,
  type UnixMs,
} from "@yanshu/wire";
import type { Peer } from "./peer.ts";

const monthMs = 30 * 86_400_000;
const crypto = createBunCrypto();
const primitives = { sha256: crypto.sha256, verify: crypto.verify };

/** Somebody who can be in a group, with the one device that they have. */
export type Someone = { readonly identity: DeviceIdentity; readonly history: AccountHistory };

export type Crowd = {
  /** Answers, once it is on disk, when the newcomer's Welcome left. */
  readonly add: (packageBytes: Bytes, newcomer: AccountHistory) => Promise<UnixMs>;
  readonly say: (text: string) => Promise<void>;
};

/** @param history all entries of the account's device list, the last of which lists the device of `deviceKey` */
export function someoneOf(history: AccountHistory, deviceKey: KeyPair): Someone {
  const head = history.entries.at(-1);
  if (head === undefined) throw new Error("an account's list has an entry");
  return {
    identity: {
      credential: {
        account: accountIdOf(crypto.sha256, history.inception),
        device: deviceIdOf(crypto.sha256, deviceKey.publicKey),
        n: history.entries.length - 1,
        entryHash: crypto.sha256(head),
      },
      deviceKey,
    },
    history,
  };
}

async function newcomer(server: string): Promise<Someone> {
  const [root, deviceKey] = await Promise.all([pair(), pair()]);
  const inception = encodeInception(root.publicKey, crypto.random(32));
  const change = { devices: [deviceKey.publicKey], homeServers: [server] };
  const body = nextEntryBody(beginList(primitives, inception), change, root.publicKey);
  const entry = encodeEntry(body, await crypto.sign(root.privateKey, entryBytes(body)));
  return someoneOf({ inception, entries: [entry] }, deviceKey);
}

function pair(): Promise<KeyPair> {
  return crypto.signatureKeyPair(crypto.random(32));
}

/** Of `count` devices, the founder's own included; its gate stands at home. @param peer is not signed in */
export async function gather(
  peer: Peer,
  founder: Someone,
  server: string,
  name: string,
  count: number,
): Promise<Crowd> {
  const mls = createMls(crypto, { nowMs: Date.now });
  const others = await Promise.all(Array.from({ length: count - 1 }, () => newcomer(server)));
  const packages = await Promise.all(
    others.map((one) => mls.keyPackage(one.identity, unread(server), Date.now() + monthMs)),
  );
  const founding = await pair();
  const gate = gateIdOf(crypto.sha256, founding.publicKey);
  const state = stateOf(founder, gate, server, name);
  const alone = await mls.create(founder.identity, unread(server), state);
  let group = (await prepared(mls, alone, { adds: packages.map(({ bytes }) => bytes) })).next;
  const histories = [founder, ...others].map(({ history }) => history);
  const nowhere: Part = {
    target: { kind: "address", address: crypto.random(idBytes.address) },
    envelope: new Uint8Array(64),
  };
  const create = { mode: "create", gate, foundingKey: founding.publicKey, ...nextKeys(group) } as const;
  await post(peer, ...(await signed(create, founding, [nowhere])));
  let seq = 0;

  return {
    add: async (packageBytes, theirs) => {
      const { commit, welcome, next, effect } = await prepared(mls, group, { adds: [packageBytes] });
      const [added] = effect.added;
      if (welcome === undefined || added === undefined) throw new Error("nobody was added");
      const keys = { tag: crypto.random(16), key: crypto.random(32) };
      const address = { kind: "address", address: added.address } as const;
      const told = await sealGroupEnvelope(crypto, keysOf(group), { mls: commit, histories: [theirs] });
      const parts: Part[] = [
        { target: await listOf(peer, group), envelope: told },
        {
          target: address,
          envelope: await sealGroupEnvelope(crypto, keys, { mls: welcome, histories: [...histories, theirs] }),
        },
        {
          target: address,
          envelope: await sealTo(
            crypto,
            added.sealKey,
            { purpose: "note", address: added.address },
            encodeNote({ kind: "welcome", ...keys }),
          ),
        },
      ];
      const header = { mode: "commit", gate, epoch: group.epoch, ...nextKeys(next) } as const;
      const built = await signed(header, group.keys.postKey, parts);
      await listOf(peer, next);
      group = next;
      const leavesMs = performance.timeOrigin + performance.now();
      await post(peer, ...built);
      return leavesMs;
    },
    say: async (text) => {
      const { next, envelope } = await sealed(mls, group, ++seq, text);
      group = next;
      const header = { mode: "application", gate, epoch: group.epoch, token: group.keys.postToken } as const;
      await post(peer, header, encodeParts([{ target: await listOf(peer, group), envelope }]));
    },
  };
}

function stateOf(founder: Someone, gate: GroupState["gate"], server: string, name: string): GroupState {
  return {
    policyVersion: 1,
    conversation: randomConversationId(crypto),
    kind: "group",
    founding: 1,
    gate,
    gateServer: server,
    name,
    roles: [{ account: founder.identity.credential.account, role: "owner" }],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
  };
}

/** A message as a client seals it. @returns the group after it. */
async function sealed(mls: Mls, group: Group, seq: number, text: string): Promise<{ next: Group; envelope: Bytes }> {
  const said = encodeMessage({
    id: crypto.random(16),
    seq,
    seen: [],
    authenticator: group.keys.authenticator.subarray(0, 16),
    sentAtMs: Date.now(),
    body: { kind: "text", text },
  });
  const { group: next, message } = await mls.protect(group, said);
  return { next, envelope: await sealGroupEnvelope(crypto, keysOf(next), { mls: message, histories: [] }) };
}

/** The envelope of a text in a group of two, by the same code as a client's. */
export async function envelopeOf(text: string): Promise<Bytes> {
  const mls = createMls(crypto, { nowMs: Date.now });
  const [founder, other] = [await newcomer("home.example"), await newcomer("home.example")];
  const { bytes } = await mls.keyPackage(other.identity, unread("home.example"), Date.now() + monthMs);
  const alone = await mls.create(
    founder.identity,
    unread("home.example"),
    stateOf(founder, crypto.random(32), "home.example", ""),
  );
  const { next } = await prepared(mls, alone, { adds: [bytes] });
  return (await sealed(mls, next, 1, text)).envelope;
}

/** An address that nobody reads. */
function unread(server: string): LeafDelivery {
  return {
    server,
    address: crypto.random(idBytes.address),
    sealKey: crypto.random(32),
    claimCap: crypto.random(idBytes.capability),
    features: [],
  };
}

async function prepared(mls: Mls, group: Group, change: CommitChange): Promise<Prepared> {
  const made = await mls.prepare(group, change, () => "listed");
  if ("refused" in made) throw new Error(`refused: ${made.refused}`);
  return made;
}

function keysOf({ keys }: Group) {
  return { tag: keys.tag, key: keys.envelopeKey };
}

async function listOf(peer: Peer, { members }: Group) {
  const { hash } = await peer.call("uploadList", { addresses: members.map(({ address }) => address) });
  return { kind: "list", list: hash } as const;
}

function nextKeys({ keys }: Group) {
  return {
    nextPostKey: keys.postKey.publicKey,
    nextTokenHash: tokenHashOf(crypto.sha256, keys.postToken),
    signature: new Uint8Array(idBytes.signature),
  };
}

async function signed(
  unsigned: Extract<PostHeader, { mode: "commit" | "create" }>,
  key: KeyPair,
  parts: readonly Part[],
): Promise<readonly [PostHeader, Bytes]> {
  const bytes = encodeParts(parts);
  const signature = await crypto.sign(key.privateKey, gateBytes(unsigned, postHashOf(crypto.sha256, bytes)));
  return [{ ...unsigned, signature }, bytes];
}

async function post(peer: Peer, header: PostHeader, parts: Bytes): Promise<void> {
  const request = peer.nextRequest();
  await peer.post(request, encodePost(request, header, parts));
}
