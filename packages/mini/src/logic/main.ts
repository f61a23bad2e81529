/**
 * The Worker's own file. The frame begins it from a blob, so that it inherits the frame's policy: no network, no store,
 * and an origin of its own (docs/spec/programs.md PR4).
 */
import { frameLimits } from "../frame-messages.ts";
import { createLogic } from "./logic.ts";
import type { FromLogic, ToLogic } from "./ops.ts";
import { inText, outlet } from "./outlet.ts";
import type { Code } from "./program.ts";
import { addWxsGlobals } from "./wxs-globals.ts";

const worker = self as unknown as {
  readonly postMessage: (message: unknown) => void;
  readonly importScripts: (address: string) => void;
  onmessage: ((event: MessageEvent<ToLogic>) => void) | null;
  __program?: Code;
};
const now = performance.now.bind(performance);
const say = inText<FromLogic>(worker.postMessage.bind(worker), frameLimits.bytesPerSecondMax, JSON.stringify);
const post = outlet(say, now, frameLimits.messagesPerSecondMax);
const load = worker.importScripts.bind(worker);
const { apply } = Reflect;
const { preventDefault, stopImmediatePropagation } = Event.prototype;

/**
 * A thousand threads of a program would leave none to the app, and what reaches the page past `post` is counted by
 * nobody. The policy refuses whatever would ask for something, and the browser tells the page of each refusal: a
 * thousand a second hold it up. No other realm can be had here that has the names again.
 */
const gone = `Worker SharedWorker postMessage BroadcastChannel reportError fetch fetchLater XMLHttpRequest WebSocket
  WebSocketStream EventSource WebTransport importScripts FontFace`;
for (const name of gone.split(/\s+/))
  for (let holder: object | null = globalThis; holder !== null; holder = Object.getPrototypeOf(holder))
    Reflect.deleteProperty(holder, name);
quietConsole();
addWxsGlobals(globalThis);
const logic = createLogic({
  post,
  run(address, code) {
    worker.__program = code;
    load(address);
    delete worker.__program;
  },
});
worker.onmessage = ({ data }) => logic(data);

function fault(words: string): void {
  post({ kind: "app", message: { kind: "fault", words } });
}

/** Here it ends: nothing of the program's hears it, and the browser hands it to no page. */
function isEndedHere(event: Event): void {
  apply(preventDefault, event, []);
  apply(stopImmediatePropagation, event, []);
}

globalThis.addEventListener("error", (event: ErrorEvent) => {
  isEndedHere(event);
  fault(event.message);
});
globalThis.addEventListener("unhandledrejection", (event: PromiseRejectionEvent) => {
  isEndedHere(event);
  const { reason } = event;
  if (typeof reason === "object" && reason !== null && "errMsg" in reason) return;
  fault(`${reason instanceof Error ? reason.message : reason}`);
});

/** The browser tells the page of each line. Developers have the first of each second. */
function quietConsole(): void {
  const lines = {} as Record<string, (...words: unknown[]) => void>;
  const saying = outlet<() => void>((line) => line(), now, frameLimits.linesPerSecondMax);
  const native = console as unknown as Readonly<Record<string, (...words: unknown[]) => void>>;
  for (const name of Object.getOwnPropertyNames(native)) {
    const line = native[name];
    if (typeof line !== "function") continue;
    const isLine = name === "log" || name === "info" || name === "warn" || name === "error" || name === "debug";
    lines[name] = isLine ? (...words) => saying(() => apply(line, undefined, words)) : () => undefined;
  }
  Object.defineProperty(globalThis, "console", { value: lines, configurable: true, writable: true });
}
