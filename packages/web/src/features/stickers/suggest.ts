/**
 * Which stickers fit what is being written (README.md ME18). Compared on this device, with words that come
 * along with the packs: nothing is asked of anybody. Pure.
 */
import { stickerPacks } from "@yanshu/content";
import { wordsMax } from "../../kit/use-suggestions.ts";

export type Suggested = { readonly pack: string; readonly sticker: string };

const shownMax = 6;
/** Han characters of an address before the matched word, as in 妈妈谢谢. */
const callMax = 4;

/** Synonyms besides the names, and their pinyin, for typing without an input method. */
const more: Readonly<Record<string, string>> = {
  "goose/ok": "好 好滴 行 收到 嗯嗯 可以 haode haodi shoudao okay sure okok",
  "goose/thanks": "谢谢你 感谢 多谢 谢啦 謝謝你 感謝 多謝 謝啦 xiexie duoxie thanks thx",
  "goose/morning": "早 早上好 早呀 zao zaoan zaoshanghao morning",
  "goose/night": "安安 睡了 先睡了 wanan goodnight gn nightnight",
  "goose/miss": "想你了 好想你 xiangni xiangnile missyou imissyou",
  "goose/hug": "抱一抱 贴贴 baobao hugs",
  "goose/love": "我爱你 我愛你 爱你哦 aini woaini iloveyou loveyou",
  "goose/cheer": "加油加油 冲 jiayou fighting gogogo youcandoit",
  "goose/birthday": "生日 生快 shengri shengrikuaile birthday hbd",
  "goose/haha": "哈哈哈 嘻嘻 嘿嘿 笑死 xixi heihei hehe hahaha lol hhh",
  "goose/cry": "哭 大哭 难过 難過 wuwu ku nanguo sad cry crying",
  "goose/sorry": "抱歉 不好意思 duibuqi baoqian buhaoyisi sorry",
  "goose/busy": "忙 在忙 加班 开会 開會 mang zaimang jiaban kaihui",
  "goose/eat": "吃饭 吃飯 开饭 開飯 吃了吗 吃了嗎 chifan chifanla kaifan dinner lunch",
  "goose/go": "走 走啦 出发啦 路上 chufa zoula onmyway omw letsgo",
  "goose/letter": "来信 來信 写信 信 laixin letter mail",
  "dumplings/family": "团圆 團圓 全家 yijiaren tuanyuan quanjia",
  "dumplings/home": "回家 饺子好了 huijia huijiachifan comehome",
  "dumplings/yum": "好吃 美味 香 haochi meiwei delicious yum",
  "dumplings/hungry": "饿 好饿 餓 好餓 e haoe ele imhungry",
  "dumplings/full": "饱了 好饱 飽了 好飽 chibaole haobao imfull",
  "dumplings/share": "请你吃 請你吃 qingnichi geinichi",
  "dumplings/tea": "茶 喝杯茶 hecha tea",
  "dumplings/cheers": "乾杯 碰杯 ganbei",
  "dumplings/kiss": "么么 么么哒 亲一个 qinqin meme memeda mua muah",
  "dumplings/shy": "不好意思啦 haixiu",
  "dumplings/angry": "哼 生气 生氣 气死 heng shengqi mad",
  "dumplings/great": "棒 厉害 厲害 赞 讚 真厉害 zhenbang bang lihai zan awesome welldone",
  "dumplings/rest": "辛苦 辛苦啦 xinku xinkule",
  "dumplings/sleepy": "困 好困 睏 好睏 kun haokun kunle",
  "paper/fu": "福 fu fudaole",
  "paper/new-year": "新年好 过年好 過年好 春节快乐 春節快樂 xinnian xinnianhao xinniankuaile guonianhao newyear",
  "paper/wealth": "发财 發財 红包 紅包 facai gongxifacai",
  "paper/plenty": "有余 有餘 niannianyouyu",
  "paper/lantern": "元宵 元宵节 元宵節 灯会 燈會 yuanxiao yuanxiaokuaile lantern",
  "paper/spring": "春天 春天来了 花开 chuntian spring",
  "paper/dragon-boat": "端午 端午节 端午節 粽子 duanwu zongzi duanwuankang dragonboat",
  "paper/moon": "中秋 中秋节 中秋節 月饼 月餅 zhongqiu zhongqiukuaile midautumn mooncake",
  "paper/winter": "冬至 下雪 下雪了 dongzhi dongzhikuaile xiaxue snow",
  "paper/congratulations": "恭喜 恭喜你 祝贺 祝賀 gongxi gongxigongxi zhuhe congrats",
  "paper/joy": "新婚快乐 新婚快樂 囍 结婚 結婚 xinhunkuaile wedding",
  "paper/longevity": "长寿 長壽 健康 祝寿 祝壽 jiankang changshou longlife",
  "paper/peace": "平安 一路平安 pingan yilupingan safe",
  "paper/luck": "好运 好運 haoyun goodluck",
};

type Entry = Suggested & { readonly words: readonly string[] };

const entries: readonly Entry[] = stickerPacks.flatMap(({ id: pack, stickers }) =>
  stickers.map(({ id: sticker, names }) => ({
    pack,
    sticker,
    words: [...new Set([...Object.values(names).map(folded), ...(more[`${pack}/${sticker}`] ?? "").split(" ")])].filter(
      (one) => one !== "",
    ),
  })),
);

/** The best first; none for what is too long, or fits nothing. */
export function suggest(text: string): readonly Suggested[] {
  const said = folded(text);
  if (said === "" || text.trim().length > wordsMax) return [];
  return entries
    .map((entry) => ({ entry, score: Math.max(...entry.words.map((word) => scoreOf(said, word))) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, shownMax)
    .map(({ entry: { pack, sticker } }) => ({ pack, sticker }));
}

function scoreOf(said: string, word: string): number {
  if (said === word) return 3;
  const isHan = word > "\u2e80";
  if (word.startsWith(said) && said.length >= (isHan ? 2 : 3)) return 2;
  // 妈妈谢谢 matches 谢谢 at its end; a longer sentence matches nothing.
  return isHan && word.length >= 2 && said.length <= word.length + callMax && said.endsWith(word) ? 1 : 0;
}

/** By any word that holds the query; for the search of the panel. */
export function isNamed({ pack, sticker }: Suggested, query: string): boolean {
  const wanted = folded(query);
  const entry = entries.find((one) => one.pack === pack && one.sticker === sticker);
  return wanted !== "" && entry?.words.some((word) => word.includes(wanted)) === true;
}

/** Whether the name of one of one's own fits: it is said, or what is said begins it. */
export function fitsName(name: string, text: string): boolean {
  const [called, said] = [folded(name), folded(text)];
  if (called === "" || said === "" || text.trim().length > wordsMax) return false;
  return (
    called === said ||
    (said.length >= 2 && called.startsWith(said)) ||
    (called.length >= 2 && said.length <= called.length + callMax && said.endsWith(called))
  );
}

/** In lower case, without spaces and punctuation; repeated characters, as in long laughter, are shortened. */
function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/^(?:ha){2,}h?$/, "haha")
    .replace(/^哈{2,}$/, "哈哈")
    .replace(/^[呜嗚]{2,}$/, "呜呜")
    .replace(/^(?:wu){2,}$/, "wuwu");
}
