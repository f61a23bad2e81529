/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "plus.location": "位置",
  "kind.location": "[位置]",
  "place.title": "位置",
  "place.name": "地方叫什么",
  "place.example": "地方叫什么，比如“教会二楼”",
  "place.state.looking": "正在看这台设备在哪里…",
  "place.state.found": "带上这台设备现在的位置",
  "place.state.unknown": "没拿到这台设备的位置。写个名字，一样能寄。",
  "place.nameOnly": "只寄名字",
  "place.leaveOut": "不带位置",
  "place.locate": "再看一次",
  "place.here": "我在这里",
  "place.open": "在地图里打开",
  "place.copy": "复制位置",
};
export type PlacesId = keyof typeof zhHans;

const zhHant: Record<PlacesId, string> = {
  "plus.location": "位置",
  "kind.location": "[位置]",
  "place.title": "位置",
  "place.name": "地方叫什麼",
  "place.example": "地方叫什麼，例如「教會二樓」",
  "place.state.looking": "正在看這台裝置在哪裡…",
  "place.state.found": "帶上這台裝置現在的位置",
  "place.state.unknown": "沒拿到這台裝置的位置。寫個名字，一樣能寄。",
  "place.nameOnly": "只寄名字",
  "place.leaveOut": "不帶位置",
  "place.locate": "再看一次",
  "place.here": "我在這裡",
  "place.open": "在地圖裡打開",
  "place.copy": "複製位置",
};

const en: Record<PlacesId, string> = {
  "plus.location": "Location",
  "kind.location": "[Location]",
  "place.title": "Location",
  "place.name": "What the place is called",
  "place.example": "What it’s called, like “Church, 2nd floor”",
  "place.state.looking": "Looking where this device is…",
  "place.state.found": "Send where this device is now",
  "place.state.unknown": "Couldn’t get this device’s location. A name alone can be sent.",
  "place.nameOnly": "The name alone",
  "place.leaveOut": "Leave the location out",
  "place.locate": "Look again",
  "place.here": "I’m here",
  "place.open": "Open in maps",
  "place.copy": "Copy the place",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly PlacesId[] = ["kind.location"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<PlacesId, string> {}
}
