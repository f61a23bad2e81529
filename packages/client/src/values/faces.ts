/**
 * Faces: the picture, or the seal that stands for it: a surname (Han) or an initial on one of seven
 * pigments. Counts characters as people do, by grapheme: 葛󠄀 and 👩‍👧 are one each.
 */
import type { Bytes } from "@yanshu/wire";
import type { Face } from "../api/people.ts";

const pigments = 7;

/** Surnames of two characters, simplified and traditional. All others have one. */
const compoundSurnames: ReadonlySet<string> = new Set(
  `欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 东方 東方 独孤 獨孤 南宫 南宮 夏侯 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐
   长孙 長孫 宇文 轩辕 軒轅 端木 西门 西門 百里 呼延 东郭 東郭 太史 申屠 公羊 澹台 澹臺 濮阳 濮陽 赫连 赫連
   钟离 鍾離 鐘離 淳于 单于 單于 仲孙 仲孫 公冶 宗政 闻人 聞人 万俟 萬俟 司空 司寇 拓跋 谷梁 穀梁 鲜于 鮮于
   闾丘 閭丘 亓官 巫马 巫馬 公西 漆雕 壤驷 壤駟 公良 夹谷 夾谷 第五`.split(/\s+/),
);

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** `key` chooses the pigment: an account's id, or a conversation's. */
export function faceOf(key: Bytes, name: string, picture: Bytes | null): Face {
  const face = { seal: sealOf(name), pigment: 1 + ((key[0] ?? 0) % pigments) };
  return picture === null ? face : { ...face, picture };
}

function sealOf(name: string): string {
  const text = name.trim();
  const [first = "", second = ""] = firstGraphemes(text, 2);
  if (!/^\p{Script=Han}/u.test(first)) return first.toUpperCase();
  return compoundSurnames.has(first + second) ? first + second : first;
}

/** The first `count` characters of a text; the rest is not looked at. */
export function firstGraphemes(text: string, count: number): readonly string[] {
  const found: string[] = [];
  for (const { segment } of graphemes.segment(text)) {
    if (found.length === count) break;
    found.push(segment);
  }
  return found;
}
