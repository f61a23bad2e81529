/** Runs a check or a remake in the thread of `bun-upkeep-worker.ts`. */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { LogFullError } from "../log.ts";
import { isFullCode } from "./bun-codes.ts";

export type UpkeepTask = {
  readonly path: string;
  readonly kind: "check" | "remake";
  /** For a remake: names of tables; absent: all. */
  readonly only?: readonly string[] | undefined;
  /** For a remake: what it may take; absent: nobody looks. */
  readonly roomBytes?: number | undefined;
  /** As `SqliteLogOptions.pagesMax`. */
  readonly pagesMax?: number | undefined;
};
export type UpkeepAnswer =
  | { readonly kind: "done"; readonly found: number }
  | { readonly kind: "failed"; readonly code: string };

/**
 * In the binary (tools/build-binary.ts) all modules are one file, and a thread's module is found by its path in the
 * repository.
 */
function workerFile(): URL | string {
  const beside = new URL("./bun-upkeep-worker.ts", import.meta.url);
  return existsSync(beside) ? beside : "./packages/server/src/log/sqlite/bun-upkeep-worker.ts";
}

/**
 * @returns of a check the number of errors; of a remake the bytes that it lacks, 0: it is done.
 * @throws LogFullError if there is no disk space; another error if the task failed or its thread died.
 */
export function upkeep(task: UpkeepTask): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), { workerData: task });
    worker.unref();
    worker.on("message", (answer: UpkeepAnswer) => {
      if (answer.kind === "done") resolve(answer.found);
      else reject(isFullCode(answer.code) ? new LogFullError("no room left") : new Error(answer.code));
    });
    worker.on("error", () => reject(new Error("the thread died")));
    worker.on("exit", () => reject(new Error("the thread ended")));
  });
}
