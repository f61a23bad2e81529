/**
 * Zhuyin (bopomofo) of a pinyin syllable without tone: people who learned to read in Taiwan sort and search by it. It
 * is composed of an initial and a final, each from a table.
 */
const initials: Readonly<Record<string, string>> = {
  b: "ㄅ",
  p: "ㄆ",
  m: "ㄇ",
  f: "ㄈ",
  d: "ㄉ",
  t: "ㄊ",
  n: "ㄋ",
  l: "ㄌ",
  g: "ㄍ",
  k: "ㄎ",
  h: "ㄏ",
  j: "ㄐ",
  q: "ㄑ",
  x: "ㄒ",
  zh: "ㄓ",
  ch: "ㄔ",
  sh: "ㄕ",
  r: "ㄖ",
  z: "ㄗ",
  c: "ㄘ",
  s: "ㄙ",
};
const finals: Readonly<Record<string, string>> = {
  a: "ㄚ",
  o: "ㄛ",
  e: "ㄜ",
  ê: "ㄝ",
  ai: "ㄞ",
  ei: "ㄟ",
  ao: "ㄠ",
  ou: "ㄡ",
  an: "ㄢ",
  en: "ㄣ",
  ang: "ㄤ",
  eng: "ㄥ",
  er: "ㄦ",
  i: "ㄧ",
  ia: "ㄧㄚ",
  io: "ㄧㄛ",
  ie: "ㄧㄝ",
  iao: "ㄧㄠ",
  iu: "ㄧㄡ",
  ian: "ㄧㄢ",
  in: "ㄧㄣ",
  iang: "ㄧㄤ",
  ing: "ㄧㄥ",
  iong: "ㄩㄥ",
  u: "ㄨ",
  ua: "ㄨㄚ",
  uo: "ㄨㄛ",
  uai: "ㄨㄞ",
  ui: "ㄨㄟ",
  uan: "ㄨㄢ",
  un: "ㄨㄣ",
  uang: "ㄨㄤ",
  ong: "ㄨㄥ",
  ueng: "ㄨㄥ",
  v: "ㄩ",
  ve: "ㄩㄝ",
  van: "ㄩㄢ",
  vn: "ㄩㄣ",
};

/** The letters in the order of their alphabet, for the index at the side. */
export const zhuyinLetters = [...Object.values(initials), ...Array.from("ㄧㄨㄩㄚㄛㄜㄝㄞㄟㄠㄡㄢㄣㄤㄥㄦ")];

/** Zhuyin of a syllable; undefined when it is no pinyin, such as a Latin name. `v` means ü. */
export function zhuyinOf(pinyin: string): string | undefined {
  const spelled = spelledOut(pinyin.toLowerCase().replaceAll("ü", "v"));
  const initial = /^(?:[zcs]h|[bpmfdtnlgkhjqxrzcs])/.exec(spelled)?.[0] ?? "";
  const final = spelled.slice(initial.length);
  // 知 吃 诗 日 资 词 思: their i is no vowel of its own and has no zhuyin letter.
  if (final === "i" && /^(?:[zcs]h?|r)$/.test(initial)) return initials[initial];
  const sound = finals[/^[jqx]$/.test(initial) ? final.replace(/^u/, "v") : final];
  if (sound === undefined) return undefined;
  return `${initial === "" ? "" : initials[initial]}${sound}`;
}

/** Resolves y and w, which only mark that a syllable begins with i, u or ü. */
function spelledOut(pinyin: string): string {
  if (pinyin === "you") return "iu";
  if (pinyin === "wei") return "ui";
  if (pinyin === "wen") return "un";
  if (pinyin === "weng") return "ueng";
  if (pinyin.startsWith("yu")) return `v${pinyin.slice(2)}`;
  if (pinyin.startsWith("yi")) return pinyin.slice(1);
  if (pinyin.startsWith("y")) return pinyin === "yong" ? "iong" : `i${pinyin.slice(1)}`;
  if (pinyin.startsWith("wu")) return pinyin.slice(1);
  return pinyin.replace(/^w/, "u");
}
