/**
 * A page for tests that need a browser and no server of ours: a folder with an index.html, bundled
 * by Vite as the web app is, and served on a free port under a policy as strict as the app's.
 */
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, preview } from "vite";

export type BrowserPage = { readonly origin: string; readonly close: () => Promise<void> };

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; object-src 'none'";

export async function serveBrowserPage(root: string): Promise<BrowserPage> {
  const outDir = await mkdtemp(join(tmpdir(), "yanshu-page-"));
  const shared = { root, configFile: false, logLevel: "error", worker: { format: "es" } } as const;
  await build({ ...shared, build: { outDir, emptyOutDir: true, target: "esnext" } });
  const server = await preview({
    ...shared,
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0, headers: { "Content-Security-Policy": policy } },
  });
  const { port } = server.httpServer.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
