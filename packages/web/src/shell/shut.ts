/**
 * Shut: under an alarm nothing comes from home any more, by whichever import, element or request of this page
 * (docs/spec/web.md WE87). A policy that is added holds from then on, for all that is not here yet. What is compiled of
 * bytes that are here is none of home's.
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
