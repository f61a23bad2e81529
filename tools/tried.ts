/**
 * `npm run tried -- FOLDER [PAGES]`: a mini program of somebody else's, as it lies in a folder, is packed and each of
 * its pages opened in a browser (packages/web/e2e/tried.spec.ts). PAGES is a part of the paths to open.
 * `npm run tried -- --pages FOLDER [PAGES]`: the same without a browser (tried-pages.ts).
 * `npm run tried -- --named FOLDER [ARG…]`: those that packages/web/e2e/named.spec.ts names are played by hand. FOLDER
 * has each by `owner+name`; arguments are Playwright's.
 */
import { resolve } from "node:path";
import { asCommand, become, binOf, nodePath } from "./setup.mjs";
import { triedPages } from "./tried-pages.ts";
import { ensureWebBuilt } from "./web-build.mjs";

await asCommand(async () => {
  const given = process.argv.slice(2);
  const how = given[0]?.startsWith("--") ? given[0] : undefined;
  const [folder, ...more] = how === undefined ? given : given.slice(1);
  if (folder === undefined)
    throw new Error("npm run tried -- FOLDER [PAGES], --pages FOLDER [PAGES], or --named FOLDER");
  if (how === "--pages") {
    await triedPages(resolve(folder), more[0]);
    // Timers of pages still run.
    process.exit();
  }
  ensureWebBuilt();
  const isNamed = how === "--named";
  process.env[isNamed ? "YANSHU_NAMED" : "YANSHU_TRIED"] = resolve(folder);
  if (!isNamed) process.env["YANSHU_TRIED_PAGES"] = more[0] ?? "";
  const played = isNamed ? ["named.spec", ...more] : ["tried.spec"];
  become(nodePath, [binOf("@playwright/test", "cli.js"), "test", "--workers=1", "--retries=0", ...played]);
});
