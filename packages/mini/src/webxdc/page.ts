/**
 * Page: a page of a webxdc app, read, led to the files of its package, and written (docs/spec/programs.md PR30). What
 * would load another page is taken out before it is written.
 */
import { type Addresses, folderOf } from "./addresses.ts";
import { withoutFrames } from "./framing.ts";

/** Elements that load another page, name a place for others, change the policy, or are read in two ways. */
const dropped = "meta, base, iframe, frame, frameset, object, embed, portal, fencedframe, noscript";
const { setAttribute } = Element.prototype;

/** @param markup lets words of ours pass as markup. */
export function writePage(path: string, at: Addresses, markup: (text: string) => string): void {
  const page = new DOMParser().parseFromString(markup(at.textAt(path)), "text/html");
  const folder = folderOf(path);
  for (const script of page.querySelectorAll("script")) leadScript(script, path, at);
  for (const element of page.querySelectorAll("[src]:not(script)")) lead(element, "src", at);
  for (const element of page.querySelectorAll("[poster]")) lead(element, "poster", at);
  // No link is written, so that none that was hidden is; a sheet is asked for by a style in its place.
  for (const link of page.querySelectorAll("link")) {
    // Any other kind may name a host.
    if (link.rel.trim().toLowerCase() === "stylesheet") link.before(sheetOf(link, at));
    link.remove();
  }
  for (const style of page.querySelectorAll("style")) style.textContent = at.sheet(style.textContent, folder);
  for (const element of page.querySelectorAll("[style*='url(']"))
    setAttribute.call(element, "style", at.sheet(element.getAttribute("style") ?? "", folder));
  for (const element of page.querySelectorAll(dropped)) element.remove();
  if (page.querySelector("script[type=module]") !== null) {
    const map = page.createElement("script");
    map.type = "importmap";
    map.textContent = JSON.stringify({ imports: at.modules() });
    page.head.prepend(map);
  }
  document.open();
  document.write(markup(withoutFrames(`<!doctype html>${page.documentElement.outerHTML}`)));
  document.close();
}

function lead(element: Element, name: string, at: Addresses): void {
  setAttribute.call(element, name, at.led(element.getAttribute(name) ?? ""));
}

function sheetOf(link: HTMLLinkElement, at: Addresses): HTMLStyleElement {
  const style = link.ownerDocument.createElement("style");
  const address = at.led(link.getAttribute("href") ?? "").replaceAll(/["\\\n]/g, encodeURIComponent);
  style.textContent = `@import url("${address}") ${link.media};`;
  return style;
}

function leadScript(script: HTMLScriptElement, page: string, at: Addresses): void {
  const address = script.getAttribute("src");
  // It is there already.
  if (address !== null && /(?:^|\/)webxdc\.js$/.test(address)) script.remove();
  else if (script.type === "speculationrules") script.remove();
  else if (script.type !== "module") {
    if (address !== null) lead(script, "src", at);
  } else if (address === null) script.textContent = at.module(script.textContent ?? "", page);
  else {
    const path = at.pathOf(address);
    script.removeAttribute("src");
    if (path !== undefined) script.textContent = `import ${JSON.stringify(`xdc:/${path}`)};`;
  }
}

/** Leads what scripts ask for later, by whichever way. */
export function leadLater(at: Addresses): void {
  const sources: readonly (readonly [object, string])[] = [
    [HTMLImageElement.prototype, "src"],
    [HTMLMediaElement.prototype, "src"],
    [HTMLSourceElement.prototype, "src"],
    [HTMLScriptElement.prototype, "src"],
    [HTMLTrackElement.prototype, "src"],
    [HTMLVideoElement.prototype, "poster"],
  ];
  for (const [of, name] of sources) {
    const own = Object.getOwnPropertyDescriptor(of, name);
    Object.defineProperty(of, name, {
      ...own,
      set(this: unknown, value: unknown) {
        own?.set?.call(this, at.led(String(value)));
      },
    });
  }
  replace(Element.prototype, "setAttribute", function (this: Element, name: unknown, value: unknown) {
    const isSource = name === "src" || name === "poster";
    setAttribute.call(this, String(name), isSource ? at.led(String(value)) : String(value));
  });
  const ask = self.fetch;
  replace(self, "fetch", (input: RequestInfo | URL, options?: RequestInit) => {
    const path = at.pathOf(input instanceof Request ? input.url : input);
    if (path === undefined) return ask(input, options);
    return Promise.resolve(new Response(at.bytesAt(path), { headers: { "content-type": at.typeOf(path) } }));
  });
  const open = XMLHttpRequest.prototype.open as (this: unknown, ...given: readonly unknown[]) => void;
  replace(XMLHttpRequest.prototype, "open", function (this: unknown, method: unknown, address: unknown, ...rest: []) {
    open.call(this, method, at.led(String(address)), ...rest);
  });
  class Thread extends self.Worker {
    constructor(address: unknown, options?: WorkerOptions) {
      super(at.led(String(address)), options);
    }
  }
  replace(self, "Worker", Thread);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node instanceof Element)
          for (const one of [node, ...node.querySelectorAll("img[src],source[src],audio[src],video[src]")])
            if (at.pathOf(one.getAttribute("src") ?? "") !== undefined) lead(one, "src", at);
  }).observe(document, { childList: true, subtree: true });
}

/** A link leads to another page of the app, or asks the person about a page of the world. */
export function followLinks(
  at: Addresses,
  go: { readonly within: (page: string) => void; readonly out: (address: string) => void },
): void {
  document.addEventListener("click", (event) => {
    const link = event.composedPath().find((one) => one instanceof HTMLAnchorElement);
    const address = link?.getAttribute("href") ?? "";
    if (address === "" || address.startsWith("#") || event.defaultPrevented) return;
    event.preventDefault();
    const path = at.pathOf(address);
    if (path !== undefined && /\.html?$/i.test(path)) go.within(path);
    else if (/^https:/i.test(address)) go.out(address);
  });
}

function replace(of: object, name: string, value: unknown): void {
  Object.defineProperty(of, name, { value, writable: true, configurable: true });
}
