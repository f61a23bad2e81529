/** A leaf names the list entry that its device knew: where somebody is shown another list, that is seen (ID44). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { createMls } from "@yanshu/mls";
import { type Bytes, deviceIdOf, equalBytes, fromHex, headOf } from "@yanshu/wire";
import { answerClaims } from "../evidence/evil/operator.ts";
import { World } from "../index.ts";
import { worldDomain } from "../world/person.ts";
import { crypto, entryBy, keyOn, listAt } from "./accounts.ts";

setDefaultTimeout(120_000);

test("[ID44] a leaf that was made by another history of the account, or by a longer one, is told", async () => {
  for (const [seed, what] of [
    [9601, "contradicts"],
    [9602, "outruns"],
  ] as const) {
    const world = new World({ seed });
    const [ann, cat] = [await world.person("Ann"), await world.person("Cat")];
    const chat = await world.befriend(cat, ann);
    const deviceKey = await keyOn(ann);
    const n = (headOf(await listAt(world, ann.account))?.body.n ?? 0) + (what === "outruns" ? 1 : 0);
    const device = deviceIdOf(crypto.sha256, deviceKey.publicKey);
    const credential = { account: fromHex(ann.account), device, n, entryHash: crypto.random(32) };
    const delivery = {
      server: worldDomain,
      address: crypto.random(16),
      sealKey: (await crypto.sealKeyPair()).publicKey,
      claimCap: crypto.random(16),
      features: [],
    };
    const mls = createMls(crypto, { nowMs: world.clock.nowMs });
    const made = await mls.keyPackage({ credential, deviceKey }, delivery, world.clock.nowMs() + 86_400_000);
    answerClaims(world, cat, (answer) => ({ ...answer, packages: [{ device, package: made.bytes }] }));
    await cat.api.createGroup({ name: "Cat's", accounts: [ann.account] });
    await world.pass(60_000);
    expect(cat.client.diagnostics()[`leaf-${what}`] ?? 0).toBeGreaterThan(0);
    expect(cat.lines(chat)).toContain("list-differs");
    expect(ann.lines(chat)).not.toContain("list-differs");
  }
});

test("[ID7a] an entry by an own device that home showed to others alone does not keep a more senior one from revoking it", async () => {
  const world = new World({ seed: 9603 });
  const [ann, cat] = [await world.person("Ann"), await world.person("Cat")];
  const chat = await world.befriend(cat, ann);
  const tablet = await world.linkDevice(ann);
  await world.pass(120_000);
  const before = await listAt(world, ann.account);
  const devices: readonly Bytes[] = headOf(before)?.body.devices ?? [];
  const hidden = await entryBy(before, await keyOn(tablet), devices);
  answerClaims(world, cat, (answer) =>
    equalBytes(answer.account, fromHex(ann.account))
      ? { ...answer, history: { ...answer.history, entries: [...answer.history.entries, hidden] } }
      : answer,
  );
  await cat.api.createGroup({ name: "Cat's", accounts: [ann.account] }); // Its Welcome brings Ann's phone the entry.
  await world.pass(60_000);
  world.network.meddle(cat.device, undefined);
  const target = ann.view("devices").find(({ isThis }) => !isThis);
  await world.during(ann.api.revokeDevice(target?.device ?? ""));
  await world.until("the tablet is out", () => tablet.view("status").phase === "signed-out");
  await ann.say(chat, "it is only my phone now");
  await world.until("Cat reads it", () => cat.reads(chat).includes("it is only my phone now"));
  await cat.say(chat, "good");
  await world.until("Ann reads it", () => ann.reads(chat).includes("good"));
  expect(tablet.reads(chat)).not.toContain("good");
});
