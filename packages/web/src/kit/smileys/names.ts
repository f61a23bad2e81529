/**
 * Smileys: the faces that people know from older messengers, written as `[旺柴]` or `[Doge]` (docs/spec/actions.md AC14).
 * In a message they are that text, so that searching, quoting, copying, a terminal and an older app keep the words; a
 * screen draws them. Names are facts that many use; the drawings are ours (art.ts). Pure.
 */
import type { Locale } from "../../locales/i18n.ts";

/** In the order of the panel: 简体, 繁體 where it differs, English without spaces, and other words to find it by. */
const table = `
微笑 - Smile|撇嘴 - Grimace|色 - Drool 喜欢 爱了|发呆 發呆 Scowl 呆|得意 - CoolGuy 墨镜 酷|流泪 流淚 Sob 哭|害羞 - Shy|闭嘴 閉嘴 Silent|睡 - Sleep 睡觉|大哭 - Cry 哭
尴尬 尷尬 Awkward|发怒 發怒 Angry 生气|调皮 調皮 Tongue 吐舌|呲牙 - Grin 笑|惊讶 驚訝 Surprise|难过 難過 Frown|囧 - Blush|抓狂 - Scream|吐 - Puke|偷笑 - Chuckle
愉快 - Joyful 可爱|白眼 - Slight|傲慢 - Smug|困 - Drowsy|惊恐 驚恐 Panic|流汗 - Sweating|憨笑 - Laugh 哈哈|悠闲 悠閑 Commando 大兵|奋斗 奮鬥 Determined|咒骂 咒罵 Scold 骂
疑问 疑問 Shocked 问号|嘘 噓 Shhh 安静|晕 暈 Dizzy|衰 - Toasted|骷髅 骷髏 Skull|敲打 - Hammer 打|再见 再見 Wave Bye 拜拜|擦汗 - Speechless|抠鼻 摳鼻 NosePick 挖鼻|鼓掌 - Clap
坏笑 壞笑 Trick|左哼哼 - Bah！L 哼|右哼哼 - Bah！R 哼|哈欠 - Yawn|鄙视 鄙視 Pooh-pooh|委屈 - Shrunken|快哭了 - TearingUp|阴险 陰險 Sly|亲亲 親親 Kiss 么么|可怜 可憐 Whimper
笑脸 笑臉 Happy|生病 - Sick 口罩|脸红 臉紅 Flushed|破涕为笑 破涕為笑 Lol 笑哭|恐惧 恐懼 Terrified|失望 - LetDown|无语 無語 Duh|嘿哈 - Hey|捂脸 捂臉 Facepalm|奸笑 - Smirk
机智 機智 Smart|皱眉 皺眉 Concerned|耶 - Yeah!|吃瓜 - Onlooker 西瓜|加油 - GoForIt|汗 - Sweats|天啊 - OMG|Emm 一言难尽 Emm 嗯|社会社会 社會社會 Respect|旺柴 - Doge 狗头
好的 - NoProb|打脸 打臉 MyBad|哇 - Wow|翻白眼 - Boring|666 - Awesome 溜|让我看看 讓我看看 LetMeSee|叹气 嘆氣 Sigh|苦涩 苦澀 Hurt|裂开 裂開 Broken|怄火 慪火 Aaagh!
嘴唇 - Lips|爱心 愛心 Heart 红心|心碎 - BrokenHeart|拥抱 擁抱 Hug 抱抱|强 強 ThumbsUp 赞 棒|弱 - ThumbsDown 差|握手 - Shake|胜利 勝利 Peace|抱拳 - Salute 拱手|勾引 - Beckon 过来
拳头 拳頭 Fist|OK OK OK 好|合十 - Worship 祈祷 阿门 拜托|强壮 強壯 Muscle|啤酒 - Beer 干杯|咖啡 - Coffee|蛋糕 - Cake 生日|玫瑰 - Rose 花|凋谢 凋謝 Wilt|菜刀 - Cleaver
炸弹 炸彈 Bomb|便便 - Poop|月亮 - Moon 晚安|太阳 太陽 Sun 早安|西瓜 - Watermelon|庆祝 慶祝 Party|礼物 禮物 Gift|红包 紅包 Packet|發 發 Rich 发财|福 - Blessing
烟花 煙花 Fireworks|爆竹 - Firecracker 鞭炮|猪头 豬頭 Pig|鬼魂 - Ghost|跳跳 - Waddle|发抖 發抖 Tremble|转圈 轉圈 Twirl`;

export type Smiley = {
  /** Its name in 简体, by which art and code know it. */
  readonly id: string;
  readonly names: Readonly<Record<Locale, string>>;
  /** Words besides, to find it by. */
  readonly words: readonly string[];
};

export const smileys: readonly Smiley[] = table
  .trim()
  .split(/[|\n]/u)
  .map((entry) => {
    const [id = "", hant = "", en = "", ...words] = entry.split(" ");
    return { id, names: { "zh-Hans": id, "zh-Hant": hant === "-" ? id : hant, en }, words };
  });

/** Names of older versions and of other scripts, for what is pasted and brought along. */
const alsoCalled: Readonly<Record<string, string>> = {
  sweat: "流汗",
  blessing: "福",
  吐舌: "调皮",
  terror: "调皮",
  饥饿: "色",
  酷: "得意",
  大兵: "悠闲",
  折磨: "抓狂",
  吓: "惊恐",
  糗大了: "尴尬",
  可爱: "愉快",
  爱情: "爱心",
  示爱: "嘴唇",
  差劲: "弱",
  便便: "便便",
  礼品: "礼物",
  一言难尽: "Emm",
  發財: "發",
  發抖: "发抖",
  tongueout: "调皮",
};

const byName = new Map<string, Smiley>();
for (const one of smileys) for (const name of Object.values(one.names)) byName.set(name.toLowerCase(), one);
for (const [name, id] of Object.entries(alsoCalled)) {
  const one = byName.get(id.toLowerCase());
  if (one !== undefined && !byName.has(name)) byName.set(name, one);
}

/** As it is written into a message by somebody who reads that language. */
export function codeOf({ names }: Smiley, locale: Locale): string {
  return `[${names[locale]}]`;
}

/** Undefined when it is no code, or of no smiley that is known. */
export function smileyOf(code: string): Smiley | undefined {
  return code.startsWith("[") && code.endsWith("]") ? byName.get(code.slice(1, -1).toLowerCase()) : undefined;
}

export type SmileyPiece = { readonly text: string; readonly smiley: Smiley | undefined };

const codes = /\[[^[\]\s]{1,12}\]/gu;

/** The text in pieces, nothing left out: brackets that name no smiley stay words. */
export function withSmileys(text: string): readonly SmileyPiece[] {
  if (!text.includes("[")) return [{ text, smiley: undefined }];
  const pieces: SmileyPiece[] = [];
  let from = 0;
  for (const found of text.matchAll(codes)) {
    const smiley = smileyOf(found[0]);
    if (smiley === undefined) continue;
    if (found.index > from) pieces.push({ text: text.slice(from, found.index), smiley: undefined });
    pieces.push({ text: found[0], smiley });
    from = found.index + found[0].length;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from), smiley: undefined });
  return pieces;
}

/** How many characters before `at` one backward key takes: a whole code, or 0 where none ends there. */
export function codeBefore(text: string, at: number): number {
  const found = /\[[^[\]\s]{1,12}\]$/u.exec(text.slice(Math.max(0, at - 14), at));
  return found !== null && smileyOf(found[0]) !== undefined ? found[0].length : 0;
}
