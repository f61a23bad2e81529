/** A device whose database is gone: what it kept beside it brings it back, and nobody is asked for anything. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readMeta } from "@yanshu/store";
import { fromHex } from "@yanshu/wire";
import { type Person, World, type WorldOptions } from "../index.ts";
import { dropPush, isPushOf } from "./drops.ts";
import { foundingOf } from "./rows.ts";

setDefaultTimeout(60_000);

/** Long enough for what was said to reach the vault. */
const soonMs = 60_000;

/** Every device keeps a device backup, by its name. */
function keeping(): {
  readonly kept: Map<string, Uint8Array>;
  readonly wrapPorts: NonNullable<WorldOptions["wrapPorts"]>;
} {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    wrapPorts: (ports, { device }) => ({
      ...ports,
      deviceBackup: {
        read: async () => kept.get(device),
        write: async (bytes) => void kept.set(device, Uint8Array.from(bytes)),
        clear: async () => void kept.delete(device),
      },
    }),
  };
}

async function family(seed: number) {
  const { kept, wrapPorts } = keeping();
  const world = new World({ seed, wrapPorts });
  const [grandma, mum, ming] = [await world.person("外婆"), await world.person("妈妈"), await world.person("小明")];
  const chat = await world.befriend(grandma, mum);
  const group = await world.group(grandma, [mum, ming], "一家人");
  return { world, kept, grandma, mum, ming, chat, group };
}

/** Names of all that was said, as the store has them. */
function names(person: Person): readonly string[] {
  const sql = `SELECT hex(conversation) || hex(author) || hex(id) AS name FROM messages
    WHERE kind NOT IN ('system', 'leave', 'newer') ORDER BY 1`;
  return person.disk.all<{ name: string }>(sql).map(({ name }) => name);
}

/** Why nothing goes on there. */
function frozenIn({ disk }: Person, conversation: string): string | null | undefined {
  const sql = "SELECT frozen FROM conversations WHERE conversation = ?";
  return disk.get<{ frozen: string | null }>(sql, fromHex(conversation))?.frozen;
}

function epochOf({ disk }: Person, conversation: string): number | undefined {
  const sql = "SELECT g.epoch FROM groups AS g JOIN conversations AS c USING (group_id) WHERE c.conversation = ?";
  return disk.get<{ epoch: number }>(sql, fromHex(conversation))?.epoch;
}

async function mended(world: World, person: Person): Promise<void> {
  await person.switchOn();
  await world.until("it is whole again", () => !person.view("status").isMending, 300_000);
}

test("[ST40] [ST42] a device whose database is gone has its people, chats and history again, with nobody's help", async () => {
  const { world, grandma, mum, ming, chat, group } = await family(700);
  await grandma.say(chat, "饺子包好了");
  await mum.say(chat, "晚上回来");
  await ming.say(group, "周末都来");
  await grandma.api.setRemark(mum.account, "大女儿");
  await world.pass(soonMs);
  const [before, account] = [names(grandma), grandma.account];

  grandma.loseDisk();
  await grandma.switchOn();
  expect(grandma.view("status")).toMatchObject({ phase: "ready", isMending: true });
  await world.until("it is whole again", () => !grandma.view("status").isMending, 300_000);
  expect(grandma.account).toBe(account);
  expect(names(grandma)).toEqual(before);
  expect(grandma.view("contacts").map(({ name }) => name)).toContain("大女儿");
  expect(grandma.view("devices")).toHaveLength(1);

  await grandma.say(chat, "我在");
  await world.until("mum reads", () => mum.reads(chat).includes("我在"), 120_000);
  await mum.say(chat, "看见了");
  await world.until("she reads", () => grandma.reads(chat).includes("看见了"), 120_000);
  await grandma.say(group, "都好吗");
  await world.until("both read", () => [mum, ming].every((one) => one.reads(group).includes("都好吗")), 300_000);
  await ming.say(group, "都好");
  await world.until("she reads Ming", () => grandma.reads(group).includes("都好"), 120_000);
  for (const one of [mum, ming]) {
    expect(one.lines(group)).not.toContain("removed");
    expect(one.lines(group)).not.toContain("restored");
  }
  expect(world.bugs()).toEqual([]);
});

test("[ID34] [ST42] notes to oneself stand in the list again, and go on", async () => {
  const { world, grandma } = await family(701);
  const own = await world.during(grandma.api.openOwn());
  await grandma.say(own, "护照在第二个抽屉");
  await world.pass(soonMs);
  grandma.loseDisk();
  await mended(world, grandma);
  await world.until("they are listed", () => grandma.view("chats").some(({ conversation }) => conversation === own));
  await grandma.say(own, "钥匙在花盆下面");
  expect(grandma.reads(own)).toEqual(["护照在第二个抽屉", "钥匙在花盆下面"]);
  const tablet = await world.linkDevice(grandma);
  await world.until("the tablet has both", () => tablet.reads(own).length === 2, 300_000);
  expect(world.bugs()).toEqual([]);
});

test("[VA6] [ST42] what was just put into the vault, under a key made for it, is there for a person who loses their disk that moment", async () => {
  const world = new World({ seed: 702, wrapPorts: keeping().wrapPorts });
  const grandma = await world.person("外婆");
  const own = await world.during(grandma.api.openOwn());
  await grandma.say(own, "护照在第二个抽屉");
  await world.until("it is in the vault", () => (grandma.view("vault").bytes ?? 0) > 0, 120_000);
  grandma.loseDisk();
  await mended(world, grandma);
  await world.until("it is here again", () => grandma.reads(own).includes("护照在第二个抽屉"), 120_000);
});

test("[ST42] [SY40] what came last, and the vault does not have, comes from who said it, once they say more", async () => {
  const { world, grandma, mum, ming, chat, group } = await family(704);
  await mum.say(chat, "早");
  await ming.say(group, "早上好");
  await world.pass(soonMs);
  await mum.say(chat, "门锁好了吗");
  await ming.say(group, "带伞");
  await world.until(
    "she reads both",
    () => grandma.reads(chat).includes("门锁好了吗") && grandma.reads(group).includes("带伞"),
  );
  grandma.loseDisk();
  await mended(world, grandma);
  expect(grandma.reads(chat)).not.toContain("门锁好了吗");
  await world.pass(soonMs);
  await mum.say(chat, "妈？");
  await ming.say(group, "都在？");
  await world.until(
    "she has them",
    () => grandma.reads(chat).includes("门锁好了吗") && grandma.reads(group).includes("带伞"),
    300_000,
  );
  expect(world.bugs()).toEqual([]);
});

test("[ST42] with another own device it is one of two as before, and both have the same", async () => {
  const { world, grandma, mum, chat, group } = await family(701);
  const tablet = await world.linkDevice(grandma);
  await world.until("the tablet is in", () => tablet.view("conversation", group)?.state === "open");
  await mum.say(chat, "早");
  await world.pass(soonMs);
  grandma.loseDisk();
  await mended(world, grandma);
  await world.until("they are two", () => tablet.view("devices").length === 2, 300_000);
  await world.until("it is in again", () => grandma.view("conversation", group)?.members.length === 3, 600_000);
  await mum.say(group, "都收到吗");
  await mum.say(chat, "你呢");
  await world.until(
    "both read",
    () => [grandma, tablet].every((one) => one.reads(group).includes("都收到吗") && one.reads(chat).includes("你呢")),
    600_000,
  );
  await world.pass(soonMs);
  expect(names(grandma)).toEqual(names(tablet));
  expect(world.bugs()).toEqual([]);
});

test("[ST42] it goes on where it stopped, whenever it stops, and whatever answer is lost", async () => {
  const { world, grandma, mum, chat } = await family(702);
  await mum.say(chat, "早");
  await world.pass(soonMs);
  const before = names(grandma);
  grandma.loseDisk();
  for (let crashes = 0; crashes < 12; crashes++) {
    await grandma.switchOn();
    await world.pass(40 + 90 * crashes);
    grandma.crash();
  }
  await mended(world, grandma);
  expect(names(grandma)).toEqual(before);
  grandma.loseDisk(); // And once more, from the device backup of what was mended.
  await mended(world, grandma);
  expect(names(grandma)).toEqual(before);
  await world.pass(soonMs); // What is said while she is nobody's member waits for a tap (SY2).
  await mum.say(chat, "还在吗");
  await world.until("she reads", () => grandma.reads(chat).includes("还在吗"), 300_000);
  expect(world.bugs()).toEqual([]);
});

test("[ST42] home took the fresh key, and its answer was lost", async () => {
  const { world, grandma, mum, chat } = await family(705);
  await mum.say(chat, "早");
  await world.pass(soonMs);
  const before = names(grandma);
  const entries = () => {
    const account = world.log.accounts.find(fromHex(account0));
    return account === undefined ? 0 : world.log.accounts.entries(account.ref, 0).length;
  };
  const account0 = grandma.account;
  const listed = entries();
  grandma.loseDisk();
  await grandma.switchOn();
  await world.atOnce("it is listed anew", () => entries() !== listed);
  expect(entries()).toBe(listed + 1);
  grandma.crash(); // Before it could hear of it.
  expect((readMeta(grandma.disk, "mending")?.length ?? 0) > 0).toBe(true);
  await mended(world, grandma);
  expect(entries()).toBe(listed + 1);
  expect(names(grandma)).toEqual(before);
  expect(world.bugs()).toEqual([]);
});

test("[ST44] what was kept goes with the account, with signing out, and with wiping; without it a device is new", async () => {
  const { world, kept, grandma, ming } = await family(703);
  const tablet = await world.linkDevice(grandma);
  await world.pass(soonMs);
  expect([...kept.keys()].toSorted()).toEqual(["外婆 1", "外婆 2", "妈妈 1", "小明 1"].toSorted());
  const { device } = tablet.view("status").me ?? { device: "" };
  await world.during(grandma.api.revokeDevice(device));
  await world.until("it is signed out", () => tablet.view("status").phase === "signed-out");
  await world.pass(5_000);
  expect(kept.has("外婆 2")).toBe(false);
  await world.during(ming.api.deleteAccount());
  await world.until("he is gone", () => ming.view("status").phase === "new", 120_000);
  await world.pass(5_000);
  expect(kept.has("小明 1")).toBe(false);
  ming.loseDisk();
  await ming.switchOn();
  expect(ming.view("status").phase).toBe("new");
});

test("[ST40] a device backup that cannot be read is none: the device is new, and not out of order", async () => {
  const { kept, grandma } = await family(704);
  kept.set(
    "外婆 1",
    Uint8Array.from({ length: 80 }, (_, n) => (n * 29) % 256),
  );
  grandma.loseDisk();
  await grandma.switchOn();
  expect(grandma.view("status").phase).toBe("new");
});

test("[ST42] what would be begun before a device is itself again is refused, and can be begun a moment later", async () => {
  const { world, grandma, ming } = await family(706);
  const other = await world.group(ming, [await world.person("阿姨")], "合唱团");
  await world.during(ming.api.makeGroupLink(other, { days: 7 }));
  await world.until("there is a link", () => ming.view("conversation", other)?.link !== undefined);
  const link = (await world.during(ming.api.groupLink(other))) ?? "";
  const code = await world.during(ming.api.myLink());
  await world.pass(soonMs);
  grandma.loseDisk();
  world.network.cutOff(grandma.device);
  await grandma.switchOn();
  expect(grandma.view("status").isMending).toBe(true);
  expect(grandma.api.joinGroup(link)).rejects.toThrow("offline");
  expect(grandma.api.createGroup({ name: "空", accounts: [] })).rejects.toThrow("offline");
  expect(grandma.api.requestContact({ link: code, greeting: "是我", scanned: true })).rejects.toThrow("offline");
  world.network.letBack(grandma.device);
  await world.until("it is whole again", () => !grandma.view("status").isMending, 300_000);
  await world.during(grandma.api.joinGroup(link));
  await world.until("she is in", () => grandma.view("conversation", other)?.state === "open", 300_000);
  expect(world.bugs()).toEqual([]);
});

test("[ST42] [SY2] what is said before a device is let in again waits for a tap, if somebody came meanwhile", async () => {
  const { world, grandma, mum, ming, group } = await family(707);
  const aunt = await world.person("阿姨");
  await world.befriend(mum, aunt);
  await world.pass(soonMs);
  grandma.loseDisk();
  world.network.cutOff(mum.device);
  world.network.cutOff(ming.device); // Nobody is there who could let her in.
  await grandma.switchOn();
  await world.until(
    "she knows her chats",
    () => grandma.view("chats").some(({ title }) => title === "一家人"),
    120_000,
  );
  await grandma.say(group, "只给你们");
  world.network.letBack(mum.device);
  await mum.api.addMembers(group, [aunt.account]);
  await world.until("her aunt is in", () => aunt.view("conversation", group)?.state === "open", 120_000);
  world.network.letBack(ming.device);
  await world.until("she is in", () => grandma.view("conversation", group)?.members.length === 4, 600_000);
  await world.pass(soonMs);
  expect(aunt.reads(group)).not.toContain("只给你们");
  expect(grandma.items(group).find(({ mine }) => mine)?.state).toBe("waiting-tap");
  expect(world.bugs()).toEqual([]);
});

test("[ST42] [GR31.6] a person who leads a group has it again, also when all who are left there are stopped themselves", async () => {
  const { world, grandma, mum, ming, group } = await family(708);
  await grandma.api.announce(group, "周六包饺子");
  await world.pass(soonMs);
  // Both miss a commit, and only she could let them in again.
  const dropped = [mum, ming].map((one) => dropPush(world, one.device, "commit"));
  await grandma.api.renameGroup(group, "一大家人");
  await world.until("the commit is gone", () => dropped.every((count) => count() === 1));
  await world.pass(5_000);
  grandma.loseDisk();
  await mum.say(group, "还有人吗");
  await ming.say(group, "我也发不出去");
  await world.pass(soonMs);
  expect([mum, ming].map((one) => frozenIn(one, group))).toEqual(["missed-commit", "missed-commit"]);

  await mended(world, grandma);
  await world.until(
    "both read each other",
    () => mum.reads(group).includes("我也发不出去") && ming.reads(group).includes("还有人吗"),
    600_000,
  );
  await world.until("she reads both", () => grandma.reads(group).length === 2, 600_000);
  await grandma.say(group, "都在呢");
  await world.until("both read her", () => [mum, ming].every((one) => one.reads(group).includes("都在呢")), 120_000);
  for (const one of [grandma, mum, ming]) {
    const view = one.view("conversation", group);
    expect(new Map(view?.members.map(({ account, role }) => [account, role]))).toEqual(
      new Map([
        [grandma.account, "owner"],
        [mum.account, "member"],
        [ming.account, "member"],
      ]),
    );
    expect(view?.announcement).toBe("周六包饺子");
  }
  expect(world.bugs()).toEqual([]);
});

test("[ST42] [GR31.6] a person who alone lets people in comes back to a group in which nobody else may add", async () => {
  const { world, grandma, mum, ming, chat, group } = await family(709);
  await grandma.api.setApproval(group, true);
  await world.until("it holds", () => ming.view("conversation", group)?.isApproved === true);
  await world.pass(soonMs);
  grandma.loseDisk();
  // What she asks is lost at first: who speaks takes her old leaf out, and may not put the new one in.
  for (const one of [mum, ming])
    world.network.meddle(one.device, (frame) => (isPushOf(frame, "deposit") ? [] : [frame]));
  await mended(world, grandma);
  await grandma.say(chat, "是我");
  await world.until("mum knows of her new key", () => mum.reads(chat).includes("是我"), 120_000);
  await mum.say(group, "都好");
  await world.until("her leaf is out", () => ming.view("conversation", group)?.members.length === 2);
  for (const one of [mum, ming]) world.network.meddle(one.device, undefined);
  await grandma.say(group, "我又在了");
  await world.until("both read", () => [mum, ming].every((one) => one.reads(group).includes("我又在了")), 600_000);
  await ming.say(group, "欢迎回来");
  await world.until("she reads", () => grandma.reads(group).includes("欢迎回来"), 120_000);
  for (const one of [grandma, mum, ming]) expect(one.view("conversation", group)?.isApproved).toBe(true);
  const me = grandma.view("conversation", group)?.members.find(({ isMe }) => isMe);
  expect(me?.role).toBe("owner");
  expect(world.bugs()).toEqual([]);
});

test("[GR17.5] [ST42] a chat of two is founded for both, though all devices of one are gone from the group that is held", async () => {
  const { world, grandma, mum, chat, group } = await family(710);
  await world.pass(soonMs);
  grandma.loseDisk();
  // Mum founds the chat anew meanwhile, twice: what grandma knows of it is older.
  for (let i = 0; i < 2; i++) {
    await mum.api.block(mum.view("contacts").find(({ ownName }) => ownName === "外婆")?.account ?? "");
    await mum.api.unblock(mum.view("contacts").find(({ ownName }) => ownName === "外婆")?.account ?? "");
    await world.until("it is founded", () => foundingOf(mum, chat) === i + 2);
  }
  // What grandma founds comes late: until then mum has her new key from the group, and takes her old leaf out of the
  // chat.
  world.network.meddle(mum.device, (frame) => (isPushOf(frame, "create") ? [] : [frame]));
  await mended(world, grandma);
  await world.until("she is in the group", () => grandma.view("conversation", group)?.members.length === 3, 300_000);
  await mum.say(chat, "妈？");
  await world.until("her old leaf is out", () => epochOf(mum, chat) === 2, 120_000);
  world.network.meddle(mum.device, undefined);
  world.network.breakSockets(mum.device);
  await world.until(
    "it is founded for both",
    () => [mum, grandma].every((one) => foundingOf(one, chat) === 4),
    300_000,
  );
  await mum.say(chat, "听得到吗");
  // If her first word went into the group that had nobody else, it comes with the second (SY40).
  const reads = () => ["妈？", "听得到吗"].every((one) => grandma.reads(chat).includes(one));
  await world.until("she reads mum", reads, 300_000);
  await grandma.say(chat, "在呢");
  await world.until("mum reads her", () => mum.reads(chat).includes("在呢"), 120_000);
  expect(world.bugs()).toEqual([]);
});
