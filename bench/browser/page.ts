/**
 * Page: has the worker fill the store, and says in its title when that is done.
 */
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });

worker.onmessage = ({ data }: MessageEvent<string>) => {
  document.title = data;
};
worker.onerror = (event) => {
  document.title = `failed: ${event.message}`;
};
worker.postMessage({ messages: Number(new URL(location.href).searchParams.get("messages")) });
