/**
 * A name for this browser and system, by the makers' names, the same in every language (docs/spec/web.md WE71).
 */
import { effect } from "@preact/signals";
import { api, peekView } from "../../shell/session.ts";

const browsers: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger\//, "WeChat"],
  [/Edg(?:A|iOS)?\//, "Edge"],
  [/OPR\/|Opera\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/HuaweiBrowser\//, "HUAWEI Browser"],
  [/Vivaldi\//, "Vivaldi"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/OpenHarmony|HarmonyOS/, "HarmonyOS"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Macintosh|Mac OS X/, "Mac"],
  [/Linux|X11/, "Linux"],
];

/**
 * Such as `Chrome · Windows`. @param touches `navigator.maxTouchPoints`: an iPad claims to be a Mac, but a Mac has 0.
 */
export function describedBy(agent: string, touches: number): string {
  const nameIn = (table: readonly (readonly [RegExp, string])[]) => table.find(([pattern]) => pattern.test(agent))?.[1];
  const system = nameIn(systems);
  return [nameIn(browsers), system === "Mac" && touches > 1 ? "iPad" : system]
    .filter((one) => one !== undefined)
    .join(" · ");
}

/** Reports the name to the person's own devices, once; nobody else receives it. */
export function start(): void {
  let isTold = false;
  const status = peekView("status");
  effect(() => {
    const isReady = status.value?.phase === "ready";
    if (isReady && !isTold)
      void api.describeDevice(describedBy(navigator.userAgent, navigator.maxTouchPoints)).catch(() => undefined);
    isTold = isReady;
  });
}
