import { expect, test } from "bun:test";
import { decodeServerFrame, fromHex } from "@yanshu/wire";
import { type Person, stepOf, World } from "../index.ts";
import { pushFrame } from "./drops.ts";

const errorFrame = 0x82;

test("[ID12] [ID15] a second device is linked: the same four words, then it has contacts and chats and all that follows", async () => {
  const world = new World({ seed: 20 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  const group = await world.group(ann, [ben, cat], "Family");
  const tablet = await world.linkDevice(ann);
  expect(tablet.account).toBe(ann.account);
  await world.until(
    "the tablet has both chats",
    () => ["open", "open"].join() === [chat, group].map((one) => tablet.view("conversation", one)?.state).join(),
  );
  await ben.say(chat, "to both of you");
  await world.until("both devices read", () =>
    [ann, tablet].every((one) => one.reads(chat).includes("to both of you")),
  );
  await tablet.say(group, "from the tablet");
  await world.until("all read", () => [ann, ben, cat].every((one) => one.reads(group).includes("from the tablet")));
  expect(ann.items(group).find((item) => item.body.kind === "text")?.mine).toBe(true);
  await world.until(
    "names have come",
    () =>
      tablet
        .view("contacts")
        .map((contact) => contact.name)
        .toSorted()
        .join() === "Ben,Cat",
  );
  expect(tablet.view("devices").length).toBe(2);
  expect(world.bugs()).toEqual([]);
});

test("[ID14] both sides show the same words; if they differ nothing happens", async () => {
  const world = new World({ seed: 21 });
  const ann = await world.person("Ann");
  const tablet = await world.beginLinking(ann);
  expect(wordsOf(tablet)).toEqual(wordsOf(ann));
  expect(wordsOf(ann).length).toBe(4);
  await world.during(ann.api.confirmWords(false));
  await world.until("the tablet stops", () => stepOf(tablet) === "stopped");
  await world.pass(5_000);
  expect(ann.view("devices").length).toBe(1);
  expect(tablet.view("status").phase).toBe("new");
});

test("[ID15] a device is in once each chat has it, whatever becomes of another that was listed and never joined", async () => {
  const world = new World({ seed: 23 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  await world.beginLinking(ann);
  await world.during(ann.api.confirmWords(true)); // On the new device nobody taps.
  expect(ann.view("devices").length).toBe(2);
  const tablet = await world.linkDevice(ann);
  expect(stepOf(ann)).toBe("done");
  expect(tablet.view("devices").length).toBe(3);
  expect(world.bugs()).toEqual([]);
});

test("[ID8] [ID18] [GR23] a revoked device is out of every conversation, signed out, and reads nothing more", async () => {
  const world = new World({ seed: 22 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  const lost = tablet.view("devices").find((row) => row.isThis);
  await world.during(ann.api.revokeDevice(lost?.device ?? ""));
  await world.until("the tablet is signed out", () => tablet.view("status").phase === "signed-out");
  await ben.say(chat, "is it gone?");
  await world.until("Ann reads", () => ann.reads(chat).includes("is it gone?"));
  await world.pass(10_000);
  expect(tablet.reads(chat)).not.toContain("is it gone?");
  expect(ann.view("devices").length).toBe(1);
  expect(world.bugs()).toEqual([]);
});

/** Ann's phone, laptop and tablet, each of which knows of the two others, and Ben, with whom she has a chat. */
async function threeOfAnn(seed: number) {
  const world = new World({ seed });
  const [phone, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(phone, ben);
  const [laptop, tablet] = [await world.linkDevice(phone), await world.linkDevice(phone)];
  const all = [phone, laptop, tablet];
  await world.until("each knows of all", () => all.every((one) => one.view("devices").length === 3));
  await world.pass(150_000);
  return { world, phone, laptop, tablet, ben, chat };
}

function entriesOf({ world, phone }: Awaited<ReturnType<typeof threeOfAnn>>): number {
  const row = world.log.accounts.find(fromHex(phone.account));
  return row === undefined ? 0 : world.log.accounts.entries(row.ref, 0).length;
}

async function hearsOfBen({ world, ben, chat, phone }: Awaited<ReturnType<typeof threeOfAnn>>): Promise<void> {
  await ben.say(chat, "who is left");
  await world.until("the phone reads Ben", () => phone.reads(chat).includes("who is left"));
  await phone.say(chat, "all is well");
  await world.until("Ben reads the phone", () => ben.reads(chat).includes("all is well"));
  expect(world.bugs()).toEqual([]);
}

test("[ID7a] a device that had not heard of an own device's entry signs after it, and the account is not frozen", async () => {
  const ann = await threeOfAnn(511);
  const { world, phone, laptop, tablet } = ann;
  world.network.meddle(phone.device, (frame) => (frame[0] === pushFrame ? [] : [frame]));
  await world.during(laptop.api.revokeDevice(idOf(tablet)));
  await world.pass(5_000);
  expect(phone.view("devices")).toHaveLength(3);
  await world.during(phone.api.revokeDevice(idOf(tablet))); // Which is so already.
  await world.during(phone.api.revokeDevice(idOf(laptop)));
  expect(phone.view("devices").map(({ isThis }) => isThis)).toEqual([true]);
  expect(entriesOf(ann)).toBe(5); // Its first, two links, and each of the two that went once.
  world.network.meddle(phone.device, undefined);
  world.network.breakSockets(phone.device);
  await hearsOfBen(ann);
});

test("[ID7a] two devices that are revoked at one moment go one after the other", async () => {
  const ann = await threeOfAnn(512);
  const { world, phone, laptop, tablet } = ann;
  await world.during(Promise.all([laptop, tablet].map((one) => phone.api.revokeDevice(idOf(one)))));
  expect(phone.view("devices").map(({ isThis }) => isThis)).toEqual([true]);
  await hearsOfBen(ann);
});

test("[ID7a] [DS28a] two devices that change the list at one moment both have their way, and the account is not frozen", async () => {
  const ann = await threeOfAnn(514);
  const { world, phone, laptop, tablet } = ann;
  let refusals = 0;
  world.network.overhearServer = (_connection, _owner, frame) => {
    const told = frame[0] === errorFrame ? decodeServerFrame(frame) : undefined;
    if (told?.type === "error" && told.code === "list-conflict") refusals++;
  };
  await world.during(Promise.all([phone, laptop].map((one) => one.api.revokeDevice(idOf(tablet)))));
  expect(refusals).toBe(1); // One of them was too late, by less than a round trip.
  for (const one of [phone, laptop]) expect(one.client.diagnostics()["account-frozen"] ?? 0).toBe(0);
  expect(phone.view("devices")).toHaveLength(2);
  await world.until("the tablet knows", () => tablet.view("status").phase === "signed-out");
  await hearsOfBen(ann);
});

test("[ID7a] a device whose sign-in is not answered signs nothing: it may be out of the list", async () => {
  const ann = await threeOfAnn(513);
  const { world, phone, laptop, tablet } = ann;
  world.network.meddle(tablet.device, (frame) => ([errorFrame, pushFrame].includes(frame[0] ?? 0) ? [] : [frame]));
  await world.during(phone.api.revokeDevice(idOf(tablet)));
  await world.pass(1_500); // It has come again, and waits to be let in.
  const refused = tablet.api.revokeDevice(idOf(laptop)).then(
    () => "taken",
    (error: unknown) => (error as { code?: string }).code,
  );
  expect(await world.during(refused)).toBe("offline");
  expect(phone.view("devices")).toHaveLength(2);
  await world.during(phone.api.revokeDevice(idOf(laptop)));
  world.network.meddle(tablet.device, undefined);
  await world.until("the tablet knows", () => tablet.view("status").phase === "signed-out");
  await hearsOfBen(ann);
});

test("[GR17] [ID10] a stranger's request is quiet on both devices, and accepting on one opens it on the other", async () => {
  const world = new World({ seed: 27 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ann);
  await world.pass(2_000);
  const link = await world.during(ann.api.myLink());
  const chat = await world.during(ben.api.requestContact({ link, greeting: "a stranger", scanned: false }));
  await world.until("both are asked", () => [ann, tablet].every((one) => one.view("requests").length === 1));
  expect([ann, tablet].map((one) => one.view("chats").length)).toEqual([0, 0]);
  await tablet.api.acceptRequest(chat);
  await world.until("both are open", () =>
    [ann, tablet].every((one) => one.view("conversation", chat)?.state === "open"),
  );
  await ben.say(chat, "thank you");
  await world.until("both read", () => [ann, tablet].every((one) => one.reads(chat).includes("thank you")));
  expect(world.bugs()).toEqual([]);
});

test("[ID10] a request waits for its answer on both devices of a person who asks", async () => {
  const { world, phone, tablet, ben, link } = await twoDevices(28);
  const chat = await world.during(phone.api.requestContact({ link, greeting: "it's me", scanned: false }));
  await world.until("the tablet has it", () => tablet.reads(chat).includes("it's me"));
  await world.pass(5_000);
  expect([phone, tablet].map((one) => one.view("conversation", chat)?.state)).toEqual(["request-out", "request-out"]);
  expect([phone, tablet].map((one) => one.view("contacts").length)).toEqual([0, 0]);
  await ben.api.acceptRequest(chat);
  await world.until("both are friends", () =>
    [phone, tablet].every((one) => one.view("conversation", chat)?.state === "open"),
  );
  for (const one of [phone, tablet]) expect(one.lines(chat)).toContain("friends");
  expect(world.bugs()).toEqual([]);
});

test("[ID10] of a request that was lost with the device that meant to ask nothing is left, and another one asks", async () => {
  const { world, phone, tablet, ben, link } = await twoDevices(29);
  const asking = world.during(phone.api.requestContact({ link, greeting: "from the phone", scanned: false }));
  const told = () => tablet.disk.get("SELECT 1 FROM contacts WHERE state = 'requested'") !== undefined;
  await world.atOnce("the tablet is told", told);
  const lost = phone.view("status").me?.device ?? "";
  phone.crash(); // For good, before the founding left.
  const chat = await asking;
  await world.during(tablet.api.revokeDevice(lost));
  await world.pass(60_000);
  expect(ben.view("requests")).toEqual([]);
  expect(tablet.view("conversation", chat)).toBeUndefined();
  expect(await tablet.api.readLink(link)).toMatchObject({ kind: "contact", standing: "new" });
  await world.during(tablet.api.requestContact({ link, greeting: "from the tablet", scanned: false }));
  await world.until("Ben is asked", () => ben.view("requests")[0]?.greeting === "from the tablet");
  await ben.api.acceptRequest(chat);
  await world.until("friends", () => tablet.view("conversation", chat)?.state === "open");
  expect(world.bugs()).toEqual([]);
});

/** Ann's phone and tablet, and the link of Ben, whom she does not know yet. */
async function twoDevices(seed: number) {
  const world = new World({ seed });
  const [phone, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(phone);
  await world.pass(2_000);
  return { world, phone, tablet, ben, link: await world.during(ben.api.myLink()) };
}

test("[ID12] a device that was signed out is linked again, and kept what it had read", async () => {
  const world = new World({ seed: 26 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  await ben.say(chat, "before");
  await world.until("the tablet reads", () => tablet.reads(chat).includes("before"));
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.until("it is signed out", () => tablet.view("status").phase === "signed-out");
  await world.linkDevice(ann, tablet);
  await ben.say(chat, "after");
  await world.until("the tablet reads again", () => tablet.reads(chat).includes("after"));
  expect(tablet.reads(chat)).toEqual(["我是Ann", "before", "after"]);
  expect(world.bugs()).toEqual([]);
});

/** Ann's tablet, which she signed out after Ben wrote to it, and whose code Cat has scanned. */
async function handedOn(seed: number) {
  const world = new World({ seed });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  await ben.say(chat, "for Ann alone");
  await world.until("the tablet reads", () => tablet.reads(chat).includes("for Ann alone"));
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.until("it is signed out", () => tablet.view("status").phase === "signed-out");
  await world.beginLinking(cat, tablet);
  return { world, ann, ben, cat, chat, tablet };
}

test("[ID21] a device that somebody else lived on says whose account it joins, and keeps everything if that is refused", async () => {
  const { world, ann, cat, chat, tablet } = await handedOn(28);
  expect(tablet.view("linking")).toMatchObject({
    who: { account: cat.account, name: "Cat" },
    forgets: { account: ann.account, name: "Ann" },
    agreed: false,
  });
  expect(wordsOf(tablet)).toEqual(wordsOf(cat));
  await world.during(cat.api.confirmWords(true)); // Cat is quick; the tablet's holder has not answered.
  await world.pass(5_000);
  expect(stepOf(tablet)).toBe("compare");
  expect(tablet.reads(chat)).toEqual(["我是Ann", "for Ann alone"]);
  await world.during(tablet.api.confirmJoin(false));
  await world.until("Cat's device stops", () => stepOf(cat) === "stopped");
  await world.pass(5_000);
  expect(tablet.view("status").phase).toBe("signed-out");
  expect(tablet.reads(chat)).toEqual(["我是Ann", "for Ann alone"]);
  expect(cat.view("devices").length).toBe(1); // Nor does her list name it any more.
  // And it can still be linked to whose it was, without a question.
  await world.beginLinking(ann, tablet);
  expect(tablet.view("linking")).not.toHaveProperty("forgets");
  await world.during(tablet.api.confirmJoin(true));
  await world.during(ann.api.confirmWords(true));
  await world.until("it is back", () => stepOf(ann) === "done" && stepOf(tablet) === "done");
  expect(tablet.reads(chat)).toEqual(["我是Ann", "for Ann alone"]);
  expect(world.bugs()).toEqual([]);
});

test("[ID21] once its holder agrees, the device is the new account's and nothing of the former is left", async () => {
  const { world, ben, cat, chat, tablet } = await handedOn(29);
  const other = await world.befriend(cat, ben);
  await world.during(tablet.api.confirmJoin(true));
  await world.pass(3_000);
  expect(tablet.reads(chat)).toEqual(["我是Ann", "for Ann alone"]); // The other side has not confirmed.
  await world.during(cat.api.confirmWords(true));
  await world.until("it is Cat's", () => stepOf(cat) === "done" && stepOf(tablet) === "done");
  await world.until("it has Cat's chat", () => tablet.view("conversation", other)?.state === "open");
  expect(tablet.account).toBe(cat.account);
  expect(tablet.view("conversation", chat)).toBeUndefined();
  expect(
    tablet.disk.get("SELECT count(*) AS count FROM messages WHERE conversation = ?", Buffer.from(chat, "hex")),
  ).toEqual({
    count: 0,
  });
  // It is hers also after a restart, with whom both accounts know.
  await ben.say(other, "for Cat alone");
  await world.until("it reads", () => tablet.reads(other).includes("for Cat alone"));
  tablet.crash();
  await tablet.switchOn();
  await ben.say(other, "and again");
  await world.until("it reads on", () => tablet.reads(other).includes("and again"));
  expect(world.bugs()).toEqual([]);
});

test("[ID21] a fresh device shows whose it will be, and joins only by a tap of its own: a stranger who scanned first gets nothing", async () => {
  const world = new World({ seed: 30 });
  const ann = await world.person("Ann");
  const tablet = await world.beginLinking(ann);
  expect(tablet.view("linking")).toMatchObject({ who: { account: ann.account, name: "Ann" } });
  expect(tablet.view("linking")).not.toHaveProperty("forgets");
  await world.during(ann.api.confirmWords(true)); // As the one who scanned may do at once.
  await world.pass(5_000);
  expect([stepOf(tablet), tablet.view("status").phase]).toEqual(["compare", "linking"]);
  await world.during(tablet.api.confirmJoin(true));
  await world.until("it is in", () => stepOf(ann) === "done" && stepOf(tablet) === "done");

  const [mallory, phone] = [await world.person("Mallory"), await world.device("Ben")];
  await world.beginLinking(mallory, phone);
  await world.during(mallory.api.confirmWords(true));
  await world.during(phone.api.confirmJoin(false));
  await world.until("hers stops", () => stepOf(mallory) === "stopped");
  await world.pass(5_000);
  expect(phone.view("status").phase).toBe("new");
  expect(mallory.view("devices").length).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[ID66] a device whose process ends before it joined is struck from the list after ten minutes, also by one that began anew", async () => {
  const world = new World({ seed: 31 });
  const ann = await world.person("Ann");
  const confirmed = async () => {
    const tablet = await world.beginLinking(ann);
    await world.during(ann.api.confirmWords(true));
    await world.until("it is listed", () => ann.view("devices").length === 2);
    tablet.crash(); // Its person has not agreed.
  };
  await confirmed();
  await world.pass(9 * 60_000);
  expect(ann.view("devices").length).toBe(2);
  await world.until("it is struck", () => ann.view("devices").length === 1, 5 * 60_000);

  await confirmed();
  ann.crash();
  await ann.switchOn();
  await world.pass(60_000);
  expect(ann.view("devices").length).toBe(2);
  await world.until("it is struck", () => ann.view("devices").length === 1, 12 * 60_000);
  expect(world.bugs()).toEqual([]);
});

test("[ID67] a clock that was put back strikes no device that has not joined yet, and makes none wait for ever", async () => {
  const world = new World({ seed: 33 });
  const ann = await world.person("Ann");
  const tablet = await world.beginLinking(ann);
  await world.during(ann.api.confirmWords(true));
  await world.until("it is listed", () => ann.view("devices").length === 2);
  ann.skewMs = -3_600_000;
  world.network.breakSockets(ann.device);
  await world.pass(5 * 60_000);
  expect(ann.view("devices").length).toBe(2);
  tablet.crash(); // Its person has not agreed.
  await world.until("it is struck", () => ann.view("devices").length === 1, 12 * 60_000);
  expect(world.bugs()).toEqual([]);
});

test("[ID66] a device that joined while the other was away stays, and is in all chats", async () => {
  const world = new World({ seed: 32 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.beginLinking(ann);
  await world.during(ann.api.confirmWords(true));
  await world.until("it is listed", () => ann.view("devices").length === 2);
  ann.crash(); // What the tablet says next reaches nobody.
  await world.during(tablet.api.confirmJoin(true));
  await world.until("it is one of hers", () => tablet.view("status").phase === "ready");
  await world.pass(5_000);
  await ann.switchOn();
  await world.pass(12 * 60_000);
  expect(ann.view("devices").length).toBe(2);
  await ben.say(chat, "to both");
  await world.until("the tablet reads", () => tablet.reads(chat).includes("to both"));
  expect(world.bugs()).toEqual([]);
});

test("[ID16] own devices whose linking was cut short found their own conversation, and tell each other all", async () => {
  const world = new World({ seed: 33, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.beginLinking(ann);
  await world.during(ann.api.confirmWords(true));
  await world.until("it is listed", () => ann.view("devices").length === 2);
  ann.crash(); // That the tablet is ready reaches nobody.
  await world.during(tablet.api.confirmJoin(true));
  await world.until("it is one of hers", () => tablet.view("status").phase === "ready");
  await world.pass(5_000);
  await ann.switchOn();
  await world.pass(5_000);
  const draft = { pictures: [], audience: { who: "all" } } as const;
  await world.during(tablet.api.postMoment({ ...draft, text: "from the tablet" }));
  await world.during(ann.api.postMoment({ ...draft, text: "from the phone" }));
  await world.during(ann.api.setRemark(ben.account, "小本"));
  await world.pass(150_000);
  const shown = (one: Person) => [
    ...one.view("momentsFeed", { limit: 10 }).posts.map(({ text }) => text),
    ...one.view("contacts").map(({ name }) => name),
  ];
  expect(shown(tablet)).toEqual(["from the phone", "from the tablet", "小本"]);
  expect(shown(ann)).toEqual(shown(tablet));
  expect(world.bugs()).toEqual([]);
});

test("[ID16] a device that comes into the conversation of own devices later than it was founded is told all", async () => {
  const world = new World({ seed: 35 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.beginLinking(ann);
  await world.during(ann.api.confirmWords(true));
  await world.until("it is listed", () => ann.view("devices").length === 2);
  const account = fromHex(ann.account);
  ann.crash(); // That the tablet is ready reaches nobody.
  await world.during(tablet.api.confirmJoin(true));
  await world.until("it is one of hers", () => tablet.view("status").phase === "ready");
  tablet.crash();
  const { accounts } = world.log;
  // Home has no key package of it.
  for (const { ref } of accounts.devices(accounts.find(account)?.ref ?? 0))
    for (const isLast of [true, false]) accounts.dropPackages(ref, isLast);
  await ann.switchOn();
  await world.during(ann.api.setRemark(ben.account, "小本"));
  const isFounded = () =>
    ann.disk.get("SELECT 1 FROM conversations WHERE kind = 'own' AND state = 'open'") !== undefined;
  await world.until("the phone founded it alone", isFounded, 300_000);
  await world.pass(10_000);
  await tablet.switchOn();
  await world.until("the tablet knows her", () => tablet.view("contacts")[0]?.name === "小本", 300_000);
  expect(world.bugs()).toEqual([]);
});

test("[GR48] a device that planned the conversation of own devices is in it once another of them founded it", async () => {
  const world = new World({ seed: 34 });
  const ann = await world.person("Ann");
  const tablet = await world.beginLinking(ann);
  await world.during(tablet.api.confirmJoin(true));
  await world.during(ann.api.confirmWords(true));
  await world.until("it is one of hers", () => tablet.view("status").phase === "ready");
  world.network.cutOff(tablet.device);
  const stateOn = (one: Person) =>
    one.disk.get<{ state: string }>("SELECT state FROM conversations WHERE kind = 'own'")?.state;
  await world.until("the tablet waits no longer for the phone", () => stateOn(tablet) === "forming", 180_000);
  expect(stateOn(ann)).toBe("open");
  world.network.letBack(tablet.device);
  await world.until("the tablet has nothing left to found", () => jobsOn(tablet) === 0, 180_000);
  const groupOn = (one: Person) =>
    one.disk.get<{ id: string }>("SELECT hex(group_id) AS id FROM conversations WHERE kind = 'own'")?.id;
  expect(groupOn(tablet)).toBe(groupOn(ann));
  expect(stateOn(tablet)).toBe("open");
  expect(world.bugs()).toEqual([]);
});

test("[ID16] a device that was linked joins what was founded while it was away", async () => {
  const world = new World({ seed: 23 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ann);
  await world.pass(2_000); // Time to publish its key packages.
  tablet.crash();
  const chat = await world.befriend(ann, ben);
  await ben.say(chat, "hello you two");
  await world.pass(5_000);
  await tablet.switchOn();
  await world.until("the tablet reads", () => tablet.reads(chat).includes("hello you two"));
  expect(tablet.view("conversation", chat)?.state).toBe("open");
  expect(world.bugs()).toEqual([]);
});

test("[ID16] a device without packages at home is added once it has some", async () => {
  const world = new World({ seed: 25 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ann);
  tablet.crash(); // Before it published any.
  const chat = await world.befriend(ann, ben);
  await world.pass(20_000);
  await tablet.switchOn();
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.members.length === 2, 180_000);
  await ben.say(chat, "now you too");
  await world.until("the tablet reads", () => tablet.reads(chat).includes("now you too"));
  expect(world.bugs()).toEqual([]);
});

test("[SY11] what was read on one device is read on the other; a remark follows", async () => {
  const world = new World({ seed: 24 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ben.say(chat, "news");
  await world.until("both have it unread", () =>
    [ann, tablet].every((one) => one.view("chats").some((row) => row.unread > 0)),
  );
  await world.pass(50);
  await tablet.api.markRead(chat);
  await world.until("the phone knows", () => ann.view("chats").every((row) => row.unread === 0));
  await ann.api.setRemark(ben.account, "小本");
  await world.until("the tablet knows", () => tablet.view("contacts")[0]?.name === "小本");
  expect(world.bugs()).toEqual([]);
});

function idOf(person: Person): string {
  return person.view("status").me?.device ?? "";
}

function jobsOn({ disk }: Person): number {
  return disk.get<{ n: number }>("SELECT count(*) AS n FROM jobs")?.n ?? 0;
}

function wordsOf(person: Person): readonly number[] {
  const linking = person.view("linking");
  if (!("words" in linking)) throw new Error("shows no words");
  return linking.words;
}

test("[SY11] [VA6] what a new device decides, and puts into the vault, before it is in the conversation of own devices is known to the others", async () => {
  const world = new World({ seed: 29 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.beginLinking(ann);
  await world.during(tablet.api.confirmJoin(true));
  await world.during(ann.api.confirmWords(true));
  await world.until("the tablet is a device", () => tablet.view("status").phase === "ready");
  ann.crash(); // Before it let the tablet in anywhere.
  await world.pass(1_000);
  expect(conversations(tablet)).toBe(0);
  await world.during(tablet.api.setProfile({ name: "Annie" }));
  const chat = await world.befriend(ben, tablet);
  await ben.say(chat, "to the tablet");
  await world.pass(240_000); // Nobody else makes a key.
  expect(tablet.view("vault").waiting).toBe(0);
  const keys = () => [ann, tablet].map(({ disk }) => disk.all("SELECT id FROM vault_keys ORDER BY id"));
  expect(keys()[1]).toHaveLength(1);
  await ann.switchOn();
  await world.until("the phone knows the name", () => ann.view("status").me?.name === "Annie");
  await world.until("the phone has the chat", () => ann.reads(chat).includes("to the tablet"));
  await world.pass(60_000);
  expect(keys()[0]).toEqual(keys()[1] ?? []);
  expect(ann.disk.get("SELECT 1 FROM vault_unread WHERE locked = 1")).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

function conversations(person: Person): number {
  return person.disk.get<{ count: number }>("SELECT count(*) AS count FROM conversations")?.count ?? 0;
}
