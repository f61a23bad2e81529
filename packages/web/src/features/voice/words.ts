/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "kind.voice": "[语音]",
  "voice.hold": "按住说话",
  "voice.tap": "按一下说话",
  "voice.release": "松手寄出",
  "voice.cancel": "上滑取消",
  "voice.lock": "松手也录",
  "voice.listening": "正在听",
  "voice.left": "还能说 {n} 秒",
  "voice.short": "说得太短了",
  "voice.noMicrophone": "听不到：请允许用麦克风",
  "voice.of": "{name}的语音，{n} 秒",
  "voice.ofNew": "{name}的语音，{n} 秒，没听过",
  "voice.speed": "速度 {n}×",
  "voice.write": "转文字",
  "voice.writing": "正在写下来…",
  "voice.writtenHere": "本机写的，可能有错",
  "voice.wordsOff": "收起",
  "voice.noWords": "没听清，写不下来",
};
export type VoiceId = keyof typeof zhHans;

const zhHant: Record<VoiceId, string> = {
  "kind.voice": "[語音]",
  "voice.hold": "按住說話",
  "voice.tap": "按一下說話",
  "voice.release": "放開寄出",
  "voice.cancel": "上滑取消",
  "voice.lock": "放開也錄",
  "voice.listening": "正在聽",
  "voice.left": "還能說 {n} 秒",
  "voice.short": "說得太短了",
  "voice.noMicrophone": "聽不到：請允許使用麥克風",
  "voice.of": "{name}的語音，{n} 秒",
  "voice.ofNew": "{name}的語音，{n} 秒，沒聽過",
  "voice.speed": "速度 {n}×",
  "voice.write": "轉文字",
  "voice.writing": "正在寫下來…",
  "voice.writtenHere": "本機寫的，可能有錯",
  "voice.wordsOff": "收起",
  "voice.noWords": "沒聽清，寫不下來",
};

const en: Record<VoiceId, string> = {
  "kind.voice": "[Voice]",
  "voice.hold": "Hold to talk",
  "voice.tap": "Tap to talk",
  "voice.release": "Release to send",
  "voice.cancel": "Slide up to cancel",
  "voice.lock": "Keep recording",
  "voice.listening": "Listening",
  "voice.left": "{n} seconds left",
  "voice.short": "Too short",
  "voice.noMicrophone": "Can’t hear you. Allow the microphone",
  "voice.of": "Voice from {name}, {n} seconds",
  "voice.ofNew": "Voice from {name}, {n} seconds, not played",
  "voice.speed": "Speed {n}×",
  "voice.write": "Write it down",
  "voice.writing": "Writing it down…",
  "voice.writtenHere": "Written on this device, may be wrong",
  "voice.wordsOff": "Put away",
  "voice.noWords": "It could not be made out",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly VoiceId[] = ["kind.voice"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<VoiceId, string> {}
}
