/**
 * Page: starts the worker that searches, and hands what it measured back to the benchmark.
 */
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const messages = Number(new URL(location.href).searchParams.get("messages"));

worker.onmessage = ({ data }: MessageEvent<unknown>) => void report(data);
worker.onerror = (event) => void report({ error: event.message });
worker.postMessage({ messages });

async function report(result: unknown): Promise<void> {
  await fetch("/result", { method: "POST", body: JSON.stringify(result) });
}
