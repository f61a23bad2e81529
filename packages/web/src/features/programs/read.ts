/** The page's side of reading a package (read-worker.ts). */
import type { ReadAnswer } from "./read-worker.ts";

/** @param bytes are handed over, and come back in the answer. @throws where no worker can be had. */
export function readAside(bytes: Uint8Array<ArrayBuffer>): Promise<ReadAnswer> {
  const worker = new Worker(new URL("./read-worker.ts", import.meta.url), { type: "module", name: "yanshu-read" });
  return new Promise<ReadAnswer>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<ReadAnswer>) => resolve(data);
    worker.onerror = () => reject(new Error("the package could not be read"));
    worker.postMessage(bytes, [bytes.buffer]);
  }).finally(() => worker.terminate());
}
