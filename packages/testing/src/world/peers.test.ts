/** Two people of two homes write to each other (docs/spec/peers.md PE43–PE54). */
import { expect, test } from "bun:test";
import type { FileView, Hex } from "@yanshu/client";
import { createMls, sealGroupEnvelope } from "@yanshu/mls";
import { peersPort, provide } from "@yanshu/server";
import { addJob } from "@yanshu/store";
import {
  decodeClientFrame,
  decodeLink,
  decodeServerFrame,
  encodeCardBody,
  encodeLink,
  encodeParts,
  encodePush,
  encodeSignedCard,
  farListHashOf,
  fromHex,
  peerVersions,
  serverCardBytes,
  utf8,
} from "@yanshu/wire";
import { encode } from "cborg";
import { commitHeader, postInTheDark } from "./dark.ts";
import { keysOf, type PeerWires, worldOfPeers } from "./peer-homes.ts";
import type { Person } from "./person.ts";
import { worldOfTwo } from "./second-home.ts";
import { crypto, groupOf, resyncNote } from "./turned.ts";
import type { World } from "./world.ts";

const stateOf = (person: Person, chat: Hex) => person.items(chat).findLast((item) => item.mine)?.state;

function fileIn(person: Person, chat: Hex): FileView | undefined {
  const body = person.items(chat).findLast((item) => item.body.kind === "file")?.body;
  return body?.kind === "file" ? body.file : undefined;
}

/** Whether some bytes were said between the homes. */
const wasSaid = ({ said }: PeerWires, bytes: Uint8Array) =>
  said.some((message) => Buffer.from(message).includes(Buffer.from(bytes)));

async function exchange(world: World, ann: Person, ben: Person, chat: Hex, word: string): Promise<void> {
  await ann.say(chat, `${word} from Ann`);
  await world.until("Ben reads it", () => ben.reads(chat).includes(`${word} from Ann`));
  await ben.say(chat, `${word} from Ben`);
  await world.until("Ann reads it", () => ann.reads(chat).includes(`${word} from Ben`));
}

test("[PE44] [PE45] [PE50] [PE51] people of two homes befriend each other by a link, and write, edit, and send files", async () => {
  const { world, personThere, wires } = worldOfPeers({ seed: 2301, files: true });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  expect([ann.view("status").server, ben.view("status").server]).toEqual(["yan.test", "ben.test"]);
  const chat = await world.befriend(ann, ben);
  await exchange(world, ann, ben, chat, "吃了吗？");
  expect(ann.reads(chat)).toEqual(["我是Ann", "吃了吗？ from Ann", "吃了吗？ from Ben"]);
  expect(ben.reads(chat)).toEqual(ann.reads(chat));
  // An edit, from the side that speaks to the gate through its home.
  const said = ben.items(chat).findLast((item) => item.mine)?.id ?? "";
  await ben.api.edit(chat, said, "Just now. You?");
  await world.until("Ann reads the edit", () => ann.reads(chat).includes("Just now. You?"));
  // Files of both lie at the home of who sent them.
  for (const [from, to] of [
    [ann, ben],
    [ben, ann],
  ] as const) {
    const bytes = new Uint8Array(300_000).map((_, i) => (i * 7) & 0xff);
    await from.api.sendFile(chat, { source: new Blob([bytes]), name: `${from.name}.bin`, type: "a/b" });
    await world.until("it arrives", () => fileIn(to, chat) !== undefined && stateOf(from, chat) === "sent");
    const file = fileIn(to, chat);
    await to.api.moveFile(file?.handle ?? "");
    await world.until("it is here", () => to.view("transfer", file?.handle ?? "").state === "here");
    expect(Buffer.compare(await world.during(to.api.readFile(file?.handle ?? "", 0, 300_000)), bytes)).toBe(0);
  }
  // Neither account's name crossed between the homes, and neither home knows the other's account.
  for (const { account, name } of [ann, ben]) {
    expect(wasSaid(wires, fromHex(account))).toBe(false);
    expect(wasSaid(wires, utf8(name))).toBe(false);
  }
  expect(world.log.accounts.find(fromHex(ben.account))).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

test("[PE72] who asks somebody to be friends whose home is slow to answer waits for it, and is told at once of one that does not", async () => {
  const { world, personThere, wires } = worldOfPeers({ seed: 2314 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const link = await world.during(ben.api.myLink());
  wires.slowMs = 9_000;
  const chat = await world.during(ann.api.requestContact({ link, greeting: "Ann here", scanned: false }));
  await world.until("it has come", () => ben.view("requests").length === 1, 60_000);
  expect(ben.view("requests")[0]?.conversation).toBe(chat);

  const cat = await world.person("Cat");
  wires.cut();
  wires.slowMs = 0;
  const sinceMs = world.clock.nowMs();
  const asking = cat.api.requestContact({ link, greeting: "Cat here", scanned: false });
  await expect(world.during(asking)).rejects.toMatchObject({ code: "peer-unreachable" });
  expect(world.clock.nowMs() - sinceMs).toBeLessThan(2_000);
  expect(world.bugs()).toEqual([]);
});

test("[PE53] what is said to somebody whose home does not answer waits, and comes once it does", async () => {
  const { world, personThere, wires } = worldOfPeers({ seed: 2302 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  wires.cut();
  await ann.say(chat, "one from Ann");
  await ben.say(chat, "one from Ben");
  await world.pass(90_000);
  expect(ben.reads(chat)).not.toContain("one from Ann");
  expect(stateOf(ben, chat)).toBe("sending");
  wires.mend();
  await world.until(
    "both read",
    () => ben.reads(chat).includes("one from Ann") && ann.reads(chat).includes("one from Ben"),
    400_000,
  );
  await exchange(world, ann, ben, chat, "again");
  expect(ann.reads(chat).length).toBe(5);
  expect(world.bugs()).toEqual([]);
});

test("[PE66] what home holds back for a server that does not answer is not called sent, on each device of its author, until it is there", async () => {
  const { world, personThere, wires } = worldOfPeers({ seed: 2312 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  await exchange(world, ann, ben, chat, "before");
  await world.pass(60_000);
  const waitsFor = (words: string) =>
    ann.items(chat).find(({ body }) => body.kind === "text" && body.text === words)?.waitsFor;
  wires.cut();
  await ann.say(chat, "held back");
  await world.until("it is told", () => waitsFor("held back")?.[0] === "ben.test", 60_000);
  expect(ann.view("conversation", chat)?.unreached?.[0]?.people).toEqual([ben.account]);
  expect(waitsFor("before from Ann")).toBeUndefined();
  // It is asked anew where the app was closed meanwhile.
  ann.crash();
  await ann.switchOn();
  await world.until("it is told again", () => waitsFor("held back") !== undefined, 60_000);
  wires.mend();
  await world.until("Ben reads it", () => ben.reads(chat).includes("held back"), 400_000);
  await world.until("it is sent", () => waitsFor("held back") === undefined, 60_000);
  expect(ann.view("conversation", chat)?.unreached).toBeUndefined();
});

test("[PE66] a line on which nothing arrives any more counts as no answer, before it ends", async () => {
  const { world, personThere, wires } = worldOfPeers({ seed: 2313 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(60_000);
  wires.isSilent = true;
  await ann.say(chat, "into nothing");
  const item = () => ann.items(chat).findLast(({ mine }) => mine);
  await world.until("it is told", () => item()?.waitsFor?.[0] === "ben.test", 60_000);
  expect(item()?.state).toBe("sent");
  wires.isSilent = false;
  wires.breakAll();
  await world.until("Ben reads it", () => ben.reads(chat).includes("into nothing"), 400_000);
  await world.until("it is sent", () => item()?.waitsFor === undefined, 60_000);
});

test("[PE33] a message of a gate elsewhere counts only from the server of that gate, not by home's own word or a third's", async () => {
  const { world, personThere, there } = worldOfPeers({ seed: 2303 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  const pushed = (frame: Uint8Array) => {
    const decoded = frame[0] === 0xc3 ? decodeServerFrame(frame) : undefined;
    return decoded?.type === "push" ? decoded.push : undefined;
  };
  for (const server of [undefined, "third.test"]) {
    there.network.meddle(ben.device, (frame) => {
      const push = pushed(frame);
      if (push === undefined) return [frame];
      const { server: _, ...own } = push;
      return [encodePush(server === undefined ? own : { ...own, server })];
    });
    await ann.say(chat, `by ${server}`);
    await world.pass(5_000);
    expect(ben.reads(chat)).not.toContain(`by ${server}`);
  }
  there.network.meddle(ben.device, undefined);
  await exchange(world, ann, ben, chat, "honestly");
});

test("[PE45] a server that is not the one that the link names, or shows another key than before, gets nothing", async () => {
  const { world, personThere, wires, there } = worldOfPeers({ seed: 2304 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const link = await world.during(ben.api.myLink());
  const read = decodeLink(link);
  if (read?.kind !== "contact" || read.link.serverMark === undefined) throw new Error("the link names no key");
  const forged = encodeLink("https://ben.test", {
    kind: "contact",
    link: { ...read.link, serverMark: new Uint8Array(16).fill(7) },
  });
  const ask = (one: string) => world.during(ann.api.requestContact({ link: one, greeting: "hi", scanned: false }));
  await expect(ask(forged)).rejects.toMatchObject({ code: "peer-forgotten" });
  // What a link said that no card matched is forgotten.
  await ask(link);
  // Once it is met, no link says otherwise; and home shows no other's card for it.
  const cal = await world.person("Cal");
  const askOfCal = (one: string) => world.during(cal.api.requestContact({ link: one, greeting: "hi", scanned: false }));
  await askOfCal(link);
  await expect(askOfCal(forged)).rejects.toMatchObject({ code: "peer-forgotten" });
  // Who takes the name over shows a card with another key; home's own look at it says the same.
  const keys = keysOf("a thief of names");
  const body = encodeCardBody({
    v: 1,
    versions: peerVersions,
    name: "ben.test",
    signKey: keys.signKey,
    sealKey: keys.sealKey,
    incarnation: new Uint8Array(16),
    peer: "/peer",
    reach: "both",
  });
  wires.cards.set("ben.test", encodeSignedCard(body, keys.sign(serverCardBytes(body))));
  there.crash();
  wires.breakAll();
  const dan = await world.person("Dan");
  await expect(world.during(dan.api.requestContact({ link, greeting: "hi", scanned: false }))).rejects.toMatchObject({
    code: "peer-forgotten",
  });
});

test("[PE43] [PE51] a second device of the one whose home has not the gate takes part, and both homes may die in between", async () => {
  const { world, personThere, there, deviceAt, wires } = worldOfPeers({ seed: 2305 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  const second = await world.linkDevice(ben, await deviceAt("Ben", there));
  await world.until("it has the chat", () => second.view("conversation", chat)?.state === "open");
  await ann.say(chat, "to both");
  await world.until("both read", () => [ben, second].every((one) => one.reads(chat).includes("to both")));
  there.crash();
  world.crashServer();
  wires.breakAll();
  world.startServer();
  there.start();
  await second.say(chat, "from the second");
  await world.until("all read", () => [ann, ben].every((one) => one.reads(chat).includes("from the second")), 120_000);
  expect(world.bugs()).toEqual([]);
});

test("[PE54] an operator who denies the other's home is told of, and what waits comes when it is allowed again", async () => {
  const { world, personThere, there } = worldOfPeers({ seed: 2306 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const chat = await world.befriend(ann, ben);
  const said = async (name: "peers-deny" | "peers-allow") =>
    world.during(Promise.resolve(there.running?.featureActs()[name]?.({ name: "yan.test" })));
  await said("peers-deny");
  await world.pass(2_000);
  await ben.say(chat, "against the operator");
  await ann.say(chat, "into the wind");
  await world.pass(60_000);
  expect(ann.reads(chat)).not.toContain("against the operator");
  expect(stateOf(ben, chat)).toBe("sending");
  for (const one of [ann, ben]) {
    await world.until("it is told", () => one.view("conversation", chat)?.unreached?.[0]?.state === "refuses", 120_000);
  }
  await said("peers-allow");
  await world.until("it comes", () => ann.reads(chat).includes("against the operator"), 400_000);
  await world.until("it comes", () => ben.reads(chat).includes("into the wind"), 400_000);
  await world.until(
    "nothing is told",
    () => [ann, ben].every((one) => one.view("conversation", chat)?.unreached === undefined),
    120_000,
  );
});

test("[PE43] [PE53] a group has people of two homes, adds and removes them, and goes on with whom it reaches", async () => {
  const { world, personThere, wires } = worldOfPeers({ seed: 2307 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  const [cal, dan] = [await world.person("Cal"), await personThere("Dan")];
  const group = await world.group(ann, [ben, cal], "两家");
  const heard = (word: string, by: readonly Person[], ms?: number) =>
    world.until(`${word} is read`, () => by.every((one) => one.reads(group).includes(word)), ms);
  await ann.say(group, "to all");
  await heard("to all", [ben, cal]);
  await ben.say(group, "from there");
  await heard("from there", [ann, cal]);
  // Added by a commit at a gate that is not at the adder's home.
  await world.befriend(ben, dan);
  await ben.api.addMembers(group, [dan.account]);
  await world.until("Dan is in", () => dan.view("conversation", group)?.state === "open");
  wires.cut();
  await ann.say(group, "meanwhile");
  await heard("meanwhile", [cal]);
  wires.mend();
  await heard("meanwhile", [ben, dan], 400_000);
  await ann.api.removeMember(group, ben.account);
  await world.until("Ben is out", () => ben.view("conversation", group)?.state === "removed");
  await cal.say(group, "without him");
  await heard("without him", [ann, dan]);
  expect(ben.reads(group)).not.toContain("without him");
  expect(world.bugs()).toEqual([]);
});

test("[PE30] a member whose leaf names no server stops nobody: the others write to each other, and remove them", async () => {
  const { world, personThere } = worldOfPeers({ seed: 2309 });
  const [ann, ben, eve] = [await world.person("Ann"), await personThere("Ben"), await world.person("Eve")];
  const group = await world.group(ann, [ben, eve], "两家");
  await ann.say(group, "to all");
  await world.until("all read it", () => [ben, eve].every((one) => one.reads(group).includes("to all")));
  // What a changed client commits: its own leaf anew, with words for a server that no list can name.
  const [held, { account }] = [await groupOf(eve, group), eve];
  eve.crash();
  const leaf = held.members.find((member) => member.leaf === held.ownLeaf);
  const mls = createMls(crypto, { nowMs: world.clock.nowMs });
  const made = leaf && (await mls.prepare(held, { ownDelivery: { ...leaf, server: "x y" } }, () => "listed"));
  if (made === undefined || "refused" in made) throw new Error("the commit was refused");
  const { tag, envelopeKey: key } = held.keys;
  const envelope = await sealGroupEnvelope(crypto, { tag, key }, { mls: made.commit, histories: [] });
  const list = farListHashOf(crypto.sha256, held.members);
  const parts = encodeParts([{ target: { kind: "list", list }, envelope }]);
  const addresses = held.members.map(({ address }) => address);
  postInTheDark(world, "Eve's other client", addresses, [
    { header: await commitHeader(crypto, held, parts, made.next), parts },
  ]);
  await world.pass(5_000);
  expect((await groupOf(ben, group)).members.map(({ server }) => server)).toContain("x y");
  await exchange(world, ann, ben, group, "all the same");
  await ann.api.removeMember(group, account);
  await world.until("Eve is out", () => ben.view("conversation", group)?.members.length === 2);
  await exchange(world, ann, ben, group, "without her");
  expect(world.bugs()).toEqual([]);
});

test("[PE43] a device whose package names a server that is not spoken with stays outside, and what else the commit was for is done", async () => {
  const { world } = worldOfPeers({ seed: 2310 });
  const [ann, cal, dan] = [await world.person("Ann"), await world.person("Cal"), await world.person("Dan")];
  const mal = await world.person("Mal");
  const group = await world.group(ann, [cal, dan, mal], "两家");
  await exchange(world, ann, mal, group, "before");
  // A changed client asks to be let in again by a package that says that it lives elsewhere.
  const held = await groupOf(mal, group);
  const members = held.members.map((member) => ({ ...member, server: "unmet.test" }));
  const note = await resyncNote(mal, { ...held, members }, world.clock.nowMs());
  const leaf = held.members.find((member) => member.leaf === held.ownLeaf);
  if (note.kind !== "resync" || leaf === undefined) throw new Error("no such note");
  mal.crash();
  ann.client.network(false);
  await world.pass(500);
  await ann.api.removeMember(group, cal.account);
  const { account, device, address } = leaf;
  const job = { kind: "replace", account, device, leaf: address, package: note.keyPackage };
  addJob(ann.disk, held.state.conversation, job.kind, new Uint8Array(encode(job)));
  await ann.api.renameGroup(group, "without Cal");
  ann.client.network(true);
  await world.until("Cal is out", () => cal.view("conversation", group)?.state === "removed", 120_000);
  expect(dan.view("conversation", group)?.title).toBe("without Cal");
  await exchange(world, ann, dan, group, "on");
  expect(ann.client.diagnostics()).toMatchObject({ "commit-given-up": 1 });
  expect((await groupOf(dan, group)).members.map(({ server }) => server)).toEqual(Array(3).fill("yan.test"));
  expect(world.bugs()).toEqual([]);
});

test("[PE50] what newcomers see of before comes whole from another home, however much it is", async () => {
  const { world, personThere } = worldOfPeers({ seed: 2311, files: true });
  const [ann, ben, cal] = [await world.person("Ann"), await personThere("Ben"), await world.person("Cal")];
  await world.befriend(ann, ben);
  const group = await world.group(ann, [cal], "两家");
  await ann.api.setNewcomersSee(group, "all");
  const words = Array.from({ length: 9 }, (_, at) => `${at} ${"x".repeat(15_000)}`);
  for (const word of words) await ann.say(group, word);
  await world.until("all is said", () => stateOf(ann, group) === "sent" && cal.reads(group).length === words.length);
  await ann.api.addMembers(group, [ben.account]);
  await world.until("Ben is in", () => ben.view("conversation", group)?.state === "open");
  await world.until("Ben has it all", () => ben.reads(group).length === words.length);
  expect(ben.reads(group)).toEqual(words);
  expect(world.bugs()).toEqual([]);
});

test("[PE67] [HM68] who moves to the home of a group's gate, or to a third one, reads what is said there from the first moment on", async () => {
  for (const [seed, at] of [
    [2314, "ben.test"],
    [2315, "third.test"],
  ] as const) {
    const { world, personThere, there, home, wires } = worldOfPeers({ seed });
    const third = home("third.test", [provide(peersPort, wires.portOf("third.test"))]);
    wires.add("third.test", () => third.running);
    const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
    const group = await world.group(ben, [ann], "两家");
    await exchange(world, ann, ben, group, "before");
    await world.during(ann.api.moveHome(at === "ben.test" ? there.inviteLink : third.inviteLink));
    await ben.say(group, "are you there yet?");
    await world.until("she reads it", () => ann.reads(group).includes("are you there yet?"));
    await ben.api.renameGroup(group, "三家");
    await world.until("she sees the name", () => ann.view("conversation", group)?.title === "三家");
    await exchange(world, ann, ben, group, "after");
    expect(Object.keys(ann.client.diagnostics()).filter((what) => what.includes("gate"))).toEqual([]);
    expect(world.bugs()).toEqual([]);
  }
}, 30_000);

test("[HM71] who tried to go to a friend's home in vain, or drops it as a reserve, goes on with the friend as before", async () => {
  const { world, personThere, there, wires } = worldOfPeers({ seed: 2316 });
  const [ann, ben] = [await world.person("Ann"), await personThere("Ben")];
  // Its gate is at Ben's home.
  const group = await world.group(ben, [ann], "两家");
  await exchange(world, ann, ben, group, "before");
  there.crash();
  wires.breakAll();
  await expect(world.during(ann.api.moveHome(there.inviteLink))).rejects.toMatchObject({ code: "server-unreachable" });
  there.start();
  await world.pass(400_000);
  await exchange(world, ann, ben, group, "tried");
  await world.during(ann.api.setReserve(there.inviteLink));
  await exchange(world, ann, ben, group, "named");
  await world.during(ann.api.dropReserve());
  await exchange(world, ann, ben, group, "dropped");
  expect(Object.keys(ann.client.diagnostics()).filter((what) => what.includes("beside"))).toEqual([]);
  expect(world.bugs()).toEqual([]);
}, 30_000);

test("[PE68] [HM68] who moved founds groups with those who stayed and those of the new home together, though the homes never met", async () => {
  const { world, personThere, there } = worldOfPeers({ seed: 2317 });
  const [ann, cal, ben] = [await world.person("Ann"), await world.person("Cal"), await personThere("Ben")];
  await world.befriend(ann, cal);
  await world.during(ann.api.moveHome(there.inviteLink));
  await world.pass(60_000);
  await world.befriend(ben, ann);
  const group = await world.group(ann, [cal, ben], "三家");
  await exchange(world, ann, ben, group, "one");
  await exchange(world, ann, cal, group, "two");
  expect(world.bugs()).toEqual([]);
}, 30_000);

test("[PE90] home that says that it speaks with no other is not asked for somebody whose link names another server", async () => {
  const { world, home, deviceAt } = worldOfTwo({ seed: 2390 });
  const there = home("ben.test");
  const [ann, ben] = [await world.person("Ann"), await deviceAt("Ben", there)];
  await world.during(ben.api.createAccount({ name: "Ben", link: there.inviteLink }));
  await world.until("Ben is there", () => ben.view("status").network === "online");
  const link = await world.during(ben.api.myLink());
  const asked: string[] = [];
  world.network.overhear = (_connection, _owner, frame) => {
    const said = decodeClientFrame(frame);
    if (said.type === "call") asked.push(said.name);
  };
  const asking = ann.api.requestContact({ link, greeting: "Ann here", scanned: false });
  await expect(world.during(asking)).rejects.toMatchObject({ code: "wrong-server" });
  expect(asked).not.toContain("claim");
  expect(ann.view("chats")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});
