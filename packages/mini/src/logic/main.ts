/**
 * The Worker's own file. The frame begins it from a blob, so that it inherits the frame's policy: no network, no store,
 * and an origin of its own (docs/spec/programs.md PR4).
 */
import { createLogic } from "./logic.ts";
import type { ToLogic } from "./ops.ts";
import type { Code } from "./program.ts";
import { addWxsGlobals } from "./wxs-globals.ts";

const worker = self as unknown as {
  readonly postMessage: (message: unknown) => void;
  readonly importScripts: (address: string) => void;
  onmessage: ((event: MessageEvent<ToLogic>) => void) | null;
  __program?: Code;
};
const post = worker.postMessage.bind(worker);
const load = worker.importScripts.bind(worker);

// A thousand threads of a program would leave none to the app. No other realm can be had here that has the name again.
for (const name of ["Worker", "SharedWorker"]) Reflect.deleteProperty(globalThis, name);
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
globalThis.addEventListener("unhandledrejection", ({ reason }: PromiseRejectionEvent) => {
  if (typeof reason === "object" && reason !== null && "errMsg" in reason) return;
  post({ kind: "app", message: { kind: "fault", words: `${reason instanceof Error ? reason.message : reason}` } });
});
