/**
 * Screens: which pictures `npm run screens` takes, and the page that shows them. Pure: `take.ts` makes them, and
 * `src/shell/screens.test.ts` looks at those that the project's README shows, which alone are kept in the history.
 *
 * A place of the router without a picture is an error of types, so that a new screen is looked at too.
 */
import type { Route } from "../../src/shell/routes.ts";

/** What it shows, in Chinese and in English. */
type Titles = Readonly<Record<string, readonly [zh: string, en: string]>>;

export const screens = {
  welcome: {
    welcome: ["欢迎", "Welcome"],
    "welcome-name": ["名字", "A name"],
    "welcome-invite": ["谁请你来的", "Who invited you"],
    "welcome-link": ["连上这台设备", "Linking this device"],
    "welcome-card": ["用卡片找回账号", "Coming back with the card"],
    "welcome-family": ["请家人帮忙找回", "Coming back by the family"],
    lock: ["应用锁", "Locked"],
  },
  chats: {
    chats: ["聊天", "Chats"],
    "chats-empty": ["还没有信", "No letters yet"],
    "chats-plus": ["加号", "The plus"],
    "chats-menu": ["聊天选项", "A chat’s menu"],
  },
  chat: {
    group: ["群聊", "A group"],
    "group-ask": ["投票和接龙", "A poll and a list"],
    chat: ["聊天里的东西", "What a chat holds"],
    "chat-english": ["英文聊天", "In English"],
    "message-menu": ["消息选项", "A message’s menu"],
    quoting: ["引用", "Quoting"],
    emoji: ["表情", "Emoji"],
    stickers: ["表情包", "Stickers"],
    plus: ["更多功能", "What else can be sent"],
    talk: ["说话", "Talking"],
    photos: ["寄照片", "Photos to send"],
    viewer: ["看照片", "A photo"],
    large: ["放大", "Large words"],
    selecting: ["多选", "Selecting"],
    forward: ["转发", "Forwarding"],
    record: ["聊天记录", "A record"],
    announcement: ["群公告", "An announcement"],
    poll: ["发起投票", "A new poll"],
    chain: ["发起接龙", "A new list"],
    place: ["位置", "A place"],
    card: ["名片", "A card"],
    offline: ["没有网络", "No network"],
  },
  "chat-search": { "chat-search": ["查找聊天记录", "Finding in a chat"] },
  "chat-info": { "chat-info": ["聊天信息", "A chat’s details"], "group-info": ["群聊信息", "A group’s details"] },
  album: { album: ["照片和视频", "Photos and videos"] },
  "chat-files": { "chat-files": ["文件", "Files"] },
  share: { share: ["发给谁", "Sharing"] },
  "add-members": { "add-members": ["邀请", "Inviting"] },
  members: { members: ["成员", "Members"] },
  "group-qr": { "group-qr": ["群二维码", "A group’s code"] },
  asking: { asking: ["想进群的人", "Who asks to join"] },
  "new-group": { "new-group": ["发起群聊", "A new group"] },
  search: { search: ["搜索", "Search"], "search-found": ["找到了", "Found"] },
  contacts: { contacts: ["通讯录", "Contacts"], "contacts-empty": ["通讯录还空着", "No contacts yet"] },
  requests: { requests: ["新的朋友", "New friends"] },
  groups: { groups: ["群聊", "Groups"] },
  tags: { tags: ["标签", "Tags"] },
  contact: { contact: ["朋友资料", "A contact"] },
  "my-qr": { "my-qr": ["我的二维码", "My code"] },
  scan: { scan: ["扫一扫", "Scanning"] },
  "opened-link": { "opened-link": ["打开的链接", "An opened link"] },
  discover: { discover: ["发现", "Discover"] },
  moments: { moments: ["朋友圈", "Moments"] },
  "moments-new": { "moments-new": ["发朋友圈", "A new post"], "moments-who": ["谁可以看", "Who can see"] },
  "moments-news": { "moments-news": ["互动", "What concerns me"] },
  "moments-settings": { "moments-settings": ["朋友圈设置", "Settings of Moments"] },
  "moments-mine": { "moments-mine": ["我的朋友圈", "My Moments"] },
  "moments-of": { "moments-of": ["朋友的朋友圈", "A friend’s Moments"] },
  moment: { moment: ["一条朋友圈", "A post"] },
  status: { status: ["状态", "Status"], "status-pick": ["写下此刻", "A new status"] },
  channels: { channels: ["视频号", "Channels"] },
  channel: {
    channel: ["一个视频号", "A channel"],
    "channel-publish": ["发视频", "Publishing"],
    "channels-search": ["搜视频号", "Searching Channels"],
    "channels-settings": ["视频号设置", "Settings of Channels"],
  },
  account: { accounts: ["公众号", "Public accounts"] },
  "family-album": { "family-album": ["家庭相册", "Family album"] },
  me: { me: ["我", "Me"] },
  favourites: { favourites: ["收藏", "Favourites"] },
  stickers: { "my-stickers": ["我的表情", "My stickers"] },
  profile: { profile: ["我的资料", "My profile"] },
  settings: { settings: ["设置", "Settings"], language: ["语言", "Language"] },
  notifications: { notifications: ["通知", "Notifications"] },
  privacy: {
    privacy: ["隐私", "Privacy"],
    "lock-choose": ["上锁", "A lock"],
    "lock-code": ["想一个密码", "A code for it"],
  },
  calls: { "calls-page": ["通话", "Calls"] },
  storage: { storage: ["存储空间", "Storage"] },
  export: { carry: ["导出全部", "Export"] },
  "account-export": { "home-keeps": ["服务器存了什么", "What home keeps"] },
  "account-deletion": { "delete-account": ["删除账号", "Deleting the account"] },
  devices: { devices: ["我的设备", "Devices"] },
  "link-device": { "link-device": ["连一台新设备", "Linking a device"], "link-words": ["四个字", "Four words"] },
  "way-back": { "way-back": ["万一手机丢了", "If the phone is lost"], family: ["家人帮忙", "Help of the family"] },
} as const satisfies Record<Route["name"], Titles>;

type Groups = typeof screens;
export type Screen = { [Name in keyof Groups]: keyof Groups[Name] }[keyof Groups] & string;

export type Look = {
  readonly name: string;
  readonly title: readonly [zh: string, en: string];
  readonly prefs: { readonly locale: string; readonly theme: "light" | "dark"; readonly elder: boolean };
  readonly size: "phone" | "desktop";
};
const hans = { locale: "zh-Hans", elder: false } as const;
export const looks: readonly Look[] = [
  { name: "phone-hans", title: ["简体", "Simplified"], prefs: { ...hans, theme: "light" }, size: "phone" },
  { name: "phone-hans-dark", title: ["深色", "dark"], prefs: { ...hans, theme: "dark" }, size: "phone" },
  {
    name: "phone-hans-elder",
    title: ["关怀模式", "elder mode"],
    prefs: { ...hans, theme: "light", elder: true },
    size: "phone",
  },
  {
    name: "phone-hant",
    title: ["繁體", "Traditional"],
    prefs: { locale: "zh-Hant", theme: "light", elder: false },
    size: "phone",
  },
  {
    name: "desktop-en",
    title: ["英文", "English"],
    prefs: { locale: "en", theme: "light", elder: false },
    size: "desktop",
  },
  {
    name: "desktop-en-dark",
    title: ["英文深色", "English, dark"],
    prefs: { locale: "en", theme: "dark", elder: false },
    size: "desktop",
  },
];

/** Where all of them are put. */
export const folder = "dist/screens";
/** Where those that the project's README shows are kept. */
export const keptFolder = "docs/screens";
export const pictureBytesMax = 40 * 1024;

export function pictureName(look: Look, screen: Screen): string {
  return `${look.name}/${screen}.webp`;
}

/** The pictures that a text shows from `keptFolder`. */
export function shownIn(text: string): readonly string[] {
  const found = [...text.matchAll(/docs\/screens\/([^)"\s]+)/g)];
  return [...new Set(found.map(([, name = ""]) => name))].sort();
}

export function allScreens(): readonly Screen[] {
  return Object.values(screens).flatMap((titles: Titles) => Object.keys(titles) as Screen[]);
}

/** The page beside the pictures: one row a screen, one column a look. */
export function pageText(): string {
  const widths = { phone: 150, desktop: 320 };
  const rows = Object.values(screens).flatMap((titles: Titles) =>
    Object.entries(titles).map(([screen, [zh, en]]) => {
      const cells = looks.map(
        (look) =>
          `<img src="${pictureName(look, screen as Screen)}" width="${widths[look.size]}" alt="${en}, ${look.title[1]}">`,
      );
      return `| ${zh}<br>${en} | ${cells.join(" | ")} |`;
    }),
  );
  const titles = looks.map(({ title: [zh, en] }) => `${zh}<br>${en}`);
  return [
    "# 每一屏 Every screen",
    "",
    "`npm run screens` 画出这些图：真的服务器，编出来的一家人，用代码画的照片。",
    "",
    "`npm run screens` takes these pictures: a real server, a family that is made up, photos that code draws.",
    "",
    `| | ${titles.join(" | ")} |`,
    `| --- |${" --- |".repeat(looks.length)}`,
    ...rows,
    "",
  ].join("\n");
}
