/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "guard.title": "拦下了一台陌生设备",
  "guard.frozen": "账号有两份说法，先停一停，请本人确认",
  "guard.differs": "设备名单，两处说的不一样",
  "guard.body": "它不是{name}确认过的，什么也没看到。",
  "guard.ask": "你们可以接着聊。见面或通话时，问问是不是换了手机。",
  "guard.frozenBody": "{name}的设备名单出现了两个版本，只有{name}自己能说哪个对。",
  "guard.go": "接着聊",
  "guard.call": "打给{name}",
  "guard.more": "这是怎么回事",
  "guard.seen": "知道了",
  "guard.what": "送信的服务器说{name}有一台新设备，可是{name}从来没有在自己的设备上点过头。",
  "guard.saw": "它被拦在门外，你们写的话一句也没给它看。",
  "guard.do": "什么都不用做。下次见面或打电话，问问{name}是不是在换手机；如果不是，请告诉照看服务器的人。",
  "guard.frozenWhat": "有人给{name}的设备名单写了两个不同的版本，多半是一台丢了的设备还在用。",
  "guard.frozenSent": "在说清楚之前，新写的话先留在你这里，不会寄错人。",
  "guard.frozenDo": "请当面或打电话告诉{name}：用恢复卡确认哪一个是真的，聊天就会接着走。",
  "guard.differsBody": "{name}的设备名单，在这里和在别处说的不一样。",
  "guard.differsAsk": "你们可以接着聊，这里照先认得的那一份。见面或通话时，问问是不是有设备丢了。",
  "guard.differsWhat": "送信的服务器，或者一台{name}移除了的设备，拿出了另一份{name}的设备名单。",
  "guard.differsKept": "这里只认先认得的那一份，你们写的话没给别的设备看。",
  "guard.differsDo": "请告诉{name}：要是有设备丢了，用恢复卡可以让大家都知道哪一份是真的。",
};
export type GuardId = keyof typeof zhHans;

const zhHant: Record<GuardId, string> = {
  "guard.title": "攔下了一台陌生裝置",
  "guard.frozen": "帳號有兩種說法，先停一停，請本人確認",
  "guard.differs": "裝置名單，兩處說的不一樣",
  "guard.body": "它不是{name}確認過的，什麼也沒看到。",
  "guard.ask": "你們可以繼續聊。見面或通話時，問問是不是換了手機。",
  "guard.frozenBody": "{name}的裝置名單出現了兩個版本，只有{name}自己能說哪個對。",
  "guard.go": "繼續聊",
  "guard.call": "打給{name}",
  "guard.more": "這是怎麼回事",
  "guard.seen": "知道了",
  "guard.what": "送信的伺服器說{name}有一台新裝置，可是{name}從來沒有在自己的裝置上點過頭。",
  "guard.saw": "它被攔在門外，你們寫的話一句也沒給它看。",
  "guard.do": "什麼都不用做。下次見面或打電話，問問{name}是不是在換手機；如果不是，請告訴照顧伺服器的人。",
  "guard.frozenWhat": "有人給{name}的裝置名單寫了兩個不同的版本，多半是一台遺失的裝置還在用。",
  "guard.frozenSent": "在說清楚之前，新寫的話先留在你這裡，不會寄錯人。",
  "guard.frozenDo": "請當面或打電話告訴{name}：用復原卡確認哪一個是真的，聊天就會接著走。",
  "guard.differsBody": "{name}的裝置名單，在這裡和在別處說的不一樣。",
  "guard.differsAsk": "你們可以繼續聊，這裡照先認得的那一份。見面或通話時，問問是不是有裝置遺失了。",
  "guard.differsWhat": "送信的伺服器，或者一台{name}移除了的裝置，拿出了另一份{name}的裝置名單。",
  "guard.differsKept": "這裡只認先認得的那一份，你們寫的話沒給別的裝置看。",
  "guard.differsDo": "請告訴{name}：要是有裝置遺失了，用復原卡可以讓大家都知道哪一份是真的。",
};

const en: Record<GuardId, string> = {
  "guard.title": "An unknown device was turned away",
  "guard.frozen": "Two versions of this account. Paused until they confirm",
  "guard.differs": "A list of devices differs",
  "guard.body": "{name} never approved it. It saw nothing.",
  "guard.ask": "You can keep chatting. When you next meet or call, ask whether they changed phones.",
  "guard.frozenBody": "{name}’s list of devices exists twice. Only {name} can say which is right.",
  "guard.go": "Keep chatting",
  "guard.call": "Call {name}",
  "guard.more": "What is this?",
  "guard.seen": "I see",
  "guard.what": "The server spoke of a new device of {name}’s. {name} never said yes to it on a device of their own.",
  "guard.saw": "It was kept out, and not a word of yours was shown to it.",
  "guard.do":
    "There is nothing you must do. When you next meet or call, ask whether {name} is changing phones. If not, tell whoever looks after the server.",
  "guard.frozenWhat":
    "Somebody wrote two different lists of {name}’s devices. Most often it is a lost device that is still in use.",
  "guard.frozenSent": "Until that is settled, what you write stays here, so that it reaches nobody else.",
  "guard.frozenDo":
    "Tell {name} in person or by phone: once they confirm with their recovery card which is theirs, the chat goes on.",
  "guard.differsBody": "{name}’s list of devices reads differently here and elsewhere.",
  "guard.differsAsk":
    "You can keep chatting, by the list known first. When you next meet or call, ask whether a device was lost.",
  "guard.differsWhat": "The server, or a device that {name} removed, shows two different lists of {name}’s devices.",
  "guard.differsKept": "What was known first counts here. No other device got to see your words.",
  "guard.differsDo": "Tell {name}: if a device was lost, their recovery card says for everybody which list is right.",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly GuardId[] = ["guard.title", "guard.frozen", "guard.differs"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<GuardId, string> {}
}
