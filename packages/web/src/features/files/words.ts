/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "plus.file": "文件",
  "kind.file": "[文件]",
  "file.act.fetch": "取回",
  "file.act.pause": "暂停",
  "file.act.resume": "继续",
  "file.progress": "{done} / {all}",
  "file.speed": "每秒 {speed}",
  "file.waiting": "等网络",
  "file.failed": "停住了，点一下再试",
  "file.notThere": "还没寄到",
  "file.kept": "保留 {n} 天",
  "file.read": "打开来读",
};
export type FilesId = keyof typeof zhHans;

const zhHant: Record<FilesId, string> = {
  "plus.file": "檔案",
  "kind.file": "[檔案]",
  "file.act.fetch": "下載",
  "file.act.pause": "暫停",
  "file.act.resume": "繼續",
  "file.progress": "{done} / {all}",
  "file.speed": "每秒 {speed}",
  "file.waiting": "等網路",
  "file.failed": "停住了，點一下再試",
  "file.notThere": "還沒寄到",
  "file.kept": "保留 {n} 天",
  "file.read": "打開來讀",
};

const en: Record<FilesId, string> = {
  "plus.file": "File",
  "kind.file": "[File]",
  "file.act.fetch": "Download",
  "file.act.pause": "Pause",
  "file.act.resume": "Go on",
  "file.progress": "{done} / {all}",
  "file.speed": "{speed}/s",
  "file.waiting": "waiting",
  "file.failed": "stopped, tap to try again",
  "file.notThere": "Not there yet",
  "file.kept": "Kept {n} days",
  "file.read": "Read",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly FilesId[] = ["kind.file"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<FilesId, string> {}
}
