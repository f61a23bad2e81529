/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "plus.poll": "投票",
  "kind.poll": "[投票]",
  "poll.new": "发起投票",
  "poll.question": "问什么？",
  "poll.option": "选项 {n}",
  "poll.without": "去掉选项 {n}",
  "poll.more": "加一个选项",
  "poll.single": "选一个",
  "poll.multiple": "可以多选",
  "poll.noNames": "不显示名字",
  "poll.noNamesNote": "只是不显示，懂行的人还是查得到。",
  "poll.closes": "截止",
  "poll.hours0": "不截止",
  "poll.hours1": "一小时后",
  "poll.hours24": "明天这时候",
  "poll.hours168": "一周后",
  "poll.start": "开始投票",
  "poll.votes": "票",
  "poll.voters": "{n} 人投票",
  "poll.foot": "{n} 人投票 · {when}截止",
  "poll.over": "{n} 人投票 · 已截止",
};
export type PollsId = keyof typeof zhHans;

const zhHant: Record<PollsId, string> = {
  "plus.poll": "投票",
  "kind.poll": "[投票]",
  "poll.new": "發起投票",
  "poll.question": "問什麼？",
  "poll.option": "選項 {n}",
  "poll.without": "去掉選項 {n}",
  "poll.more": "加一個選項",
  "poll.single": "選一個",
  "poll.multiple": "可以多選",
  "poll.noNames": "不顯示名字",
  "poll.noNamesNote": "只是不顯示，懂的人還是查得到。",
  "poll.closes": "截止",
  "poll.hours0": "不截止",
  "poll.hours1": "一小時後",
  "poll.hours24": "明天這時候",
  "poll.hours168": "一週後",
  "poll.start": "開始投票",
  "poll.votes": "票",
  "poll.voters": "{n} 人投票",
  "poll.foot": "{n} 人投票 · {when}截止",
  "poll.over": "{n} 人投票 · 已截止",
};

const en: Record<PollsId, string> = {
  "plus.poll": "Poll",
  "kind.poll": "[Poll]",
  "poll.new": "Start a poll",
  "poll.question": "What is the question?",
  "poll.option": "Choice {n}",
  "poll.without": "Remove choice {n}",
  "poll.more": "Add a choice",
  "poll.single": "Choose one",
  "poll.multiple": "Choose any number",
  "poll.noNames": "No names shown",
  "poll.noNamesNote": "A courtesy: somebody skilled could still find out.",
  "poll.closes": "Closes",
  "poll.hours0": "Never",
  "poll.hours1": "In an hour",
  "poll.hours24": "Tomorrow at this time",
  "poll.hours168": "In a week",
  "poll.start": "Start",
  "poll.votes": "votes",
  "poll.voters": "{n} voted",
  "poll.foot": "{n} voted · ends {when}",
  "poll.over": "{n} voted · closed",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly PollsId[] = ["kind.poll"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<PollsId, string> {}
}
