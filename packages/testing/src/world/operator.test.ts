/**
 * What people see of what the operator of their server does: invitations that end, an account that is suspended or
 * removed.
 */
import { expect, test } from "bun:test";
import { type Bytes, encodeLink } from "@yanshu/wire";
import { World } from "../index.ts";
import { worldDomain } from "../world/person.ts";

const linkOf = (token: Bytes) =>
  encodeLink(`https://${worldDomain}`, { kind: "invite", link: { server: worldDomain, token } });

/** A link that so many people come in by. */
async function invitation(world: World, people: number, hours: number): Promise<string> {
  const made = await world.during(world.server.acts.invite(people, world.clock.nowMs() + hours * 3_600_000));
  if (!made.ok) throw new Error(made.code);
  return linkOf(made.value.code);
}

async function comes(world: World, name: string, link: string): Promise<string> {
  const device = await world.device(name);
  return world.during(device.api.createAccount({ name, link })).then(
    () => "in",
    (error: { code: string }) => error.code,
  );
}

test("[DS140] who comes late is told whether the invitation has ended or was used up, and comes in by a new one", async () => {
  const world = new World({ seed: 140 });
  const link = await invitation(world, 2, 3);
  expect([await comes(world, "Ann", link), await comes(world, "Ben", link)]).toEqual(["in", "in"]);
  expect(await comes(world, "Cat", link)).toBe("invite-used-up");
  const other = await invitation(world, 2, 1);
  await world.pass(3_700_000);
  expect(await comes(world, "Dan", other)).toBe("invite-expired");
  expect(await comes(world, "Eve", linkOf(new Uint8Array(16)))).toBe("link-reset");
  expect(world.bugs()).toEqual([]);
});

test("[DS142] who is suspended is told so, keeps what is there, and says what was written meanwhile once they are let in again", async () => {
  const world = new World({ seed: 142 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "before");
  await world.until("Ben reads", () => ben.reads(chat).includes("before"));
  const ref = world.log.accounts.find(Buffer.from(ben.account, "hex"))?.ref as number;
  await world.during(world.server.acts.suspend(ref, true));
  await world.until("Ben is told", () => ben.view("status").network === "suspended");
  await ben.say(chat, "from Ben");
  await ann.say(chat, "from Ann");
  await world.pass(120_000);
  expect(ben.view("status")).toMatchObject({ phase: "ready", network: "suspended", unsent: 1 });
  expect(ben.reads(chat)).toContain("before");
  expect(ben.reads(chat)).not.toContain("from Ann");
  expect(ann.reads(chat)).not.toContain("from Ben");
  await world.during(world.server.acts.suspend(ref, false));
  await world.until(
    "both read both",
    () => ben.reads(chat).includes("from Ann") && ann.reads(chat).includes("from Ben"),
  );
  expect(ben.view("status").network).toBe("online");
  expect(world.bugs()).toEqual([]);
});

test("[DS143] who was removed is signed out, and others go on", async () => {
  const world = new World({ seed: 143 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const ref = world.log.accounts.find(Buffer.from(ben.account, "hex"))?.ref as number;
  await world.during(world.server.acts.remove(ref));
  await world.until("Ben is told", () => ben.view("status").phase === "signed-out");
  await ann.say(chat, "still here");
  await world.until("it is sent", () => ann.view("status").unsent === 0);
  expect(world.bugs()).toEqual([]);
});
