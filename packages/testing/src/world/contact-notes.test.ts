import { expect, test } from "bun:test";
import { type Person, World } from "../index.ts";

const contact = (person: Person, name: string) =>
  person.view("contacts").find((row) => row.ownName === name || row.name === name);
const row = (person: Person, title: string) => person.view("chats").find((chat) => chat.title === title);

test("[SY22] what is noted of a contact is on all own devices, later ones too, and on no other", async () => {
  const world = new World({ seed: 80 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const notes = {
    remark: "舅舅",
    phone: "+1 555 0100",
    description: "妈妈的弟弟",
    tags: ["家人", "周末"],
    isStarred: true,
  };
  await ann.api.setContactNotes(ben.account, notes);
  await world.until("the tablet has them", () => contact(tablet, "Ben")?.isStarred === true);
  expect(contact(tablet, "Ben")).toMatchObject(notes);
  await tablet.api.setContactNotes(ben.account, { tags: [" 家人 ", "家人", ""], isStarred: false });
  await world.until("the phone follows", () => contact(ann, "Ben")?.isStarred === false);
  expect(contact(ann, "Ben")).toMatchObject({ remark: "舅舅", phone: "+1 555 0100", tags: ["家人"] });
  const later = await world.linkDevice(ann);
  await world.until("a later device has them", () => contact(later, "Ben")?.description === "妈妈的弟弟");
  expect(contact(ben, "Ann")).toMatchObject({ remark: "", tags: [] });
  await expect(ann.api.setContactNotes(ben.account, { description: "x".repeat(501) })).rejects.toThrow("too-long");
  await expect(ann.api.setContactNotes(ben.account, { tags: ["y".repeat(33)] })).rejects.toThrow("too-long");
  expect(world.bugs()).toEqual([]);
});

test("[SY22] [SY11] a device that joins learns of more contacts than one message holds", async () => {
  const world = new World({ seed: 81 });
  const ann = await world.person("Ann");
  const chats = 40;
  const others: Person[] = [];
  for (let n = 0; n < 3; n++) others.push(await world.person(`Friend ${n}`));
  for (const other of others) {
    const chat = await world.befriend(ann, other);
    await ann.api.setPinned(chat, true);
  }
  for (let n = 0; n < chats; n++) {
    const group = await ann.api.createGroup({ name: `g${n}`, accounts: [others[0]?.account ?? ""] });
    for (const mark of ["setPinned", "setMuted"] as const) await ann.api[mark](group, true);
    await ann.api.markUnread(group);
    await ann.api.setDraft(group, `for ${n}`);
  }
  const tablet = await world.linkDevice(ann);
  await world.until(
    "all is there",
    () => tablet.view("chats").filter((chat) => chat.isMarkedUnread && chat.draft !== "").length === chats,
  );
  expect(tablet.view("contacts")).toHaveLength(3);
});

test("[SY23] a draft follows to the other device once the writing rests, and goes when it was sent", async () => {
  const world = new World({ seed: 82 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  for (const text of ["see", "see you", "see you at"]) await ann.api.setDraft(chat, text);
  await world.pass(1_000);
  expect(tablet.view("conversation", chat)?.draft).toBe("");
  await world.until("the draft is there", () => tablet.view("conversation", chat)?.draft === "see you at");
  await tablet.say(chat, "see you at nine");
  await world.until("it is gone here too", () => ann.view("conversation", chat)?.draft === "");
  expect(world.bugs()).toEqual([]);
});

test("[SY24] letting go is silent until the other writes, and asking again works", async () => {
  const world = new World({ seed: 83 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ann.say(chat, "hello");
  await world.until("all read it", () => [tablet, ben].every((one) => one.reads(chat).includes("hello")));
  await ann.api.deleteContact(ben.account);
  await world.until("gone from both", () =>
    [ann, tablet].every((one) => contact(one, "Ben") === undefined && row(one, "Ben") === undefined),
  );
  await world.pass(5_000);
  expect(ben.lines(chat)).not.toContain("not-contacts");
  expect(ben.view("conversation", chat)?.state).toBe("open");
  await ben.say(chat, "are you there?");
  await world.until("it is told", () => ben.lines(chat).includes("not-contacts"));
  await world.pass(5_000);
  for (const one of [ann, tablet]) expect([one.reads(chat), one.view("requests").length]).toEqual([[], 0]);
  const link = await world.during(ann.api.myLink());
  await world.during(ben.api.requestContact({ link, greeting: "it's me", scanned: true }));
  await world.until("Ann is asked", () => ann.view("requests")[0]?.greeting === "it's me");
  await ann.api.acceptRequest(chat);
  await world.until("friends again", () => ben.view("conversation", chat)?.state === "open");
  await ben.say(chat, "good to be back");
  await world.until("Ann reads", () => [ann, tablet].every((one) => one.reads(chat).includes("good to be back")));
  expect(ben.lines(chat).filter((kind) => kind === "not-contacts")).toHaveLength(1);
  expect(world.bugs()).toEqual([]);
});

test("[SY25] everybody can write to themselves, on one device or many, and finds it again", async () => {
  const world = new World({ seed: 84 });
  const ann = await world.person("Ann");
  expect(ann.view("chats")).toEqual([]);
  const own = await ann.api.openOwn();
  await ann.say(own, "remember the milk");
  await world.until("it is kept", () => ann.view("status").unsent === 0);
  expect(ann.view("chats")).toMatchObject([{ kind: "own", conversation: own, unread: 0 }]);
  const tablet = await world.linkDevice(ann);
  expect(await tablet.api.openOwn()).toBe(own);
  await tablet.say(own, "and bread");
  await world.until("the phone has it", () => ann.reads(own).includes("and bread"));
  await ann.say(own, "got both");
  await world.until("the tablet has it", () => tablet.reads(own).includes("got both"));
  expect(ann.reads(own)).toEqual(["remember the milk", "and bread", "got both"]);
  expect(tablet.view("status").unread).toBe(0);
  const found = await world.during(ann.api.searchMessages({ query: "milk", limit: 5 }));
  expect(found.hits).toMatchObject([{ kind: "own", match: "milk" }]);
  expect(world.bugs()).toEqual([]);
});

test("[SY26] a member of a common group is asked without a link, and sees from where", async () => {
  const world = new World({ seed: 85 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const choir = await world.group(ann, [ben, cat], "Choir");
  await world.until(
    "names are known",
    () => ben.view("conversation", choir)?.members.some(({ name }) => name === "Cat") === true,
  );
  const chat = await world.during(
    ben.api.requestMember({ group: choir, account: cat.account, greeting: "Ben, tenor" }),
  );
  await world.until("Cat reads the greeting", () => cat.view("requests").some(({ greeting }) => greeting !== ""));
  expect(cat.view("requests")).toMatchObject([
    { kind: "direct", name: "Ben", greeting: "Ben, tenor", source: { kind: "group", title: "Choir" } },
  ]);
  await cat.api.acceptRequest(chat);
  await world.until("friends", () => ben.view("conversation", chat)?.state === "open");
  expect(contact(cat, "Ben")?.source).toEqual({ kind: "group", title: "Choir" });
  expect(contact(ben, "Cat")?.source).toEqual({ kind: "group", title: "Choir" });
  expect(contact(ben, "Ann")?.source).toEqual({ kind: "scan" });
  expect(world.bugs()).toEqual([]);
});

test("[SY26] a group of strangers is a request: read once it is accepted, left when it is declined", async () => {
  const world = new World({ seed: 86 });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  await world.group(ben, [ann, dan], "Choir"); // Through which Ann may still add Dan, once he has let go of her.
  await world.befriend(ann, cat);
  await world.befriend(ann, dan);
  const tablet = await world.linkDevice(dan);
  await world.pass(5_000);
  await dan.api.deleteContact(ann.account);
  await world.pass(5_000);
  const strangersAsk = async (name: string) => {
    const group = await ann.api.createGroup({ name, accounts: [cat, dan].map(({ account }) => account) });
    await world.until(`Dan is asked into ${name}`, () =>
      [dan, tablet].every((one) => one.view("requests").some((request) => request.name === name)),
    );
    return group;
  };
  const quilting = await strangersAsk("Quilting");
  expect(dan.view("requests")[0]).toMatchObject({ kind: "group", name: "Quilting" });
  expect([row(dan, "Quilting"), dan.view("status").requests]).toEqual([undefined, 1]);
  await dan.api.acceptRequest(quilting);
  await world.until("both devices are in", () =>
    [dan, tablet].every(
      (one) => one.view("conversation", quilting)?.state === "open" && one.view("requests").length === 0,
    ),
  );
  await cat.say(quilting, "welcome");
  await world.until("Dan reads", () => tablet.reads(quilting).includes("welcome"));
  const lottery = await strangersAsk("Lottery");
  await dan.api.declineRequest(lottery);
  await world.until("gone from both", () =>
    [dan, tablet].every((one) => one.view("requests").length === 0 && row(one, "Lottery") === undefined),
  );
  await world.until(
    "Ann's device removes him",
    () => ann.view("conversation", lottery)?.members.every(({ account }) => account !== dan.account) === true,
  );
  expect(world.bugs()).toEqual([]);
});

test("[SY26] [GR21] a person who is blocked brings nobody into a group unasked, and stays where both are already", async () => {
  const world = new World({ seed: 87 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const choir = await world.group(ann, [ben, cat], "Choir");
  await world.befriend(ben, cat);
  await ben.api.block(ann.account);
  await world.pass(3_000);
  await ann.say(choir, "rehearsal at six");
  await world.until("the common group goes on", () => ben.reads(choir).includes("rehearsal at six"));
  const trap = await ann.api.createGroup({ name: "Trap", accounts: [ben.account, cat.account] });
  await world.until("Cat is in", () => cat.view("conversation", trap)?.state === "open");
  await world.until("Ben is asked", () => ben.view("requests").length === 1);
  expect(row(ben, "Trap")).toBeUndefined();
  await ben.api.declineRequest(trap);
  await world.until(
    "Ann's device removes him",
    () => ann.view("conversation", trap)?.members.every(({ account }) => account !== ben.account) === true,
  );
  expect([ben.view("requests"), row(ben, "Trap")]).toEqual([[], undefined]);
});
