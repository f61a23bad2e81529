/**
 * Guard: runs in an app's realm before the app, and takes away what no policy closes (docs/spec/programs.md PR31). A
 * peer connection asks no `connect-src`, and a frame or a link is connected to before it is refused: so none is made,
 * neither by name nor from markup. No other realm can be had here, so what is taken away stays away.
 *
 * It calls nothing that an app can change, such as `String.prototype.replace`, and reads each name that it is given
 * once.
 */
import { leavesFrame, named, openings } from "./framing.ts";
import { trustedTypes } from "./markup.ts";
import { fewThreads } from "./threads.ts";

/**
 * Threads that nothing counts; ways to others: peers, a voice that is spoken at a company, models that are fetched; and
 * a second way to parse.
 */
const gone = [
  "SharedWorker",
  "RTCPeerConnection",
  "webkitRTCPeerConnection",
  "RTCDataChannel",
  "RTCIceTransport",
  "XSLTProcessor",
  "speechSynthesis",
  "SpeechSynthesisUtterance",
  "SpeechRecognition",
  "webkitSpeechRecognition",
  "LanguageModel",
  "Summarizer",
  "Translator",
  "LanguageDetector",
  "Writer",
  "Rewriter",
  "Proofreader",
  "PresentationRequest",
  "EyeDropper",
  "Sanitizer",
  // It is no store of nobody's, and who looks for it goes on without.
  "caches",
];
/** Methods that make markup of words, and ask the policy first. Any other of such a name is taken away. */
const watched = /^(?:innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|getHTML|parseHTMLUnsafe)$/;

type Make = (this: unknown, ...given: never[]) => unknown;

/** Its methods are its own from here on. */
function own(pattern: RegExp): RegExp {
  for (const name of ["exec", "test", "flags", Symbol.replace] as const)
    Object.defineProperty(pattern, name, { value: (pattern as unknown as Record<PropertyKey, unknown>)[name] });
  return pattern;
}

export function guard(): void {
  for (const name of gone.filter((one) => one in self)) {
    Reflect.deleteProperty(self, name);
    Object.defineProperty(self, name, { value: undefined });
  }
  const { apply } = Reflect;
  const replace = String.prototype.replace as unknown as Make;
  const text = String;
  const [frames, prefix, tags] = [own(named), own(/^.*:/s), own(openings)];
  const [blobs, leads, copies] = [own(/^blob:/), own(leavesFrame), own(/^(?:copy|cut|paste)$/i)];
  const call = (make: unknown, of: unknown, ...given: readonly unknown[]) =>
    apply(make as (...all: unknown[]) => unknown, of, given);
  const harmless = (name: string) => (frames.test(call(replace, name, prefix, "") as string) ? "div" : name);

  fewThreads(call);

  // What tells devices apart, and the mark on our icon, are no matter of an app's.
  for (const name of ["mediaDevices", "getBattery", "getGamepads", "userAgentData", "setAppBadge", "clearAppBadge"])
    Object.defineProperty(Navigator.prototype, name, { value: undefined });

  for (const of of [Element.prototype, ShadowRoot.prototype, Document.prototype, Document])
    for (const name of Object.getOwnPropertyNames(of))
      if (/html/i.test(name) && !watched.test(name)) Reflect.deleteProperty(of, name);
  // A sheet of XSLT is an instruction, and makes any element.
  set(Document.prototype, "createProcessingInstruction", () => {
    throw new TypeError("not here");
  });

  // After a touch it would copy whatever it likes, and nobody would be told.
  const { createElement, createElementNS, execCommand } = Document.prototype;
  set(Document.prototype, "execCommand", function (this: unknown, name: unknown, ...more: readonly unknown[]) {
    const command = text(name);
    return copies.test(command) ? false : call(execCommand, this, command, ...more);
  });
  const { createDocument } = DOMImplementation.prototype;
  const { define } = CustomElementRegistry.prototype;
  set(Document.prototype, "createElement", function (this: unknown, name: unknown, options: unknown) {
    return call(createElement, this, harmless(text(name)), options);
  });
  set(Document.prototype, "createElementNS", function (this: unknown, space: unknown, name: unknown, options: unknown) {
    return call(createElementNS, this, space, harmless(text(name)), options);
  });
  // It makes the first element by itself.
  set(DOMImplementation.prototype, "createDocument", function (this: unknown, space: unknown, name: unknown) {
    return call(createDocument, this, space, name === null ? name : harmless(text(name)), null);
  });
  set(
    CustomElementRegistry.prototype,
    "define",
    function (this: unknown, name: unknown, of: unknown, options: unknown) {
      const base = (options as { readonly extends?: unknown } | undefined)?.extends;
      const tag = base === undefined ? undefined : text(base);
      if (tag !== undefined && frames.test(tag)) throw new TypeError("not here");
      return call(define, this, name, of, tag === undefined ? undefined : { extends: tag });
    },
  );

  trustedTypes()?.createPolicy("default", {
    createHTML: (html) => call(replace, html, tags, "&lt;") as string,
    // Where a script's address leads the frame, its value would be a page that nobody watches.
    createScript: (script, _, sink) => (leads.test(text(sink)) ? null : script),
    createScriptURL: (address) => (blobs.test(address) ? address : null),
  });

  // A document that is read from a response passes no policy.
  const type = Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "responseType");
  Object.defineProperty(XMLHttpRequest.prototype, "responseType", {
    ...type,
    set(this: XMLHttpRequest, value: unknown) {
      const name = text(value);
      if (name !== "document" && type?.set !== undefined) call(type.set, this, name);
    },
  });
  Object.defineProperty(XMLHttpRequest.prototype, "responseXML", { get: () => null });
}

function set(of: object, name: string, value: unknown): void {
  Object.defineProperty(of, name, { value, writable: true, configurable: true });
}
