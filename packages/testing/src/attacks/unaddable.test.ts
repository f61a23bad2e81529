/**
 * A member whose key packages nobody can add, and who waits in each founding (docs/spec/sync.md SY72).
 */
import { expect, test } from "bun:test";
import { createMls } from "@yanshu/mls";
import { type CallResult, fromHex, toHex } from "@yanshu/wire";
import { crypto } from "../evidence/evil/ghost.ts";
import { answerClaims } from "../evidence/evil/operator.ts";
import { type Person, World, worldDomain } from "../index.ts";
import { foundingOf, stopAtGate } from "../world/rows.ts";
import { keyOn } from "./accounts.ts";

/** Key packages of all devices of somebody with a changed client, all with one address: no group can have two. */
function colliding(world: World, devices: readonly Person[]): Promise<CallResult<"claim">["packages"]> {
  const [address, claimCap] = [crypto.random(16), crypto.random(16)];
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const made = devices.map(async (one) => {
    const [deviceKey, seal] = [await keyOn(one), await crypto.sealKeyPair()];
    const [account, device] = [fromHex(one.account), fromHex(one.view("status").me?.device ?? "")];
    const credential = { account, device, n: 0, entryHash: new Uint8Array(32) };
    const leaf = { server: worldDomain, address, sealKey: seal.publicKey, claimCap, features: [] };
    const { bytes } = await mls.keyPackage({ credential, deviceKey }, leaf, world.clock.nowMs() + 86_400_000);
    return { device, package: bytes };
  });
  return Promise.all(made);
}

test("[SY72] [SY71] a member whose packages nobody can add keeps the others from no group", async () => {
  const world = new World({ seed: 9_621 });
  const [ann, ben, mal] = [await world.person("Ann"), await world.person("Ben"), await world.person("Mal")];
  const group = await world.group(ann, [ben, mal], "Family");
  const phone = await world.linkDevice(mal);
  await world.until("Mal's phone is in", () => phone.view("conversation", group)?.state === "open", 300_000);
  await world.pass(60_000);
  const packages = await colliding(world, [mal, phone]);
  const { account } = mal;
  for (const one of [mal, phone]) one.crash();
  const claims = answerClaims(world, ann, (answer) =>
    toHex(answer.account) === account ? { ...answer, packages } : answer,
  );
  stopAtGate(ann, group);
  await ann.switchOn();
  await world.until("Ben is in the new group", () => foundingOf(ben, group) === 2, 300_000);
  expect(claims()).toBeGreaterThan(0);
  await world.until("both are told", () => [ann, ben].every((one) => one.lines(group).includes("left-out")));
  const trip = await ann.api.createGroup({ name: "Trip", accounts: [ben.account, account] });
  await world.until("Ann is told", () => ann.lines(trip).includes("not-done"), 300_000);
  await ben.say(group, "we go on");
  await world.until("Ann reads", () => ann.reads(group).includes("we go on"));
  expect(world.bugs()).toEqual([]);
});
