/** P3: a member that nobody let in: an outsider with every byte that passed, and one who was removed. */
import { encodeNote } from "@yanshu/content";
import { createMls, directConversationId, type Group, type GroupState, sealGroupEnvelope, sealTo } from "@yanshu/mls";
import {
  type Bytes,
  decodeEnvelope,
  encodeEnvelope,
  encodeParts,
  fromHex,
  gateBytes,
  gateIdOf,
  type Part,
  type PostHeader,
  type Push,
  postHashOf,
  toHex,
  tokenHashOf,
} from "@yanshu/wire";
import { loadGroup } from "../../sim/group-devices.ts";
import { worldDomain } from "../../world/person.ts";
import { allOf } from "../check.ts";
import { type Attack, comesTrue, isOpen, people, watchedWorld } from "./attack.ts";
import { crypto, entryNaming, ghostOf, historyOnDisk, stolenKey } from "./ghost.ts";
import { changePushes, diagnosticsOf, inventPushes, noticed, packageOf, postAsStranger } from "./operator.ts";

/** A Welcome into a conversation of Ann and Ben that the operator founded anew in Ann's name. */
export const ghostWelcome: Attack = async (weakness = {}) => {
  const world = watchedWorld(511, weakness);
  const [ann, ben] = await people(world, "Ann", "Ben");
  const chat = await world.befriend(ann, ben);
  const before = groupIdOf(ben.disk, chat);
  const ghost = await ghostOf(world, ann);
  const { inception, entries } = historyOnDisk(ann);
  const entry = weakness.stolenKey === true ? [await entryNaming(ann, ghost, await stolenKey(ann))] : [];
  const history = { inception, entries: [...entries, ...entry] };
  const founding = await crypto.signatureKeyPair(crypto.random(32));
  const state: GroupState = {
    policyVersion: 1,
    conversation: directConversationId(crypto.sha256, fromHex(ann.account), fromHex(ben.account)),
    kind: "direct",
    founding: 2,
    gate: gateIdOf(crypto.sha256, founding.publicKey),
    gateServer: worldDomain,
    name: "",
    roles: [],
    announcement: "",
    settings: { adminsOnlyAdd: false, adminsOnlyEdit: false },
  };
  const drawn = packageOf(world, ben);
  const lone = await ghost.mls.create(ghost.identity, ghost.delivery, state);
  const prepared = await ghost.mls.prepare(lone, { adds: [drawn] }, () => "listed");
  if ("refused" in prepared || prepared.welcome === undefined) throw new Error("the ghost made no Welcome");
  const parts = await welcomeParts(prepared.next, prepared.welcome, toHex(ghost.device), [history, historyOnDisk(ben)]);
  const answer = await postAsStranger(world, await createHeader(founding, prepared.next, parts), parts);
  await world.pass(10_000);
  await ann.say(chat, "still us two?");
  const goesOn = await comesTrue(world, () => ben.reads(chat).includes("still us two?"));
  return allOf(
    "P3.ghost-welcome",
    "a conversation founded anew by a ghost in a friend's name: refused and seen",
    {
      noticed: noticed(ben, "welcome-refused") > 0,
      "the conversation stays in its group": groupIdOf(ben.disk, chat) === before,
      "it goes on": goesOn,
    },
    answer === "ok",
    diagnosticsOf(ben),
  );
};

/** Commits under the tag that everybody could see, by somebody without the key behind it. */
export const outsiderCommit: Attack = async (weakness = {}) => {
  const world = watchedWorld(512, weakness);
  const [ann, ben] = await people(world, "Ann", "Ben");
  const chat = await world.befriend(ann, ben);
  let seen: Push | undefined;
  changePushes(world, ben, (push) => {
    if (push.mode === "application") seen = push;
    return [push];
  });
  await ann.say(chat, "one");
  await world.until("it passed", () => seen !== undefined && ben.reads(chat).includes("one"));
  if (seen === undefined) throw new Error("nothing passed");
  const real = decodeEnvelope(seen.envelope);
  if (real.kind !== "group") throw new Error("a message is a group envelope");
  const forged = encodeEnvelope({
    ...real,
    nonce: crypto.random(12),
    ciphertext: crypto.random(real.ciphertext.length),
  });
  const flipped = seen.envelope.slice();
  flipped[flipped.length - 1] = (flipped[flipped.length - 1] as number) ^ 1;
  const given = inventPushes(world, ben, [
    { ...seen, mode: "commit", envelope: forged },
    { ...seen, mode: "commit", envelope: seen.envelope },
    { ...seen, envelope: flipped },
  ]);
  await ann.say(chat, "two");
  const goesOn = await comesTrue(world, () => ben.reads(chat).includes("two"));
  await ann.say(chat, "three");
  const stillGoesOn = await comesTrue(world, () => ben.reads(chat).includes("three"));
  return allOf(
    "P3.ghost-commit",
    "commits by an outsider who saw every byte: refused and seen, the group unmoved",
    {
      noticed: noticed(ben, "unopenable-envelope") >= 2,
      "members are the same": ben.view("conversation", chat)?.members.length === 2,
      "it goes on": goesOn && stillGoesOn,
      "nothing doubled": ben.reads(chat).filter((text) => text === "one").length === 1,
    },
    given() === 3,
    diagnosticsOf(ben),
  );
};

/** Who was removed commits all the same, and the operator lets it pass. */
export const removedCommit: Attack = async (weakness = {}) => {
  const world = watchedWorld(513, weakness);
  const [ann, ben, cat] = await people(world, "Ann", "Ben", "Cat");
  const group = await world.group(ann, [ben, cat], "Board");
  await ben.say(group, "before");
  await world.until("all read", () => [ann, cat].every((one) => one.reads(group).includes("before")));
  const old = await loadGroup(cat.disk, fromHex(groupIdOf(cat.disk, group)));
  if (old === undefined) throw new Error("Cat has no state");
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const prepared = await mls.prepare(old, { state: { ...old.state, name: "Cat's own" } }, () => "listed");
  if ("refused" in prepared) throw new Error(`Cat could not prepare: ${prepared.refused}`);
  const envelope = await sealGroupEnvelope(
    crypto,
    { tag: old.keys.tag, key: old.keys.envelopeKey },
    { mls: prepared.commit, histories: [] },
  );
  if (weakness.stolenKey !== true) {
    await ann.api.removeMember(group, cat.account);
    await world.until("Cat is out", () =>
      [ann, ben].every((one) => one.view("conversation", group)?.members.length === 2),
    );
  }
  const parts: Part[] = old.members.map(({ address }) => ({ target: { kind: "address", address }, envelope }));
  const answer = await postAsStranger(world, await commitHeader(old, prepared.next, parts), parts);
  // The gate is the operator's: he shows it all the same, as of then and as of now.
  const target = {
    kind: "address",
    address: parts[0]?.target.kind === "address" ? parts[0].target.address : crypto.random(16),
  } as const;
  const shown = [old.epoch, old.epoch + 1].map((epoch) => ({
    mode: "commit" as const,
    gate: old.state.gate,
    epoch,
    target,
    envelope,
  }));
  const given = [ann, ben].map((one) => inventPushes(world, one, shown));
  await ben.say(group, "now we are two");
  await world.pass(5_000);
  await ann.say(group, "yes");
  const goesOn = await comesTrue(
    world,
    () => ben.reads(group).includes("yes") && ann.reads(group).includes("now we are two"),
  );
  await world.pass(5_000);
  return allOf(
    "P3.removed-member",
    "a commit by a member who was removed: refused by the gate, and by the members when the gate lets it pass",
    {
      "the gate refuses": answer === "stale-epoch",
      noticed: [ann, ben].every((one) => noticed(one, "late-envelope", "refused-replay", "unopenable-envelope") > 0),
      "its change is nowhere": [ann, ben].every((one) => one.view("conversation", group)?.title === "Board"),
      "it stays out": [ann, ben].every((one) => one.view("conversation", group)?.members.length === 2),
      "it reads nothing more": !cat.reads(group).includes("yes"),
      "they go on": goesOn && [ann, ben].every((one) => isOpen(one, group)),
    },
    given.every((one) => one() > 0),
    `the gate says ${answer}; ${diagnosticsOf(ann, ben)}`,
  );
};

async function welcomeParts(
  next: Group,
  welcome: Bytes,
  ghost: string,
  histories: Parameters<typeof sealGroupEnvelope>[2]["histories"],
): Promise<Part[]> {
  const [tag, key] = [crypto.random(16), crypto.random(32)];
  const envelope = await sealGroupEnvelope(crypto, { tag, key }, { mls: welcome, histories });
  const parts: Part[] = [];
  for (const { address, sealKey, device } of next.members) {
    if (toHex(device) === ghost) continue;
    const target = { kind: "address", address } as const;
    parts.push({ target, envelope });
    parts.push({
      target,
      envelope: await sealTo(crypto, sealKey, { purpose: "note", address }, encodeNote({ kind: "welcome", tag, key })),
    });
  }
  return parts;
}

async function createHeader(
  founding: { publicKey: Bytes; privateKey: Bytes },
  next: Group,
  parts: readonly Part[],
): Promise<PostHeader> {
  const unsigned = {
    mode: "create" as const,
    gate: next.state.gate,
    foundingKey: founding.publicKey,
    nextPostKey: next.keys.postKey.publicKey,
    nextTokenHash: tokenHashOf(crypto.sha256, next.keys.postToken),
    signature: new Uint8Array(64),
  };
  const hash = postHashOf(crypto.sha256, encodeParts(parts));
  return { ...unsigned, signature: await crypto.sign(founding.privateKey, gateBytes(unsigned, hash)) };
}

async function commitHeader(group: Group, next: Group, parts: readonly Part[]): Promise<PostHeader> {
  const unsigned = {
    mode: "commit" as const,
    gate: group.state.gate,
    epoch: group.epoch,
    nextPostKey: next.keys.postKey.publicKey,
    nextTokenHash: tokenHashOf(crypto.sha256, next.keys.postToken),
    signature: new Uint8Array(64),
  };
  const hash = postHashOf(crypto.sha256, encodeParts(parts));
  return { ...unsigned, signature: await crypto.sign(group.keys.postKey.privateKey, gateBytes(unsigned, hash)) };
}

function groupIdOf(disk: Parameters<typeof loadGroup>[0], conversation: string): string {
  const row = disk.get<{ group_id: Uint8Array | null }>(
    "SELECT group_id FROM conversations WHERE conversation = ?",
    fromHex(conversation),
  );
  return row?.group_id == null ? "" : toHex(row.group_id);
}
