/** The words about somebody whom one does not know yet, and about requests that were answered (docs/spec/web.md WE10). */
const zhHans = {
  "person.title": "资料",
  "person.groups": "都在的群",
  "person.add": "加为朋友",
  "person.openChat": "打开聊天",
  "requests.before": "以前的",
  "requests.accepted": "已经是朋友了",
};
export type PeopleId = keyof typeof zhHans;

const zhHant: Record<PeopleId, string> = {
  "person.title": "資料",
  "person.groups": "都在的群組",
  "person.add": "加為朋友",
  "person.openChat": "打開聊天",
  "requests.before": "以前的",
  "requests.accepted": "已經是朋友了",
};

const en: Record<PeopleId, string> = {
  "person.title": "Profile",
  "person.groups": "Groups you’re both in",
  "person.add": "Add as a friend",
  "person.openChat": "Open chat",
  "requests.before": "Earlier",
  "requests.accepted": "You’re friends now",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
