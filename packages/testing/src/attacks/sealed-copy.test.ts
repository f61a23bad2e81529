/**
 * Attack: a member copies what was sealed to another by a third, and says it as their own (docs/spec/groups.md GR35).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Body, type BodyOf, decodeMessage, encodeMessage } from "@yanshu/content";
import { createMls, type Group, openGroupEnvelope, sealGroupEnvelope } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunSnapshot } from "@yanshu/store/bun";
import { decodeEnvelope, fromHex, toHex } from "@yanshu/wire";
import { changePushes, noticed, postAsStranger } from "../evidence/evil/operator.ts";
import { World } from "../index.ts";
import { loadGroup } from "../sim/group-devices.ts";
import { groupOf, tap } from "../world/thief.ts";

setDefaultTimeout(120_000);

const crypto = createBunCrypto();
const secret = "the surprise party is on Friday";

test("[GR35] words sealed to Ben alone, from before Mallory came, do not become hers by being copied", async () => {
  const world = new World({ seed: 9401 });
  const [ann, ben, mallory] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mallory")];
  const group = await world.group(ann, [ben], "Two");
  await world.befriend(ann, mallory);
  await ben.say(group, "hello");
  await world.pass(2_000);
  changePushes(world, ben, (push) => (push.mode === "application" ? [] : [push]));
  await ann.say(group, secret);
  await world.pass(2_000);
  world.network.meddle(ben.device, undefined);
  await ann.api.addMembers(group, [mallory.account]);
  await world.until("Mallory is in", () => mallory.view("conversation", group)?.members.length === 3);
  const tapped = tap(world, mallory);
  const start = await loadGroup(openBunSnapshot(mallory.takeSnapshot()), groupOf(mallory, group).group_id);
  if (start === undefined) throw new Error("no state");
  await ann.say(group, "welcome Mallory"); // Ben notices, and asks; Ann answers, sealed to Ben alone.
  await world.until("Ben has it", () => ben.reads(group).includes(secret));
  await world.pass(5_000);

  // Mallory's client stops; she goes on by hand, with what lay in her store and what came.
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  let state: Group = start;
  let stolen: BodyOf<"sealedResend"> | undefined;
  for (const { push } of tapped) {
    const envelope = decodeEnvelope(push.envelope);
    if (envelope.kind === "sealed" || toHex(envelope.tag) !== toHex(state.keys.tag)) continue;
    const body = await openGroupEnvelope(crypto, { tag: state.keys.tag, key: state.keys.envelopeKey }, push.envelope);
    const got = body && (await mls.receive(state, body.mls, () => "listed"));
    if (got?.kind !== "application" && got?.kind !== "commit") continue;
    state = got.group;
    const said = got.kind === "application" ? decodeMessage(got.data).body : undefined;
    if (said?.kind === "sealedResend") stolen = said;
  }
  if (stolen === undefined) throw new Error("nothing was sealed");
  mallory.crash();
  const reader = stolen.reader;
  const target = state.members.find(({ device }) => toHex(device) === toHex(reader));
  if (target === undefined) throw new Error("Ben is in the group");
  const row = mallory.disk.get<{ own_seq: number }>(
    "SELECT own_seq FROM conversations WHERE conversation = ?",
    fromHex(group),
  );
  const say = async (seq: number, body: Body) => {
    const authenticator = state.keys.authenticator.slice(0, 16);
    const message = { id: crypto.random(16), seq, seen: [], authenticator, sentAtMs: world.clock.nowMs(), body };
    const said = await mls.protect(state, encodeMessage(message));
    state = said.group;
    const keys = { tag: state.keys.tag, key: state.keys.envelopeKey };
    const envelope = await sealGroupEnvelope(crypto, keys, { mls: said.message, histories: [] });
    const header = {
      mode: "application",
      gate: state.state.gate,
      epoch: state.epoch,
      token: state.keys.postToken,
    } as const;
    return postAsStranger(world, header, [{ target: { kind: "address", address: target.address }, envelope }]);
  };
  // She has said less than Ann, so that what she says next leaves a gap where Ann's number lies.
  expect(row?.own_seq ?? 0).toBeLessThan(stolen.seq);
  expect(await say(stolen.seq + 1, { kind: "text", text: "so" })).toBe("ok");
  await world.until("Ben hears her, and lacks what was before", () => ben.reads(group).includes("so"));
  expect(await say(stolen.seq + 2, stolen)).toBe("ok");
  await world.pass(10_000);
  expect(ben.reads(group).filter((text) => text === secret)).toHaveLength(1);
  expect(noticed(ben, "refused-crypto", "malformed-message")).toBe(0); // It came, and was read as hers.
  expect(world.bugs()).toEqual([]);
});
