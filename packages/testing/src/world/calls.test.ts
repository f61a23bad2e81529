import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import type { BodyOf } from "@yanshu/content";
import { decodeRoomServerFrame, encodeRoomServerFrame, fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { secretOf } from "./call-secret.ts";
import { PairPage, records } from "./pair-page.ts";
import { crypto, sayInTheDark } from "./turned.ts";

/** Which columns of the whole disk hold these bytes. */
function whereIs(person: Person, bytes: Uint8Array): string[] {
  const tables = person.disk.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
  );
  const found = new Set<string>();
  for (const { name } of tables)
    for (const row of person.disk.all<Record<string, unknown>>(`SELECT * FROM "${name}"`))
      for (const [column, value] of Object.entries(row))
        if (value instanceof Uint8Array && Buffer.from(value).includes(bytes)) found.add(`${name}.${column}`);
  return [...found];
}

const deviceOf = (person: Person) => fromHex(person.view("status").me?.device ?? "") as BodyOf<"call">["device"];

async function two(seed: number, files = false) {
  const world = new World({ seed, files });
  const ann = await world.person("外婆");
  const ben = await world.person("Maya");
  const chat = await world.befriend(ann, ben);
  return { world, ann, ben, chat, annPage: new PairPage(ann), benPage: new PairPage(ben) };
}

const at = (page: PairPage, state: string) => () => page.at === state;

/** She called, he answered, and they talk. */
async function talking(seed: number) {
  const pair = await two(seed);
  const { world, ann, ben, chat, annPage, benPage } = pair;
  await world.until("home has calls", () => annPage.view.areThere);
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", at(benPage, "ringing"));
  const call = benPage.view.now?.call as Hex;
  await ben.api.answerCall(call, benPage.host);
  const talk = () => [annPage.at, benPage.at].every((one) => one === "talking");
  await world.until("they talk", talk);
  return { ...pair, call, talk };
}

test("[CA20] [CA21] a call rings on every device, is answered on one, and leaves one record with its length on all", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4801, true);
  const tablet = await world.linkDevice(ben);
  const tabletPage = new PairPage(tablet);
  await world.until("home has calls", () => annPage.view.areThere);
  await ann.api.startCall(chat, "video", annPage.host);
  await world.until("both ring", () => benPage.at === "ringing" && tabletPage.at === "ringing");
  expect(benPage.view.now).toMatchObject({ media: "video", isOutgoing: false, person: { name: "外婆" } });
  await world.until("she hears that it rings", () => annPage.view.now?.isReached === true);
  expect(records(ann, chat)).toEqual(["video now"]);
  await ben.api.answerCall(benPage.view.now?.call as Hex, benPage.host);
  await world.until("they talk", () => annPage.at === "talking" && benPage.at === "talking");
  await world.until("the tablet is still", at(tabletPage, "idle"));
  expect(tabletPage.view.over?.as).toBe("elsewhere");
  await ann.api.callSends(annPage.view.now?.call as Hex, { voice: false, picture: true });
  await world.until("he is told that she is muted", () => benPage.heard.includes("false true"));
  await world.pass(63_000);
  await ben.api.hangUp();
  await world.until("it is over", () => annPage.at === "idle" && benPage.at === "idle");
  for (const one of [ann, ben, tablet])
    await world.until("the record is there", () => records(one, chat).join() === "video ended");
  const body = ann.items(chat).findLast((item) => item.body.kind === "call")?.body;
  expect(body?.kind === "call" && body.seconds >= 62 && body.seconds <= 70).toBe(true);
  expect(world.bugs()).toEqual([]);
});

test("[CA23] [CA57] once a call is over, nothing that would open its room is on any disk, and nothing of the room at home", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4802);
  await world.until("home has calls", () => annPage.view.areThere);
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", at(benPage, "ringing"));
  const secret = secretOf(ben, "call");
  for (const one of [ann, ben]) expect(whereIs(one, secret)).toContain("messages.body");
  await ben.api.answerCall(benPage.view.now?.call as Hex, benPage.host);
  await world.until("they talk", at(annPage, "talking"));
  await ann.api.hangUp();
  await world.until("all know", () => [ann, ben].every((one) => records(one, chat).join() === "voice ended"));
  for (const one of [ann, ben]) await world.until("no table holds it", () => whereIs(one, secret).length === 0);
  await world.pass(60_000);
  expect(world.server.counts()).toMatchObject({ rooms: 0, roomSeats: 0 });
  expect(world.bugs()).toEqual([]);
});

test("[CA57] nor is it in a call that is on its way when it ends, and would be said anew", async () => {
  const { world, ann, chat, annPage } = await two(4873);
  await ann.say(chat, "her name went ahead of this");
  await world.until("it is there, and she knows", () => ann.items(chat).at(-1)?.state === "sent");
  await world.until("home has calls", () => annPage.view.areThere);
  let isIn = false;
  world.network.meddle(ann.device, (frame) => {
    if (isIn) return []; // Home takes the call, and its answer is lost.
    isIn = isEntered(frame);
    return [frame];
  });
  await ann.api.startCall(chat, "voice", annPage.host);
  const flying = "SELECT 1 FROM outbox JOIN messages USING (id) WHERE kind = 'call' AND parts IS NOT NULL";
  const inFlight = () => ann.disk.get(flying) !== undefined;
  await world.until("it is on its way", inFlight);
  const secret = secretOf(ann, "call");
  expect(whereIs(ann, secret)).toContain("outbox.body");
  await ann.api.hangUp();
  await world.until("no table holds it", () => whereIs(ann, secret).length === 0);
  expect(inFlight()).toBe(true);
  world.network.meddle(ann.device, undefined);
  world.network.breakSockets(ann.device);
  await world.until("it is recorded", () => records(ann, chat).join() === "voice cancelled");
  expect(whereIs(ann, secret)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[CA21] declining ends it for both, and silences the own other devices", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4803, true);
  const tabletPage = new PairPage(await world.linkDevice(ben));
  await world.until("home has calls", () => annPage.view.areThere);
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("both ring", () => benPage.at === "ringing" && tabletPage.at === "ringing");
  await ben.api.declineCall(benPage.view.now?.call as Hex);
  await world.until("all is still", () => [annPage, benPage, tabletPage].every((page) => page.at === "idle"));
  expect(annPage.view.over?.as).toBe("declined");
  await world.until("it is recorded", () => records(ben, chat).join() === "voice declined");
  expect(world.bugs()).toEqual([]);
});

test("[CA22] a device that was away finds a missed call, and does not ring for it", async () => {
  const { world, ann, ben, chat, annPage } = await two(4804);
  await world.until("home has calls", () => annPage.view.areThere);
  const unread = () => ben.view("chats").find((row) => row.conversation === chat)?.unread ?? 0;
  const before = unread();
  ben.crash();
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("their phone is being woken", () => annPage.view.now?.isWaking === true);
  await world.until("nobody answered", at(annPage, "idle"), 100_000);
  expect(annPage.view.over?.as).toBe("missed");
  await ben.switchOn();
  const page = new PairPage(ben);
  await world.until("it is a missed call", () => records(ben, chat).join() === "voice missed");
  expect(page.at).toBe("idle");
  expect(unread()).toBe(before + 1);
  expect(world.bugs()).toEqual([]);
});

test("[CA262] the list of chats says of a call that it was missed, as soon as it is given up; of one's own it says nothing", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4821);
  await world.until("home has calls", () => annPage.view.areThere);
  const listed = [ann, ben].map((person) => {
    const now: { said: string | undefined } = { said: undefined };
    person.client.subscribe("chats", [], (rows) => {
      const preview = rows.find((row) => row.conversation === chat)?.preview;
      now.said = preview?.kind === "call" ? (preview.listed ?? "a call") : undefined;
    });
    return now;
  });
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", at(benPage, "ringing"));
  await world.until("it stands in the list", () => listed.every(({ said }) => said === "a call"));
  await ann.api.hangUp();
  await world.until("it was missed", () => listed[1]?.said === "missed");
  await world.until("it is recorded", () => records(ben, chat).join() === "voice cancelled");
  expect(listed.map(({ said }) => said)).toEqual(["a call", "missed"]);
  expect(world.bugs()).toEqual([]);
});

test("[CA30] a phone that wakes late still rings, for what is left", async () => {
  const { world, ann, ben, chat, annPage } = await two(4805);
  await world.until("home has calls", () => annPage.view.areThere);
  ben.crash();
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.pass(70_000);
  await ben.switchOn();
  const page = new PairPage(ben);
  await world.until("it rings", at(page, "ringing"));
  await ben.api.answerCall(page.view.now?.call as Hex, page.host);
  await world.until("they talk", () => page.at === "talking" && annPage.at === "talking");
  expect(world.bugs()).toEqual([]);
});

test("[CA34] both call at once: they talk in one call", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4806);
  await world.until("home has calls", () => annPage.view.areThere && benPage.view.areThere);
  await Promise.all([ann.api.startCall(chat, "voice", annPage.host), ben.api.startCall(chat, "voice", benPage.host)]);
  await world.until("they talk", () => annPage.at === "talking" && benPage.at === "talking");
  expect(annPage.view.now?.call).toBe(benPage.view.now?.call as Hex);
  await ann.api.hangUp();
  await world.until(
    "one was cancelled, one ended",
    () => records(ben, chat).toSorted().join() === "voice cancelled,voice ended",
  );
  expect(world.bugs()).toEqual([]);
});

test("[CA32] a second call waits, and its caller is told", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4807);
  const cid = await world.person("舅舅");
  const other = await world.befriend(cid, ben);
  const cidPage = new PairPage(cid);
  await world.until("home has calls", () => annPage.view.areThere && cidPage.view.areThere);
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", at(benPage, "ringing"));
  await ben.api.answerCall(benPage.view.now?.call as Hex, benPage.host);
  await world.until("they talk", at(benPage, "talking"));
  await cid.api.startCall(other, "voice", cidPage.host);
  await world.until("it waits", () => benPage.view.waiting?.person.name === "舅舅");
  await world.until("he knows", () => cidPage.view.now?.isBusy === true);
  await ben.api.answerCall(benPage.view.waiting?.call as Hex, benPage.host);
  await world.until("the first is over", at(annPage, "idle"));
  await world.until("the second talks", () => cidPage.at === "talking" && benPage.at === "talking");
  expect(world.bugs()).toEqual([]);
});

test("[CA56] a call that comes while one calls somebody else waits: no device answers it, and one's own call goes on", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4810);
  const cid = await world.person("舅舅");
  const other = await world.befriend(cid, ann);
  const cidPage = new PairPage(cid);
  await world.until("home has calls", () => annPage.view.areThere && cidPage.view.areThere);
  await ann.api.startCall(chat, "video", annPage.host);
  await world.until("it rings", at(benPage, "ringing"));
  await cid.api.startCall(other, "voice", cidPage.host);
  await world.until("his call waits", () => annPage.view.waiting?.person.name === "舅舅");
  await world.until("he knows", () => cidPage.view.now?.isBusy === true);
  expect(annPage.view.now).toMatchObject({ at: "calling", person: { name: "Maya" } });
  expect(benPage.at).toBe("ringing");
  await ben.api.answerCall(benPage.view.now?.call as Hex, benPage.host);
  await world.until("the two talk", () => annPage.at === "talking" && benPage.at === "talking");
  expect(cidPage.at).toBe("calling");
  await ann.api.hangUp();
  await world.until(
    "his rings now",
    () => annPage.view.now?.at === "ringing" && annPage.view.now.person.name === "舅舅",
  );
  await ann.api.answerCall(annPage.view.now?.call as Hex, annPage.host);
  await world.until("they talk", () => annPage.at === "talking" && cidPage.at === "talking");
  expect(world.bugs()).toEqual([]);
});

test("[CA59] the one who is called cannot make the call theirs: its record is its caller's", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4811);
  await world.until("home has calls", () => annPage.view.areThere);
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", at(benPage, "ringing"));
  const secret = secretOf(ben, "call");
  const again = { kind: "call", device: deviceOf(ben), media: "voice", rings: [fromHex(ann.account)], secret };
  await sayInTheDark(world, ben, chat, [again as BodyOf<"call">]);
  await world.until("she has read it", () => records(ann, chat).length === 2);
  expect(annPage.at).toBe("calling");
  await ann.api.hangUp();
  await world.until("her call is closed", () => records(ann, chat).includes("voice cancelled"));
  expect(ann.items(chat).find(({ body }) => body.kind === "call" && body.as === "cancelled")?.mine).toBe(true);
});

test("[CA60] a call that says it is made in the future is a missed call", async () => {
  const { world, ann, ben, chat, annPage } = await two(4812);
  await world.until("home has calls", () => annPage.view.areThere);
  const call = (): BodyOf<"call"> => ({
    kind: "call",
    device: deviceOf(ben),
    media: "voice",
    rings: [fromHex(ann.account) as never],
    secret: crypto.random(32),
  });
  await sayInTheDark(world, ben, chat, [call()], 1, world.clock.nowMs() + 91_000);
  await world.until("it is there", () => records(ann, chat).length === 1);
  await world.pass(10_000);
  expect(records(ann, chat)).toEqual(["voice missed"]);
  // Nothing rang, and so nothing is over.
  expect([annPage.at, annPage.view.over]).toEqual(["idle", undefined]);
  // A clock that is a little ahead calls all the same; nobody is in its room, so that it is over soon.
  await sayInTheDark(world, ben, chat, [call()], 1, world.clock.nowMs() + 60_000, 1);
  await world.until("it rang", () => annPage.view.over?.as === "missed");
});

test("[CA31] nobody rings whom one has not accepted, has blocked, or where nothing can be said", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4808);
  await world.until("home has calls", () => annPage.view.areThere);
  await ben.api.block(ann.account);
  await expect(ben.api.startCall(chat, "voice", benPage.host)).rejects.toMatchObject({ code: "not-allowed" });
  await ann.api.startCall(chat, "voice", annPage.host).catch(() => undefined);
  await world.pass(20_000);
  expect(benPage.at).toBe("idle");
  expect(annPage.view.now?.isReached ?? false).toBe(false);
  const cid = await world.person("舅舅");
  const group = await world.group(cid, [ann], "一家人").catch(() => undefined);
  if (group !== undefined)
    await expect(ann.api.startCall(group, "voice", annPage.host)).rejects.toMatchObject({ code: "not-allowed" });
});

test("[CA6] home is restarted in the midst: the call goes on, and its record is written", async () => {
  const { world, ben, chat, annPage, benPage } = await talking(4809);
  world.crashServer();
  world.startServers();
  await world.pass(30_000);
  expect([annPage.at, benPage.at]).toEqual(["talking", "talking"]);
  await ben.api.hangUp();
  await world.until("she is told in the room that was made anew", at(annPage, "idle"));
  await world.until("it is recorded", () => records(ben, chat).join() === "voice ended");
  expect(world.bugs()).toEqual([]);
});

for (const first of ["the one who called", "the one who was called"])
  test(`[CA240] home starts anew while two talk, and ${first} comes back first and alone: the call goes on, and what is said is heard`, async () => {
    const { world, ann, ben, chat, annPage, benPage, call, talk } = await talking(4881);
    await world.pass(5_000);
    // The seats' numbers begin anew, so that each may sit where the other sat.
    const late = first === "the one who called" ? ben : ann;
    world.crashServer();
    world.network.cutOff(late.device);
    world.startServers();
    await world.until("the first sits there again", () => world.server.counts().roomSeats === 1);
    await world.pass(8_000);
    expect(talk()).toBe(true);
    await late.api.callSends(call, { voice: false, picture: false });
    world.network.letBack(late.device);
    const page = late === ben ? annPage : benPage;
    await world.until("the other is told of the mute", () => page.heard.includes("false false"));
    await world.pass(30_000);
    expect(talk()).toBe(true);
    await ben.api.hangUp();
    await world.until("she is told", at(annPage, "idle"));
    await world.until("it is recorded", () => records(ben, chat).join() === "voice ended");
    expect(world.bugs()).toEqual([]);
  });

test("[CA240] home starts anew while it rings: it goes on ringing, and is answered", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4882);
  await world.until("home has calls", () => annPage.view.areThere);
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", () => benPage.at === "ringing" && annPage.view.now?.isReached === true);
  await world.pass(5_000);
  world.crashServer();
  world.network.cutOff(ann.device);
  world.startServers();
  await world.until("he sits there again", () => world.server.counts().roomSeats === 1);
  await world.pass(5_000);
  world.network.letBack(ann.device);
  await world.pass(10_000);
  expect([annPage.at, benPage.at]).toEqual(["calling", "ringing"]);
  await ben.api.answerCall(benPage.view.now?.call as Hex, benPage.host);
  await world.until("they talk", () => annPage.at === "talking" && benPage.at === "talking");
  expect(world.bugs()).toEqual([]);
});

test("[CA241] who hangs up while home is away is heard by the other, whichever of them is back first", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await talking(4883);
  world.crashServer();
  await world.until("he knows that home is away", () => benPage.view.now?.isAway === true);
  await ben.api.hangUp();
  world.network.cutOff(ann.device);
  world.startServers();
  await world.until("he sits there, to say so", () => world.server.counts().roomSeats === 1);
  await world.pass(3_000);
  world.network.letBack(ann.device);
  await world.until("she is told", at(annPage, "idle"), 15_000);
  await world.until("it is recorded", () => records(ben, chat).join() === "voice ended");
  await world.until("nobody sits there any more", () => world.server.counts().roomSeats === 0);
  expect(world.bugs()).toEqual([]);
});

test("[CA240] where home refuses the room after it started anew it is asked again, as long as the two talk", async () => {
  const { world, ann, ben, annPage, benPage } = await talking(4884);
  world.crashServer();
  let refusals = 0;
  for (const { device } of [ann, ben])
    world.network.meddle(device, (frame) => {
      if (refusals >= 4 || !isEntered(frame)) return [frame];
      refusals++;
      return [encodeRoomServerFrame({ type: "refused", code: "unavailable", waitMs: 0 })];
    });
  world.startServers();
  await world.pass(30_000);
  expect([refusals, annPage.at, benPage.at]).toEqual([4, "talking", "talking"]);
  expect([annPage, benPage].map(({ view }) => view.now?.isAway)).toEqual([false, false]);
  await ben.api.hangUp();
  await world.until("she is told", at(annPage, "idle"));
  expect(world.bugs()).toEqual([]);
});

test("[CA240] home gives the says of two that talk another seat each time: each repeats to the other what it sends once a second, and not without end", async () => {
  const { world, ann, ben, annPage, benPage, call } = await talking(4885);
  await world.pass(5_000);
  const says = [ann, ben].map(({ device }) => {
    const said = { count: 0 };
    world.network.meddle(device, (frame) => {
      const heard = isSaid(frame) ? decodeRoomServerFrame(frame) : undefined;
      if (heard?.type !== "said") return [frame];
      const seats = encodeRoomServerFrame({ type: "seats", seats: [50, 51] });
      return [seats, encodeRoomServerFrame({ ...heard, from: 50 + (said.count++ % 2) })];
    });
    return said;
  });
  const during = async (ms: number) => {
    const before = says.map(({ count }) => count);
    await world.pass(ms);
    return says.map(({ count }, i) => count - (before[i] as number));
  };
  const pages = [annPage, benPage];
  for (const one of [ann, ben]) await one.api.callSends(call, { voice: false, picture: false });
  // What comes sooner is put off, and not lost.
  for (const count of await during(10_000)) {
    expect(count).toBeGreaterThanOrEqual(6);
    expect(count).toBeLessThanOrEqual(11);
  }
  expect(pages.map(({ heard }) => heard.at(-1))).toEqual(["false false", "false false"]);
  await world.pass(60_000);
  expect(await during(5_000)).toEqual([0, 0]);
  // What the page sends anew is said all the same.
  await ben.api.callSends(call, { voice: true, picture: false });
  await world.until("she is told", () => annPage.heard.at(-1) === "true false");
  expect(pages.map((page) => page.at)).toEqual(["talking", "talking"]);
  expect(world.bugs()).toEqual([]);
});

test("[CA242] who has no line to home for a while talks on; one whose seat is empty is shown to the page as gone, and the call is lost in the end", async () => {
  const { world, ben, annPage, benPage, call } = await talking(4885);
  await ben.api.callSends(call, { voice: true, picture: false });
  await world.until("she knows where he sits", () => annPage.heard.length > 0);
  expect(annPage.view.now?.isOtherGone).toBe(false);
  world.network.cutOff(ben.device);
  await world.pass(25_000);
  expect([annPage.at, benPage.at]).toEqual(["talking", "talking"]);
  expect(annPage.view.now?.isOtherGone).toBe(true);
  world.network.letBack(ben.device);
  await world.until("he sits there again, elsewhere", () => annPage.view.now?.isOtherGone === false);
  await world.pass(60_000);
  expect([annPage.at, benPage.at]).toEqual(["talking", "talking"]);
  world.network.cutOff(ben.device);
  await world.pass(60_000);
  expect(annPage.at).toBe("idle");
  expect(annPage.view.over?.as).toBe("lost");
  expect(world.bugs()).toEqual([]);
});

test("[CA267] while the two talk, and the other's seat is empty, the room is dialled anew: at another server of home the other may sit there", async () => {
  const { world, ann, ben, annPage } = await talking(4886);
  const dialled: number[] = [];
  world.network.overhear = (_, owner, frame, path) => {
    if (path === "/calls/ws" && owner === ann.device && frame[0] === 1) dialled.push(world.clock.nowMs());
  };
  await world.pass(20_000);
  expect(dialled).toEqual([]);
  const sinceMs = world.clock.nowMs();
  world.network.cutOff(ben.device);
  await world.pass(37_000);
  const after = dialled.map((ms) => Math.floor((ms - sinceMs) / 10_000));
  expect(after).toEqual([1, 2, 3]); // Home keeps an empty seat for ten seconds.
  expect(annPage.at).toBe("talking");
  world.network.letBack(ben.device);
  await world.until("he is there again", () => annPage.view.now?.isOtherGone === false);
  dialled.length = 0;
  await world.pass(20_000);
  expect(dialled).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[CA41] who keeps to the relay on one device does on all, as caller and as called", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4841, true);
  const tablet = await world.linkDevice(ann);
  await world.until("home has calls", () => annPage.view.areThere);
  const over = async () => {
    await ann.api.hangUp();
    await world.until("it is over", () => annPage.at === "idle" && benPage.at === "idle");
  };
  const bothKeep = () => [annPage, benPage].map(({ view }) => view.now?.relayOnly);
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", at(benPage, "ringing"));
  expect(bothKeep()).toEqual([false, false]);
  await over();

  await tablet.api.setPrivacy({ relaysCalls: true });
  await world.until("her phone knows", () => ann.view("status").me?.privacy.relaysCalls === true);
  expect(ann.view("status").me?.privacy).toEqual({ takesLink: true, takesGroups: true, relaysCalls: true });
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", at(benPage, "ringing"));
  expect(bothKeep()).toEqual([true, true]);
  await over();
  await ben.api.startCall(chat, "voice", benPage.host);
  await world.until("it rings", at(annPage, "ringing"));
  expect(annPage.view.now?.relayOnly).toBe(true);
  await ben.api.hangUp();
  await world.until("it is over", () => annPage.at === "idle" && benPage.at === "idle");

  await ann.api.setPrivacy({ relaysCalls: false });
  await world.until("the tablet knows", () => tablet.view("status").me?.privacy.relaysCalls === false);
  expect(world.bugs()).toEqual([]);
});

test("[CA70] nobody is rung before the caller sits in the room of the call", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4870, true);
  await world.until("home has calls", () => annPage.view.areThere);
  let isSlow = true;
  world.network.meddle(ann.device, (frame) => (isSlow && isEntered(frame) ? [] : [frame]));
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.pass(10_000);
  expect([annPage.at, benPage.at, records(ben, chat)]).toEqual(["calling", "idle", []]);
  isSlow = false;
  world.network.breakSockets(ann.device);
  await world.until("it rings", at(benPage, "ringing"));
  await ben.api.answerCall(benPage.view.now?.call as Hex, benPage.host);
  await world.until("they talk", () => annPage.at === "talking" && benPage.at === "talking");
  expect(world.bugs()).toEqual([]);
});

test("[CA71] an answer that was said while the caller's connection was gone is heard when it is back", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4871);
  await world.until("home has calls", () => annPage.view.areThere);
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until(
    "it rings, and she hears so",
    () => benPage.at === "ringing" && annPage.view.now?.isReached === true,
  );
  await world.pass(500);
  world.network.cutOff(ann.device);
  await ben.api.answerCall(benPage.view.now?.call as Hex, benPage.host);
  await world.pass(1_000);
  expect(annPage.at).toBe("calling");
  world.network.letBack(ann.device);
  await world.until("they talk", () => annPage.at === "talking" && benPage.at === "talking");
  expect(world.bugs()).toEqual([]);
});

test("[CA120] what was said before a device came into the room is not taken by it, when home gives it once more", async () => {
  const { world, ann, ben, chat, annPage } = await two(4874, true);
  const tablet = await world.linkDevice(ben);
  const tabletPage = new PairPage(tablet);
  ben.crash();
  await world.until("home has calls", () => annPage.view.areThere && tabletPage.view.areThere);
  const kept: Uint8Array[] = [];
  world.network.meddle(tablet.device, (frame) => {
    if (isSaid(frame)) kept.push(frame.slice());
    return [frame];
  });
  await ann.api.startCall(chat, "voice", annPage.host);
  await world.until("it rings", () => annPage.view.now?.isReached === true);
  const call = annPage.view.now?.call as Hex;
  await ann.api.callSends(call, { voice: false, picture: true });
  await world.until("the tablet is told", () => tabletPage.heard.includes("false true"));
  world.network.meddle(tablet.device, undefined);
  expect(kept.length).toBeGreaterThan(0);

  await ben.switchOn();
  const page = new PairPage(ben);
  let given = 0;
  world.network.meddle(ben.device, (frame) => {
    if (!isSaid(frame) || given > 0) return [frame];
    given = kept.length;
    return [...kept, frame];
  });
  await world.until("he rings too, and home repeats what it has", () => page.at === "ringing" && given > 0);
  await world.pass(3_000);
  expect(page.heard).toEqual([]);
  await ann.api.callSends(call, { voice: true, picture: false });
  await world.until("what is said now is taken", () => page.heard.includes("true false"));
  expect(page.heard).toEqual(["true false"]);
  expect(world.bugs()).toEqual([]);
});

function isSaid(frame: Uint8Array): boolean {
  try {
    return decodeRoomServerFrame(frame).type === "said";
  } catch {
    return false;
  }
}

function isEntered(frame: Uint8Array): boolean {
  try {
    return decodeRoomServerFrame(frame).type === "entered";
  } catch {
    return false;
  }
}

test("[CA213] [CA231] a call ends where who calls is blocked, has their device revoked, or deletes their account: while it rings, and while the two talk", async () => {
  const { world, ann, ben, chat, annPage, benPage } = await two(4880, true);
  const tablet = await world.linkDevice(ann);
  const tabletPage = new PairPage(tablet);
  await world.until("home has calls", () => annPage.view.areThere && tabletPage.view.areThere);
  const rings = async (from: Person, page: PairPage) => {
    await from.api.startCall(chat, "voice", page.host);
    await world.until("it rings", at(benPage, "ringing"));
  };
  const talks = async (from: Person, page: PairPage) => {
    await rings(from, page);
    await ben.api.answerCall(benPage.view.now?.call as Hex, benPage.host);
    await world.until("they talk", () => page.at === "talking" && benPage.at === "talking");
  };
  const still = () => [annPage, tabletPage, benPage].every((page) => page.at === "idle");

  await rings(ann, annPage);
  await ben.api.block(ann.account);
  await world.until("his device is still", at(benPage, "idle"), 2_000);
  await ben.api.unblock(ann.account);
  await ann.api.hangUp();
  await world.until("all is still", still);
  await world.until("he is open to her again", () => ben.view("conversation", chat)?.state === "open");
  await talks(ann, annPage);
  await ben.api.block(ann.account);
  await world.until("both are still", still, 4_000);
  await ben.api.unblock(ann.account);
  await world.until("he is open to her again", () => ben.view("conversation", chat)?.state === "open");

  await rings(tablet, tabletPage);
  void ann.api.revokeDevice(tablet.view("status").me?.device ?? "");
  await world.until("nothing rings by a device that was revoked", at(benPage, "idle"), 10_000);
  await world.until("nor does it call for ever", still, 100_000);

  // Who calls and blocks meanwhile calls no more.
  await rings(ann, annPage);
  await ann.api.block(ben.account);
  // Nothing of hers may have been heard yet: then nobody is there any more, which takes three seconds to be sure of.
  await world.until("both are still", still, 6_000);
  await ann.api.unblock(ben.account);
  await world.pass(10_000);

  await talks(ann, annPage);
  await world.during(ann.api.deleteAccount());
  await world.until(
    "nobody talks with an account that is gone",
    () => annPage.at === "idle" && benPage.at === "idle",
    10_000,
  );
  expect(world.bugs()).toEqual([]);
}, 60_000);
