/**
 * The built app, and beside it the page that fills the store and reads it: both of one origin, which is what a store
 * belongs to. Run as a program it makes them in the folder that it is given, and says where.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { ensureWebBuilt, webDist } from "../../tools/web-build.mjs";

/** Where that page stands. Its title says what came of it. */
export const seedPage = "/seed.html";

/** @returns the folder of it, in `folder`. */
export async function siteIn(folder: string): Promise<string> {
  ensureWebBuilt();
  const [site, seedSite] = [join(folder, "site"), join(folder, "seed")];
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "error",
    worker: { format: "es" },
    build: { outDir: seedSite, emptyOutDir: true, target: "esnext", assetsInlineLimit: 0, modulePreload: false },
  });
  cpSync(webDist, site, { recursive: true });
  cpSync(join(seedSite, "assets"), join(site, "assets"), { recursive: true });
  cpSync(join(seedSite, "index.html"), join(site, "seed.html"));
  return site;
}

if (import.meta.main) console.log(await siteIn(process.argv[2] ?? ""));
