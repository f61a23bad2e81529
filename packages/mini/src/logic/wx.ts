/**
 * wx: what a program may call (docs/spec/programs.md PR8). A name that is not here is `undefined`, and `canIUse` says
 * so, as an old WeChat does. Nothing of it reaches a network: calls that need one fail, with WeChat's words.
 */
import type { Manifest } from "../format/package.ts";
import type { Answers } from "../frame-messages.ts";
import { absentCalls } from "./absent.ts";
import { animationOf } from "./animation.ts";
import { askedCalls } from "./asks.ts";
import type { Backend } from "./backend.ts";
import { type Ending, optionsOf, type Result } from "./called.ts";
import type { Screen } from "./ops.ts";
import type { Pages } from "./pages.ts";
import { publisherCalls } from "./publisher.ts";
import { selectorQuery } from "./queries.ts";
import { quietCalls } from "./quiet.ts";
import { storageCalls, type ToApp } from "./storage.ts";

export type Launch = {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly scene: number;
  readonly referrerInfo: object;
};
export type WxPorts = {
  readonly manifest: Manifest;
  readonly screen: () => Screen;
  readonly pages: () => Pages;
  readonly backend: Backend;
  readonly app: ToApp;
  readonly end: Ending;
  readonly launch: Launch;
  readonly stored: Readonly<Record<string, string>>;
  readonly answers: Answers;
  /** Whether the account that gave it is there to be asked. */
  readonly hasPublisher: boolean;
  /** Calls of a program that shares state with a chat; none of another. */
  readonly shared: Readonly<Record<string, unknown>>;
};
type Calls = Record<string, unknown>;

/** Calls of WeChat's that are there, and always fail here: programs ask for them and go on without. */
const refused: Readonly<Record<string, string>> = {
  login: "not supported",
  checkSession: "not supported",
  request: "no network",
  downloadFile: "no network",
  uploadFile: "no network",
  requestPayment: "cancel",
  sendSocketMessage: "no network",
  closeSocket: "no network",
  saveFile: "not supported",
  scanCode: "not supported",
  getScreenBrightness: "not supported",
  setScreenBrightness: "not supported",
  startCompass: "not supported",
  startAccelerometer: "not supported",
  startGyroscope: "not supported",
  startDeviceMotionListening: "not supported",
  requestSubscribeMessage: "not supported",
};

export function wxCalls(ports: WxPorts): Calls {
  const absent = absentCalls(ports.end);
  const asking = ports.hasPublisher ? publisherCalls(ports.app, ports.end) : {};
  const calls: Calls = {
    ...absent,
    ...deviceCalls(ports),
    ...navigationCalls(ports),
    ...screenCalls(ports),
    ...drawingCalls(ports),
    ...smallCalls(),
    ...storageCalls(ports.stored, ports.app, ports.end),
    ...quietCalls(ports.end),
    ...askedCalls(ports.app, ports.end, ports.answers),
    ...ports.shared,
    ...asking,
  };
  let isSaid = false;
  /** The person learns once why: the program can tell them only that there is no network. */
  const sayNoNetwork = () => {
    if (isSaid) return;
    isSaid = true;
    ports.app.ask({ kind: "want", what: "publisher" }).catch(() => undefined);
  };
  for (const [name, why] of Object.entries(refused).filter(([name]) => !Object.hasOwn(asking, name)))
    calls[name] = (options: unknown) => {
      const returned = ports.end.fail(options, name, why);
      if (name === "request") sayNoNetwork();
      // What is under way can be ended, and here there is nothing under way.
      const task = { abort: () => undefined, onProgressUpdate: () => undefined, onHeadersReceived: () => undefined };
      return /request$|File$/.test(name) ? Object.assign(returned ?? {}, task) : returned;
    };
  calls["canIUse"] = (name: unknown) => {
    const [first = ""] = String(name).split(".");
    return Object.hasOwn(calls, first) && !Object.hasOwn(absent, first);
  };
  return calls;
}

function deviceCalls({ manifest, screen, end, launch }: WxPorts): Calls {
  const info = () => {
    const { width, height, pixelRatio, language, theme } = screen();
    return {
      brand: "Yanshu",
      model: "Yanshu",
      platform: "android",
      system: "Android 13",
      version: "8.0.50",
      SDKVersion: "3.5.0",
      language: language.startsWith("en") ? "en" : language.endsWith("Hant") ? "zh_TW" : "zh_CN",
      theme,
      pixelRatio,
      windowWidth: width,
      windowHeight: height,
      screenWidth: width,
      screenHeight: height,
      statusBarHeight: 0,
      fontSizeSetting: 16,
      safeArea: { left: 0, top: 0, right: width, bottom: height, width, height },
      host: { env: "yanshu" },
      environment: "yanshu",
    };
  };
  const account = { miniProgram: { appId: "yanshu", envVersion: "release", version: manifest.version }, plugin: {} };
  const asked = (name: string, result: () => Result) => (options: unknown) => end.ok(options, name, result());
  return {
    getSystemInfoSync: info,
    getSystemInfo: asked("getSystemInfo", info),
    getSystemInfoAsync: asked("getSystemInfoAsync", info),
    getWindowInfo: info,
    getDeviceInfo: info,
    getAppBaseInfo: info,
    getSystemSetting: () => ({ deviceOrientation: "portrait" }),
    getAccountInfoSync: () => account,
    getLaunchOptionsSync: () => launch,
    getEnterOptionsSync: () => launch,
    getExtConfigSync: () => ({}),
    getExtConfig: asked("getExtConfig", () => ({ extConfig: {} })),
    getNetworkType: asked("getNetworkType", () => ({ networkType: "none" })),
    getMenuButtonBoundingClientRect: () => {
      const { width } = screen();
      return { width: 88, height: 32, left: width - 96, right: width - 8, top: 8, bottom: 40 };
    },
  };
}

function navigationCalls({ pages, end }: WxPorts): Calls {
  const calls: Calls = {};
  for (const how of ["navigateTo", "redirectTo", "reLaunch", "switchTab", "navigateBack"])
    calls[how] = (options: unknown) => {
      try {
        return end.ok(options, how, pages().go(how, options));
      } catch (error) {
        return end.fail(options, how, error instanceof Error ? error.message : "");
      }
    };
  return calls;
}

function screenCalls({ pages, app, end }: WxPorts): Calls {
  const text = (value: unknown) => (typeof value === "object" || value === undefined ? "" : `${value as string}`);
  const said =
    (name: string, message: (options: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>) =>
    (options: unknown) => {
      app.tell(message(optionsOf(options)));
      return end.ok(options, name);
    };
  return {
    showToast: said("showToast", ({ title, icon, duration }) => {
      const ms = typeof duration === "number" ? Math.max(0, Math.round(duration)) : 1_500;
      return { kind: "toast", title: text(title), icon: text(icon ?? "success"), ms };
    }),
    hideToast: said("hideToast", () => ({ kind: "toast-off" })),
    showLoading: said("showLoading", ({ title }) => ({
      kind: "toast",
      title: text(title),
      icon: "loading",
      ms: 10_000,
    })),
    hideLoading: said("hideLoading", () => ({ kind: "toast-off" })),
    showModal: (options: unknown) => {
      const { title, content, showCancel, cancelText, confirmText, editable, placeholderText } = optionsOf(options);
      const modal = {
        title: text(title),
        content: text(content),
        canCancel: showCancel !== false,
        cancelText: text(cancelText),
        confirmText: text(confirmText),
        ...(editable === true ? { placeholder: text(placeholderText) || " " } : {}),
      };
      return end.later(options, "showModal", app.ask({ kind: "modal", modal }));
    },
    showActionSheet: (options: unknown) => {
      const { itemList } = optionsOf(options);
      if (!Array.isArray(itemList) || itemList.length === 0)
        return end.fail(options, "showActionSheet", "parameter error: itemList");
      return end.later(options, "showActionSheet", app.ask({ kind: "choose", items: itemList.map(text) }));
    },
    setNavigationBarTitle: (options: unknown) => {
      pages().setBar({ title: text(optionsOf(options)["title"]) });
      return end.ok(options, "setNavigationBarTitle");
    },
    setNavigationBarColor: (options: unknown) => {
      const { backgroundColor, frontColor } = optionsOf(options);
      pages().setBar({ color: text(backgroundColor), text: /^#f/i.test(text(frontColor)) ? "white" : "black" });
      return end.ok(options, "setNavigationBarColor");
    },
    stopPullDownRefresh: (options: unknown) => end.ok(options, "stopPullDownRefresh"),
  };
}

function drawingCalls({ pages, backend, end }: WxPorts): Calls {
  type Asking = {
    readonly _$: unknown;
    readonly createIntersectionObserver: (o: unknown) => unknown;
  };
  const top = () => pages().top()?.caller as Asking | undefined;
  // Those that pages and components make of themselves are of the same class, and know `node` from here on.
  selectorQuery(() => undefined);
  return {
    createAnimation: animationOf,
    createSelectorQuery: () => selectorQuery(top),
    createIntersectionObserver: (component: Asking | undefined, options: unknown) =>
      (component ?? top())?.createIntersectionObserver(options),
    pageScrollTo: (options: unknown) => {
      const { scrollTop } = optionsOf(options);
      const page = pages().top();
      if (page !== undefined) backend.op("scroll", page.at, 0, Number(scrollTop) || 0);
      return end.ok(options, "pageScrollTo");
    },
    nextTick: (then: () => void) => {
      setTimeout(then, 0);
    },
  };
}

function smallCalls(): Calls {
  const nothing = () => undefined;
  const log = () => ({
    debug: nothing,
    info: nothing,
    log: nothing,
    warn: nothing,
    error: nothing,
    setFilterMsg: nothing,
  });
  return {
    env: { USER_DATA_PATH: "" },
    arrayBufferToBase64: (buffer: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))),
    base64ToArrayBuffer: (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer,
    /** A newer version comes by another card, so there is never one to be applied. */
    getUpdateManager: () => ({
      onCheckForUpdate: nothing,
      onUpdateReady: nothing,
      onUpdateFailed: nothing,
      applyUpdate: nothing,
    }),
    /** What programs log about people goes nowhere. */
    getLogManager: log,
    getRealtimeLogManager: log,
    reportEvent: nothing,
    reportAnalytics: nothing,
    reportMonitor: nothing,
  };
}
