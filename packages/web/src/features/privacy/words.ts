/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "card.consent": "别人可以转发我的名片",
  "card.consentNote": "家人能把你介绍给朋友。关掉后，发出去的名片也不能用了。",
  "privacy.title": "隐私",
  "privacy.link": "别人可以用我的链接或二维码找我",
  "privacy.linkNote": "关掉后，打开链接、扫码的人都加不了你。已经是朋友的不变。",
  "privacy.groups": "不认识的人可以请我进群",
  "privacy.groupsNote": "开着会先问你。关掉后，这样的群不再出现。",
  "privacy.never": "不用关，本来就没有",
  "privacy.never1": "没有已读：你看没看，别人不知道。",
  "privacy.never2": "没有在线：你在不在，别人看不见。",
  "privacy.never3": "没有“附近的人”，也不上传通讯录。",
};
export type PrivacyId = keyof typeof zhHans;

const zhHant: Record<PrivacyId, string> = {
  "card.consent": "別人可以轉傳我的名片",
  "card.consentNote": "家人能把你介紹給朋友。關掉後，傳出去的名片也不能用了。",
  "privacy.title": "隱私",
  "privacy.link": "別人可以用我的連結或 QR 碼找我",
  "privacy.linkNote": "關掉後，開連結、掃碼的人都加不了你。已經是朋友的不變。",
  "privacy.groups": "不認識的人可以邀我進群組",
  "privacy.groupsNote": "開著會先問你。關掉後，這樣的群組不再出現。",
  "privacy.never": "不用關，本來就沒有",
  "privacy.never1": "沒有已讀：你看了沒，別人不知道。",
  "privacy.never2": "沒有在線：你在不在，別人看不見。",
  "privacy.never3": "沒有「附近的人」，也不上傳通訊錄。",
};

const en: Record<PrivacyId, string> = {
  "card.consent": "Others may pass on my card",
  "card.consentNote": "Family can introduce you to friends. Once off, cards that are out lead nowhere.",
  "privacy.title": "Privacy",
  "privacy.link": "Others may find me by my link or code",
  "privacy.linkNote": "Once off, whoever opens the link or scans the code can’t add you. Friends you have stay.",
  "privacy.groups": "Strangers may invite me to groups",
  "privacy.groupsNote": "While on, you are asked first. Once off, such groups no longer show up.",
  "privacy.never": "Nothing to turn off, because it isn’t there",
  "privacy.never1": "No read receipts: nobody learns whether you looked.",
  "privacy.never2": "No “online”: nobody sees whether you are there.",
  "privacy.never3": "No “people nearby”, and no address book leaves this device.",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<PrivacyId, string> {}
}
