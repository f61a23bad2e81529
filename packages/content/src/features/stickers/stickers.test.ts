import { expect, test } from "bun:test";
import { textOf } from "../../kinds.ts";
import { decodeBody, encodeBody } from "../../message.ts";
import type { Sticker } from "./index.ts";
import { packedSticker, stickerName, stickerOf, stickerPacks } from "./packs.ts";

const picture = { type: "image/png", width: 240, height: 240, bytes: new Uint8Array(24 * 1024) } as const;

test("[ME15] every sticker of a pack has an id of its own, a name in each language, an emoji, and fits its body", () => {
  const all = stickerPacks.flatMap(({ id: pack, stickers }) => stickers.map(({ id }) => [pack, id] as const));
  expect(stickerPacks.map(({ stickers }) => stickers.length)).toEqual([16, 14, 14]);
  expect(new Set(all.map(String)).size).toBe(all.length);
  for (const [pack, id] of all) {
    const known = packedSticker(pack, id);
    const said = stickerOf(pack, id);
    if (known === undefined || said === undefined) throw new Error(`${pack}/${id} is not found`);
    expect(decodeBody(encodeBody({ kind: "sticker", ...said }))).toEqual({ kind: "sticker", ...said });
    for (const language of ["zh-Hans", "zh-Hant", "en"] as const)
      expect(stickerName(said.name, language)).toBe(known.names[language]);
  }
  expect(stickerOf("goose", "swan")).toBeUndefined();
  // A name that somebody gave stays as it is.
  expect(stickerName("外婆的猫", "en")).toBe("外婆的猫");
});

test("[ME16] a sticker is of a pack or a raster picture of at most 24 KiB, never both and nothing else", () => {
  const says = (sticker: object) => encodeBody({ kind: "sticker", ...(sticker as Sticker) });
  const packed = { pack: "goose", sticker: "ok", emoji: "👌" };
  expect(textOf({ kind: "sticker", name: "猫", picture })).toBe("猫");
  expect(decodeBody(says({ name: "猫", picture }))).toMatchObject({ name: "猫" });
  for (const wrong of [
    { name: "猫" },
    { name: "猫", picture, packed },
    { name: "猫", picture: { ...picture, type: "image/svg+xml" } },
    { name: "猫", picture: { ...picture, bytes: new Uint8Array(24 * 1024 + 1) } },
    { name: "猫", picture: { ...picture, width: 513 } },
    { name: "猫".repeat(49), packed },
    { name: "猫", packed: { ...packed, sticker: "x".repeat(33) } },
  ])
    expect(() => says(wrong)).toThrow();
});
