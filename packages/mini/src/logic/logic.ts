/**
 * Logic: the Worker's side of a running program (docs/spec/programs.md PR4). Its code, its templates and glass-easel
 * run here, where there is no document; what it draws leaves as ops.
 */
import { glassEasel } from "glass-easel-miniprogram-adapter";
import type { PlacedUpdate } from "../frame-messages.ts";
import { createBackend } from "./backend.ts";
import { endings, type Result } from "./called.ts";
import { everyPartOf } from "./every-part.ts";
import type { FromLogic, LogicBegin, Screen, ToLogic } from "./ops.ts";
import { type Pages, pageStack, queryOf } from "./pages.ts";
import { type Code, programModules, spaceOf } from "./program.ts";
import { sharedCalls } from "./shared.ts";
import type { ToApp } from "./storage.ts";
import { type Launch, wxCalls } from "./wx.ts";

/** WeChat's numbers of how a program was opened: from a list, or by a code that names a page of it. */
const [fromList, byCode] = [1001, 1047];

/** Where it opens, as its `onLaunch` is told. A page that it has not is its first one. */
function launchOf(
  place: string | undefined,
  known: readonly string[],
): { readonly launch: Launch; readonly asked: string } {
  const [path = "", asked = ""] = (place ?? "").split(/\?(.*)/s);
  const referrerInfo = {};
  if (!known.includes(path))
    return { launch: { path: known[0] ?? "", query: {}, scene: fromList, referrerInfo }, asked: "" };
  return { launch: { path, query: queryOf(asked), scene: byCode, referrerInfo }, asked };
}

export type LogicPorts = {
  readonly post: (message: FromLogic) => void;
  /** Runs the code of a package, which fills `code`. */
  readonly run: (address: string, code: Code) => void;
};
type Event = Extract<ToLogic, { kind: "event" }>;

export function createLogic({ post, run }: LogicPorts) {
  let screen: Screen = { width: 375, height: 600, pixelRatio: 2, language: "zh-Hans", theme: "light" };
  let pages: Pages | undefined;
  let shared: ReturnType<typeof sharedCalls> | undefined;
  let modules: ReturnType<typeof programModules> | undefined;
  const answers = new Map<number, { readonly ok: (result: Result) => void; readonly fail: (error: Error) => void }>();
  let asked = 0;
  const backend = createBackend(post, () => screen);

  const app: ToApp = {
    tell: (message) => post({ kind: "app", message }),
    ask: (message) =>
      new Promise((ok, fail) => {
        asked += 1;
        answers.set(asked, { ok, fail });
        post({ kind: "app", message: { ...message, id: asked } });
      }),
  };
  const fault = (where: string, error: unknown): void => {
    // A call of wx that failed, and that nobody waited for.
    if (typeof error === "object" && error !== null && "errMsg" in error) return;
    const words = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error);
    app.tell({ kind: "fault", words: `${where}: ${words}`.slice(0, 500) });
  };

  glassEasel.globalOptions.throwGlobalError = false;
  // A property of a program may be called as what glass-easel keeps of an element, `dataset` for one.
  glassEasel.globalOptions.writeFieldsToNode = false;
  // A label finds its box by it, a list the row to which it is scrolled, and a sheet its one element.
  glassEasel.globalOptions.writeIdToDOM = true;
  glassEasel.addGlobalErrorListener((error) => {
    fault("component", error);
    return false;
  });

  function begin(message: LogicBegin): void {
    const { manifest, stored } = message;
    screen = message.screen;
    const code: Code = { modules: {}, templates: {} };
    try {
      run(message.code, code);
    } catch (error) {
      fault("the package", error);
      return;
    }
    const { env, space } = spaceOf(manifest, code, new Set(message.sheets));
    backend.nameScopesBy((scope) => space.getComponentSpace().styleScopeManager.queryName(scope) ?? "");
    const end = endings(fault);
    if (message.self !== undefined) shared = sharedCalls(message.self, app, end, fault);
    const { launch, asked } = launchOf(message.page, manifest.pages);
    const opened = () => pages as Pages;
    const wx = wxCalls({
      manifest,
      screen: () => screen,
      pages: opened,
      backend,
      app,
      end,
      launch,
      stored,
      answers: message.answers ?? {},
      hasPublisher: message.self?.hasPublisher === true,
      shared: shared?.calls ?? {},
    });
    const currentPages = () => opened().current();
    const everyPart = everyPartOf(backend);
    modules = programModules({ manifest, code, space, wx, currentPages, fault, everyPart });
    const drawing = env.associateBackend(backend.context);
    pages = pageStack({ backend, drawing, space, manifest, load: modules.load, tell: app.tell, fault });
    modules.begin();
    modules.callApp("onLaunch", launch);
    modules.callApp("onShow", launch);
    try {
      const { path } = launch;
      // A tab that is gone to is asked nothing.
      const isTab = asked === "" && manifest.tabs.some((tab) => tab.path === path);
      pages.go(isTab ? "switchTab" : "reLaunch", { url: `/${path}${asked === "" ? "" : `?${asked}`}` });
    } catch (error) {
      fault("the first page", error);
    }
    backend.flush();
    app.tell({ kind: "ready" });
  }

  function event({ at, type, detail, bubbles, model, touches, changedTouches }: Event): void {
    const element = backend.elementAt(at);
    if (element?.wxElement === undefined) return;
    try {
      if (model !== undefined) element.bindings?.get(model.name)?.(model.value);
      const extra = touches === undefined ? {} : { touches, changedTouches };
      const options = { bubbles, composed: bubbles, capturePhase: true, extraFields: extra, originalEvent: extra };
      glassEasel.Event.triggerEvent(element.wxElement, type, detail ?? {}, options);
    } catch (error) {
      fault(`event ${type}`, error);
    }
  }

  function fromApp(message: unknown): void {
    const said = message as {
      kind?: string;
      id?: number;
      result?: Result;
      fail?: string;
      path?: string;
      theme?: string;
      updates?: readonly PlacedUpdate[];
      last?: number;
    };
    if (said.kind === "result" && said.id !== undefined) {
      const waiting = answers.get(said.id);
      answers.delete(said.id);
      if (said.fail === undefined) waiting?.ok(said.result ?? {});
      else waiting?.fail(new Error(said.fail));
    } else if (said.kind === "updates") shared?.take(said.updates ?? [], said.last ?? 0);
    else if (said.kind === "back") pages?.back(1);
    else if (said.kind === "tab") {
      pages?.go("switchTab", { url: `/${said.path ?? ""}` });
    } else if (said.kind === "hidden") {
      pages?.hidden();
      modules?.callApp("onHide");
    } else if (said.kind === "shown") {
      modules?.callApp("onShow", {});
      pages?.shown();
    } else if (said.kind === "theme") screen = { ...screen, theme: said.theme === "dark" ? "dark" : "light" };
  }

  return (message: ToLogic): void => {
    try {
      if (message.kind === "begin") begin(message);
      else if (message.kind === "event") event(message);
      else if (message.kind === "measured") backend.measured(message.id, message.result);
      else if (message.kind === "navigate") pages?.go(message.how, message);
      else if (message.kind === "scrolled") {
        pages?.callTop("onPageScroll", { scrollTop: message.top });
        if (message.isEnd) pages?.callTop("onReachBottom");
      } else fromApp(message.message);
    } catch (error) {
      fault(message.kind, error);
    }
    backend.flush();
  };
}
