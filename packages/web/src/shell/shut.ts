/**
 * Shut: under an alarm this page loads nothing more from home, by import, element or request (docs/spec/web.md WE87).
 * A Content Security Policy that is added by a meta element applies to all later loads. WebAssembly stays allowed: it
 * is compiled from bytes that are here already.
 */
import { alarm } from "./alarm.ts";

const policy =
  "default-src 'none'; script-src 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src blob: data:; media-src blob:";

export function shutUnderAlarm(): void {
  alarm.subscribe((kind) => {
    if (kind === undefined) return;
    const meta = document.createElement("meta");
    meta.httpEquiv = "Content-Security-Policy";
    meta.content = policy;
    document.head.append(meta);
  });
}
