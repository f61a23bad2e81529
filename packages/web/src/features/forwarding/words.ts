/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.forward": "转发",
  "menu.save": "收藏",
  "forward.to": "转发给谁？",
  "forward.how": "怎么转发",
  "forward.each": "逐条转发",
  "forward.merged": "合并转发",
  "forward.find": "找聊天",
  "forward.note": "附一句话",
  "forward.send": "寄出 ({n})",
  "forward.done": "转好了",
  "forward.most": "一次最多转给 {n} 个聊天",
  "favourites.done": "收好了。原话撤回，这份也还在。",
  "favourites.find": "找收藏",
  "favourites.empty": "还没有收藏",
  "favourites.hint": "按住一条消息，点“收藏”。",
  "favourites.drop": "不收藏了",
  "kind.record": "[聊天记录]",
  "record.title": "{one}和{other}的聊天记录",
  "record.group": "群聊的聊天记录",
  "record.count": "聊天记录 · {n} 条",
  "record.claim": "名字和话是转发的人给的。",
  "error.too-deep": "聊天记录套得太深了",
};
export type ForwardingId = keyof typeof zhHans;

const zhHant: Record<ForwardingId, string> = {
  "menu.forward": "轉傳",
  "menu.save": "收藏",
  "forward.to": "轉傳給誰？",
  "forward.how": "怎麼轉傳",
  "forward.each": "逐則轉傳",
  "forward.merged": "合併轉傳",
  "forward.find": "找聊天",
  "forward.note": "附一句話",
  "forward.send": "傳送（{n}）",
  "forward.done": "轉好了",
  "forward.most": "一次最多轉給 {n} 個聊天",
  "favourites.done": "收好了。原訊息收回，這份也還在。",
  "favourites.find": "找收藏",
  "favourites.empty": "還沒有收藏",
  "favourites.hint": "按住一則訊息，點「收藏」。",
  "favourites.drop": "不收藏了",
  "kind.record": "[聊天紀錄]",
  "record.title": "{one}和{other}的聊天紀錄",
  "record.group": "群組的聊天紀錄",
  "record.count": "聊天紀錄 · {n} 則",
  "record.claim": "名字和話是轉傳的人給的。",
  "error.too-deep": "聊天紀錄套得太深了",
};

const en: Record<ForwardingId, string> = {
  "menu.forward": "Forward",
  "menu.save": "Favourite",
  "forward.to": "Forward to whom?",
  "forward.how": "How to forward",
  "forward.each": "One by one",
  "forward.merged": "As one record",
  "forward.find": "Find a chat",
  "forward.note": "Add a word",
  "forward.send": "Send ({n})",
  "forward.done": "Forwarded",
  "forward.most": "At most {n} chats at once",
  "favourites.done": "Kept. It stays even if the original is recalled.",
  "favourites.find": "Find in favourites",
  "favourites.empty": "Nothing kept yet",
  "favourites.hint": "Hold a message and choose Favourite.",
  "favourites.drop": "Let it go",
  "kind.record": "[Record]",
  "record.title": "{one} and {other}: record",
  "record.group": "Record of a group",
  "record.count": "Record · {n} messages",
  "record.claim": "Names and words are as the forwarder gives them.",
  "error.too-deep": "Too many records inside one another",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly ForwardingId[] = ["kind.record", "record.title", "record.group"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ForwardingId, string> {}
}
