/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "plus.chain": "接龙",
  "kind.chain": "[接龙]",
  "chain.new": "发起接龙",
  "chain.title": "接什么？",
  "chain.note": "说明（可不填）",
  "chain.seeds": "已有的名单，一行一个（可不填）",
  "chain.start": "开始接龙",
  "chain.add": "接一行",
  "chain.change": "改这一行，清空就是拿掉",
  "chain.line": "你的这一行",
  "chain.rest": "还有 {n} 行",
  "chain.save": "存为表格",
  "chain.looks": "像是一个接龙",
  "chain.become": "变成接龙",
};
export type SignupListId = keyof typeof zhHans;

const zhHant: Record<SignupListId, string> = {
  "plus.chain": "接龍",
  "kind.chain": "[接龍]",
  "chain.new": "發起接龍",
  "chain.title": "接什麼？",
  "chain.note": "說明（可不填）",
  "chain.seeds": "已有的名單，一行一個（可不填）",
  "chain.start": "開始接龍",
  "chain.add": "接一行",
  "chain.change": "改這一行，清空就是拿掉",
  "chain.line": "你的這一行",
  "chain.rest": "還有 {n} 行",
  "chain.save": "存為表格",
  "chain.looks": "像是一個接龍",
  "chain.become": "變成接龍",
};

const en: Record<SignupListId, string> = {
  "plus.chain": "List",
  "kind.chain": "[List]",
  "chain.new": "Start a list",
  "chain.title": "What is the list about?",
  "chain.note": "Note (optional)",
  "chain.seeds": "Lines already there, one each (optional)",
  "chain.start": "Start",
  "chain.add": "Add a line",
  "chain.change": "Change this line; empty takes it out",
  "chain.line": "Your line",
  "chain.rest": "{n} more",
  "chain.save": "Save as a table",
  "chain.looks": "This looks like a list",
  "chain.become": "Make it one",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly SignupListId[] = ["kind.chain"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<SignupListId, string> {}
}
