/**
 * Page: has the worker fill the store, or read it, and says in its title what came of that.
 */
import type { Task } from "./worker.ts";

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });

worker.onmessage = ({ data }: MessageEvent<string>) => {
  document.title = data;
};
worker.onerror = (event) => {
  document.title = `failed: ${event.message}`;
};
const asked = new URL(location.href).searchParams;
const task: Task = {
  kind: (asked.get("task") ?? "one-chat") as Task["kind"],
  messages: Number(asked.get("messages") ?? 0),
};
// What is given in pieces is asked for by whoever drives this page.
if (task.kind === "rows")
  Object.assign(globalThis, {
    give: (statements: NonNullable<Task["statements"]>) =>
      new Promise<string>((resolve) => {
        worker.addEventListener("message", ({ data }: MessageEvent<string>) => resolve(data), { once: true });
        worker.postMessage({ ...task, statements });
      }),
  });
else worker.postMessage(task);
