/** Stickers: sent, kept on all own devices, carried on, and gone when they are recalled. */
import { expect, test } from "bun:test";
import type { StickerItemBody, StickerToKeep } from "@yanshu/client";
import { stickerLimits } from "@yanshu/content";
import { toHex } from "@yanshu/wire";
import type { Person } from "./person.ts";
import { World } from "./world.ts";

const picture = (seed: number, bytes = 900): StickerToKeep => ({
  name: "外婆的猫",
  type: "image/webp",
  width: 240,
  height: 200,
  bytes: new Uint8Array(bytes).fill(seed),
});

function stickersIn(person: Person, chat: string): readonly StickerItemBody[] {
  return person.items(chat).flatMap(({ body }) => (body.kind === "sticker" ? [body] : []));
}

const kept = (person: Person) => person.view("stickers").map(({ id }) => id);

test("[ME15] a sticker of a pack travels as its name alone, and is listed, quoted, found and carried on by it", async () => {
  const world = new World({ seed: 61 });
  const [mum, maya] = [await world.person("妈妈"), await world.person("Maya")];
  const chat = await world.befriend(mum, maya);
  const id = await mum.api.sendSticker(chat, { pack: "goose", sticker: "thanks" });
  await world.until("it arrives", () => stickersIn(maya, chat).length === 1);
  const [sticker] = stickersIn(maya, chat);
  expect(sticker).toEqual({
    kind: "sticker",
    name: "谢谢 · Thank you",
    packed: { pack: "goose", sticker: "thanks", emoji: "🙏" },
  });
  expect(maya.view("chats")[0]?.preview).toEqual({ kind: "sticker", text: "谢谢 · Thank you", mine: false });
  await maya.api.sendText(chat, "不客气", { quote: { author: mum.account, id } });
  await world.until("she reads it", () => mum.reads(chat).includes("不客气"));
  const answer = mum.items(chat).at(-1)?.body;
  expect(answer?.kind === "text" ? answer.quote : undefined).toMatchObject({ of: "sticker", words: sticker?.name });
  for (const query of ["謝謝", "thank"]) {
    const { hits } = await world.during(maya.api.searchMessages({ query, limit: 10 }));
    expect(hits.map((hit) => hit.id)).toEqual([id]);
  }
  const own = await world.during(maya.api.openOwn());
  await maya.api.forward({
    from: chat,
    messages: [{ author: mum.account, id }],
    to: [own],
    mode: "merged",
    note: "",
  });
  const record = maya.items(own).at(-1);
  expect(maya.view("record", own, maya.account, record?.id ?? "", [])?.items[0]?.body).toEqual(sticker as never);
  await maya.api.keepFavourites(chat, [{ author: mum.account, id }]);
  expect(maya.view("favourites")[0]?.body).toEqual(sticker as never);
  await expect(mum.api.sendSticker(chat, { pack: "goose", sticker: "nothing" })).rejects.toMatchObject({
    code: "unknown-message",
  });
});

test("[ME16] a picture of one's own rides in the message, is forwarded without the server, and a recall erases it", async () => {
  const world = new World({ seed: 62 });
  const [mum, maya] = [await world.person("妈妈"), await world.person("Maya")];
  const chat = await world.befriend(mum, maya);
  const own = await mum.api.keepSticker(picture(7));
  const id = await mum.api.sendSticker(chat, { own });
  await world.until("it arrives", () => stickersIn(maya, chat).length === 1);
  const [got] = stickersIn(maya, chat);
  expect(got).toMatchObject({ name: "外婆的猫", picture: { type: "image/webp", width: 240, height: 200 } });
  expect(toHex(got?.picture?.bytes ?? new Uint8Array())).toBe("07".repeat(900));
  const notes = await world.during(maya.api.openOwn());
  const forwarding = { from: chat, messages: [{ author: mum.account, id }], to: [notes], note: "" };
  await maya.api.forward({ ...forwarding, mode: "each" });
  expect(stickersIn(maya, notes)).toEqual([got as StickerItemBody]);

  await mum.api.recall(chat, id);
  await world.until("it is gone", () => stickersIn(maya, chat).length === 0);
  const rows = (person: Person) =>
    person.disk.all("SELECT id FROM messages WHERE conversation = unhex(?) AND instr(body, ?) > 0", chat, bytes(7));
  for (const one of [mum, maya]) expect(rows(one)).toEqual([]);
  // What she keeps to send again, and what was carried on before, is hers.
  expect(kept(mum)).toEqual([own]);
  expect(stickersIn(maya, notes)).toHaveLength(1);

  await expect(mum.api.keepSticker(picture(1, stickerLimits.pictureBytesMax + 1))).rejects.toMatchObject({
    code: "too-large",
  });
  const svg = { ...picture(2), type: "image/svg+xml" } as unknown as StickerToKeep;
  await expect(mum.api.keepSticker(svg)).rejects.toMatchObject({ code: "bad-picture" });
});

test("[ME17] what one keeps is on all own devices: order, names, what is let go, and all of it on one that comes later", async () => {
  const world = new World({ seed: 63 });
  const phone = await world.person("妈妈");
  const tablet = await world.linkDevice(phone);
  const cat = await phone.api.keepSticker(picture(1));
  const dog = await phone.api.keepSticker({ ...picture(2), name: "狗" } as StickerToKeep);
  const goose = await phone.api.keepSticker({ pack: "goose", sticker: "hug" });
  await world.until("all are there", () => kept(tablet).join() === [goose, dog, cat].join());
  expect(tablet.view("stickers").map(({ name }) => name)).toEqual(["抱抱 · Hug", "狗", "外婆的猫"]);
  expect((await tablet.api.readSticker(cat)).picture?.bytes.length).toBe(900);
  // The same picture again is the same sticker, in front.
  expect(await tablet.api.keepSticker({ ...picture(1), name: "另一个名字" } as StickerToKeep)).toBe(cat);
  await world.until("it stands in front", () => kept(phone).join() === [cat, goose, dog].join());
  await phone.api.orderStickers([dog, cat, goose]);
  await phone.api.renameSticker(dog, "小狗");
  await world.until("the order is the same", () => kept(tablet).join() === [dog, cat, goose].join());
  await world.until("so is the name", () => tablet.view("stickers")[0]?.name === "小狗");

  await tablet.api.dropSticker(cat);
  await world.until("it is gone", () => kept(phone).join() === [dog, goose].join());
  for (const one of [phone, tablet]) {
    const left = one.disk.all("SELECT id FROM own_stickers WHERE instr(body, ?) > 0", bytes(1));
    const told = one.disk.all("SELECT seq FROM sent WHERE instr(message, ?) > 0", bytes(1));
    expect([left, told]).toEqual([[], []]);
  }
  const laptop = await world.linkDevice(phone);
  await world.until("a new device has them", () => kept(laptop).join() === [dog, goose].join());
  expect(world.bugs()).toEqual([]);
});

function bytes(value: number): Uint8Array {
  return new Uint8Array(64).fill(value);
}
