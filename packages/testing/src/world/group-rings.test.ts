/**
 * What a changed client of a member does to the group calls of others: who rings, who is listened to, and what stays
 * of a call (docs/spec/calls.md CA140–CA147).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { GroupCallsView, Hex } from "@yanshu/client";
import { type Body, decodeBody } from "@yanshu/content";
import { type Bytes, fromHex, toHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { ghostIn } from "./ghost.ts";
import { chatWith, crypto, saysUnchecked } from "./turned.ts";

setDefaultTimeout(60_000);

/** The first byte of a frame that says something in a room (docs/spec/calls.md CA2). */
const sayFrame = 0x12;
/** Of one that hands on what another seat said. */
const saidFrame = 0xc3;

type Sees = ReturnType<typeof seesOf>;

/** What a device sees of group calls. */
function seesOf(person: Person) {
  const sees = {
    view: { areThere: false, live: [] } as GroupCallsView,
    /** Each call that rang, however shortly. */
    rang: [] as Hex[],
    now: () => sees.view.now,
    ringing: () => sees.view.ringing,
  };
  person.client.subscribe("groupCalls", [], (view) => {
    sees.view = view;
    if (view.ringing !== undefined) sees.rang.push(view.ringing.call);
  });
  return sees;
}

async function family(seed: number) {
  const dials = new Map<string, number>();
  const said = new Map<string, number>();
  const world = new World({
    seed,
    files: true,
    wrapPorts: (ports, { device }) => ({
      ...ports,
      connect: (server, events, path) => {
        if (path === "/calls/ws") dials.set(device, (dials.get(device) ?? 0) + 1);
        const socket = ports.connect(server, events, path);
        return {
          ...socket,
          send: (bytes) => {
            if (path === "/calls/ws" && bytes[0] === sayFrame) said.set(device, (said.get(device) ?? 0) + 1);
            socket.send(bytes);
          },
        };
      },
    }),
  });
  const [ann, maya, dan] = [await world.person("外婆"), await world.person("Maya"), await world.person("Dan")] as const;
  const group = await world.group(ann, [maya, dan], "一家人");
  const [annSees, mayaSees, danSees] = [seesOf(ann), seesOf(maya), seesOf(dan)];
  await world.until("home forwards media", () => [annSees, mayaSees, danSees].every(({ view }) => view.areThere));
  const dialsOf = (one: Person) => dials.get(one.device) ?? 0;
  const saysOf = (one: Person) => said.get(one.device) ?? 0;
  return { world, ann, maya, dan, group, annSees, mayaSees, danSees, dialsOf, saysOf };
}

/** What the chat shows of calls, the oldest first. */
const records = (person: Person, chat: Hex) =>
  person.items(chat).flatMap(({ body }) => (body.kind === "call" ? [body.as] : []));

/** How long the chat says that each was, in seconds. */
const lengths = (person: Person, chat: Hex) =>
  person.items(chat).flatMap(({ body }) => (body.kind === "call" ? [body.seconds] : []));

type CallBody = Extract<Body, { kind: "call" }>;

/** The newest call of a chat as this device keeps it. */
function storedCall(person: Person): { readonly author: Bytes; readonly id: Bytes; readonly body: CallBody } {
  const row = person.disk.get<{ author: Bytes; id: Bytes; body: Bytes }>(
    "SELECT author, id, body FROM messages WHERE kind = 'call' ORDER BY position DESC LIMIT 1",
  );
  if (row === undefined) throw new Error("no call is there");
  return { ...row, body: decodeBody(row.body) as CallBody };
}

/** Of a room that nobody holds. */
const madeUp = (device: Bytes, rings: readonly Hex[]): CallBody => ({
  kind: "call",
  device: device as CallBody["device"],
  media: "voice",
  rings: rings.map((one) => fromHex(one) as CallBody["rings"][number]),
  secret: crypto.random(32),
});

const deviceOf = (sees: Sees) => fromHex(sees.now()?.people.find(({ isHere }) => isHere)?.device ?? "");

test("[CA140] a member who says that another's call is over ends it for nobody, and takes its secret from no record", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees } = await family(5201);
  await world.during(ann.api.startGroupCall(group, "voice", [maya.account], "ann page"));
  await world.until("it rings", () => mayaSees.ringing() !== undefined);
  const { author, id } = storedCall(dan);
  await saysUnchecked(world, dan, fromHex(group), [
    { kind: "callEnd", author, id, as: "ended", seconds: 0 } as Body,
    { kind: "text", text: "that was it" },
  ]);
  await world.until("both read it", () => [ann, maya].every((one) => one.reads(group).includes("that was it")));
  expect(mayaSees.ringing()).toBeDefined();
  for (const one of [ann, maya, dan]) expect(storedCall(one).body.secret).toBeDefined();
  await maya.api.joinGroupCall(mayaSees.ringing()?.call ?? "", "maya page");
  await world.until("she is in it", () => annSees.now()?.people.length === 2);
  expect(records(maya, group)).toEqual(["now"]);
});

test("[CA141] neither one whom one blocked rings, nor a group that waits for one's yes, nor a device that is not the caller's", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees, danSees } = await family(5202);
  await world.befriend(dan, maya);
  await maya.api.block(dan.account);
  await world.during(dan.api.startGroupCall(group, "voice", [ann.account, maya.account], "dan page"));
  await world.until("it rings where nobody blocked him", () => annSees.ringing() !== undefined);
  await world.pass(2_000);
  expect(mayaSees.rang).toEqual([]);
  // It stands in the chat, where she may look at who is in it.
  await maya.api.watchGroupCalls(group);
  await world.until("the chat offers it", () => mayaSees.view.live.length === 1);
  await dan.api.leaveGroupCall();
  await world.until("it is over", () => annSees.ringing() === undefined);
  const again = await family(5203);
  await again.world.during(again.dan.api.startGroupCall(again.group, "voice", [], "dan page"));
  await again.world.until("he sits there", () => again.danSees.now()?.isIn === true);
  const device = deviceOf(again.danSees);
  again.maya.disk.run("UPDATE conversations SET state = 'request-in' WHERE conversation = ?", fromHex(again.group));
  const both = [again.dan.account, again.maya.account];
  await again.world.during(again.ann.api.startGroupCall(again.group, "voice", both, "ann page"));
  await again.world.pass(2_000);
  expect(again.mayaSees.rang).toEqual([]);
  await again.maya.api.watchGroupCalls(again.group);
  await again.world.pass(2_000);
  expect(again.dialsOf(again.maya)).toBe(0);
  again.maya.disk.run("UPDATE conversations SET state = 'open' WHERE conversation = ?", fromHex(again.group));
  await saysUnchecked(again.world, again.ann, fromHex(again.group), [
    madeUp(device, both),
    { kind: "text", text: "said" },
  ]);
  await again.world.until("she read it", () => again.maya.reads(again.group).includes("said"));
  expect(again.mayaSees.rang).toEqual([]);
  expect(danSees.rang).toEqual([]);
});

test("[CA142] home is dialled once for a call, and not at each look at its chat; never for one that is stamped ahead", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees, dialsOf } = await family(5204);
  /** How often home was dialled because of three looks: within half a second after each. */
  const looks = async () => {
    let dialled = 0;
    for (let look = 0; look < 3; look++) {
      const before = dialsOf(maya);
      await maya.api.watchGroupCalls(group);
      await world.pass(500);
      dialled += dialsOf(maya) - before;
      await maya.api.watchGroupCalls(undefined);
      await world.pass(1_200);
    }
    return dialled;
  };
  const device = crypto.random(32);
  dan.skewMs = 40 * 86_400_000;
  await saysUnchecked(world, dan, fromHex(group), [madeUp(device, []), { kind: "text", text: "ahead" }]);
  await world.until("it came", () => maya.reads(group).includes("ahead"));
  expect(await looks()).toBe(0);
  dan.skewMs = 0;
  await saysUnchecked(world, dan, fromHex(group), [madeUp(device, []), { kind: "text", text: "and now" }]);
  await world.until("it came", () => maya.reads(group).includes("and now"));
  expect(await looks()).toBe(1);
  await world.pass(65_000);
  expect(await looks()).toBe(0);
  await world.during(ann.api.startGroupCall(group, "voice", [], "ann page"));
  await world.until("she sits there", () => annSees.now()?.isIn === true);
  expect(await looks()).toBe(1);
  await maya.api.watchGroupCalls(group);
  await world.until("it is offered at every look", () => mayaSees.view.live[0]?.people.length === 1);
});

test("[CA143] no `call` of another member hides the one that goes on: neither a copy of it nor newer ones where nobody is", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees } = await family(5205);
  await world.during(ann.api.startGroupCall(group, "voice", [], "ann page"));
  await world.until("she sits there", () => annSees.now()?.isIn === true);
  await world.until("he read it", () => dan.items(group).some(({ body }) => body.kind === "call"));
  const { body } = storedCall(dan);
  const junk = Array.from({ length: 8 }, () => madeUp(body.device, []));
  await saysUnchecked(world, dan, fromHex(group), [...junk, body, ...junk.slice(0, 2), { kind: "text", text: "said" }]);
  await world.until("it came", () => maya.reads(group).includes("said"));
  maya.crash(); // What it knew in memory is gone: messages alone tell of the call.
  await maya.switchOn();
  const again = seesOf(maya);
  await world.until("home is there", () => again.view.areThere);
  await maya.api.watchGroupCalls(group);
  await world.until("the chat offers it", () => again.view.live[0]?.people[0]?.person.name === "外婆");
  expect(mayaSees.rang).toEqual([]);
  expect(records(maya, group)[0]).toBe("now");
  expect(records(maya, group).filter((as) => as === "now")).toHaveLength(1);
});

test("[CA144] of one author's calls in a chat one rings in a minute, however many there are, and they are not all dialled", async () => {
  const { world, maya, dan, group, mayaSees, danSees, dialsOf } = await family(5206);
  const tablet = await world.linkDevice(dan);
  await world.until("the tablet is in the group", () => tablet.view("conversation", group)?.state === "open");
  await tablet.api.watchGroupCalls(undefined);
  await world.during(dan.api.startGroupCall(group, "voice", [maya.account], "dan page"));
  await world.until("it rings", () => mayaSees.ringing() !== undefined);
  await world.during(tablet.api.startGroupCall(group, "voice", [maya.account], "tablet page"));
  await world.until("she has both", () => records(maya, group).length === 2);
  await maya.api.silenceGroupCall(mayaSees.ringing()?.call ?? "");
  await world.pass(5_000);
  expect(mayaSees.ringing()).toBeUndefined();
  const device = deviceOf(danSees);
  await saysUnchecked(world, dan, fromHex(group), [
    ...Array.from({ length: 40 }, () => madeUp(device, [maya.account])),
    { kind: "text", text: "pick up" },
  ]);
  await world.until("they came", () => maya.reads(group).includes("pick up"));
  await world.pass(5_000);
  expect(new Set(mayaSees.rang).size).toBe(1);
  expect(dialsOf(maya)).toBeLessThan(40);
  await world.pass(60_000);
  await tablet.api.leaveGroupCall();
  await world.during(tablet.api.startGroupCall(group, "voice", [maya.account], "tablet page"));
  await world.until("a minute later it rings again", () => mayaSees.ringing() !== undefined);
  // Who hangs up, and calls again at once, rings.
  await tablet.api.leaveGroupCall();
  await world.until("it is over", () => mayaSees.ringing() === undefined);
  await world.during(tablet.api.startGroupCall(group, "voice", [maya.account], "tablet page"));
  await world.until("it rings again", () => mayaSees.ringing() !== undefined);
});

test("[CA145] a call between two that rings and is not answered keeps no group call from ringing, or from being joined", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees } = await family(5207);
  const chat = await world.befriend(dan, maya);
  let rings = false;
  maya.client.subscribe("calls", [], ({ now }) => {
    rings = now?.at === "ringing";
  });
  await world.during(dan.api.startCall(chat, "voice", "dan page"));
  await world.until("his call rings", () => rings);
  await world.during(ann.api.startGroupCall(group, "voice", [maya.account], "ann page"));
  await world.until("the group's rings too", () => mayaSees.ringing() !== undefined);
  await maya.api.joinGroupCall(mayaSees.ringing()?.call ?? "", "maya page");
  await world.until("she is in it", () => annSees.now()?.people.length === 2);
});

test("[CA146] who is not let into a full room is told so, and the chat goes on offering the call", async () => {
  const { world, ann, maya, group, annSees, mayaSees } = await family(5208);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account], "ann page"));
  await world.until("it rings", () => mayaSees.ringing() !== undefined);
  const ghosts = Array.from({ length: 15 }, () => ghostIn(world, fromHex(call)));
  await maya.api.watchGroupCalls(group);
  await maya.api.joinGroupCall(call, "maya page");
  await world.until("she is told", () => mayaSees.view.missed?.as === "full");
  expect(mayaSees.view.missed).toMatchObject({ call, conversation: group, title: "一家人" });
  expect(mayaSees.now()).toBeUndefined();
  await world.until("it is offered", () => mayaSees.view.live.length === 1);
  ghosts[0]?.leave();
  await world.pass(1_000);
  await maya.api.joinGroupCall(call, "maya page");
  await world.until("there is a seat now", () => annSees.now()?.people.length === 2);
  expect(mayaSees.view.missed).toBeUndefined();
});

test("[CA147] however fast seats come and go, a device answers four times a second at most, and stays in the call", async () => {
  const { world, ann, maya, group, annSees, mayaSees, saysOf } = await family(5209);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account], "ann page"));
  await world.until("it rings", () => mayaSees.ringing() !== undefined);
  await maya.api.joinGroupCall(call, "maya page");
  await world.until("two are in it", () => annSees.now()?.people.length === 2 && mayaSees.now()?.people.length === 2);
  await world.pass(2_000);
  const before = saysOf(ann);
  for (let turn = 0; turn < 300; turn++) {
    const ghost = ghostIn(world, fromHex(call));
    await world.pass(5);
    ghost.leave();
    await world.pass(5);
    expect(mayaSees.now()?.people.length).toBe(2);
  }
  expect(saysOf(ann) - before).toBeLessThanOrEqual(16);
});

const callRing = (named: { readonly author: Bytes; readonly id: Bytes }, rings: readonly Hex[]) =>
  ({ kind: "callRing", author: named.author, id: named.id, rings: rings.map((one) => fromHex(one)) }) as Body;

test("[CA191] any device that is in a group's call rings more members: they read who rings and who is in it; nobody twice in a minute", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees, danSees } = await family(5210);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [], "ann page"));
  await expect(maya.api.ringInGroupCall(call, [dan.account])).rejects.toMatchObject({ code: "not-allowed" });
  await maya.api.watchGroupCalls(group);
  await world.until("the chat offers it", () => mayaSees.view.live.length === 1);
  await maya.api.joinGroupCall(call, "maya page");
  await world.until("two are in it", () => annSees.now()?.people.length === 2 && mayaSees.now()?.people.length === 2);
  await expect(maya.api.ringInGroupCall(call, ["00".repeat(32)])).rejects.toMatchObject({ code: "not-allowed" });
  expect(danSees.rang).toEqual([]);
  await maya.api.ringInGroupCall(call, [dan.account, ann.account]);
  await world.until("his device rings", () => danSees.ringing() !== undefined);
  expect(danSees.ringing()).toMatchObject({ call, title: "一家人", person: { name: "Maya" } });
  await world.until("he reads who is in it", () => danSees.ringing()?.people.length === 2);
  expect(
    danSees
      .ringing()
      ?.people.map(({ name }) => name)
      .toSorted(),
  ).toEqual(["Maya", "外婆"].toSorted());
  expect(mayaSees.now()?.rung.map(({ name }) => name)).toEqual(["Dan"]);
  expect(annSees.rang).toEqual([]);
  // That it rang stands in his chat beside the call's own record (CA207).
  expect(records(dan, group)).toEqual(["now", "now"]);
  await maya.api.ringInGroupCall(call, [dan.account]);
  await world.pass(61_000);
  expect(danSees.ringing()).toBeUndefined();
  expect(mayaSees.now()?.rung).toEqual([]);
  await maya.api.ringInGroupCall(call, [dan.account]);
  await world.until("a minute later it rings again", () => danSees.ringing() !== undefined);
  await dan.api.joinGroupCall(call, "dan page");
  await world.until("three are in it", () => annSees.now()?.people.length === 3);
  await world.until("nobody is waited for", () => mayaSees.now()?.rung.length === 0);
  expect(world.bugs()).toEqual([]);
});

test("[CA192] nobody rings more who is blocked, for a call that is over or unknown, twice in a minute, or where nobody sits", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees } = await family(5211);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [], "ann page"));
  await world.until("she sits there", () => annSees.now()?.isIn === true);
  await world.until("he read it", () => dan.items(group).some(({ body }) => body.kind === "call"));
  const named = storedCall(dan);
  const told = async (words: string, bodies: readonly Body[]) => {
    await saysUnchecked(world, dan, fromHex(group), [...bodies, { kind: "text", text: words }]);
    await world.until("she read it", () => maya.reads(group).includes(words));
    await world.pass(2_000);
  };
  await told("not her", [callRing(named, [ann.account])]);
  await told("no such call", [callRing({ author: named.author, id: crypto.random(16) }, [maya.account])]);
  // A copy of the call under his own name is no other call.
  await told("a copy", [named.body]);
  const copy = maya.disk.get<{ author: Bytes; id: Bytes }>(
    "SELECT author, id FROM messages WHERE kind = 'call' AND author = ?",
    fromHex(dan.account),
  );
  if (copy === undefined) throw new Error("the copy is not there");
  await told("by its copy", [callRing(copy, [maya.account])]);
  expect(mayaSees.rang).toEqual([]);
  await told("not in it", [callRing(named, [maya.account])]);
  expect(mayaSees.rang).toEqual([]);
  await world.pass(60_000);
  const danSees = seesOf(dan);
  await dan.api.watchGroupCalls(group);
  await world.until("it is offered to him", () => danSees.view.live.length === 1);
  await dan.api.joinGroupCall(call, "dan page");
  await world.until("he is in it", () => annSees.now()?.people.length === 2);
  await dan.api.ringInGroupCall(call, [maya.account]);
  await world.until("hers rings", () => mayaSees.ringing()?.person.name === "Dan");
  await world.pass(61_000);
  expect(mayaSees.ringing()).toBeUndefined();
  mayaSees.rang = [];
  await world.befriend(dan, maya);
  await maya.api.block(dan.account);
  await dan.api.ringInGroupCall(call, [maya.account]);
  await world.pass(10_000);
  expect(mayaSees.rang).toEqual([]);
  await maya.api.unblock(dan.account);
  await world.pass(60_000);
  await dan.api.leaveGroupCall();
  await ann.api.leaveGroupCall();
  await world.until("it is over", () => records(maya, group)[0] === "ended");
  await told("over", [callRing(named, [maya.account])]);
  expect(mayaSees.rang).toEqual([]);
  // One that nobody closed by a word: home is asked, and nobody sits there.
  await told("empty", [madeUp(named.body.device, [])]);
  const empty = storedCall(maya);
  expect(empty.author).toEqual(fromHex(dan.account));
  await told("nobody", [callRing(empty, [maya.account])]);
  expect(mayaSees.ringing()).toBeUndefined();
  expect(world.bugs()).toEqual([]);
});

test("[CA201] [CA202] a call that one declined rings no more, by no member, until one was in it", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees, danSees } = await family(5214);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [maya.account, dan.account], "ann page"));
  await world.until("both ring", () => mayaSees.ringing() !== undefined && danSees.ringing() !== undefined);
  await dan.api.joinGroupCall(call, "dan page");
  await world.until("he is in it", () => annSees.now()?.people.length === 2);
  await maya.api.silenceGroupCall(call);
  for (let minute = 0; minute < 3; minute++) {
    await world.pass(61_000);
    await dan.api.ringInGroupCall(call, [maya.account]);
    await ann.api.ringInGroupCall(call, [maya.account]);
    await world.pass(10_000);
    expect(mayaSees.ringing()).toBeUndefined();
  }
  await maya.api.watchGroupCalls(group);
  await world.until("the chat offers it", () => mayaSees.view.live.length === 1);
  await maya.api.joinGroupCall(call, "maya page");
  await world.until("three are in it", () => annSees.now()?.people.length === 3);
  await maya.api.leaveGroupCall();
  await world.pass(61_000);
  await dan.api.ringInGroupCall(call, [maya.account]);
  await world.until("it rings", () => mayaSees.ringing()?.person.name === "Dan");
  expect(world.bugs()).toEqual([]);
});

test("[CA193] two who talk go on in a group of just those people: the other's device rings once the first call is over", async () => {
  const { world, ann, maya, dan, group, mayaSees, danSees } = await family(5212);
  const ben = await world.person("Ben");
  await world.befriend(ann, ben);
  const benSees = seesOf(ben);
  const chat = toHex(chatWith(ann, maya.account));
  const callOf = (person: Person) => person.view("calls").now;
  await world.during(ann.api.startCall(chat, "voice", "ann page"));
  await world.until("hers rings", () => callOf(maya)?.at === "ringing");
  await maya.api.answerCall(callOf(maya)?.call ?? "", "maya page");
  await world.until("she answered", () => callOf(ann)?.at === "joining" && callOf(maya)?.at === "joining");
  await ann.api.callConnected(callOf(ann)?.call ?? "");
  await maya.api.callConnected(callOf(maya)?.call ?? "");
  await world.until("they talk", () => callOf(ann)?.at === "talking" && callOf(maya)?.at === "talking");
  // Where these people have a group already it is that one.
  expect(await world.during(ann.api.groupToCall([dan.account, maya.account], "unused"))).toBe(group);
  const others = [maya.account, ben.account];
  const made = await world.during(ann.api.groupToCall(others, "Maya、Ben"));
  expect(made).not.toBe(group);
  expect(ann.view("conversation", made)?.title).toBe("Maya、Ben");
  expect(callOf(ann)?.at).toBe("talking");
  // While they talk no call of anybody else's group rings.
  await world.during(dan.api.startGroupCall(group, "voice", [maya.account], "dan page"));
  await world.pass(3_000);
  expect(mayaSees.rang).toEqual([]);
  await dan.api.leaveGroupCall();
  // That the first one is over is not heard: her device learns it later, by an empty seat.
  world.network.meddle(maya.device, (frame) => (frame[0] === saidFrame ? [] : [frame]));
  await ann.api.hangUp();
  await world.during(ann.api.startGroupCall(made, "voice", others, "ann page"));
  await world.until("his rings", () => benSees.ringing() !== undefined);
  await world.until("she has its message", () => records(maya, made).length === 1);
  expect(callOf(maya)?.at).toBe("talking");
  expect(mayaSees.ringing()).toBeUndefined();
  await world.until("hers rings", () => mayaSees.ringing() !== undefined);
  expect(callOf(maya)).toBeUndefined();
  expect(mayaSees.ringing()).toMatchObject({ person: { name: "外婆" }, conversation: made, title: "Maya、Ben" });
  expect(danSees.rang).toEqual([]);
});

test("[CA200] where home takes no more who listen the call rings on and is offered; home is asked again a minute later", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees, danSees, dialsOf } = await family(5213);
  const call = await world.during(ann.api.startGroupCall(group, "voice", [], "ann page"));
  await world.until("he read it", () => dan.items(group).some(({ body }) => body.kind === "call"));
  const crowd = Array.from({ length: 64 }, () => ghostIn(world, fromHex(call), { listens: true }));
  await ann.api.ringInGroupCall(call, [maya.account]);
  await dan.api.watchGroupCalls(group);
  await world.until("it is offered", () => danSees.view.live.length === 1);
  await world.pass(5_000);
  expect(mayaSees.ringing()?.call).toBe(call);
  expect(mayaSees.ringing()?.people).toEqual([]);
  expect(danSees.view.live[0]).toMatchObject({ call, count: 0, people: [] });
  const dialled = dialsOf(dan);
  for (let look = 0; look < 3; look++) {
    await dan.api.watchGroupCalls(undefined);
    await dan.api.watchGroupCalls(group);
    await world.pass(1_000);
  }
  expect(dialsOf(dan)).toBe(dialled);
  for (const ghost of crowd.slice(0, 4)) ghost.leave();
  await world.until("who is there is known", () => danSees.view.live[0]?.people[0]?.person.name === "外婆", 70_000);
  expect(mayaSees.ringing()).toBeUndefined();
  await dan.api.joinGroupCall(call, "dan page");
  await world.until("he is in it", () => annSees.now()?.people.some(({ person }) => person.name === "Dan") === true);
  expect(world.bugs()).toEqual([]);
});

test("[CA206] [CA207] [CA212] who came into the group after the call began is rung as well, reads that it was missed, and may join from the chat, also after a restart", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees } = await family(5214);
  const call = await world.during(ann.api.startGroupCall(group, "video", [], "ann page"));
  await world.until("Dan read it", () => records(dan, group).length === 1);
  const late = await world.person("Late");
  const lateSees = seesOf(late);
  await world.befriend(ann, late);
  await ann.api.addMembers(group, [late.account]);
  await world.until("she is in the group", () => late.view("conversation", group)?.state === "open");
  await world.until("home forwards media", () => lateSees.view.areThere);
  expect(records(late, group)).toEqual([]);
  await ann.api.ringInGroupCall(call, [late.account, maya.account]);
  await world.until("both ring", () => lateSees.ringing() !== undefined && mayaSees.ringing() !== undefined);
  expect(lateSees.ringing()).toMatchObject({ call, media: "video", title: "一家人", person: { name: "外婆" } });
  expect(records(late, group)).toEqual(["now"]);
  // Nobody whom it does not ring has a line of it, and its author keeps no secret of it beside the call's own.
  expect(records(dan, group)).toHaveLength(1);
  const kept = ann.disk.all<{ message: Bytes }>("SELECT message FROM sent");
  const secret = toHex(storedCall(dan).body.secret as Bytes);
  expect(kept.filter(({ message }) => toHex(message).includes(secret))).toHaveLength(1);
  await world.pass(61_000);
  await late.api.watchGroupCalls(undefined);
  for (const [one, sees] of [
    [late, lateSees],
    [maya, mayaSees],
  ] as const) {
    expect(sees.ringing()).toBeUndefined();
    expect(one.view("chats").find((row) => row.conversation === group)?.unread).toBeGreaterThan(0);
  }
  late.crash();
  await late.switchOn();
  const again = seesOf(late);
  await world.until("home is there again", () => again.view.areThere);
  expect(records(late, group)).toEqual(["missed"]);
  await late.api.watchGroupCalls(group);
  await world.until("the chat offers it", () => again.view.live[0]?.call === call);
  await late.api.joinGroupCall(call, "late page");
  await world.until("two are in it", () => annSees.now()?.people.length === 2 && again.now()?.people.length === 2);
  // She rings others by it in her turn.
  await late.api.ringInGroupCall(call, [dan.account, maya.account]);
  await world.until("Maya's device rings", () => mayaSees.ringing()?.person.name === "Late");
  await late.api.leaveGroupCall();
  expect(records(late, group)).toEqual(["ended"]);
  // Its author ends it: on her device too the record says how long it was, and nothing leads into it.
  await ann.api.leaveGroupCall();
  await world.until("all know how long it was", () =>
    [late, maya, dan].every((one) => lengths(one, group).every(Boolean)),
  );
  expect([...new Set([late, maya, dan].flatMap((one) => lengths(one, group)))]).toHaveLength(1);
  await world.until("the way in is gone", () => storedCall(late).body.secret === undefined);
  expect(world.bugs()).toEqual([]);
});

test("[CA206] a ring for a room in which nobody is heard, or by a device of somebody else, rings nobody", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees, danSees } = await family(5215);
  await world.during(ann.api.startGroupCall(group, "voice", [], "ann page"));
  await world.until("all read it", () => records(maya, group).length === 1 && records(dan, group).length === 1);
  const { author } = storedCall(dan);
  const told = async (words: string, device: Bytes) => {
    const of = { device, media: "voice", secret: crypto.random(32), rings: [fromHex(maya.account)] };
    const made = { kind: "callRing", author, id: crypto.random(16), ...of } as unknown as Body;
    await saysUnchecked(world, dan, fromHex(group), [made, { kind: "text", text: words }]);
    await world.until("she read it", () => maya.reads(group).includes(words));
    await world.pass(61_000);
  };
  await told("nobody is there", crypto.random(32));
  await told("by Ann's", deviceOf(annSees));
  expect([...mayaSees.rang, ...danSees.rang]).toEqual([]);
});

test("[CA208] a group's call that rang reads as missed until one of one's devices was in it, on all of them", async () => {
  const { world, ann, maya, dan, group, annSees, mayaSees, danSees } = await family(5216);
  const tablet = await world.linkDevice(maya);
  const tabletSees = seesOf(tablet);
  await world.until("the tablet is in the group", () => tablet.view("conversation", group)?.state === "open");
  await world.until("home forwards media", () => tabletSees.view.areThere);
  const rings = [maya.account, dan.account];
  maya.crash();
  const call = await world.during(ann.api.startGroupCall(group, "voice", rings, "ann page"));
  await world.until("both ring", () => tabletSees.ringing() !== undefined && danSees.ringing() !== undefined);
  expect([...records(tablet, group), ...records(dan, group)]).toEqual(["now", "now"]);
  await tablet.api.joinGroupCall(call, "tablet page");
  await world.until("two are in it", () => annSees.now()?.people.length === 2);
  await world.pass(61_000);
  await tablet.api.leaveGroupCall();
  await ann.api.leaveGroupCall();
  await world.until("it is over for Dan", () => records(dan, group)[0] === "missed");
  expect(records(tablet, group)).toEqual(["ended"]);
  // Her phone was off all the time: her tablet tells it.
  await maya.switchOn();
  const again = seesOf(maya);
  await world.until("home is there again", () => again.view.areThere);
  await world.until("her phone knows", () => records(maya, group)[0] === "ended");
  expect(records(ann, group)).toEqual(["ended"]);
  expect(mayaSees.rang).toEqual([]);
  expect(world.bugs()).toEqual([]);
});
