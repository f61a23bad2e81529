/** The page's side of reading a package (read-worker.ts). */
import type { ReadAnswer } from "./read-worker.ts";

/** The largest package takes a few seconds on a slow phone. A thread that the system ended says nothing. */
const readMsMax = 60_000;

/** One that was begun ahead, and has read its own code (PR17). */
let waiting: Worker | undefined;

function begun(): Worker {
  return new Worker(new URL("./read-worker.ts", import.meta.url), { type: "module", name: "yanshu-read" });
}

/** While a program may be opened soon, the thread that reads its package is there already. */
export function readerWaits(): void {
  waiting ??= begun();
}

export function dropReader(): void {
  waiting?.terminate();
  waiting = undefined;
}

/**
 * @param bytes are handed over, and come back in the answer.
 * @throws where no worker can be had, or none answers in time (PR47).
 */
export function readAside(bytes: Uint8Array<ArrayBuffer>, msMax = readMsMax): Promise<ReadAnswer> {
  const worker = waiting ?? begun();
  waiting = undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Promise<ReadAnswer>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error("the package took too long")), msMax);
    worker.onmessage = ({ data }: MessageEvent<ReadAnswer>) => resolve(data);
    worker.onerror = () => reject(new Error("the package could not be read"));
    worker.postMessage(bytes, [bytes.buffer]);
  }).finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
