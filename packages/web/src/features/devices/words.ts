/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "devices.title": "我的设备",
  "devices.this": "这台设备",
  "devices.other": "第 {n} 台设备",
  "devices.link": "连一台新设备",
  "devices.note": "每台设备都能收信寄信。丢了一台，就让它退出。",
  "device.remove": "让它退出，别的设备照常",
  "device.out": "退出",
  "device.outAsk": "让这台设备退出？",
  "device.gone": "已经退出",
  "device.rename": "给设备起个名字",
  "device.name": "名字",
  "device.renameOne": "给“{name}”改名字",
  "sys.deviceAdded": "{name}多了一台设备",
};
export type DevicesId = keyof typeof zhHans;

const zhHant: Record<DevicesId, string> = {
  "devices.title": "我的裝置",
  "devices.this": "這台裝置",
  "devices.other": "第 {n} 台裝置",
  "devices.link": "連結新裝置",
  "devices.note": "每台裝置都能收信寄信。丟了一台，就讓它登出。",
  "device.remove": "讓它登出，其他裝置照常",
  "device.out": "登出",
  "device.outAsk": "讓這台裝置登出？",
  "device.gone": "已經登出",
  "device.rename": "給裝置取個名字",
  "device.name": "名字",
  "device.renameOne": "幫「{name}」改名字",
  "sys.deviceAdded": "{name}多了一台裝置",
};

const en: Record<DevicesId, string> = {
  "devices.title": "Devices",
  "devices.this": "This device",
  "devices.other": "Device {n}",
  "devices.link": "Link a new device",
  "devices.note": "Every device sends and receives. If you lose one, sign it out.",
  "device.remove": "Sign it out. Your others stay",
  "device.out": "Sign out",
  "device.outAsk": "Sign this device out?",
  "device.gone": "Signed out",
  "device.rename": "Name this device",
  "device.name": "Name",
  "device.renameOne": "Rename {name}",
  "sys.deviceAdded": "{name} added a device",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly DevicesId[] = ["sys.deviceAdded"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<DevicesId, string> {}
}
