import { expect, setDefaultTimeout, test } from "bun:test";
import { fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { feed, looked, texts, words } from "./moments.ts";

setDefaultTimeout(120_000);

test("[MO5] posts are found by their words on this device, own ones and friends', the newest first", async () => {
  const world = new World({ seed: 950, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  await ann.api.postMoment(words("今天包了饺子"));
  await world.pass(1_000);
  await ben.api.postMoment(words("也想吃饺子"));
  const gone = await ben.api.postMoment(words("饺子没有了"));
  await ben.api.postMoment(words("下雨"));
  await looked(world, ann, ben);
  const found = async (text: string, limit = 10) =>
    (await world.during(ann.api.searchMoments(text, limit))).map((one) => one.text);
  expect(await found("饺子")).toEqual(["饺子没有了", "也想吃饺子", "今天包了饺子"]);
  expect(await found("饺子", 1)).toEqual(["饺子没有了"]);
  await ben.api.deleteMoment(gone);
  await looked(world, ben, ann);
  expect(await found("饺子")).toEqual(["也想吃饺子", "今天包了饺子"]);
  expect(await found("")).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[MO4] what is told where the cells of other own devices are gone is told behind them, not in their places", async () => {
  const world = new World({ seed: 953, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  const [one, two] = [await ann.api.postMoment(words("一")), await ann.api.postMoment(words("二"))];
  await looked(world, ann, tablet, ben);
  await ann.api.deleteMoment(one);
  await ann.api.deleteMoment(two);
  await looked(world, ann, tablet, ben);
  await tablet.api.postMoment(words("三"));
  await looked(world, tablet, ann, ben);
  expect([texts(ben), texts(tablet)]).toEqual([["三"], ["三"]]);
  // A device that comes later is told of all places.
  await tablet.api.deleteMoment(feed(tablet)[0]?.id ?? "");
  await looked(world, tablet, ann, ben);
  const book = await world.linkDevice(ann);
  await world.pass(5_000);
  await book.api.postMoment(words("四"));
  await looked(world, book, ann, ben);
  expect(texts(ben)).toEqual(["四"]);
  expect(world.bugs()).toEqual([]);
});

test("[MO68] an own device that is linked tells no friend again what they were told, and no post twice", async () => {
  const world = new World({ seed: 954, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  for (const text of ["一", "二", "三"]) await ann.api.postMoment(words(text));
  await looked(world, ann, ben);
  const tablet = await world.linkDevice(ann);
  await world.pass(5_000);
  await looked(world, tablet);
  await tablet.api.postMoment(words("四"));
  await looked(world, tablet, ann, ben);
  expect(texts(ben)).toEqual(["四", "三", "二", "一"]);
  expect(feed(tablet)[0]?.mine?.state).toBe("sent");
  // Nothing went by their chat.
  const sql = "SELECT 1 FROM sent JOIN conversations USING (conversation) WHERE peer IS NOT NULL";
  expect(tablet.disk.all(sql)).toEqual([]);
  // Each friend, and oneself, has one place for each post.
  expect(tablet.disk.all("SELECT DISTINCT next FROM moment_places")).toEqual([{ next: 4 }]);
  expect(world.bugs()).toEqual([]);
});

test("[MO13] who is blocked is told of no post, and of no log", async () => {
  const world = new World({ seed: 951, files: true });
  const [ann, ben, eve] = [await world.person("Ann"), await world.person("Ben"), await world.person("Eve")];
  await world.befriend(ann, ben);
  await world.befriend(ann, eve);
  await ann.api.postMoment(words("一"));
  await looked(world, ann, ben, eve);
  const cellsTo = (other: Person) =>
    ann.disk.all<{ next: number }>("SELECT next FROM moment_places WHERE account = ?", fromHex(other.account))[0]?.next;
  const before = cellsTo(eve);
  await ann.api.block(eve.account);
  await world.pass(2_000);
  await ann.api.postMoment(words("二"));
  await looked(world, ann, ben, eve);
  expect(texts(ben)).toEqual(["二", "一"]);
  expect(texts(eve)).not.toContain("二");
  expect(cellsTo(eve)).toBe(before);
  expect(cellsTo(ben)).toBeGreaterThan(before as number);
  expect(world.bugs()).toEqual([]);
});

test("[MO5][MO7] a clock that is a day off, before or behind, loses neither posts nor words", async () => {
  const world = new World({ seed: 952, files: true });
  const [ann, ben, cleo] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cleo")];
  for (const [one, other] of [
    [ann, ben],
    [ann, cleo],
    [ben, cleo],
  ] as const)
    await world.befriend(one, other);
  ann.skewMs = 86_400_000;
  ben.skewMs = -86_400_000;
  const post = await ann.api.postMoment(words("明天"));
  const other = await ben.api.postMoment(words("昨天"));
  await looked(world, ann, ben, cleo);
  await ben.api.commentMoment(post, "在昨天看到");
  await ann.api.commentMoment(other, "在明天看到");
  await looked(world, ben, ann, cleo, ben, ann);
  for (const one of [ann, ben, cleo]) {
    expect([one.name, texts(one).toSorted()]).toEqual([one.name, ["明天", "昨天"].toSorted()]);
    expect([one.name, one.view("moment", post)?.comments.map(({ text }) => text)]).toEqual([one.name, ["在昨天看到"]]);
    expect([one.name, one.view("moment", other)?.comments.map(({ text }) => text)]).toEqual([one.name, ["在明天看到"]]);
  }
  // By its own clock nobody shows what is not yet.
  for (const { atMs } of feed(cleo)) expect(atMs).toBeLessThanOrEqual(world.clock.nowMs());
  expect(world.bugs()).toEqual([]);
});

test("[MO55] a film with a picture of 24 KiB, the longest words, a link and a place is posted, and is shown whole", async () => {
  const world = new World({ seed: 953, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const poster = Uint8Array.from({ length: 24 * 1024 }, (_, at) => at % 251);
  await world.during(
    ann.api.postMoment({
      ...words("长".repeat(4_000)),
      video: {
        source: new Blob([new Uint8Array(5_000)]),
        type: "video/mp4",
        ms: 60_000,
        width: 1_080,
        height: 1_920,
        placeholder: new Uint8Array(64),
        poster,
      },
      link: { url: `https://example.org/${"路".repeat(2_000)}`, title: "题".repeat(200) },
      place: { name: "地".repeat(200), lat: 30.25, lon: 120.15 },
    }),
  );
  await looked(world, ann, ben);
  expect(feed(ann)[0]?.mine?.state).toBe("sent");
  expect(texts(ben)).toEqual(["长".repeat(4_000)]);
  expect(Buffer.from(feed(ben)[0]?.video?.poster ?? []).equals(poster)).toBe(true);
  expect(feed(ben)[0]?.place?.name).toBe("地".repeat(200));
  expect(world.bugs()).toEqual([]);
});

test("[MO60] a post whose files home has no more is shown with its words, and the next one whole", async () => {
  const world = new World({ seed: 954, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  await world.befriend(ann, ben);
  const placeholder = new Uint8Array(20).fill(7);
  const picture = () => ({
    source: new Blob([new Uint8Array(3_000).fill(9)]),
    type: "image/webp" as const,
    width: 40,
    height: 30,
    placeholder,
  });
  await world.during(ann.api.postMoment({ ...words("gone"), pictures: [picture()] }));
  await world.pass(5_000);
  expect(world.blobs?.files.size).toBe(1);
  const files = world.blobs?.files as Map<string, Uint8Array> | undefined;
  files?.clear();
  await world.during(ann.api.postMoment({ ...words("whole"), pictures: [picture()] }));
  await looked(world, ann, ben);
  const [whole, gone] = feed(ben);
  expect([whole?.text, gone?.text]).toEqual(["whole", "gone"]);
  const [first] = gone?.pictures ?? [];
  expect([first?.width, first?.placeholder]).toEqual([40, placeholder]);
  const read = (handle = "") => world.during(ben.api.readFile(handle, 0, 4_000));
  await expect(read(first?.file.handle)).rejects.toThrow("file-gone");
  expect((await read(whole?.pictures[0]?.file.handle)).length).toBe(3_000);
  expect(world.bugs()).toEqual([]);
});
