import { expect, test } from "bun:test";
import { World } from "../index.ts";

const placeholder = Uint8Array.of(1, 2, 3);
const shape = { width: 640, height: 480, placeholder } as const;

test("[SE8] pictures, video and files are found by kind, by name and by who sent them", async () => {
  const world = new World({ seed: 330, files: true });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(20_000);
  const source = (bytes: number) => new Blob([new Uint8Array(bytes)]);
  await ann.api.sendPhotos(chat, {
    caption: "金門大橋",
    pictures: [{ source: source(2_000), type: "image/webp", ...shape }],
  });
  await ben.api.sendFile(chat, { source: source(9_000), name: "報價 2026.pdf", type: "application/pdf" });
  await ann.say(chat, "https://example.org 这个链接");
  await world.until(
    "Ben has all",
    () =>
      ben.reads(chat).some((text) => text.includes("这个链接")) &&
      ben.items(chat).some(({ body }) => body.kind === "photos"),
  );
  await world.until("Ann has all", () => ann.items(chat).some(({ body }) => body.kind === "file"));
  const kinds = async (search: Partial<Parameters<typeof ben.api.searchMessages>[0]>) =>
    (await world.during(ben.api.searchMessages({ query: "", limit: 9, ...search }))).hits.map(({ of }) => of);
  expect(await kinds({ kind: "media" })).toEqual(["photos"]);
  expect(await kinds({ kind: "file" })).toEqual(["file"]);
  expect(await kinds({ kind: "link" })).toEqual(["text"]);
  expect(await kinds({ kind: "media", query: "金门" })).toEqual(["photos"]);
  expect(await kinds({ query: "报价" })).toEqual(["file"]);
  expect(await kinds({ kind: "media", author: ben.account })).toEqual([]);
  const [hit] = (await world.during(ben.api.searchMessages({ query: "", kind: "media", conversation: chat, limit: 9 })))
    .hits;
  expect(hit?.media).toMatchObject({ kind: "photos", pictures: [{ width: 640 }] });
  // What is recalled is found no more.
  const photo = ann.items(chat).find(({ body }) => body.kind === "photos");
  await ann.api.recall(chat, photo?.id ?? "");
  await world.until("it is recalled", () => !ben.items(chat).some(({ body }) => body.kind === "photos"));
  expect(await kinds({ kind: "media" })).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[SE9] what was kept is found in either script, and by who said it", async () => {
  const world = new World({ seed: 331 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const id = await ann.say(chat, "週末去臺北，記得帶傘");
  await world.until("it is read", () => ben.reads(chat).includes("週末去臺北，記得帶傘"));
  await ben.api.keepFavourites(chat, [{ author: ann.account, id }]);
  for (const query of ["台北", "伞", "ann"])
    expect((await ben.api.searchFavourites(query)).map(({ name }) => name)).toEqual(["Ann"]);
  expect((await ben.api.searchFavourites("台北"))[0]).toMatchObject({ match: "臺北" });
  expect(await ben.api.searchFavourites("上海")).toEqual([]);
  expect(await ben.api.searchFavourites("  ")).toEqual([]);
});
