/**
 * Pages: the stack of a program, at most ten (docs/spec/programs.md PR6). Pages of the tabs stay when one goes to
 * another tab; all others end when they are left.
 */
import type { AssociatedBackend, CodeSpace, Root } from "glass-easel-miniprogram-adapter";
import type { Manifest } from "../format/package.ts";
import { frameLimits } from "../frame-messages.ts";
import type { Backend } from "./backend.ts";
import { type Fault, optionsOf } from "./called.ts";
import { eventChannel } from "./event-channel.ts";

type Caller = Record<string, unknown>;
type Page = {
  readonly path: string;
  readonly root: Root;
  readonly caller: Caller;
  readonly at: number;
  readonly bar: { title: string; color?: string; text?: "black" | "white" };
};
export type Pages = ReturnType<typeof pageStack>;
export type PagePorts = {
  readonly backend: Backend;
  readonly drawing: AssociatedBackend;
  readonly space: CodeSpace;
  readonly manifest: Manifest;
  /** Runs the scripts of a page and of all that it uses. */
  readonly load: (path: string) => void;
  readonly tell: (message: Readonly<Record<string, unknown>>) => void;
  readonly fault: Fault;
};

export function pageStack({ backend, drawing, space, manifest, load, tell, fault }: PagePorts) {
  let stack: Page[] = [];
  const kept = new Map<string, Page>();
  const tabs = new Set(manifest.tabs.map(({ path }) => path));
  const known = new Set(manifest.pages);

  function call(page: Page, name: string, ...args: unknown[]): unknown {
    const method = page.caller[name];
    if (typeof method !== "function") return undefined;
    try {
      const returned: unknown = method.apply(page.caller, args);
      if (returned instanceof Promise) returned.catch((error: unknown) => fault(name, error));
      return returned;
    } catch (error) {
      fault(name, error);
      return undefined;
    }
  }

  function open(path: string, query: Readonly<Record<string, string>>): Page {
    load(path);
    const container = backend.newPage(path);
    const root = drawing.createRoot("wx-page-root", space, `/${path}`);
    const caller = root.get() as unknown as Caller;
    for (const [name, value] of [
      ["route", path],
      ["__route__", path],
      ["options", query],
    ] as const)
      Object.defineProperty(caller, name, { value, configurable: true, writable: true });
    // As at WeChat they are the page's however they are called: `setInterval(this.tick, 17)` (PR89).
    for (const name in caller) {
      const method = caller[name];
      // What it has of its own it keeps, such as `cancel` of one that waits.
      if (typeof method === "function") caller[name] = Object.setPrototypeOf(method.bind(caller), method);
    }
    const channel = eventChannel(fault);
    const page = { path, root, caller, at: container.at, bar: barOf(path) };
    caller["getOpenerEventChannel"] = () => channel;
    const placeholder = backend.newPlaceholder();
    container.appendChild(placeholder);
    stack.push(page);
    backend.op("top", page.at);
    // The library's types name its own classes of elements; these are the ones that its context made.
    root.attach(container as never, placeholder as never);
    call(page, "onLoad", query);
    shown(page);
    setTimeout(() => {
      call(page, "onReady");
      backend.flush();
    }, 0);
    return page;
  }

  function barOf(path: string): Page["bar"] {
    const config = manifest.parts.find((part) => part.path === path)?.config ?? {};
    const { navigationBarTitleText: title, navigationBarBackgroundColor: own, navigationBarTextStyle: style } = config;
    const color = typeof own === "string" ? own : manifest.window.barColor;
    const text = style === "black" || style === "white" ? style : manifest.window.barText;
    return {
      title: typeof title === "string" ? title : (manifest.window.title ?? ""),
      ...(color === undefined ? {} : { color }),
      ...(text === undefined ? {} : { text }),
    };
  }

  const lifetime = (page: Page, name: "show" | "hide") => {
    try {
      page.root.getComponent().triggerPageLifetime(name, []);
    } catch (error) {
      fault(name, error);
    }
  };

  function shown(page: Page): void {
    backend.op("top", page.at);
    call(page, "onShow");
    lifetime(page, "show");
    sayTop();
  }

  function hidden(page: Page | undefined): void {
    if (page === undefined) return;
    call(page, "onHide");
    lifetime(page, "hide");
  }

  function close(page: Page): void {
    call(page, "onUnload");
    page.root.release();
    backend.op("remove", page.at);
    backend.op("release", page.at);
  }

  function sayTop(): void {
    const page = stack.at(-1);
    if (page !== undefined) tell({ kind: "page", path: page.path, depth: stack.length - 1, bar: page.bar });
  }

  /** Ends pages but those of tabs, which wait. */
  function leave(pages: readonly Page[]): void {
    for (const page of [...pages].reverse()) {
      if (tabs.has(page.path) && stack[0] === page) kept.set(page.path, page);
      else close(page);
    }
  }

  function target(url: unknown): { path: string; query: Record<string, string> } {
    const [place = "", asked = ""] = (typeof url === "string" ? url : "").split(/\?(.*)/s);
    const from = stack.at(-1)?.path.split("/").slice(0, -1).join("/") ?? "";
    const path = normalPath(place.startsWith("/") ? place : `${from}/${place}`);
    if (!known.has(path)) throw new Error(`page "${path}" is not found`);
    return { path, query: queryOf(asked) };
  }

  /** @throws Error with the words behind `:fail`. */
  function go(how: string, options: unknown): Readonly<Record<string, unknown>> {
    const { url, delta, events } = optionsOf(options);
    if (how === "navigateBack") {
      back(typeof delta === "number" ? delta : 1);
      return {};
    }
    const { path, query } = target(url);
    const isTab = tabs.has(path);
    const top = stack.at(-1);
    if (how === "switchTab") {
      if (!isTab) throw new Error("can not switch to a page that is no tab");
      switchTo(path);
      return {};
    }
    if (isTab && how !== "reLaunch") throw new Error(`can not ${how} a tabbar page`);
    if (how === "navigateTo") {
      if (stack.length >= frameLimits.pagesMax) throw new Error("webview count limit exceed");
      hidden(top);
      const page = open(path, query);
      const channel = (page.caller["getOpenerEventChannel"] as () => ReturnType<typeof eventChannel>)();
      for (const [name, listener] of Object.entries(optionsOf(events))) channel.on(name, listener);
      return { eventChannel: channel };
    }
    if (how === "redirectTo") leave(stack.splice(-1));
    else {
      leave(stack);
      stack = [];
      for (const page of kept.values()) close(page);
      kept.clear();
    }
    open(path, query);
    return {};
  }

  function switchTo(path: string): void {
    const top = stack.at(-1);
    if (top?.path === path) return;
    hidden(top);
    leave(stack);
    stack = [];
    const before = kept.get(path);
    if (before === undefined) {
      open(path, {});
      return;
    }
    kept.delete(path);
    stack.push(before);
    shown(before);
  }

  function back(count: number): void {
    const steps = Math.min(count, stack.length - 1);
    if (steps < 1) return;
    for (const page of stack.splice(-steps).reverse()) close(page);
    const top = stack.at(-1);
    if (top !== undefined) shown(top);
  }

  return {
    go,
    back,
    top: () => stack.at(-1),
    callTop: (name: string, ...args: unknown[]) => {
      const page = stack.at(-1);
      return page === undefined ? undefined : call(page, name, ...args);
    },
    current: () => stack.map(({ caller }) => caller),
    shown: () => {
      const page = stack.at(-1);
      if (page !== undefined) shown(page);
    },
    hidden: () => hidden(stack.at(-1)),
    setBar(change: Partial<Page["bar"]>): void {
      const page = stack.at(-1);
      if (page === undefined) return;
      Object.assign(page.bar, change);
      sayTop();
    },
  };
}

/** What stands behind the `?` of an address. As at WeChat nothing of it is decoded. */
export function queryOf(asked: string): Record<string, string> {
  const pairs = asked.split("&").filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map((pair) => pairOf(pair)));
}

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}

function normalPath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}
