/**
 * Search: in the store of a real browser, through the client's own worker code. Chromium runs alone with its page,
 * which posts what it measured.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { percentile, row } from "../rows.ts";
import type { Measured } from "../search/worker.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goal = { atMost: 50 };
const limitMs = 600_000;
const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

export const search: Scenario = {
  name: "search",
  about:
    "100,000 messages in the browser's store (sqlite-wasm on OPFS, Chromium); each search 30 times through the client, 40 hits wanted",
  run: async (conditions) => {
    const messages = conditions.quick ? 500 : 100_000;
    const measured = await inBrowser(messages);
    if ("error" in measured) throw new Error(`the page failed: ${measured.error}`);
    return [
      ...Object.entries(measured.asked).map(([name, times]) =>
        row(`search: ${name}, p95`, percentile(times, 0.95), "ms", unlessQuick(conditions, goal)),
      ),
      row("search: indexing", messages / measured.indexSeconds, "messages/s"),
      row("search: the index", measured.indexBytes / messages, "bytes a message"),
      row("search: hits, all searches together", measured.hits, "hits", { atLeast: 1 }),
    ];
  },
};

async function inBrowser(messages: number): Promise<Measured | { readonly error: string }> {
  const folder = mkdtempSync(join(tmpdir(), "yanshu-bench-search-"));
  const site = join(folder, "site");
  await build({
    root: join(import.meta.dirname, "../search"),
    configFile: false,
    logLevel: "error",
    worker: { format: "es" },
    build: { outDir: site, emptyOutDir: true, target: "esnext" },
  });
  let done: (result: Measured | { error: string }) => void = () => undefined;
  const result = new Promise<Measured | { error: string }>((resolve) => {
    done = resolve;
  });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/result") {
        done((await request.json()) as Measured);
        return new Response();
      }
      const file = Bun.file(join(site, pathname === "/" ? "index.html" : pathname));
      return (await file.exists()) ? new Response(file) : new Response("", { status: 404 });
    },
  });
  const browser = Bun.spawn(
    [
      chromium,
      "--headless=new",
      "--no-sandbox",
      "--disable-dev-shm-usage",
      `--user-data-dir=${join(folder, "profile")}`,
      `http://127.0.0.1:${server.port}/?messages=${messages}`,
    ],
    { stdout: "ignore", stderr: "ignore" },
  );
  const late = setTimeout(() => done({ error: `nothing was measured in ${limitMs / 1_000} s` }), limitMs);
  try {
    return await result;
  } finally {
    clearTimeout(late);
    browser.kill();
    await browser.exited;
    await server.stop(true);
    rmSync(folder, { recursive: true, force: true });
  }
}
