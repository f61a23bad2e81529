/**
 * Art: every sticker that the app brings along, as a picture of its own (docs/spec/media.md ME15). All packs are one
 * file, which is loaded whether or not somebody ever uses one: a server that counts requests learns nothing of what is
 * said.
 */
import { packedSticker, type StickerLanguage } from "@yanshu/content";
import { brushFor, caption, type Drawing, red } from "./brush.ts";
import { dumplingsPack } from "./dumplings.ts";
import { goosePack } from "./goose.ts";
import { paperPack } from "./paper.ts";

const packs: Readonly<Record<string, Readonly<Record<string, Drawing>>>> = {
  goose: goosePack,
  dumplings: dumplingsPack,
  paper: paperPack,
};

export type Drawn = { readonly language: StickerLanguage; readonly isStill: boolean; readonly hasWords: boolean };

/** Undefined when no such sticker is known here. */
export function svgOf(pack: string, sticker: string, { language, isStill, hasWords }: Drawn): string | undefined {
  const drawing = packs[pack]?.[sticker];
  const names = packedSticker(pack, sticker)?.names;
  if (drawing === undefined || names === undefined) return undefined;
  const cut = language === "zh-Hant" ? traditional(drawing(brushFor(isStill))) : drawing(brushFor(isStill));
  const words = hasWords ? caption(names[language], pack === "paper" ? red : undefined) : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" width="240" height="240">${cut}${words}</svg>`;
}

/** Characters that are part of a picture, for readers of Traditional. */
const written: Readonly<Record<string, string>> = { 财: "財", 进: "進", 宝: "寶", 寿: "壽", 灯: "燈", 谜: "謎" };

function traditional(drawn: string): string {
  return drawn.replace(/[财进宝寿灯谜]/g, (one) => written[one] ?? one);
}
