/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "push.test": "试一下能不能收到",
  "notices.title": "通知",
  "notices.on": "有新信时告诉我",
  "notices.onNote": "应用关着也会提醒。推送服务只知道有信，不知道谁写的、写了什么。",
  "notices.names": "显示名字和内容",
  "notices.namesNote": "关掉后只说“有新信”。",
  "notices.limit": "应用完全关着时认不出是哪个聊天，所以免打扰的聊天来信，也会提醒一句“有新信”。",
  "notices.line": "有新信",
  "notices.testLine": "收到了，通知是好的。",
  "notices.step.permission": "浏览器允许通知",
  "notices.step.service": "浏览器的推送服务接上了",
  "notices.step.home": "服务器发出了提醒",
  "notices.step.arrived": "这台设备收到了",
  "notices.why.unsupported": "这个浏览器收不到通知。换一个浏览器试试。",
  "notices.why.install-first": "先把雁书加到主屏幕，从那里打开，再开通知。",
  "notices.why.denied": "浏览器里关着通知。到浏览器的网站设置里允许，再试一次。",
  "notices.why.no-service": "连不上浏览器的推送服务。换个网络，过一会儿再试。",
  "notices.why.no-key": "服务器还不会提醒。请架服务器的人更新。",
  "notices.why.offline": "现在连不上服务器。连上后再试一次。",
  "notices.why.gone": "推送服务不认得这台设备了。关掉通知，再打开。",
  "notices.why.busy": "推送服务正忙，过几分钟再试。",
  "notices.why.refused": "推送服务没收服务器的提醒。请架服务器的人看一看。",
  "notices.why.unreachable": "服务器连不上推送服务。过一会儿再试。",
  "notices.why.not-subscribed": "服务器还不知道怎么提醒这台设备。关掉通知，再打开。",
  "notices.why.too-soon": "刚刚试过。等几秒再试。",
  "notices.why.late": "发出去了，还没收到。看看是不是开着勿扰或省电。",
};
export type PushId = keyof typeof zhHans;

const zhHant: Record<PushId, string> = {
  "push.test": "測試一下收不收得到",
  "notices.title": "通知",
  "notices.on": "有新信時告訴我",
  "notices.onNote": "應用程式關著也會提醒。推播服務只知道有信，不知道誰寫的、寫了什麼。",
  "notices.names": "顯示名字和內容",
  "notices.namesNote": "關掉後只說「有新信」。",
  "notices.limit": "應用程式完全關著時認不出是哪個聊天，所以勿擾的聊天來信，也會提醒一句「有新信」。",
  "notices.line": "有新信",
  "notices.testLine": "收到了，通知沒問題。",
  "notices.step.permission": "瀏覽器允許通知",
  "notices.step.service": "瀏覽器的推播服務接上了",
  "notices.step.home": "伺服器發出了提醒",
  "notices.step.arrived": "這台裝置收到了",
  "notices.why.unsupported": "這個瀏覽器收不到通知。換一個瀏覽器試試。",
  "notices.why.install-first": "先把雁書加到主畫面，從那裡打開，再開通知。",
  "notices.why.denied": "瀏覽器裡關著通知。到瀏覽器的網站設定裡允許，再試一次。",
  "notices.why.no-service": "連不上瀏覽器的推播服務。換個網路，過一會兒再試。",
  "notices.why.no-key": "伺服器還不會提醒。請架伺服器的人更新。",
  "notices.why.offline": "現在連不上伺服器。連上後再試一次。",
  "notices.why.gone": "推播服務不認得這台裝置了。關掉通知，再打開。",
  "notices.why.busy": "推播服務正忙，過幾分鐘再試。",
  "notices.why.refused": "推播服務沒收伺服器的提醒。請架伺服器的人看一看。",
  "notices.why.unreachable": "伺服器連不上推播服務。過一會兒再試。",
  "notices.why.not-subscribed": "伺服器還不知道怎麼提醒這台裝置。關掉通知，再打開。",
  "notices.why.too-soon": "剛剛試過。等幾秒再試。",
  "notices.why.late": "發出去了，還沒收到。看看是不是開著勿擾或省電。",
};

const en: Record<PushId, string> = {
  "push.test": "Test that it arrives",
  "notices.title": "Notifications",
  "notices.on": "Tell me about new letters",
  "notices.onNote":
    "Also while the app is closed. The push service learns that there is a letter, not who wrote or what.",
  "notices.names": "Show names and words",
  "notices.namesNote": "When off, it only says “New letters”.",
  "notices.limit":
    "While the app is fully closed it cannot tell chats apart. So a letter in a muted chat also says “New letters” once.",
  "notices.line": "New letters",
  "notices.testLine": "It arrived. Notifications work.",
  "notices.step.permission": "The browser allows notifications",
  "notices.step.service": "The browser’s push service is connected",
  "notices.step.home": "The server sent the signal",
  "notices.step.arrived": "It arrived on this device",
  "notices.why.unsupported": "This browser takes no notifications. Try another one.",
  "notices.why.install-first": "First add Yanshu to the home screen, open it from there, and turn this on.",
  "notices.why.denied": "The browser has them turned off. Allow them in its settings for this site, then try again.",
  "notices.why.no-service": "The browser’s push service does not answer. Try another network, or later.",
  "notices.why.no-key": "The server does not send signals yet. Ask whoever runs it to update.",
  "notices.why.offline": "The server can’t be reached now. Try again when it can.",
  "notices.why.gone": "The push service no longer knows this device. Turn notifications off and on again.",
  "notices.why.busy": "The push service is busy. Try again in a few minutes.",
  "notices.why.refused": "The push service did not take the signal from the server. Ask whoever runs it to look.",
  "notices.why.unreachable": "The server can’t reach the push service. Try again later.",
  "notices.why.not-subscribed":
    "The server does not know how to reach this device. Turn notifications off and on again.",
  "notices.why.too-soon": "You just tried. Wait a few seconds.",
  "notices.why.late": "Sent, but not here yet. See whether do-not-disturb or battery saving is on.",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<PushId, string> {}
}
