/** A post that is begun on one own device, and gone on with on another (MO100, MO101). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type Person, World, withFullDisk } from "../index.ts";
import { feed, looked, picture, texts, withoutRoom, words } from "./moments.ts";

setDefaultTimeout(60_000);

const draftOf = (person: Person) => person.api.readMomentDraft();
const textOf = async (person: Person) => (await draftOf(person))?.text;
const filesAtHome = (world: World) => world.blobs?.files.size;

/** Ann, who has a phone and a tablet. */
async function twoDevices(seed: number) {
  const world = new World({ seed, files: true });
  const ann = await world.person("Ann");
  const tablet = await world.linkDevice(ann);
  await world.pass(5_000);
  return { world, ann, tablet };
}
const leaves = async (world: World, person: Person, draft: Parameters<Person["api"]["keepMomentDraft"]>[0]) => {
  const kept = await world.during(person.api.keepMomentDraft(draft));
  await world.during(person.api.leaveMomentDraft());
  await world.pass(10_000);
  return kept;
};

test("[MO100] what was begun on one own device is gone on with on another, pictures too, and goes from all once it is posted", async () => {
  const { world, ann, tablet } = await twoDevices(1001);
  const ben = await world.person("Ben");
  await world.befriend(ann, ben);
  await world.pass(3_000);
  const begun = {
    ...words("今天的早饭", { who: "only", people: [ben.account] }),
    place: { name: "外婆家", lat: 30.25, lon: 120.125 },
    link: { url: "https://example.org/garden", title: "菜园" },
    mentions: [ben.account],
  };
  const first = picture();
  await world.during(ann.api.keepMomentDraft({ ...begun, pictures: [first, picture()] }));
  await world.pass(20_000);
  // While it is written it stays where it is, and costs nothing.
  expect([await draftOf(tablet), filesAtHome(world)]).toEqual([undefined, 0]);
  await ann.api.leaveMomentDraft();
  await world.pass(10_000);
  expect(filesAtHome(world)).toBe(2);
  const { pictures: _, ...said } = begun;
  const there = await draftOf(tablet);
  expect(there).toMatchObject(said);
  const handles = there?.pictures.map(({ file }) => file.handle) ?? [];
  expect(handles.length).toBe(2);
  for (const handle of handles)
    expect(await world.during(tablet.api.readFile(handle, 0, 4_000))).toEqual(
      new Uint8Array(await first.source.arrayBuffer()),
    );
  // One is taken out there: home and the first device have it no more.
  const [, kept = ""] = handles;
  await leaves(world, tablet, { ...begun, text: "豆浆油条", pictures: [{ kept }] });
  expect([await textOf(ann), (await draftOf(ann))?.pictures.length, filesAtHome(world)]).toEqual(["豆浆油条", 1, 1]);
  // It is posted there: the draft goes from both, with its files.
  const post = { ...begun, text: "豆浆油条", pictures: [picture()] };
  await world.during(tablet.api.postMoment(post));
  await tablet.api.keepMomentDraft(undefined);
  await looked(world, tablet, ben, ann);
  expect([await draftOf(ann), await draftOf(tablet)]).toEqual([undefined, undefined]);
  expect([texts(ben), feed(ben)[0]?.pictures.length, filesAtHome(world)]).toEqual([["豆浆油条"], 1, 1]);
  expect(world.bugs()).toEqual([]);
});

test("[MO100] the later change holds, and what was thrown away does not come back", async () => {
  const { world, ann, tablet } = await twoDevices(1002);
  await leaves(world, ann, words("一"));
  expect(await textOf(tablet)).toBe("一");
  // Both go on while neither hears of the other: what was written later holds on both.
  world.network.cutOff(tablet.device);
  await leaves(world, ann, words("手机上"));
  await tablet.api.keepMomentDraft(words("平板上"));
  await tablet.api.leaveMomentDraft();
  world.network.letBack(tablet.device);
  await world.pass(60_000);
  expect([await textOf(ann), await textOf(tablet)]).toEqual(["平板上", "平板上"]);
  // It is thrown away on one, while what was written before on the other is still on its way.
  world.network.cutOff(tablet.device);
  await leaves(world, tablet, words("晚到的"));
  await ann.api.keepMomentDraft(undefined);
  await world.pass(5_000);
  world.network.letBack(tablet.device);
  await world.pass(60_000);
  expect([await draftOf(ann), await draftOf(tablet)]).toEqual([undefined, undefined]);
  // The next one is another.
  await leaves(world, tablet, words("二"));
  expect([await textOf(ann), await textOf(tablet)]).toEqual(["二", "二"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO151] what was begun goes with being posted, and stays where another post is said, or this one is refused", async () => {
  const { world, ann, tablet } = await twoDevices(1004);
  await leaves(world, ann, { ...words("一"), pictures: [picture()] });
  await ann.api.postMoment(words("二"));
  await expect(ann.api.postMoment({ ...words(" "), isBegun: true })).rejects.toThrow("empty");
  expect(await textOf(ann)).toBe("一");
  await world.during(ann.api.postMoment({ ...words("一"), isBegun: true }));
  expect(await textOf(ann)).toBe(undefined);
  await looked(world, ann, tablet);
  expect([await textOf(tablet), texts(tablet), filesAtHome(world)]).toEqual([undefined, ["一", "二"], 0]);
  expect(world.bugs()).toEqual([]);
});

test("[MO101] a device that is linked has what was left before, with its pictures", async () => {
  const world = new World({ seed: 1003, files: true });
  const ann = await world.person("Ann");
  await leaves(world, ann, { ...words("有图"), pictures: [picture()] });
  // Nobody is there to go on with it.
  expect(filesAtHome(world)).toBe(0);
  const tablet = await world.linkDevice(ann);
  await world.pass(20_000);
  const there = await draftOf(tablet);
  expect([there?.text, there?.pictures.length, filesAtHome(world)]).toEqual(["有图", 1, 1]);
  const handle = there?.pictures[0]?.file.handle ?? "";
  expect((await world.during(tablet.api.readFile(handle, 0, 4_000))).length).toBe(3_000);
  await tablet.api.keepMomentDraft(undefined);
  await world.pass(10_000);
  expect([await draftOf(ann), await draftOf(tablet), filesAtHome(world)]).toEqual([undefined, undefined, 0]);
  expect(world.bugs()).toEqual([]);
});

test("[MO100] where home takes no picture the draft stays whole on its device, and follows once home has room", async () => {
  let isFull = true;
  const world = new World({
    seed: 1004,
    files: true,
    wrapPorts: withoutRoom(() => isFull),
  });
  const ann = await world.person("Ann");
  const tablet = await world.linkDevice(ann);
  await world.pass(5_000);
  await leaves(world, ann, { ...words("有图"), pictures: [picture()] });
  expect([(await draftOf(ann))?.pictures.length, await draftOf(tablet)]).toEqual([1, undefined]);
  isFull = false;
  await ann.api.leaveMomentDraft();
  await world.pass(10_000);
  expect([(await draftOf(tablet))?.text, (await draftOf(tablet))?.pictures.length]).toEqual(["有图", 1]);
  expect(world.bugs()).toEqual([]);
});

test("[MO100] what was never left on a device stays there, whatever is posted or thrown away on another", async () => {
  const { world, ann, tablet } = await twoDevices(1009);
  await leaves(world, tablet, words("平板上"));
  await ann.api.keepMomentDraft(undefined);
  await world.pass(5_000);
  await world.during(ann.api.keepMomentDraft({ ...words("只在手机"), pictures: [picture()] }));
  await leaves(world, tablet, words("又一个"));
  await tablet.api.keepMomentDraft(undefined);
  await world.pass(60_000);
  const held = await draftOf(ann);
  expect([held?.text, held?.pictures.length, await draftOf(tablet)]).toEqual(["只在手机", 1, undefined]);
  const handle = held?.pictures[0]?.file.handle ?? "";
  expect((await world.during(ann.api.readFile(handle, 0, 4_000))).length).toBe(3_000);
  expect(world.bugs()).toEqual([]);
});

test("[KP15] a picture that the device has no room for is not said to be kept, and the next try keeps it", async () => {
  const full = new Error("the disk is full");
  let isFull = true;
  const world = new World({ seed: 1015, files: true, wrapPorts: withFullDisk(() => (isFull ? full : undefined)) });
  const ann = await world.person("Ann");
  const begun = { ...words("今天的早饭"), pictures: [picture()] };
  await expect(world.during(ann.api.keepMomentDraft(begun))).rejects.toThrow("storage");
  expect(await textOf(ann)).toBe("今天的早饭");
  isFull = false;
  const { pictures } = await world.during(ann.api.keepMomentDraft(begun));
  expect(ann.view("transfer", pictures[0] ?? "").state).toBe("here");
  expect(world.bugs()).toEqual([full]);
});
