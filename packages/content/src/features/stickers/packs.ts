/**
 * Packs of stickers that every app brings along: what each is called, in each language, and the emoji that says about
 * the same (docs/spec/media.md ME15). What they look like is the screens' (packages/web/src/features/stickers). An id,
 * once released, always means the same sticker.
 */
import type { Sticker } from "./index.ts";

export type StickerLanguage = "zh-Hans" | "zh-Hant" | "en";
export type PackedSticker = {
  readonly id: string;
  readonly names: Readonly<Record<StickerLanguage, string>>;
  readonly emoji: string;
};
export type StickerPack = Omit<PackedSticker, "emoji"> & { readonly stickers: readonly PackedSticker[] };

type Row = readonly [id: string, hans: string, hant: string, en: string, emoji: string];

export const stickerPacks: readonly StickerPack[] = [
  pack("goose", "小雁", "小雁", "Little goose", [
    ["ok", "好的", "好的", "OK", "👌"],
    ["thanks", "谢谢", "謝謝", "Thank you", "🙏"],
    ["morning", "早安", "早安", "Good morning", "🌞"],
    ["night", "晚安", "晚安", "Good night", "🌙"],
    ["miss", "想你", "想你", "Miss you", "💭"],
    ["hug", "抱抱", "抱抱", "Hug", "🤗"],
    ["love", "爱你", "愛你", "Love you", "❤️"],
    ["cheer", "加油", "加油", "You can do it", "💪"],
    ["birthday", "生日快乐", "生日快樂", "Happy birthday", "🎂"],
    ["haha", "哈哈", "哈哈", "Haha", "😄"],
    ["cry", "呜呜", "嗚嗚", "Boo hoo", "😭"],
    ["sorry", "对不起", "對不起", "Sorry", "🙇"],
    ["busy", "忙着呢", "忙著呢", "Busy", "💻"],
    ["eat", "吃饭啦", "吃飯啦", "Dinner time", "🍚"],
    ["go", "出发", "出發", "Off we go", "🧳"],
    ["letter", "来信啦", "來信啦", "You have mail", "💌"],
  ]),
  pack("dumplings", "汤圆一家", "湯圓一家", "The dumplings", [
    ["family", "一家人", "一家人", "Family", "👨‍👩‍👧"],
    ["home", "回家吃饭", "回家吃飯", "Come home to eat", "🏠"],
    ["yum", "真好吃", "真好吃", "Yummy", "😋"],
    ["hungry", "饿了", "餓了", "Hungry", "🤤"],
    ["full", "吃饱了", "吃飽了", "So full", "😌"],
    ["share", "给你吃", "給你吃", "For you", "🥟"],
    ["tea", "喝茶", "喝茶", "Tea time", "🍵"],
    ["cheers", "干杯", "乾杯", "Cheers", "🥂"],
    ["kiss", "亲亲", "親親", "Kiss", "😘"],
    ["shy", "害羞", "害羞", "Shy", "☺️"],
    ["angry", "生气了", "生氣了", "Angry", "😤"],
    ["great", "真棒", "真棒", "Great", "👍"],
    ["rest", "辛苦了", "辛苦了", "Well done, rest now", "🍵"],
    ["sleepy", "困了", "睏了", "Sleepy", "🥱"],
  ]),
  pack("paper", "剪纸", "剪紙", "Paper cuts", [
    ["fu", "福到了", "福到了", "Blessings", "🧧"],
    ["new-year", "新年快乐", "新年快樂", "Happy New Year", "🧨"],
    ["wealth", "恭喜发财", "恭喜發財", "Wishing you prosperity", "💰"],
    ["plenty", "年年有余", "年年有餘", "Plenty every year", "🐟"],
    ["lantern", "元宵快乐", "元宵快樂", "Happy Lantern Festival", "🏮"],
    ["spring", "春暖花开", "春暖花開", "Spring is here", "🌸"],
    ["dragon-boat", "端午安康", "端午安康", "Happy Dragon Boat Festival", "🐉"],
    ["moon", "中秋快乐", "中秋快樂", "Happy Mid-Autumn", "🥮"],
    ["winter", "冬至快乐", "冬至快樂", "Happy Winter Solstice", "❄️"],
    ["congratulations", "恭喜恭喜", "恭喜恭喜", "Congratulations", "🎉"],
    ["joy", "百年好合", "百年好合", "Happily ever after", "💒"],
    ["longevity", "健康长寿", "健康長壽", "Long life and health", "🍑"],
    ["peace", "平平安安", "平平安安", "Peace", "🍎"],
    ["luck", "好运连连", "好運連連", "Good luck", "🍀"],
  ]),
];

function pack(id: string, hans: string, hant: string, en: string, rows: readonly Row[]): StickerPack {
  const stickers = rows.map(([one, ...words]) => ({ ...named(one, words[0], words[1], words[2]), emoji: words[3] }));
  return { ...named(id, hans, hant, en), stickers };
}

function named(id: string, hans: string, hant: string, en: string): Omit<PackedSticker, "emoji"> {
  return { id, names: { "zh-Hans": hans, "zh-Hant": hant, en } };
}

export function packedSticker(packId: string, stickerId: string): PackedSticker | undefined {
  return stickerPacks.find(({ id }) => id === packId)?.stickers.find(({ id }) => id === stickerId);
}

/**
 * What is said of one of a pack: its name in both languages, for a reader who has no such pack, and to be found by
 * either.
 */
export function stickerOf(packId: string, stickerId: string): Sticker | undefined {
  const found = packedSticker(packId, stickerId);
  if (found === undefined) return undefined;
  return { name: saidName(found), packed: { pack: packId, sticker: stickerId, emoji: found.emoji } };
}

function saidName({ names }: PackedSticker): string {
  return `${names["zh-Hans"]} · ${names.en}`;
}

/** The reader's own word for a name that `stickerOf` made; any other name as it is. */
export function stickerName(name: string, language: StickerLanguage): string {
  for (const { stickers } of stickerPacks) {
    const found = stickers.find((one) => saidName(one) === name);
    if (found !== undefined) return found.names[language];
  }
  return name;
}
