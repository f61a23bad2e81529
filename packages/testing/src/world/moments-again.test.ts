import { expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../index.ts";
import { all, feed, looked, picture, texts, withoutRoom, words } from "./moments.ts";

setDefaultTimeout(60_000);

test("[WE117] a post whose picture home had no room for says so, and is sent again to the same friends", async () => {
  let isFull = true;
  const world = new World({
    seed: 961,
    files: true,
    wrapPorts: withoutRoom((name) => isFull && name === "Ann"),
  });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  await world.befriend(ann, ben);
  await world.befriend(ann, cleo);
  const post = await world.during(
    ann.api.postMoment({ ...words("给 Ben", { who: "only", people: [ben.account] }), pictures: [picture()] }),
  );
  await looked(world, ann, ben, cleo);
  expect(feed(ann)[0]?.mine).toMatchObject({ state: "failed", count: 1 });
  expect([texts(ben), texts(cleo)]).toEqual([[], []]);
  await expect(ben.api.resendMoment(post)).rejects.toThrow("unknown-message");
  // Home is as full as before: it says so once more, and nothing is said twice.
  await ann.api.resendMoment(post);
  expect(feed(ann)[0]?.mine?.state).toBe("sending");
  await looked(world, ann);
  expect(feed(ann)[0]?.mine?.state).toBe("failed");
  isFull = false;
  await ann.api.resendMoment(post);
  await ann.api.resendMoment(post);
  await world.pass(5_000);
  await looked(world, ann, ben, cleo);
  expect(feed(ann)[0]?.mine).toMatchObject({ state: "sent", audience: { who: "only" } });
  expect([texts(ben), texts(cleo)]).toEqual([["给 Ben"], []]);
  const handle = feed(ben)[0]?.pictures[0]?.file.handle ?? "";
  expect((await world.during(ben.api.readFile(handle, 0, 4_000))).length).toBe(3_000);
  expect(await ann.api.postMoment(words("接着写", all))).not.toBe(post);
  expect(world.bugs()).toEqual([]);
});

test("[WE119] a post that was begun outlives its app, with its pictures, and leaves nothing when it is thrown away", async () => {
  const world = new World({ seed: 962, files: true });
  const ann = await world.person("Ann");
  expect(await ann.api.readMomentDraft()).toBeUndefined();
  const begun = { ...words("今天的早饭", { who: "only", tags: ["家人"] }), place: { name: "外婆家" } };
  const [first, second] = [picture(), picture()];
  const { pictures } = await world.during(ann.api.keepMomentDraft({ ...begun, pictures: [first, second] }));
  expect([pictures.length, ann.files?.size, world.blobs?.files.size]).toEqual([2, 2, 0]);
  ann.crash();
  await ann.switchOn();
  const held = await ann.api.readMomentDraft();
  expect(held).toMatchObject({ ...begun, pictures: [{ width: 40 }, { width: 40 }] });
  expect(held?.pictures.map(({ file }) => file.handle)).toEqual([...pictures]);
  const read = await ann.api.readFile(pictures[1] ?? "", 0, 4_000);
  expect(read).toEqual(new Uint8Array(await second.source.arrayBuffer()));
  // What is kept once is named by its handle; what is taken out leaves this device.
  const [, other = ""] = pictures;
  const kept = [{ kept: other }];
  expect((await ann.api.keepMomentDraft({ ...begun, text: "豆浆", pictures: kept })).pictures).toEqual([other]);
  await world.pass(1_000);
  expect([(await ann.api.readMomentDraft())?.text, ann.files?.size]).toEqual(["豆浆", 1]);
  await expect(ann.api.keepMomentDraft({ ...begun, pictures: [{ kept: pictures[0] ?? "" }] })).rejects.toThrow(
    "file-gone",
  );
  await expect(ann.api.keepMomentDraft(words("长".repeat(4_001)))).rejects.toThrow("too-long");
  await ann.api.keepMomentDraft(undefined);
  await world.pass(1_000);
  expect([await ann.api.readMomentDraft(), ann.files?.size, ann.disk.all("SELECT * FROM blobs").length]).toEqual([
    undefined,
    0,
    0,
  ]);
  expect(world.bugs()).toEqual([]);
});

test("[WE122] previews of all pictures are one file, which a friend reads in parts, and which goes with the post", async () => {
  const world = new World({ seed: 963, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const small = [
    Uint8Array.from({ length: 300 }, () => 7),
    new Uint8Array(),
    Uint8Array.from({ length: 200 }, () => 9),
  ];
  const previews = { source: new Blob(small), type: "image/webp" as const, bytes: small.map(({ length }) => length) };
  const draft = { ...words("三张"), pictures: [picture(), picture(), picture()], previews };
  const post = await world.during(ann.api.postMoment(draft));
  await looked(world, ann, ben);
  const shown = feed(ben)[0]?.pictures ?? [];
  expect(shown.map(({ preview }) => preview && [preview.from, preview.bytes, preview.type])).toEqual([
    [0, 300, "image/webp"],
    undefined,
    [300, 200, "image/webp"],
  ]);
  const { handle = "", from = 0, bytes = 0 } = shown[2]?.preview ?? {};
  expect(await world.during(ben.api.readFile(handle, from, bytes))).toEqual(small[2] as Uint8Array);
  // Four files at home, and of one of them alone something came to Ben.
  expect([world.blobs?.files.size, ben.files?.size]).toEqual([4, 1]);
  for (const wrong of [
    { ...previews, bytes: [300, 0, 199] },
    { ...previews, bytes: [300, 200] },
    { ...previews, source: new Blob([new Uint8Array(300_000)]), bytes: [300_000, 0, 0] },
  ])
    await expect(ann.api.postMoment({ ...draft, previews: wrong })).rejects.toThrow("refused");
  await ann.api.deleteMoment(post);
  await looked(world, ann, ben);
  expect([world.blobs?.files.size, ann.files?.size, ben.files?.size]).toEqual([0, 0, 0]);
  expect(world.bugs()).toEqual([]);
});
