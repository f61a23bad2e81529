/** The words of naming devices (docs/spec/web.md WE10). */
const zhHans = {
  "device.rename": "给设备起个名字",
  "device.name": "名字",
  "device.renameOne": "给“{name}”改名字",
};
export type DevicesId = keyof typeof zhHans;

const zhHant: Record<DevicesId, string> = {
  "device.rename": "給裝置取個名字",
  "device.name": "名字",
  "device.renameOne": "幫「{name}」改名字",
};

const en: Record<DevicesId, string> = {
  "device.rename": "Name this device",
  "device.name": "Name",
  "device.renameOne": "Rename {name}",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
