/**
 * Page: starts the worker and hands calls to it, for the tests to reach as `window.call`.
 */
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let calls = 0;

worker.onmessage = ({ data }: MessageEvent<{ id: number; answer?: unknown; error?: string }>) => {
  const caller = waiting.get(data.id);
  waiting.delete(data.id);
  if (data.error === undefined) caller?.resolve(data.answer);
  else caller?.reject(new Error(data.error));
};

function call(name: string, ...args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const id = calls++;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, name, args });
  });
}

Object.assign(window, { call, endWorker: () => worker.terminate() });
