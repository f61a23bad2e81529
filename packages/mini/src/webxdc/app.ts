/** The app's own frame: lays what it asks for, writes its page, and speaks for it (docs/spec/programs.md PR30). */
import { init } from "es-module-lexer";
import type { WebxdcBegin } from "../webxdc-messages.ts";
import { addressesOf } from "./addresses.ts";
import { layApi } from "./api.ts";
import { followLinks, leadLater, writePage } from "./page.ts";
import { layStores } from "./stores.ts";

/** @param markup lets words of ours pass as markup. */
export function runApp(markup: (text: string) => string): void {
  addEventListener("message", meet);
  // The frame around counts how often this one loads: first this page, then the app's.
  addEventListener("load", () => parent.postMessage({ kind: "frame" }, "*"), { once: true });

  function meet({ source, data, ports }: MessageEvent<WebxdcBegin>): void {
    const [port] = ports;
    if (source !== parent || port === undefined || data.kind !== "begin") return;
    removeEventListener("message", meet);
    void init().then(() => begin(data, port, markup));
  }
}

function begin(
  { files, page, stored, self: who }: WebxdcBegin,
  port: MessagePort,
  markup: (text: string) => string,
): void {
  const say = port.postMessage.bind(port);
  const at = addressesOf(files, page);
  layStores(stored, writtenThrough(say));
  leadLater(at);
  const take = layApi(who, port);
  // Before any line of the app runs: it would lay its own hands on the port.
  port.onmessage = ({ data }) => take(data);
  writePage(page, at, markup);
  // Listeners on the old document went with it, and this one is the app's from here on.
  followLinks(at, {
    within: (to) => say({ kind: "goto", page: to }),
    out: (address) => say({ kind: "link", address }),
  });
  say({ kind: "ready" });
}

/** So many keys in each step: a page that fills its storage at once says no more than is heard of it. */
const [keysMax, stepMs] = [30, 250];

/** The newest value of each key goes out, some at a time. Nobody waits for the answer, so none has a number. */
function writtenThrough(say: (message: unknown) => void): (key: string, value: string | undefined) => void {
  const changed = new Map<string, string | undefined>();
  let isWaiting = false;

  function step(): void {
    for (const [key, value] of [...changed].slice(0, keysMax)) {
      changed.delete(key);
      say({ kind: "store", id: 0, key, ...(value === undefined ? {} : { value }) });
    }
    isWaiting = changed.size > 0;
    if (isWaiting) setTimeout(step, stepMs);
  }

  return (key, value) => {
    changed.set(key, value);
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(step, 0);
  };
}
