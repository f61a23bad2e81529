/** Backend: glass-easel's elements, each change of which becomes an op (docs/spec/programs.md PR4). */
import type { glassEasel } from "glass-easel-miniprogram-adapter";
import { type FromLogic, type Measure, measuresAtOnce, type Op, type Screen } from "./ops.ts";
import { contextOf } from "./queries.ts";

/**
 * So many changes go in one message, and as soon as they are there: a page that shares its thread with the app reads
 * it in a millisecond or two, and draws while the program goes on (PR60).
 */
const opsAtOnce = 1_000;

type Listener = (value: unknown) => void;
export type Backend = ReturnType<typeof createBackend>;
export type DrawnElement = {
  readonly at: number;
  /** glass-easel's own element, to which events go. */
  wxElement: glassEasel.Element | undefined;
  readonly bindings: Map<string, Listener> | undefined;
};

/** @param screen read at each question, since the theme may change. */
export function createBackend(post: (message: FromLogic) => void, screen: () => Screen) {
  const elements = new Map<number, Drawn>();
  const questions = new Map<number, (result: never) => void>();
  let waiting: Op[] = [];
  let measuring: Measure[] = [];
  let isFlushing = false;
  let count = 0;
  let asked = 0;
  let scopeName = (_scope: number): string => "";

  function op(...one: Op): void {
    // The next change may still take the last one's place.
    if (waiting.length === opsAtOnce) said();
    waiting.push(one);
    soon();
  }

  function said(): void {
    const ops = waiting;
    waiting = [];
    if (ops.length > 0) post({ kind: "ops", ops });
  }

  /** To take one away before it is put elsewhere would be said for nothing (PR77). */
  function isTaken(child: Drawn): boolean {
    const [name, at, count] = waiting.at(-1) ?? [];
    return at === child.at && (name === "remove" || (name === "cut" && count === 1));
  }

  function put(parent: Drawn, child: Drawn, before?: Drawn): void {
    if (child.held === undefined) {
      if (isTaken(child)) waiting.pop();
      if (before === undefined) op("append", parent.at, child.at);
      else op("insert", parent.at, child.at, before.at);
    } else for (const one of child.held.splice(0)) put(parent, one, before);
  }

  function soon(): void {
    if (isFlushing) return;
    isFlushing = true;
    setTimeout(flush, 0);
  }

  /** What one turn of the program changed, and then what it asks of it, in pieces that are read in a moment each. */
  function flush(): void {
    isFlushing = false;
    said();
    const all = measuring;
    measuring = [];
    for (let at = 0; at < all.length; at += measuresAtOnce)
      post({ kind: "measure", of: all.slice(at, at + measuresAtOnce) });
  }

  function measure(at: number, what: "box" | "scroll", then: (result: never) => void): void {
    asked += 1;
    questions.set(asked, then);
    measuring.push([asked, at, what]);
    soon();
  }

  function named(scope: number | undefined): string {
    return scope === undefined ? "" : scopeName(scope);
  }

  function scopedClass(name: string, scope: number | undefined): string {
    const prefix = named(scope);
    return prefix === "" ? name : `${prefix}--${name}`;
  }

  class Drawn implements DrawnElement {
    readonly at: number;
    wxElement: glassEasel.Element | undefined;
    bindings: Map<string, Listener> | undefined;
    readonly what: string;
    /** Of a fragment, which the frame never hears of: what is put where it is put. */
    readonly held: Drawn[] | undefined;

    constructor(kind: "element" | "text" | "page" | "fragment", what = "") {
      this.what = what;
      this.held = kind === "fragment" ? [] : undefined;
      if (kind === "fragment") {
        this.at = 0;
        return;
      }
      count += 1;
      this.at = count;
      elements.set(this.at, this);
      op(kind, this.at, what);
    }
    release(): void {
      if (this.held !== undefined) return;
      elements.delete(this.at);
      op("release", this.at);
    }
    associateValue(element: glassEasel.Element): void {
      this.wxElement = element;
    }
    appendChild(child: Drawn): void {
      if (this.held === undefined) put(this, child);
      else this.held.push(child);
    }
    removeChild(child: Drawn): void {
      op("remove", child.at);
    }
    insertBefore(child: Drawn, before: Drawn): void {
      put(this, child, before);
    }
    replaceChild(child: Drawn, old: Drawn): void {
      op("replace", this.at, child.at, old.at);
    }
    spliceBefore(before: Drawn, deleteCount: number, list: Drawn): void {
      put(this, list, before);
      if (deleteCount > 0) op("cut", before.at, deleteCount);
    }
    spliceAppend(list: Drawn): void {
      put(this, list);
    }
    spliceRemove(before: Drawn, deleteCount: number): void {
      op("cut", before.at, deleteCount);
    }
    setId(id: string): void {
      op("id", this.at, id);
    }
    setStyleScope(_scope: number, _extra?: number, host?: number): void {
      if (host !== undefined) op("host", this.at, named(host));
    }
    setStyle(style: string): void {
      op("style", this.at, style);
    }
    addClass(name: string, scope?: number): void {
      op("class", this.at, scopedClass(name, scope));
    }
    removeClass(name: string, scope?: number): void {
      op("unclass", this.at, scopedClass(name, scope));
    }
    clearClasses(): void {
      op("unstyled", this.at);
    }
    setAttribute(name: string, value: unknown): void {
      const told = plain(value);
      if (told === undefined) op("set", this.at, name);
      else op("set", this.at, name, told);
    }
    removeAttribute(name: string): void {
      op("set", this.at, name);
    }
    setText(text: string): void {
      op("words", this.at, text);
    }
    setModelBindingStat(name: string, listener: Listener | null): void {
      if (listener === null) this.bindings?.delete(name);
      else {
        this.bindings ??= new Map();
        this.bindings.set(name, listener);
      }
    }
    setListenerStats(): void {
      // The frame sends every event of a person's, so it need not know who listens.
    }
    getBoundingClientRect(then: (box: never) => void): void {
      measure(this.at, "box", then);
    }
    getContext(then: (context: unknown) => void): void {
      then(contextOf(this.what));
    }
    getScrollOffset(then: (offset: never) => void): void {
      measure(this.at, "scroll", then);
    }
    setScrollPosition(left: number, top: number): void {
      op("scroll", this.at, left, top);
    }
  }

  const root = new Drawn("page", "");
  let sheets = 0;
  const context = {
    // `BackendMode.Composed`, which the library has as a constant of its types alone.
    mode: 2,
    destroy: () => undefined,
    getWindowWidth: () => screen().width,
    getWindowHeight: () => screen().height,
    getDevicePixelRatio: () => screen().pixelRatio,
    getTheme: () => screen().theme,
    registerStyleSheetContent: () => undefined,
    appendStyleSheetPath(path: string) {
      op("sheet", path);
      sheets += 1;
      return sheets;
    },
    disableStyleSheet: () => undefined,
    render(done: (error: Error | null) => void) {
      setTimeout(() => {
        flush();
        done(null);
      }, 0);
    },
    getRootNode: () => root,
    createElement: (name: string) => new Drawn("element", name),
    createTextNode: (text: string) => new Drawn("text", text),
    createFragment: () => new Drawn("fragment"),
    onEvent: () => undefined,
    createMediaQueryObserver: () => ({ disconnect: () => undefined }),
    onWindowResize: () => undefined,
    onThemeChange: () => undefined,
  };

  return {
    // The library's types ask for a class of its own kind; what it calls is all there.
    context: context as unknown as glassEasel.GeneralBackendContext,
    op,
    flush,
    newPage: (path: string): Drawn => new Drawn("page", path),
    newPlaceholder: (): Drawn => new Drawn("element", "placeholder"),
    elementAt: (at: number): DrawnElement | undefined => elements.get(at),
    measured(id: number, result: unknown): void {
      const then = questions.get(id);
      questions.delete(id);
      then?.(result as never);
    },
    nameScopesBy(name: (scope: number) => string): void {
      scopeName = name;
    },
  };
}

/** What can go to the frame: JSON, as WeChat passes it on. A function or a circle is nothing. */
function plain(value: unknown): unknown {
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (value === null || typeof value !== "object") return value;
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}
