/**
 * Words: the 64 that two devices show for comparing (docs/spec/identity.md ID14). A word at one index
 * means the same in every language, and its character is the same in Simplified and Traditional, so
 * that a grandmother's phone and her grandson's laptop can be compared over a table. One list for
 * every screen and the terminal: two lists that differ would make honest devices look attacked.
 */
// biome-ignore format: eight pairs a line are read, and counted, more easily than sixty-four lines.
const pairs = [
  ["松", "pine"], ["月", "moon"], ["茶", "tea"], ["舟", "boat"], ["山", "hill"], ["水", "water"], ["火", "fire"], ["竹", "bamboo"],
  ["石", "stone"], ["花", "flower"], ["雨", "rain"], ["雪", "snow"], ["星", "star"], ["日", "sun"], ["田", "field"], ["米", "rice"],
  ["瓜", "melon"], ["豆", "bean"], ["桃", "peach"], ["梅", "plum"], ["杏", "apricot"], ["梨", "pear"], ["柳", "willow"], ["荷", "lotus"],
  ["菊", "daisy"], ["蝶", "butterfly"], ["蜂", "bee"], ["羊", "sheep"], ["牛", "cow"], ["虎", "tiger"], ["兔", "rabbit"], ["鹿", "deer"],
  ["狐", "fox"], ["猴", "monkey"], ["熊", "bear"], ["象", "elephant"], ["雀", "sparrow"], ["燕", "swallow"], ["鼓", "drum"], ["琴", "harp"],
  ["笛", "flute"], ["弓", "bow"], ["帽", "hat"], ["鞋", "shoe"], ["碗", "bowl"], ["杯", "cup"], ["井", "well"], ["塔", "tower"],
  ["路", "road"], ["河", "river"], ["海", "sea"], ["沙", "sand"], ["冰", "ice"], ["虹", "rainbow"], ["金", "gold"], ["玉", "jade"],
  ["糖", "sugar"], ["蜜", "honey"], ["扇", "fan"], ["墨", "ink"], ["窗", "window"], ["床", "bed"], ["羽", "feather"], ["蛙", "frog"],
] as const;

/** @param locale `en` for English; any other reads Chinese. */
export function linkWord(index: number, locale: string): string {
  const pair = pairs[index];
  if (pair === undefined) throw new RangeError("A word number lies in 0 to 63");
  return locale === "en" ? pair[1] : pair[0];
}

export const linkWordCount = pairs.length;
