/** A member who turned: what their changed client posts with the keys of the epoch that it holds. */
import { type Body, encodeBody, encodeMessage, type Message, type Note, type UnknownBody } from "@yanshu/content";
import { type CommitChange, createMls, type Group, sealGroupEnvelope } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { addToOutbox, readStoredList } from "@yanshu/store";
import {
  type AccountHistory,
  type Bytes,
  ByteWriter,
  type ConversationId,
  concat,
  encodeParts,
  fromHex,
  listHashOf,
  type PostHeader,
  type UnixMs,
  utf8,
} from "@yanshu/wire";
import { loadGroup } from "../sim/group-devices.ts";
import { commitHeader, postInTheDark } from "./dark.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

export const crypto = createBunCrypto({ random: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)) });

export function conversationRow(person: Person, conversation: string) {
  const row = person.disk.get<{ group_id: Uint8Array; founding: number }>(
    "SELECT group_id, founding FROM conversations WHERE conversation = ?",
    fromHex(conversation),
  );
  if (row === undefined) throw new Error("no such conversation");
  return row;
}

export async function groupOf(person: Person, conversation: string): Promise<Group> {
  const group = await loadGroup(person.disk, conversationRow(person, conversation).group_id);
  if (group === undefined) throw new Error("no group");
  return group;
}

/** What somebody says; of a kind that nobody here knows, also how it is to be treated. */
export type SaidBody = Body | (UnknownBody & Partial<Pick<Message, "disposition" | "fallback">>);

type Headed = (parts: Bytes) => PostHeader | Promise<PostHeader>;

/**
 * Posts to all of `group`, with the header that `headed` makes of the parts. @param histories device lists beside it.
 */
export async function post(
  world: World,
  group: Group,
  mls: Bytes,
  headed: Headed,
  histories: readonly AccountHistory[] = [],
): Promise<void> {
  await postAll(world, group, [await envelopeOf(group, mls, histories)], headed);
}

function envelopeOf({ keys }: Group, mls: Bytes, histories: readonly AccountHistory[] = []): Promise<Bytes> {
  return sealGroupEnvelope(crypto, { tag: keys.tag, key: keys.envelopeKey }, { mls, histories });
}

async function postAll(world: World, group: Group, envelopes: readonly Bytes[], headed: Headed): Promise<void> {
  const addresses = group.members.map(({ address }) => address);
  const target = { kind: "list" as const, list: listHashOf(crypto.sha256, addresses) };
  const posts = envelopes.map(async (envelope) => {
    const parts = encodeParts([{ target, envelope }]);
    return { header: await headed(parts), parts };
  });
  postInTheDark(world, "somebody in the dark", addresses, await Promise.all(posts));
}

/**
 * What the gate takes for the commit of this epoch, whatever it holds. @param next the state that it leads to, if any.
 */
export async function postAsCommit(
  world: World,
  group: Group,
  mls: Bytes,
  next?: Group,
  histories: readonly AccountHistory[] = [],
): Promise<void> {
  const headed: Headed = (parts) => commitHeader(crypto, group, parts, next);
  await post(world, group, mls, headed, histories);
}

/** A commit with the keys that a device kept, as its account's role allows. */
export async function commitInTheDark(
  world: World,
  thief: Person,
  conversation: string,
  changeOf: (group: Group) => CommitChange,
): Promise<void> {
  const group = await groupOf(thief, conversation);
  const made = await createMls(crypto, { nowMs: world.clock.nowMs }).prepare(group, changeOf(group), () => "listed");
  if ("refused" in made) throw new Error(made.refused);
  await postAsCommit(world, group, made.commit, made.next);
}

/** A request to be let in again in the place of the own leaf, as its client would sign it. */
export async function resyncNote(person: Person, group: Group, askedMs: number, reason = 1): Promise<Note> {
  const [seed, inception] = ["device-seed", "inception"].map(
    (key) => person.disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = ?", key)?.value,
  );
  const leaf = group.members.find((one) => one.leaf === group.ownLeaf);
  const list = leaf && readStoredList(person.disk, leaf.account);
  if (seed === undefined || inception === undefined || leaf === undefined || list === undefined)
    throw new Error("nobody lives here");
  const { account, device, n, entryHash } = leaf;
  const deviceKey = await crypto.signatureKeyPair(seed);
  const seal = await crypto.sealKeyPair();
  const mls = createMls(crypto, { nowMs: () => askedMs });
  const { bytes: keyPackage } = await mls.keyPackage(
    { credential: { account, device, n, entryHash }, deviceKey },
    {
      server: leaf.server,
      address: crypto.random(16),
      sealKey: seal.publicKey,
      claimCap: crypto.random(16),
      features: [],
      replaces: leaf.address,
    },
    askedMs + 86_400_000,
  );
  const { conversation, founding } = group.state;
  const said = { conversation, reason, founding, epoch: group.epoch, askedMs, device, keyPackage };
  const numbers = new ByteWriter(17).u8(reason).u32(founding).u32(group.epoch).u53(askedMs).finish();
  const signed = concat(utf8("yanshu resync v1\0"), conversation, numbers, device, keyPackage);
  const signature = await crypto.sign(deviceKey.privateKey, signed);
  return { kind: "resync", ...said, history: { inception, entries: list.current }, signature };
}

/** Says what no client would, after all that this one said: nothing may be said by that client afterwards. */
export async function sayInTheDark(
  world: World,
  person: Person,
  conversation: string,
  bodies: readonly SaidBody[],
  /** Between the numbers of one and the next. */
  step = 1,
  sentAtMs = world.clock.nowMs(),
  /** What was said in the dark before, which the client does not count. */
  already = 0,
  /** Under which ids; new ones when absent. */
  ids: readonly Bytes[] = bodies.map(() => crypto.random(16)),
): Promise<readonly Bytes[]> {
  const group = await groupOf(person, conversation);
  const row = person.disk.get<{ own_seq: number }>(
    "SELECT own_seq FROM conversations WHERE conversation = ?",
    fromHex(conversation),
  );
  const { gate } = group.state;
  const [{ epoch }, token] = [group, group.keys.postToken];
  const first = (row?.own_seq ?? 0) + 1 + already;
  const envelopes = await sealedIn(world, group, bodies, first, step, sentAtMs, ids);
  await postAll(world, group, envelopes, () => ({ mode: "application", gate, epoch, token }));
  return ids;
}

/** Envelopes of messages that are numbered from `first`. */
export async function sealedIn(
  world: World,
  from: Group,
  bodies: readonly SaidBody[],
  first: number,
  step = 1,
  sentAtMs = world.clock.nowMs(),
  ids: readonly Bytes[] = [],
): Promise<readonly Bytes[]> {
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const envelopes: Bytes[] = [];
  let group = from;
  for (const [i, body] of bodies.entries()) {
    const message = encodeMessage({
      id: ids[i] ?? crypto.random(16),
      seq: first + i * step,
      seen: [],
      authenticator: group.keys.authenticator.subarray(0, 16),
      sentAtMs,
      ...asSaid(body),
    });
    const sealed = await mls.protect(group, message);
    envelopes.push(await envelopeOf(group, sealed.message));
    group = sealed.group;
  }
  return envelopes;
}

function asSaid(said: SaidBody): Pick<Message, "body"> & Partial<Pick<Message, "disposition" | "fallback">> {
  if (said.kind !== "unknown") return { body: said };
  const { kind, bytes, ...how } = said;
  return { body: { kind, bytes }, ...how };
}

/** What a changed client says in its own name, as it goes from the outbox: unchecked, once it is on again. */
export async function saysUnchecked(
  world: World,
  person: Person,
  conversation: Bytes,
  bodies: readonly Body[],
): Promise<void> {
  for (const body of bodies)
    addToOutbox(person.disk, {
      conversation: conversation as ConversationId,
      id: crypto.random(16),
      body: encodeBody(body),
      shown: true,
      roster: undefined,
      createdMs: (world.clock.nowMs() + person.skewMs) as UnixMs,
    });
  person.crash();
  await person.switchOn();
}

/** The chat of two with somebody. */
export function chatWith(person: Person, account: string): Bytes {
  const sql = "SELECT conversation FROM conversations WHERE peer = ?";
  const row = person.disk.get<{ conversation: Uint8Array }>(sql, fromHex(account));
  if (row === undefined) throw new Error("no such chat");
  return row.conversation;
}
