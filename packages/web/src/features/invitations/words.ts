/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "join.title": "请你进群",
  "join.do": "进群",
  "join.until": "{when}前有效",
  "join.asking": "已经告诉管理员。他们的设备一醒着，你就进去了。",
  "join.waiting": "已经告诉管理员，等他们点头。",
  "join.refused": "管理员没有同意。",
  "join.expired": "这个邀请过期了，请对方发新的。",
  "join.used-up": "这个邀请的名额用完了，请对方发新的。",
  "join.reset": "这个邀请换过了，请对方发新的。",
  "join.in": "你进来了",
  "join.member": "你已经在这个群里了",
  "join.open": "打开",
  "join.again": "再问一次",
  "join.forget": "算了",
  "join.pending": "你想进的群",
  "group.card": "群聊邀请",
  "kind.group-card": "[群聊邀请]",
  "error.group-link-expired": "这个邀请过期了，请对方发新的",
};
export type InvitationsId = keyof typeof zhHans;

const zhHant: Record<InvitationsId, string> = {
  "join.title": "邀你加入群組",
  "join.do": "加入群組",
  "join.until": "{when}前有效",
  "join.asking": "已經告訴管理員。他們的裝置一醒著，你就進去了。",
  "join.waiting": "已經告訴管理員，等他們點頭。",
  "join.refused": "管理員沒有同意。",
  "join.expired": "這個邀請過期了，請對方傳新的。",
  "join.used-up": "這個邀請的名額用完了，請對方傳新的。",
  "join.reset": "這個邀請換過了，請對方傳新的。",
  "join.in": "你進來了",
  "join.member": "你已經在這個群組裡了",
  "join.open": "開啟",
  "join.again": "再問一次",
  "join.forget": "算了",
  "join.pending": "你想加入的群組",
  "group.card": "群組邀請",
  "kind.group-card": "[群組邀請]",
  "error.group-link-expired": "這個邀請過期了，請對方傳新的",
};

const en: Record<InvitationsId, string> = {
  "join.title": "You are invited to this group",
  "join.do": "Join",
  "join.until": "Until {when}",
  "join.asking": "Asked. You are in as soon as a device of an admin is awake.",
  "join.waiting": "Asked. An admin has to say yes.",
  "join.refused": "An admin said not now.",
  "join.expired": "This invitation has ended. Ask for a new one.",
  "join.used-up": "This invitation is used up. Ask for a new one.",
  "join.reset": "This invitation was replaced. Ask for the new one.",
  "join.in": "You are in",
  "join.member": "You are in this group already",
  "join.open": "Open",
  "join.again": "Ask again",
  "join.forget": "Never mind",
  "join.pending": "Groups you asked to join",
  "group.card": "Group invitation",
  "kind.group-card": "[Group invitation]",
  "error.group-link-expired": "This invitation has ended. Ask for a new one",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly InvitationsId[] = ["join.title", "kind.group-card", "error.group-link-expired"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<InvitationsId, string> {}
}
